"""What a step does to clocks: meets, stops, extends, starts, and everything that is counted back from what changed.

Effects (e) of a step (language, 6.4). The moments themselves come from `engine.clocks`.
"""

from __future__ import annotations

from typing import Any

from inprocap_flow.engine.clocks import Clock, anchor_moment, start_clock
from inprocap_flow.engine.facts import deadline_place
from inprocap_flow.engine.plan import Plan
from inprocap_flow.engine.records import MAIN, SYSTEM_ACTOR, DeadlineState, When, key, stamp, unstamp
from inprocap_flow.engine.work import Refused, Work
from inprocap_flow.language.model import Deadline


def end_clocks(work: Work, plan: Plan) -> None:
    """Meet and stop what the step and its branch meet and stop."""
    step, branch = plan.step, plan.chosen
    for name in dict.fromkeys((*step.meets, *branch.meets)):
        _end(work, plan.line_id, name, "deadline_met", step.name)
    for name in dict.fromkeys((*step.stops, *branch.stops)):
        _end(work, plan.line_id, name, "deadline_stopped", step.name)


def start_clocks(work: Work, plan: Plan) -> None:
    """Extend and start what the step and its branch extend and start, as it was computed when the step was judged."""
    step = plan.step
    ground = plan.inputs.reason or step.name
    if plan.extension is not None and step.extends is not None:
        owner, bare = _place(work, plan.line_id, step.extends.deadline)
        work.emit("deadline_extended", owner, {"deadline": bare, "ground": ground, **plan.extension.to_plain()})
        follow(work, owner, bare)
    for name, clock in plan.clocks.items():
        owner, bare = _place(work, plan.line_id, name)
        declared = work.binding.definition.line(work.case.lines[owner].kind).deadlines[bare]
        more = {"ground": ground} if name in step.restarts else {}
        _start(work, owner, declared, clock, more)


def _start(work: Work, owner: str, declared: Deadline, clock: Clock, more: dict[str, Any]) -> None:
    data = {"deadline": declared.name, **clock.to_plain(), **more}
    if declared.outlives_case:
        data["outlives_case"] = True
    work.emit("deadline_started", owner, data)
    follow(work, owner, declared.name, restarted=True)


def _place(work: Work, line_id: str, name: str) -> tuple[str, str]:
    """Return the line that the deadline *name* belongs to, and its bare name."""
    place = deadline_place(work.binding, work.case, line_id, name)
    assert place is not None
    owner, _, bare = place.partition(" ")
    return owner, bare


def _end(work: Work, line_id: str, name: str, kind: str, source: str) -> None:
    owner, bare = _place(work, line_id, name)
    state = work.case.deadlines.get(key(owner, bare))
    if kind == "deadline_stopped" and state is not None and state.status != "running":
        return  # stopping what is over changes nothing
    data: dict[str, Any] = {"deadline": bare, "source": source}
    if state is not None and state.end and _cannot_tell(work.when, state.end):
        data["cannot_tell"] = "whether it was met in time: the day is not known exactly"
    work.emit(kind, owner, data)
    _stop_followers(work, owner, bare)


def _cannot_tell(when: When, end: str) -> bool:
    return not when.is_exact and when.first <= unstamp(end) <= when.last


def _stop_followers(work: Work, owner: str, name: str) -> None:
    for line_id, declared in _counted_from(work, owner, name):
        state = work.case.deadlines.get(key(line_id, declared.name))
        if state is not None and state.status == "running":
            work.emit("deadline_stopped", line_id, {"deadline": declared.name, "source": name})
            _stop_followers(work, line_id, declared.name)


def follow(work: Work, owner: str, changed: str, *, restarted: bool = False) -> None:
    """Start, move or stop every deadline that is counted back from *changed*, a deadline or field of the line *owner*.

    Dependents of dependents follow in their turn. Raises `Refused` for a period that is not known, DefinitionDefect
    for deadlines that are counted back from each other.
    """
    for line_id, declared in _counted_from(work, owner, changed):
        with work.moving(f"the deadline {declared.name}"):
            _recount(work, line_id, declared, changed, restarted=restarted)


def begin_followers(work: Work, line_id: str) -> None:
    """Start the deadlines of a new line that are counted back from something of the case that is known already."""
    for declared in work.binding.counted_back.get(work.case.lines[line_id].kind, ()):
        if key(line_id, declared.name) not in work.case.deadlines:
            _recount(work, line_id, declared, declared.backwards_from or "", restarted=True)


def _counted_from(work: Work, owner: str, changed: str) -> list[tuple[str, Deadline]]:
    counted = work.binding.counted_back
    if not counted:
        return []
    return [
        (line.id, declared)
        for line in work.case.in_order
        if not line.ended or line.id == MAIN
        for declared in counted.get(line.kind, ())
        if _anchor_of(work, line.id, declared) == (owner, changed)
    ]


def _anchor_of(work: Work, line_id: str, declared: Deadline) -> tuple[str, str]:
    """Return the line and name of the deadline or field that *declared* is counted back from."""
    name = declared.backwards_from or ""
    if work.binding.definition.find_deadline(work.case.lines[line_id].kind, name) is not None:
        return _place(work, line_id, name)
    field = name.partition(".")[0]
    own = field in work.binding.definition.line(work.case.lines[line_id].kind).fields
    return (line_id if own else MAIN), field


def _recount(work: Work, line_id: str, declared: Deadline, ground: str, *, restarted: bool) -> None:
    facts = work.facts(line_id)
    state = work.case.deadlines.get(key(line_id, declared.name))
    running = state is not None and state.status == "running"
    if anchor_moment(facts, declared) is None:
        if running:
            work.emit("deadline_stopped", line_id, {"deadline": declared.name, "source": ground})
            _stop_followers(work, line_id, declared.name)
        return
    clock = start_clock(facts, declared, work.when)
    if isinstance(clock, tuple):
        raise Refused(list(clock))
    if not running and (state is None or _starts_again(state, clock, work.when, restarted=restarted)):
        _start(work, line_id, declared, clock, {"backwards_from": ground})
    elif running and state is not None and state.end != stamp(clock.end):
        data = {"deadline": declared.name, "ground": ground, **clock.to_plain()}
        work.emit("deadline_recomputed", line_id, data)
        follow(work, line_id, declared.name)


def _starts_again(state: DeadlineState, clock: Clock, when: When, *, restarted: bool) -> bool:
    """Return whether a clock that has ended runs again because what it is counted from moved.

    One that was waived holds nothing for good. One that somebody met or stopped runs again only if its anchor is
    started anew; one that ended by itself also if its new end lies ahead.
    """
    if state.started is None:
        return False
    ended_by_itself = state.history[-1]["by"] == SYSTEM_ACTOR and state.status != "stopped"
    return restarted or (ended_by_itself and clock.end > when.last)
