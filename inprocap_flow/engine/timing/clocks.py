"""When deadlines end: from a period, a typed moment, or counted back from something else, with the floor checked.

Pure: facts in, a `Clock` or the reasons why there is none out. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.compute import Computed, closing, earliest_lawful
from inprocap_flow.calendar.periods import Period
from inprocap_flow.calendar.zones import end_of_day, start_of_day
from inprocap_flow.engine.case.binding import Journal
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.hooking import call_hook
from inprocap_flow.engine.case.records import TICK, Blocker, When, stamp, unstamp
from inprocap_flow.engine.timing.bounds import (
    binding_limit,
    counted,
    earliest,
    floor_of,
    keep_bounds,
    local,
    missing,
    period_of,
    refusing,
)
from inprocap_flow.engine.timing.parts import resting
from inprocap_flow.errors import Unsupported
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.model import Deadline, HookCall, said
from inprocap_flow.records import changed, record

__all__ = [
    "Clock", "Typed", "anchor_moment", "as_typed", "backwards_clock", "closed_at_the_hour", "earliest", "floor_of",
    "on_a_free_day", "period_clock", "start_clock", "typed_clock", "used",
]  # fmt: skip


@record
class Clock:
    """A computed end, exclusive, with everything that its event must record.

    ``assumed``: counted from the end of an imprecise moment; ``earliest`` is then the end counted from its beginning.
    """

    end: datetime
    last_day: date | None
    provisional: bool
    assumed: bool
    computed: dict[str, Any]
    earliest: datetime | None = None

    def to_plain(self) -> dict[str, Any]:
        plain = {
            "end": stamp(self.end),
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "provisional": self.provisional or None,
            "assumed": self.assumed or None,
            "earliest": stamp(self.earliest) if self.earliest else None,
            "computed": self.computed,
        }
        return {name: value for name, value in plain.items() if value is not None}


@record
class Typed:
    """A moment (exclusive) that somebody typed, and its local day."""

    end: datetime
    day: date


def start_clock(facts: CaseFacts, deadline: Deadline, event: When) -> Clock | tuple[Blocker, ...]:
    """Return when *deadline*, started by an event at *event*, ends; or what is missing or unlawful about it.

    An imprecise event counts from the end of its interval, which is safe, and marks the clock as assumed.
    """
    facts = changed(facts, deadline_day=facts.binding.day(event.last))
    try:
        if deadline.backwards_from:
            return backwards_clock(facts, deadline)
        if deadline.ends_at is not None:
            typed = _typed_moment(facts, deadline)
            return typed if isinstance(typed, tuple) else typed_clock(facts, deadline, event, typed)
        assert deadline.period is not None
        period = period_of(facts, deadline.period)
        return (
            missing(deadline, period, "the period")
            if isinstance(period, tuple)
            else period_clock(facts, deadline, event, period)
        )
    except (BadValue, Unsupported) as wrong:
        return (not_computable(deadline, wrong),)


def not_computable(deadline: Deadline, wrong: BadValue | Unsupported) -> Blocker:
    """Return the blocker of an end that the rules do not give."""
    fact = wrong.fact if isinstance(wrong, BadValue) else wrong.args[0]
    reason = f"{said(deadline.title)} cannot be computed: {fact}."
    return refusing("deadline-not-computable", deadline, reason, mend=wrong.mend)


def period_clock(facts: CaseFacts, deadline: Deadline, event: When, period: Period) -> Clock | tuple[Blocker, ...]:
    """Return the clock of *deadline* when it lasts *period* from *event*, or which bound that breaks."""
    computed = counted(facts, deadline, event.last, period)
    end = closed_at_the_hour(computed, deadline, facts)
    bounds = keep_bounds(facts, deadline, event, end)
    if isinstance(bounds, tuple):
        return bounds
    last_day = facts.binding.day(end) if deadline.closes_at else computed.last_day
    early = None if event.is_exact else _earliest_end(facts, deadline, event, period)
    details = resting(computed, deadline.period, facts.journal) | used(facts)
    return Clock(end, last_day, computed.provisional, not event.is_exact, details, early)


def _earliest_end(facts: CaseFacts, deadline: Deadline, event: When, period: Period) -> datetime:
    """Return the end if the event happened as early as it may have. Its day may have had another value of a limit."""
    first = changed(facts, deadline_day=facts.binding.day(event.first), journal=Journal())
    then = period if deadline.period is None else period_of(first, deadline.period)
    return closed_at_the_hour(
        counted(first, deadline, event.first, period if isinstance(then, tuple) else then), deadline, first
    )


def closed_at_the_hour(computed: Computed, deadline: Deadline, facts: CaseFacts) -> datetime:
    """Return the end, at the clock time that the deadline closes.

    A period that rests on a limit is lawful only when its last day is over; the hour then counts on the first day
    that lies beyond it (ruling 13). Any other period closes at the hour of its last day.
    """
    if deadline.closes_at is None or computed.last_day is None:
        return computed.end
    if facts.journal.limits:
        return earliest_lawful(computed, deadline.closes_at)
    return closing(computed.last_day, deadline.closes_at, facts.binding.zone)


def typed_clock(facts: CaseFacts, deadline: Deadline, event: When, typed: Typed) -> Clock | tuple[Blocker, ...]:
    """Return the clock of *deadline*, started at *event*, with a *typed* end, or which bound that breaks."""
    end, last_day = typed.end, typed.day
    if end <= event.last:
        reason = f"{said(deadline.title)} would end at {local(facts, end)}, which is not after now."
        return (refusing("too-early", deadline, reason, mend="choose a later day"),)
    facts = changed(facts, deadline_day=facts.binding.day(event.last))
    bounds = keep_bounds(facts, deadline, event, end)
    if isinstance(bounds, tuple):
        return bounds
    computed: dict[str, Any] = {"typed": True}
    if bounds.floor is not None:
        floor = resting(bounds.floor, deadline.at_least, facts.journal)
        computed["floor"] = floor | used(facts) | binding_limit(facts, deadline.at_least)
    elif facts.journal.hooks:
        computed |= used(facts)
    provisional = bounds.floor.provisional if bounds.floor else False
    return Clock(end, last_day, provisional, not event.is_exact, computed)


def _typed_moment(facts: CaseFacts, deadline: Deadline) -> Typed | tuple[Blocker, ...]:
    """Return the moment (exclusive) and local day that somebody typed, or a hook gave, for *deadline*."""
    source = deadline.ends_at
    if isinstance(source, HookCall):
        answer = call_hook(facts, source)
        if isinstance(answer, Blocker):
            return (answer,)
        value: Any = answer
        names: tuple[str, ...] = (source.name,)
    else:
        assert source is not None
        result = evaluate(source, facts)
        value, names = result.value, result.missing or (str(source),)
    if value is UNKNOWN:
        return missing(deadline, names, "the end")
    return as_typed(facts, deadline, value)


def as_typed(facts: CaseFacts, deadline: Deadline, value: date | datetime) -> Typed:
    """Return a day or moment as the end of *deadline*: a day ends at its closing hour, or as a whole."""
    if isinstance(value, datetime):
        return Typed(value, facts.binding.day(value))
    if deadline.closes_at:
        return Typed(closing(value, deadline.closes_at, facts.binding.zone), value)
    return Typed(end_of_day(value, facts.binding.zone), value)


def used(facts: CaseFacts) -> dict[str, Any]:
    """Return the dated values that a computation read, for its event."""
    return {"limits": dict(facts.journal.limits)} | facts.journal.to_plain()


def backwards_clock(facts: CaseFacts, deadline: Deadline) -> Clock | tuple[Blocker, ...]:
    """Return the far edge of a deadline counted back from another deadline, a field, or a gate of a meeting.

    It ends at 00:00 of the far edge, or at the hour of that day when it says so (time-limits R9, convention).
    """
    anchor = anchor_moment(facts, deadline)
    if anchor is None:
        assert deadline.backwards_from is not None
        return missing(deadline, (deadline.backwards_from,), "the end")
    assert deadline.period is not None
    period = period_of(facts, deadline.period)
    if isinstance(period, tuple):
        return missing(deadline, period, "the period")
    computed = counted(facts, deadline, anchor, period, direction="backward")
    assert computed.far_edge is not None
    end = start_of_day(computed.far_edge, facts.binding.zone)
    if deadline.closes_at:
        end = closing(computed.far_edge, deadline.closes_at, facts.binding.zone)
    early = _earliest_edge(facts, deadline, period)
    details = resting(computed, deadline.period, facts.journal) | used(facts)
    return Clock(end, computed.far_edge, computed.provisional, early is not None, details, early)


def _earliest_edge(facts: CaseFacts, deadline: Deadline, period: Period) -> datetime | None:
    """Return the far edge if what it is counted from ends as early as it may; None if that is known exactly."""
    anchor = facts.deadline(deadline.backwards_from or "")
    if anchor is None or anchor.earliest is None:
        return None
    last = facts.binding.day(unstamp(anchor.earliest) - TICK)
    edge = counted(facts, deadline, last, period, direction="backward").far_edge
    assert edge is not None
    if deadline.closes_at:
        return closing(edge, deadline.closes_at, facts.binding.zone)
    return start_of_day(edge, facts.binding.zone)


def anchor_moment(facts: CaseFacts, deadline: Deadline) -> datetime | date | None:
    """Return what a backwards deadline is counted from, or None while that is not known (or not running)."""
    name = deadline.backwards_from or ""
    definition = facts.binding.definition
    if definition.find_deadline(facts.line.kind, name) is not None:
        state = facts.deadline(name)
        if state is None or state.end is None or state.status in ("stopped", "suspended"):
            return None
        # A day-long end is 00:00 of the next day; the day that counts is the one that ends there.
        return date.fromisoformat(state.last_day) if state.last_day else unstamp(state.end)
    value = facts.gate(*name.split(".", 1)) if "." in name else facts.field(name)
    return value if isinstance(value, date) else None


def on_a_free_day(facts: CaseFacts, declared: Deadline, clock: Clock) -> Iterator[Blocker]:
    """Yield a warning for a closing that somebody set on a day on which nobody works: lawful, and seldom meant."""
    if declared.kind != "open_until" or not clock.computed.get("typed") or clock.last_day is None:
        return
    calendar = facts.binding.calendar(declared.calendar)
    if not calendar.is_working_day(clock.last_day):
        why = calendar.why_not_working(clock.last_day)
        reason = f'"{said(declared.title)}" ends on {clock.last_day:%a %Y-%m-%d}, which is no working day ({why}).'
        mend = f"the next working day is {calendar.next_working_day(clock.last_day):%a %Y-%m-%d}"
        yield Blocker("closing-on-free-day", reason, about=declared.name, mend=mend)
