"""What deadlines let through and hold back: a step within one, after one, and one that meets one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inprocap_flow.engine.carrying.plan import Plan
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import Blocker, DeadlineState, When, unstamp
from inprocap_flow.engine.timing.bounds import cited
from inprocap_flow.engine.timing.parts import grounds_of, leading
from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.language.model import Branch, Deadline, Field, Step, said


def deadlines_of(facts: CaseFacts, step: Step, plan: Plan) -> Iterator[Blocker]:
    """Yield what keeps *step* back because a deadline is over, not yet over, not started or standing still."""
    for name in step.already_there.within:
        yield from within(facts, name, plan)
    for name in step.already_there.after:
        yield from _after(facts, name, plan)


def nothing_to_meet(facts: CaseFacts, step: Step, branch: Branch) -> Iterator[Blocker]:
    """Yield each deadline that *step* would meet and that neither runs nor is missed."""
    for name in dict.fromkeys((*step.meets, *branch.meets)):
        status = facts.deadline_state(name)
        if status not in ("running", "suspended", "missed"):
            reason = f'"{_deadline_title(facts, name)}" neither runs nor is missed ({status}).'
            yield Blocker("nothing-to-meet", reason, about=name)


def _deadline_title(facts: CaseFacts, name: str) -> str:
    declared = facts.binding.definition.find_deadline(facts.line.kind, name)
    return said(declared.title) if declared else name


def within(facts: CaseFacts, name: str, plan: Plan | None = None) -> Iterator[Blocker]:
    """Yield why the deadline *name* lets nothing through now; *plan* notes an end in doubt as assumed."""
    title, state = _deadline_title(facts, name), facts.deadline(name)
    if state is None:
        reason = f'"{title}" has not started.'
        yield Blocker("deadline-not-started", reason, about=name, mend=_how_it_starts(facts, name))
    elif state.status == "suspended":
        yield stands_still(facts, name, title, state)
    elif state.status != "running":
        reason = f'"{title}" is {state.status}{_since(facts, state)}.'
        yield Blocker("deadline-over", reason, about=name, mend=f"nothing mends this but {_another_day(facts, name)}")
    elif plan is not None and facts.when.last >= unstamp(state.earliest or state.end or ""):
        plan.assumed = True  # the reading that permits (language, 6.6 on precision)


def waits_for(facts: CaseFacts, name: str) -> Field | None:
    """Return the field, a day or a meeting, that a window is counted back from and that nobody has filled in yet."""
    day = _counted_back_from(facts, name)
    return None if day is None or facts.stored(day) else day


def _counted_back_from(facts: CaseFacts, name: str) -> Field | None:
    declared = facts.binding.definition.find_deadline(facts.line.kind, name)
    anchor = (declared.backwards_from or "").partition(".")[0] if declared else ""
    return facts.binding.definition.find_field(facts.line.kind, anchor)


def _how_it_starts(facts: CaseFacts, name: str) -> str:
    """Return how a window comes to run: one that is counted back from a day that nobody filled in waits for that."""
    day = waits_for(facts, name)
    if day is None:
        return "wait until it starts"
    return f'fill {day.name}, "{said(day.title)}": it is counted back from there'


def _another_day(facts: CaseFacts, name: str) -> str:
    """Return what would still open a window that is over: another day, where one may still be filled in."""
    day = _counted_back_from(facts, name)
    if day is None or not day.by or (day.fixed_from and facts.reached(day.fixed_from)):
        return "an extension in time"
    return f'another day under "{said(day.title)}" ({day.name}), or an extension in time'


def stands_still(facts: CaseFacts, name: str, title: str, state: DeadlineState) -> Blocker:
    """Return that a suspended clock lets nothing through: neither what must be within it nor what must be after it."""
    since = When.from_plain(state.suspended).first.astimezone(facts.binding.zone)
    reason = f'"{title}" is suspended since {since:%Y-%m-%d %H:%M}: it neither ends nor lets anything through.'
    return Blocker("deadline-suspended", reason, about=name, mend=f"resume {_resumable(facts, state)} first")


def _resumable(facts: CaseFacts, state: DeadlineState) -> str:
    """Return the clock that somebody can resume: what is counted back stands still, and goes on, with its anchor."""
    anchor = facts.deadline(state.backwards_from or "")
    return state.name if anchor is None or anchor.status != "suspended" else _resumable(facts, anchor)


def _since(facts: CaseFacts, state: DeadlineState) -> str:
    if state.end is None:
        return ""
    return f" since {unstamp(state.end).astimezone(facts.binding.zone):%Y-%m-%d %H:%M}"


def _after(facts: CaseFacts, name: str, plan: Plan) -> Iterator[Blocker]:
    title, state = _deadline_title(facts, name), facts.deadline(name)
    if state is None:
        yield Blocker("deadline-not-started", f'"{title}" has not started.', about=name, mend="start it first")
        return
    if state.status == "suspended":
        yield stands_still(facts, name, title, state)
    if state.status != "running":
        return
    end = unstamp(state.end or "")
    if not facts.when.is_exact and end <= facts.when.last:
        plan.assumed = True
        return
    declared = facts.binding.definition.find_deadline(facts.line.kind, name)
    limits = _limits_of(state)
    source, grounds = leading(limits), grounds_of(_length_of(declared, state), limits)
    yield Blocker(
        "deadline-running",
        f'"{title}" runs until {end.astimezone(facts.binding.zone):%Y-%m-%d %H:%M}.',
        about=name,
        possible_from=end,
        provisional=state.provisional,
        cite=cited(declared.cite if declared else None, source, grounds),
        basis=source.get("basis"),
        evidence=source.get("confirmed_on"),
        mend="wait",
        grounds=grounds,
    )


def _limits_of(state: DeadlineState) -> Mapping[str, Any]:
    computed = state.computed
    return computed.get("limits") or computed.get("floor", {}).get("limits") or {}


def _length_of(declared: Deadline | None, state: DeadlineState) -> Expr | str | None:
    """Return the length that gave the end, or the least one where a person has typed it."""
    if declared is None:
        return None
    return declared.period if state.computed.get("limits") else declared.at_least
