"""The time that a clock of a case lost while it stood still, given back: what it lost before counts in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from inprocap_flow.calendar.giving_back import GivenBack, give_back
from inprocap_flow.calendar.periods import Unit, parse_period
from inprocap_flow.calendar.standing_still import Before
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import TICK, DeadlineState, unstamp
from inprocap_flow.engine.timing.bounds import counting_of
from inprocap_flow.engine.timing.clocks import Clock
from inprocap_flow.language.model import Deadline


def running_again(
    facts: CaseFacts, deadline: Deadline, state: DeadlineState, since: datetime, until: datetime
) -> tuple[Clock, GivenBack]:
    """Return the clock of *deadline* with what it lost between *since* and *until* given back, and how that came.

    Raises BadValue or Unsupported where the time cannot be given back (`calendar.giving_back`).
    """
    end = unstamp(state.end or "")
    last_day = date.fromisoformat(state.last_day) if state.last_day else facts.binding.day(end)
    backs = _given_before(state)
    still = (since, max(since, until))
    back = _given_back(facts, deadline, state, (end, last_day), still, _before(facts, backs, "was"))
    early = _earliest_again(facts, deadline, state, still, backs)
    entry = back.to_plain() | ({"earliest_was": state.earliest} if state.earliest else {})
    last_day = facts.binding.day(back.end) if deadline.closes_at else back.last_day
    computed = {**state.computed, "given_back": [*state.computed.get("given_back", ()), entry]}
    return Clock(back.end, last_day, back.provisional or state.provisional, state.assumed, computed, early), back


def _given_back(
    facts: CaseFacts,
    deadline: Deadline,
    state: DeadlineState,
    ends: tuple[datetime, date],
    still: tuple[datetime, datetime],
    before: Before | None,
) -> GivenBack:
    return give_back(
        *ends,
        *still,
        unit=_unit(state),
        calendar=facts.binding.calendar(deadline.calendar),
        zone=facts.binding.zone,
        counting=counting_of(facts, deadline),
        before=before,
    )


def _earliest_again(
    facts: CaseFacts, deadline: Deadline, state: DeadlineState, still: tuple[datetime, datetime], backs: list[Any]
) -> datetime | None:
    """Return the end with the lost time given back if the clock began as early as it may have; None if that is known.

    What may have been over before it stood still may be over for good: a clock that is over gets nothing back.
    """
    if state.earliest is None:
        return None
    end = unstamp(state.earliest)
    if end <= still[0]:
        return end
    last_day = facts.binding.day(end - TICK)
    return _given_back(facts, deadline, state, (end, last_day), still, _before(facts, backs, "earliest_was")).end


def _given_before(state: DeadlineState) -> list[Any]:
    """Return what was given back since the end was last set by its period or by a decision, in order.

    Whoever set another end since has weighed what was lost before: that is not counted again.
    """
    backs: list[Any] = []
    end = unstamp(state.end or "")
    for back in reversed(state.computed.get("given_back", ())):
        if datetime.fromisoformat(back["end"]) != end:
            break
        backs.insert(0, back)
        end = datetime.fromisoformat(back["was"])
    return backs


def _before(facts: CaseFacts, backs: list[Any], was: str) -> Before | None:
    """Return what stood still before, counted from the end that stands under *was* in the first of *backs*."""
    if not backs:
        return None
    end = datetime.fromisoformat(backs[0][was])
    times = ((datetime.fromisoformat(b["suspended_at"]), datetime.fromisoformat(b["resumed_at"])) for b in backs)
    return Before(end, facts.binding.day(end - TICK), tuple(times))


def _unit(state: DeadlineState) -> Unit:
    """Return the unit in which a clock counts; a typed end counts in days."""
    code = state.computed.get("period")
    return parse_period(str(code)).unit if code and not state.computed.get("typed") else "days"
