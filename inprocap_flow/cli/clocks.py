"""Deadlines: when they end, and what that means; `clock_note` says why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inprocap_flow.cli.subject import Subject
from inprocap_flow.cli.words import NOT_CONFIRMED, confirmed_mark, line_name
from inprocap_flow.engine.case.needing import could_be_done
from inprocap_flow.engine.case.records import DeadlineState, stamp, unstamp
from inprocap_flow.engine.timing.doubts import doubt
from inprocap_flow.engine.timing.safety import safe_until
from inprocap_flow.language.expressions.tree import Call, walk
from inprocap_flow.language.model import Branch, Deadline, Step

# What a deadline of each kind says while it runs, and once it is over.
_RUNNING = {"open_until": "open until", "not_before": "not before", "due": "due by"}
_ENDED = {
    "over": {"open_until": "closed since", "not_before": "free since", "due": "over since"},
    "met": dict.fromkeys(_RUNNING, "met; it would have ended"),
    "missed": dict.fromkeys(_RUNNING, "MISSED; it ended"),
    "stopped": dict.fromkeys(_RUNNING, "stopped; it would have ended"),
    "suspended": dict.fromkeys(_RUNNING, "STANDS STILL; it would have ended"),
}


def by_end(states: Mapping[str, DeadlineState]) -> list[DeadlineState]:
    """Return deadlines, the earliest first, those without a date last."""
    return sorted(states.values(), key=lambda state: (state.end is None, state.end or "", state.line, state.name))


def line(about: Subject, state: DeadlineState) -> str:
    """Return a deadline in one line: title, what it says, and how far away that is."""
    title = deadline_title(about, state)
    return f"{title}: {says(about, state)}{far(about, state)}{cannot_tell(about, state)}{_marks(state)}"


def cannot_tell(about: Subject, state: DeadlineState) -> str:
    """Return what an imprecise date leaves open about a deadline; "" if nothing."""
    unknown = doubt(state, about.now)
    return f"; CANNOT TELL {unknown}" if unknown else ""


def may_be_done(about: Subject, state: DeadlineState) -> list[str]:
    """Return what people may do to a deadline as it stands, each with who, and until when an extension is safe."""
    declared = declared_deadline(about, state)
    acts = declared.acts.values() if declared is not None else ()
    found = []
    for act in acts:
        if could_be_done(act.kind, state.status):
            who = about.words.roles(about.definition, act.by)
            found.append(f"{act.kind}: {who}{safely(about, state) if act.kind == 'extend' else ''}")
    return found


def safely(about: Subject, state: DeadlineState) -> str:
    """Return until when an extension of a running deadline is safe, or that it is too late to be; "" if nobody says."""
    until = safe_until(about.binding, about.case, state.line, state.name)
    if until is None:
        return ""
    if about.now < until:
        return f", safely until {about.words.end(until)}"
    return f"; too late to be safe since {about.words.end(until)}"


def deadline_title(about: Subject, state: DeadlineState) -> str:
    """Return what a deadline is called, with its line if it is not the case's own."""
    declared = declared_deadline(about, state)
    title = about.words.text(declared.title) if declared else ""
    on = line_name(state.line)
    return f"{title or state.name} ({state.name}{' on ' + on if on else ''})"


def declared_deadline(about: Subject, state: DeadlineState) -> Deadline | None:
    """Return the definition of a deadline of the case."""
    kind = about.case.lines[state.line].kind
    return about.definition.find_deadline(kind, state.name)


def says(about: Subject, state: DeadlineState) -> str:
    """Return what a deadline says now: ``open until Fri 2026-02-20 16:00``."""
    declared = declared_deadline(about, state)
    kind = declared.kind if declared else "due"
    if state.end is None:
        return f"{state.status}, without a date"
    words = (
        _running(about, state, kind)
        if state.status == "running"
        else _ENDED.get(state.status, {}).get(kind, state.status)
    )
    shown = about.words.moment(state.end) if kind == "not_before" else about.words.end(state.end)
    return f"{words} {shown}"


def _running(about: Subject, state: DeadlineState, kind: str) -> str:
    """Return what a clock says while it runs; one that nothing meets and that steps end is a validity, and no task.

    A condition that asks for more than a milestone, such as for a paper, makes it a task all the same.
    """
    if kind != "due":
        return _RUNNING[kind]
    steps = [step for line in about.definition.lines for step in line.steps.values()]
    ways: list[Step | Branch] = [*steps, *(way for step in steps for way in step.targets)]
    met = any(state.name in way.meets for way in ways)
    ended = any(state.name in way.stops for way in ways)
    return "lasts until" if ended and not met and not _asks_for_work(about, state) else _RUNNING[kind]


def _asks_for_work(about: Subject, state: DeadlineState) -> bool:
    declared = declared_deadline(about, state)
    if declared is None or declared.met_when is None:
        return False
    calls = [one for one in walk(declared.met_when) if isinstance(one, Call)]
    return not calls or any(one.function != "reached" for one in calls)


def far(about: Subject, state: DeadlineState) -> str:
    """Return how far away the end of a running deadline is, with a comma before it; "" for any other."""
    if state.status != "running" or state.end is None:
        return ""
    return f", {distance(about.now, unstamp(state.end))}"


def distance(now: datetime, then: datetime) -> str:
    """Return how far away a moment is, roughly: ``in 12 days``, ``3 hours ago``."""
    seconds = (then - now).total_seconds()
    days, hours = int(abs(seconds) // 86400), int(abs(seconds) // 3600)
    amount = _count(days, "day") if days >= 2 else _count(hours, "hour") if hours else "less than an hour"
    return f"in {amount}" if seconds > 0 else f"{amount} ago"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _marks(state: DeadlineState) -> str:
    provisional = " (provisional: the calendar does not reach that far)" if state.provisional else ""
    assumed = " (counted from the end of an imprecise date)" if state.assumed else ""
    return f"{provisional}{assumed}{' ' + NOT_CONFIRMED if unconfirmed(state) else ''}"


def limits(state: DeadlineState) -> Mapping[str, Mapping[str, Any]]:
    """Return the values of law that a deadline rests on, by name."""
    computed = state.computed
    found: Mapping[str, Mapping[str, Any]] = computed.get("limits") or computed.get("floor", {}).get("limits") or {}
    return found


def unconfirmed(state: DeadlineState) -> bool:
    """Return whether a deadline rests on a value of law that nobody has confirmed."""
    return any(confirmed_mark(used.get("confirmed_on")) for used in limits(state).values())


def to_plain(about: Subject, state: DeadlineState) -> dict[str, Any]:
    """Return a deadline as JSON data, with its whole computation."""
    declared = declared_deadline(about, state)
    safe = safe_until(about.binding, about.case, state.line, state.name)
    return {
        "deadline": state.name,
        "line": state.line,
        "title": about.words.text(declared.title) if declared else "",
        "kind": declared.kind if declared else None,
        "status": state.status,
        "end": state.end,
        "last_day": state.last_day,
        "provisional": state.provisional,
        "assumed": state.assumed,
        "confirmed": not unconfirmed(state) if limits(state) else None,
        "suspended": state.suspended,
        "earliest": state.earliest,
        "cannot_tell": doubt(state, about.now) or None,
        "safe_until": stamp(safe) if safe else None,
        "acts": {kind: list(act.by) for kind, act in declared.acts.items()} if declared else {},
        "when_over": declared.when_over if declared else None,
        "started": state.started,
        "computed": dict(state.computed),
        "history": [dict(change) for change in state.history],
    }
