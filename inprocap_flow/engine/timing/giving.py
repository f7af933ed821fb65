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
    back = _given_back(facts, deadline, state, since, until)
    last_day = facts.binding.day(back.end) if deadline.closes_at else back.last_day
    computed = {**state.computed, "given_back": [*state.computed.get("given_back", ()), back.to_plain()]}
    return Clock(back.end, last_day, back.provisional or state.provisional, state.assumed, computed), back


def _given_back(
    facts: CaseFacts, deadline: Deadline, state: DeadlineState, since: datetime, until: datetime
) -> GivenBack:
    end = unstamp(state.end or "")
    return give_back(
        end,
        date.fromisoformat(state.last_day) if state.last_day else facts.binding.day(end),
        since,
        max(since, until),
        unit=_unit(state),
        calendar=facts.binding.calendar(deadline.calendar),
        zone=facts.binding.zone,
        counting=counting_of(facts, deadline),
        before=_stood_still_before(facts, state),
    )


def _stood_still_before(facts: CaseFacts, state: DeadlineState) -> Before | None:
    """Return what was given back since the end was last set by its period or by a decision; None if nothing was.

    Whoever set another end since has weighed what was lost before: that is not counted again.
    """
    backs: list[Any] = []
    end = unstamp(state.end or "")
    for back in reversed(state.computed.get("given_back", ())):
        if datetime.fromisoformat(back["end"]) != end:
            break
        backs.insert(0, back)
        end = datetime.fromisoformat(back["was"])
    if not backs:
        return None
    times = ((datetime.fromisoformat(b["suspended_at"]), datetime.fromisoformat(b["resumed_at"])) for b in backs)
    return Before(end, facts.binding.day(end - TICK), tuple(times))


def _unit(state: DeadlineState) -> Unit:
    """Return the unit in which a clock counts; a typed end counts in days."""
    code = state.computed.get("period")
    return parse_period(str(code)).unit if code and not state.computed.get("typed") else "days"
