"""What a step does to clocks: meets, stops, extends, starts, and everything that is counted back from what changed.

Effects (e) of a step (language, 6.4). The moments themselves come from `engine.timing.clocks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inprocap_flow.engine.carrying.plan import Plan
from inprocap_flow.engine.carrying.work import Refused, Work
from inprocap_flow.engine.case.facts import CaseFacts, deadline_place
from inprocap_flow.engine.case.records import MAIN, SYSTEM_ACTOR, DeadlineState, When, key, stamp, unstamp
from inprocap_flow.engine.timing.clocks import Clock, anchor_moment, start_clock
from inprocap_flow.language.model import Deadline

CANNOT_TELL = "whether it was met in time: the day is not known exactly"


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
        work.emit(
            "deadline_extended",
            owner,
            {"deadline": bare, "ground": ground, **plan.extension.to_plain(), **_fixed(plan.extension)},
        )
        follow(work, owner, bare)
    for name, clock in plan.clocks.items():
        owner, bare = _place(work, plan.line_id, name)
        declared = work.binding.definition.line(work.case.lines[owner].kind).deadlines[bare]
        again = work.case.deadlines.get(key(owner, bare)) is not None
        more: dict[str, Any] = {"ground": ground} if name in step.restarts else {}
        if name in step.restarts and again:
            more["restarted"] = True
        start(work, owner, declared, clock, more)


def _fixed(clock: Clock) -> dict[str, str]:
    """Return that an end was chosen and not counted, with its last day."""
    return {"fixed": clock.last_day.isoformat()} if clock.last_day else {}


def start(work: Work, owner: str, declared: Deadline, clock: Clock, more: dict[str, Any]) -> None:
    """Let a clock run from now on, and everything that is counted back from it."""
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
    end(work, owner, bare, kind, {"source": source})


def end(work: Work, owner: str, bare: str, kind: str, more: dict[str, Any]) -> None:
    """Meet or stop a clock (*kind* of event), and stop what is counted back from it."""
    state = work.case.deadlines.get(key(owner, bare))
    if kind == "deadline_stopped" and state is not None and not state.is_open:
        return  # stopping what is over changes nothing
    doubt = {"cannot_tell": CANNOT_TELL} if state is not None and _cannot_tell(work.when, state) else {}
    work.emit(kind, owner, {"deadline": bare, **more, **doubt})
    _stop_followers(work, owner, bare)


def _cannot_tell(when: When, state: DeadlineState) -> bool:
    """Return whether an act at *when* may have come in time or late: its own day is not known, or that of the start."""
    if state.status != "running" or state.end is None:
        return False
    last = unstamp(state.end)
    if not when.is_exact and when.first <= last <= when.last:
        return True
    return state.earliest is not None and unstamp(state.earliest) <= when.last and when.first < last


def suspend(work: Work, owner: str, name: str, why: Mapping[str, Any]) -> None:
    """Let a running clock stand still, and everything that is counted back from it; *why* holds the ground."""
    work.emit("deadline_suspended", owner, {"deadline": name, **why})
    follow(work, owner, name)


def _stop_followers(work: Work, owner: str, name: str) -> None:
    for line_id, declared in _counted_from(work, owner, name):
        state = work.case.deadlines.get(key(line_id, declared.name))
        if state is not None and state.is_open:
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
    if changed not in work.binding.anchors:  # as with nearly every field
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
    if state is not None and _anchor_stands_still(facts, declared):
        if state.status == "running":
            suspend(work, line_id, declared.name, {"ground": ground})
        return
    if anchor_moment(facts, declared) is None:
        if state is not None and state.is_open:
            work.emit("deadline_stopped", line_id, {"deadline": declared.name, "source": ground})
            _stop_followers(work, line_id, declared.name)
        return
    clock = start_clock(facts, declared, work.when)
    if isinstance(clock, tuple):
        raise Refused(list(clock))
    if state is None or (not state.is_open and _starts_again(state, clock, work.when, restarted=restarted)):
        start(work, line_id, declared, clock, {"backwards_from": ground})
    elif state.status == "suspended" or (state.is_open and state.end != stamp(clock.end)):
        kind = "deadline_resumed" if state.status == "suspended" else "deadline_recomputed"
        work.emit(kind, line_id, {"deadline": declared.name, "ground": ground, **clock.to_plain()})
        follow(work, line_id, declared.name)


def _anchor_stands_still(facts: CaseFacts, declared: Deadline) -> bool:
    anchor = facts.deadline(declared.backwards_from or "")
    return anchor is not None and anchor.status == "suspended"


def _starts_again(state: DeadlineState, clock: Clock, when: When, *, restarted: bool) -> bool:
    """Return whether a clock that has ended runs again because what it is counted from moved.

    One that was waived holds nothing for good. One that somebody met or stopped runs again only if its anchor is
    started anew; one that ended by itself also if its new end lies ahead.
    """
    if state.started is None:
        return False
    ended_by_itself = state.history[-1]["by"] == SYSTEM_ACTOR and state.status != "stopped"
    return restarted or (ended_by_itself and clock.end > when.last)
