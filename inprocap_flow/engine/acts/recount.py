"""Deadlines that were provisional, reckoned again when the organisation's calendars say more (language, 2.5).

Nobody decides anything here: it is the same rules on better data. So the system may ask for it, and whoever may act.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inprocap_flow.engine.acts.acting import acting, take_role
from inprocap_flow.engine.acts.asking import who_acts
from inprocap_flow.engine.carrying.deadlines import follow
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.binding import Binding, Journal
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.people import Capacity, capacity_for
from inprocap_flow.engine.case.records import (
    MAIN,
    SYSTEM_ACTOR,
    Blocker,
    Case,
    DeadlineState,
    Request,
    When,
    key,
    stamp,
    unstamp,
)
from inprocap_flow.engine.timing.bounds import below_floor, floor_of
from inprocap_flow.engine.timing.clocks import Clock
from inprocap_flow.engine.timing.reclocking import recounted
from inprocap_flow.language.model import Deadline
from inprocap_flow.records import changed


def outdated(binding: Binding, case: Case) -> tuple[DeadlineState, ...]:
    """Return the open deadlines that a newer calendar, or another day of a meeting, may move; the earliest first.

    Cheap: nothing is computed but for what is counted back from a meeting. Ends that are not provisional never move.
    """
    found = [state for state in case.deadlines.values() if state.is_open and _may_move(binding, case, state)]
    return tuple(sorted(found, key=lambda state: (unstamp(state.end or ""), state.line, state.name)))


def _may_move(binding: Binding, case: Case, state: DeadlineState) -> bool:
    declared = _declared(binding, case, state)
    if declared is None or state.end is None:
        return False
    if declared.backwards_from and "." in declared.backwards_from and state.status == "running":
        return _gate_moved(binding, case, state, declared)
    return state.provisional and _other_calendar(binding, state, declared)


def _declared(binding: Binding, case: Case, state: DeadlineState) -> Deadline | None:
    return binding.definition.line(case.lines[state.line].kind).deadlines.get(state.name)


def _gate_moved(binding: Binding, case: Case, state: DeadlineState, declared: Deadline) -> bool:
    facts = CaseFacts(binding, case, state.line, When.from_plain(state.started))
    clock = recounted(facts, declared, state)
    return isinstance(clock, Clock) and stamp(clock.end) != state.end


def _other_calendar(binding: Binding, state: DeadlineState, declared: Deadline) -> bool:
    now = binding.calendar(declared.calendar)
    return any((one.get("name"), one.get("version")) != (now.name, now.version) for one in _calendars(state.computed))


def _calendars(computed: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the calendar, with its version, of everything that the end was reckoned from."""
    for part in (computed, computed.get("floor", {}), *computed.get("given_back", ())):
        if "calendar" in part:
            yield part["calendar"]


def recount(work: Work, request: Request) -> list[Blocker]:
    """Reckon every provisional deadline of the case again; the owner of the stage is told of each that moves."""
    if blockers := _may_not(work, request):
        return blockers
    found = outdated(work.binding, work.case)
    if not found:
        reason = "No deadline rests on a calendar that has been replaced."
        return [Blocker("nothing-to-do", reason, mend="release the newer calendar first")]
    for state in found:
        if blockers := _again(work, state):
            return blockers
    return []


def _may_not(work: Work, request: Request) -> list[Blocker]:
    if request.actor == SYSTEM_ACTOR:
        return []
    found = capacity_for(acting(work, request, MAIN), who_acts(work.facts()))
    if not isinstance(found, Capacity):
        return list(found)
    take_role(work, found)
    return []


def _again(work: Work, before: DeadlineState) -> list[Blocker]:
    state = work.case.deadlines[key(before.line, before.name)]
    if state != before or not state.is_open:
        return []  # it has moved with another one meanwhile
    declared = _declared(work.binding, work.case, state)
    assert declared is not None
    facts = changed(work.facts(state.line), journal=Journal())
    clock = recounted(facts, declared, state)
    if isinstance(clock, tuple):
        return list(clock)
    data = {"deadline": state.name, "ground": _ground(work.binding, declared, state), **clock.to_plain()}
    work.emit("deadline_recomputed", state.line, data)
    if stamp(clock.end) != state.end:
        _tell_owner(work, state)
    follow(work, state.line, state.name)
    _warn_of_floor(work, declared, state, clock)
    return []


def _ground(binding: Binding, declared: Deadline, state: DeadlineState) -> str:
    if declared.backwards_from and "." in declared.backwards_from:
        return f"the day of {declared.backwards_from} was changed"
    calendar = binding.calendar(declared.calendar)
    before = next((str(one.get("version")) for one in _calendars(state.computed)), "an earlier one")
    return f"calendar {calendar.name} {calendar.version} instead of {before}"


def _tell_owner(work: Work, state: DeadlineState) -> None:
    line = work.case.lines[state.line]
    stage = work.binding.definition.line(line.kind).stages.get(line.state)
    if stage is not None and stage.owner:
        to = (f"role:{stage.owner}",)
        work.emit("told", state.line, {"to": list(to), "step": f"recount {state.name}"})
        work.tell("told", state.line, to, f"recount {state.name}")


def _warn_of_floor(work: Work, declared: Deadline, state: DeadlineState, clock: Clock) -> None:
    """Warn if a typed end lies below the minimum as it is now known: nothing moves it but a decision."""
    facts = changed(work.facts(state.line), journal=Journal())
    floor = floor_of(facts, declared, When.from_plain(state.started)) if declared.ends_at is not None else None
    if floor is not None and not isinstance(floor, tuple) and clock.end < floor.end:
        work.warnings.append(below_floor(facts, declared, floor))
