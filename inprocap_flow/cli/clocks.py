"""Deadlines: when they end, what that means, and rule by rule why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.cli import layout
from inprocap_flow.cli.subject import Subject
from inprocap_flow.cli.words import NOT_CONFIRMED, Words, confirmed_mark, line_name
from inprocap_flow.engine.approvals import could_be_done
from inprocap_flow.engine.doubts import doubt
from inprocap_flow.engine.records import DeadlineState, stamp, unstamp
from inprocap_flow.engine.safety import safe_until
from inprocap_flow.language.model import Deadline

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
    return f"{title}: {says(about, state)}{_far(about, state)}{_cannot_tell(about, state)}{_marks(state)}"


def _cannot_tell(about: Subject, state: DeadlineState) -> str:
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
    words = _RUNNING[kind] if state.status == "running" else _ENDED.get(state.status, {}).get(kind, state.status)
    shown = about.words.moment(state.end) if kind == "not_before" else about.words.end(state.end)
    return f"{words} {shown}"


def _far(about: Subject, state: DeadlineState) -> str:
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


# ---------------------------------------------------------------------------------------------- why


def note(about: Subject, state: DeadlineState) -> list[str]:
    """Return the note for the file: what the deadline is, what it rests on, and every rule that was applied."""
    declared = declared_deadline(about, state)
    computed = state.computed
    rows = [
        ("says", says(about, state) + _far(about, state)),
        ("started", about.words.when(state.started)),
        ("law", (declared.cite or "") if declared else ""),
        ("typed", "The end was typed by a person." if computed.get("typed") else ""),
        ("back from", state.backwards_from or ""),
    ]
    lines = [layout.heading(deadline_title(about, state)), *layout.pairs(rows, 2, 9)]
    for used in limits(state).values():
        lines += layout.pairs([("rests on", limit_words(used))], 2, 9)
    trace, what = _trace(computed)
    if trace:
        lines += [f"  {what}"]
        for step in trace:
            lines += layout.wrapped(_step(step), f"    {step.get('rule', ''):<4}")
    for warning in (*computed.get("warnings", ()), *computed.get("floor", {}).get("warnings", ())):
        lines += layout.pairs([("mind", str(warning))], 2, 9)
    for change in state.history[1:]:
        lines += layout.pairs([("changed", _change(change, about.words))], 2, 9)
    return [*lines, ""]


def _trace(computed: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], str]:
    if computed.get("trace"):
        return list(computed["trace"]), "How it was counted:"
    floor = computed.get("floor", {})
    return list(floor.get("trace", ())), "How the lawful minimum was counted:"


def _step(step: Mapping[str, Any]) -> str:
    cite, basis, evidence = step.get("cite", ""), step.get("basis", ""), step.get("evidence", "")
    if not cite:
        return f"{step.get('text', '')} ({basis})"
    # No provision of the Regulation has been compared with the Official Journal by a named person.
    return f"{step.get('text', '')} ({cite}; {evidence}) {NOT_CONFIRMED}"


def limit_words(used: Mapping[str, Any]) -> str:
    """Return a value of law: what it is, from where, on which basis, and that nobody confirmed it if so."""
    variant = f", reduced because of {used['variant']}" if used.get("variant") else ""
    mark = confirmed_mark(used.get("confirmed_on"))
    confirmed = mark or (f" (confirmed {used['confirmed_on']})" if used.get("confirmed_on") else "")
    value = str(used.get("value"))
    if used.get("unit") == "period":
        value = str(parse_period(value))
    elif used.get("unit") not in (None, "number"):
        value = f"{value} {used['unit']}"
    return f"{used.get('limit')} = {value}{variant}; {used.get('source')} ({used.get('basis')}){confirmed}"


def _change(change: Mapping[str, Any], words: Words) -> str:
    end = f" to {words.end(str(change['end']))}" if change.get("end") else ""
    return f"{change.get('kind', change.get('status', 'changed'))}{end}"


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
