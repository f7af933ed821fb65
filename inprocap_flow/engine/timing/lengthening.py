"""A clock whose period a law makes longer: counted again from the same event, as one period (time-limits R13a)."""

from __future__ import annotations

from datetime import datetime

from inprocap_flow.calendar.extending import extended_by_law
from inprocap_flow.calendar.periods import Period
from inprocap_flow.engine.case.binding import Journal
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import Blocker, When
from inprocap_flow.engine.timing.bounds import counting_of, earliest, missing, period_of, refusing
from inprocap_flow.engine.timing.clocks import Clock, closed_at_the_hour, used
from inprocap_flow.language.model import Deadline, said
from inprocap_flow.records import changed


def counted_by_law(facts: CaseFacts, deadline: Deadline, start: When, by: Period) -> Clock | tuple[Blocker, ...]:
    """Return *deadline* counted anew from its event with its period (or least length) made longer by *by*.

    An imprecise event counts from its last moment; the earliest possible end is counted from its first.
    """
    clock = _begun_at(facts, deadline, start.last, by)
    if isinstance(clock, tuple) or start.is_exact:
        return clock
    if deadline.period is None:  # a typed end does not hang on when the clock began
        return changed(clock, assumed=True)
    early = _begun_at(changed(facts, journal=Journal()), deadline, start.first, by)
    return changed(clock, assumed=True, earliest=None if isinstance(early, tuple) else early.end)


def _begun_at(facts: CaseFacts, deadline: Deadline, start: datetime, by: Period) -> Clock | tuple[Blocker, ...]:
    """Return the clock as if it had begun exactly at *start*."""
    facts = changed(facts, deadline_day=facts.binding.day(start))
    source = deadline.period if deadline.period is not None else deadline.at_least
    if source is None:
        reason = f"{said(deadline.title)} has neither a period nor a least length that a law could lengthen."
        return (refusing("deadline-not-computable", deadline, reason, mend="extend it until a moment"),)
    period = period_of(facts, source)
    if isinstance(period, tuple):
        return missing(deadline, period, "the period")
    calendar, counting = facts.binding.calendar(deadline.calendar), counting_of(facts, deadline)
    found = extended_by_law(start, facts.binding.zone, period, by, calendar=calendar, counting=counting)
    end = closed_at_the_hour(found.extended, deadline, facts)
    if deadline.period is None:
        end = earliest(facts, deadline, found.extended)
    last_day = facts.binding.day(end) if deadline.closes_at else found.extended.last_day
    details = found.to_plain() | used(facts) | ({"typed": True} if deadline.period is None else {})
    return Clock(end, last_day, found.extended.provisional, False, details)
