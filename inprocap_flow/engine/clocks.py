"""When deadlines end: from a period, a typed moment, or counted back from something else, with the floor checked.

Pure: facts in, a `Clock` or the reasons why there is none out. Nothing here writes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.compute import Computed, closing, compute, earliest_lawful
from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.calendar.zones import end_of_day, start_of_day
from inprocap_flow.engine.facts import CaseFacts
from inprocap_flow.engine.hooking import call_hook
from inprocap_flow.engine.records import Blocker, When, stamp, unstamp
from inprocap_flow.errors import Unsupported
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.language.model import Deadline, HookCall, said
from inprocap_flow.records import record


@record
class Clock:
    """A computed end, exclusive, with everything that its event must record."""

    end: datetime
    last_day: date | None
    provisional: bool
    assumed: bool
    computed: dict[str, Any]

    def to_plain(self) -> dict[str, Any]:
        plain = {
            "end": stamp(self.end),
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "provisional": self.provisional or None,
            "assumed": self.assumed or None,
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
    facts = replace(facts, deadline_day=facts.binding.day(event.last))
    try:
        if deadline.backwards_from:
            return backwards_clock(facts, deadline)
        if deadline.ends_at is not None:
            return _typed_clock(facts, deadline, event)
        return _period_clock(facts, deadline, event)
    except (BadValue, Unsupported) as wrong:
        return (_blocker("deadline-not-computable", deadline, f"{said(deadline.title)} cannot be computed: {wrong}"),)


def _blocker(code: str, deadline: Deadline, reason: str, **more: Any) -> Blocker:
    return Blocker(code, reason, about=deadline.name, cite=deadline.cite, **more)


def _period(facts: CaseFacts, source: Expr | str) -> Period | tuple[str, ...]:
    """Return the period that *source* gives, or the names of what is missing for it."""
    if isinstance(source, str):
        return parse_period(source)
    result = evaluate(source, facts)
    if isinstance(result.value, Period):
        return result.value
    return result.missing or (str(source),)


def _compute(facts: CaseFacts, deadline: Deadline, event: datetime | date, period: Period, **more: Any) -> Computed:
    counting = deadline.counting or facts.binding.definition.counting
    calendar = facts.binding.calendar(deadline.calendar)
    return compute(event, facts.binding.zone, period, calendar=calendar, counting=counting, **more)


def _missing(deadline: Deadline, names: tuple[str, ...], what: str) -> tuple[Blocker, ...]:
    return tuple(
        Blocker("field-missing", f"{name} is not known, which {what} of {said(deadline.title)} needs.", about=name)
        for name in names
    )


def _period_clock(facts: CaseFacts, deadline: Deadline, event: When) -> Clock | tuple[Blocker, ...]:
    assert deadline.period is not None
    period = _period(facts, deadline.period)
    if isinstance(period, tuple):
        return _missing(deadline, period, "the period")
    computed = _compute(facts, deadline, event.last, period)
    end = _closed_at_the_hour(computed, deadline, facts)
    bounds = _bounds(facts, deadline, event, end)
    if isinstance(bounds, tuple):
        return bounds
    last_day = facts.binding.day(end) if deadline.closes_at else computed.last_day
    details = computed.to_plain() | _used(facts)
    return Clock(end, last_day, computed.provisional, not event.is_exact, details)


def _closed_at_the_hour(computed: Computed, deadline: Deadline, facts: CaseFacts) -> datetime:
    """Return the end, at the clock time that the deadline closes.

    A period that rests on a limit is lawful only when its last day is over; the hour then counts on the first day
    that lies beyond it (ruling 13). Any other period closes at the hour of its last day.
    """
    if deadline.closes_at is None or computed.last_day is None:
        return computed.end
    if facts.journal.limits:
        return earliest_lawful(computed, deadline.closes_at)
    return closing(computed.last_day, deadline.closes_at, facts.binding.zone)


def _typed_clock(facts: CaseFacts, deadline: Deadline, event: When) -> Clock | tuple[Blocker, ...]:
    typed = _typed_moment(facts, deadline)
    if isinstance(typed, tuple):
        return typed
    end, last_day = typed.end, typed.day
    if end <= event.last:
        reason = f"{said(deadline.title)} would end at {_local(facts, end)}, which is not after now."
        return (_blocker("too-early", deadline, reason, mend="choose a later day"),)
    bounds = _bounds(facts, deadline, event, end)
    if isinstance(bounds, tuple):
        return bounds
    computed: dict[str, Any] = {"typed": True}
    if bounds.floor is not None:
        computed["floor"] = bounds.floor.to_plain() | _used(facts)
    elif facts.journal.hooks:
        computed |= _used(facts)
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
        missing: tuple[str, ...] = (source.name,)
    else:
        assert source is not None
        result = evaluate(source, facts)
        value, missing = result.value, result.missing or (str(source),)
    if value is UNKNOWN:
        return _missing(deadline, missing, "the end")
    if isinstance(value, datetime):
        return Typed(value, facts.binding.day(value))
    if deadline.closes_at:
        return Typed(closing(value, deadline.closes_at, facts.binding.zone), value)
    return Typed(end_of_day(value, facts.binding.zone), value)


def floor_of(facts: CaseFacts, deadline: Deadline, event: When) -> Computed | tuple[Blocker, ...] | None:
    """Return the lawful minimum of *deadline*, None if it has none, or what is missing to know it."""
    facts = replace(facts, deadline_day=facts.binding.day(event.last))
    return _bound(facts, deadline, event, deadline.at_least, "the lawful minimum")


@record
class _Bounds:
    """Between which ends a deadline is lawful; None: no bound."""

    floor: Computed | None
    ceiling: Computed | None


def _bounds(facts: CaseFacts, deadline: Deadline, event: When, end: datetime) -> _Bounds | tuple[Blocker, ...]:
    """Return the bounds of *deadline* if *end* keeps them, else why it does not."""
    floor = _bound(facts, deadline, event, deadline.at_least, "the lawful minimum")
    ceiling = _bound(facts, deadline, event, deadline.at_most, "the lawful maximum")
    if isinstance(floor, tuple) or isinstance(ceiling, tuple):
        return (*(floor if isinstance(floor, tuple) else ()), *(ceiling if isinstance(ceiling, tuple) else ()))
    if floor is not None and end < floor.end:
        return (_below_floor(facts, deadline, floor),)
    if ceiling is not None and end > ceiling.end:
        return (_above_ceiling(facts, deadline, ceiling),)
    return _Bounds(floor, ceiling)


def _bound(
    facts: CaseFacts, deadline: Deadline, event: When, source: Expr | str | None, what: str
) -> Computed | tuple[Blocker, ...] | None:
    if source is None:
        return None
    period = _period(facts, source)
    if isinstance(period, tuple):
        return _missing(deadline, period, what)
    return _compute(facts, deadline, event.last, period)


def _used(facts: CaseFacts) -> dict[str, Any]:
    """Return the dated values that a computation read, for its event."""
    return {"limits": dict(facts.journal.limits)} | facts.journal.to_plain()


def earliest(facts: CaseFacts, deadline: Deadline, floor: Computed) -> datetime:
    """Return the earliest lawful end of *deadline*: at its closing hour, on a working day, beyond the whole period."""
    return earliest_lawful(floor, deadline.closes_at or "24:00", on=facts.binding.calendar(deadline.calendar))


def _below_floor(facts: CaseFacts, deadline: Deadline, floor: Computed) -> Blocker:
    lawful = earliest(facts, deadline, floor)
    used = next(iter(facts.journal.limits.values()), {})
    reason = f"{said(deadline.title)} must not end before {_local(facts, lawful)}: {floor.how.asked.period} at least."
    return _blocker(
        "below-floor",
        replace(deadline, cite=deadline.cite or used.get("source")),
        reason,
        mend=f"choose {lawful.astimezone(facts.binding.zone):%Y-%m-%d %H:%M} or later",
        basis=used.get("basis"),
        evidence=used.get("confirmed_on"),
        provisional=floor.provisional,
    )


def _above_ceiling(facts: CaseFacts, deadline: Deadline, ceiling: Computed) -> Blocker:
    reason = f"{said(deadline.title)} must end by {_local(facts, ceiling.end)} at the latest."
    mend = f"choose {ceiling.end.astimezone(facts.binding.zone):%Y-%m-%d %H:%M} or earlier"
    return _blocker("above-ceiling", deadline, reason, mend=mend, provisional=ceiling.provisional)


def _local(facts: CaseFacts, moment: datetime) -> str:
    return f"{moment.astimezone(facts.binding.zone):%a %Y-%m-%d %H:%M}"


def backwards_clock(facts: CaseFacts, deadline: Deadline) -> Clock | tuple[Blocker, ...]:
    """Return the far edge of a deadline counted back from another deadline, a field, or a gate of a meeting.

    It ends at 00:00 of the far edge, or at the hour of that day when it says so (time-limits R9, convention).
    """
    anchor = anchor_moment(facts, deadline)
    if anchor is None:
        assert deadline.backwards_from is not None
        return _missing(deadline, (deadline.backwards_from,), "the end")
    assert deadline.period is not None
    period = _period(facts, deadline.period)
    if isinstance(period, tuple):
        return _missing(deadline, period, "the period")
    computed = _compute(facts, deadline, anchor, period, direction="backward")
    assert computed.far_edge is not None
    end = start_of_day(computed.far_edge, facts.binding.zone)
    if deadline.closes_at:
        end = closing(computed.far_edge, deadline.closes_at, facts.binding.zone)
    return Clock(end, computed.far_edge, computed.provisional, False, computed.to_plain() | _used(facts))


def anchor_moment(facts: CaseFacts, deadline: Deadline) -> datetime | date | None:
    """Return what a backwards deadline is counted from, or None while that is not known (or not running)."""
    name = deadline.backwards_from or ""
    definition = facts.binding.definition
    if definition.find_deadline(facts.line.kind, name) is not None:
        state = facts.deadline(name)
        if state is None or state.end is None or state.status == "stopped":
            return None
        # A day-long end is 00:00 of the next day; the day that counts is the one that ends there.
        return date.fromisoformat(state.last_day) if state.last_day else unstamp(state.end)
    value = facts.gate(*name.split(".", 1)) if "." in name else facts.field(name)
    return value if isinstance(value, date) else None
