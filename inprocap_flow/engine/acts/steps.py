"""The act of carrying out a step of a line, or of beginning a track: found, judged, carried out (language, 6.2-6.4)."""

from __future__ import annotations

import re

from inprocap_flow.engine.acts.acting import acting, take_role
from inprocap_flow.engine.carrying.carry import begin_track, carry_out
from inprocap_flow.engine.carrying.foresight import foresee
from inprocap_flow.engine.carrying.judge import judge
from inprocap_flow.engine.carrying.plan import Inputs
from inprocap_flow.engine.carrying.work import Refused, Work
from inprocap_flow.engine.case.people import Acting, Capacity, capacity_for
from inprocap_flow.engine.case.records import Blocker, DeadlineState, LineState, Request
from inprocap_flow.engine.timing.too_late import ended, entering, instead, late_or_in_time, window_over
from inprocap_flow.language.model import Line, Step
from inprocap_flow.records import changed

# What stands after the kind in the id of a track: a word, for it is part of keys, addresses and file names.
TRACK_NAME = re.compile(r"[^\W_][\w.-]{0,79}")


def do(work: Work, request: Request) -> list[Blocker]:
    """Carry out a step of a line, or begin a track when ``new`` names one."""
    if request.new is not None:
        return _begin(work, request)
    line = work.case.lines.get(request.line)
    if line is None:
        return [Blocker("no-such-track", f"There is no {request.line} in this case.", about=request.line)]
    step = work.binding.machine.step(line.kind, request.name)
    if step is None or line.state not in step.sources:
        return [not_offered(work, request.line, request.name, step)]
    blockers: list[Blocker] = []
    found = capacity_for(acting(work, request, request.line), step.by)
    if isinstance(found, Capacity):
        take_role(work, found)
    else:
        blockers += found
    plan = judge(work, request.line, step, Inputs(request.fields, request.documents, request.reason))
    blockers += _with_other_ways(work, line, step, with_moments(work, step, plan.blockers))
    if not blockers:
        carry_out(work, plan)
    return blockers


def not_offered(work: Work, line_id: str, name: str, step: Step | None) -> Blocker:
    """Return why *name* is not offered where the line stands: how it left, and when a deadline will bring it there."""
    line = work.case.lines[line_id]
    machine = work.binding.machine
    if step is None:
        from difflib import get_close_matches  # only whoever mistypes waits for it

        known = ", ".join(machine.offered(line.kind, line.state)) or "nothing"
        near = get_close_matches(name, work.binding.definition.line(line.kind).steps, 1)
        meant = f"did you mean {near[0]}? " if near else ""
        reason = f"{name} is no step of {line_id}."
        return Blocker("not-offered", reason, about=name, line=line_id, mend=f"{meant}possible here: {known}")
    left = _left_by(line, step)
    how = f"; it left by {left}" if left else ""
    over = window_over(work.binding, work.case, line_id, step) if left != name else None
    late = f"; {ended(work.binding, work.case, over)}" if over else ""
    reason = f"{name} is not offered: {line_id} stands in {line.state}{how}{late}."
    foreseen = foresee(work, lambda case: case.lines[line_id].state in step.sources)
    return Blocker(
        "not-offered",
        reason,
        about=left or name,
        line=line_id,
        detail=left,
        possible_from=foreseen.moment if foreseen else None,
        provisional=bool(foreseen and foreseen.provisional),
        mend=_mend(work, line, step, over) if over else f"possible from: {', '.join(step.sources)}",
    )


def _mend(work: Work, line: LineState, step: Step, over: DeadlineState) -> str:
    """Return what can be done when *over* has ended and *line* has left for good."""
    if entering(work.binding.definition, step, over.name) is None:
        return instead(work.binding, work.case, over)
    return late_or_in_time(work.binding, work.case, line, step, over)


def _left_by(line: LineState, step: Step) -> str:
    """Return the step by which *line* last left a stage where *step* is offered; "" if it never stood there."""
    left = [source for source in step.sources if source in line.left]
    return line.left[max(left, key=lambda source: line.left_as.get(source, 0))] if left else ""


def _with_other_ways(work: Work, line: LineState, step: Step, blockers: list[Blocker]) -> list[Blocker]:
    """Return *blockers*; where a window is over for good, with what is done with what came late, or came in time."""
    over = window_over(work.binding, work.case, line.id, step)
    if over is None or entering(work.binding.definition, step, over.name) is None:
        return blockers
    mend = late_or_in_time(work.binding, work.case, line, step, over)
    return [changed(b, mend=mend) if b.code == "deadline-over" and b.about == over.name else b for b in blockers]


def with_moments(work: Work, step: Step, blockers: list[Blocker]) -> list[Blocker]:
    """Return *blockers*; where the case stands elsewhere and will come by itself, with the moment."""
    if not any(blocker.code == "case-elsewhere" for blocker in blockers):
        return blockers
    foreseen = foresee(work, lambda case: case.main.state in step.while_case)
    if foreseen is None:
        return blockers
    return [
        changed(b, possible_from=foreseen.moment, provisional=foreseen.provisional, mend="wait")
        if b.code == "case-elsewhere"
        else b
        for b in blockers
    ]


def _begin(work: Work, request: Request) -> list[Blocker]:
    """Begin a new track for the actor: ``new`` is its id, ``kind/name``."""
    new = request.new or ""
    kind, _, name = new.partition("/")
    definition = work.binding.definition.tracks.get(kind)
    if definition is None:
        mend = f"write kind/name; kinds: {', '.join(work.binding.definition.tracks)}"
        return [Blocker("no-such-track", f"{new} names no kind of track.", about=new, mend=mend)]
    blockers = _bad_beginning(work, request, definition, name)
    parent = work.case.lines.get(request.parent or "") if definition.parent else None
    somebody = Acting(
        work.binding, work.case, request.actor, work.when.last, parent, request.role, begins=definition.kind
    )
    found = capacity_for(somebody, definition.begins.by)
    if isinstance(found, Capacity):
        take_role(work, found)
    else:
        blockers += found
    hopeless = {"no-such-track", "track-exists", "bad-name"} & {blocker.code for blocker in blockers}
    # What the system begins takes values unjudged from the step that creates it: nobody else may try.
    if not hopeless and not definition.begins.is_system:
        blockers += _try_to_begin(work, request, definition, parent)
    return blockers


def _bad_beginning(work: Work, request: Request, definition: Line, name: str) -> list[Blocker]:
    """Return what is wrong with the name of the new track, of the step that begins it, and of its parent."""
    new, step, kind = request.new or "", definition.begins, definition.kind
    blockers: list[Blocker] = []
    if not TRACK_NAME.fullmatch(name):
        mend = "use letters, digits, points, hyphens and underscores, at most 80"
        blockers.append(Blocker("bad-name", f'"{name[:80]}" cannot name {_a(kind)}.', about=kind, mend=mend))
    if new in work.case.lines:
        reason = f"There is a {new} already."
        blockers.append(Blocker("track-exists", reason, about=new, mend="choose another name"))
    if request.name and request.name != step.name:
        reason = f"{kind} begins with {step.name}, not {request.name}."
        blockers.append(Blocker("not-offered", reason, about=request.name, mend=f"use {step.name}"))
    parent = work.case.lines.get(request.parent or "")
    if definition.parent and (parent is None or parent.kind != definition.parent):
        wrong = f"{request.parent} is not one of this case" if request.parent else "none is named"
        there = " or ".join(f"--of {track.id}" for track in work.case.tracks(definition.parent) if not track.ended)
        mend = f"name its {definition.parent}: {there}" if there else f"begin {_a(definition.parent)} first"
        reason = f"{_a(kind).capitalize()} belongs to {_a(definition.parent)}, and {wrong}."
        blockers.append(Blocker("no-such-track", reason, about=request.parent or definition.parent, mend=mend))
    return blockers


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _try_to_begin(work: Work, request: Request, definition: Line, parent: LineState | None) -> list[Blocker]:
    """Begin the track; with blockers nothing of it stays, for the whole decision is refused."""
    declared = work.binding.definition.roles.get(work.role or "")
    own = declared is not None and declared.speaks_for == definition.kind
    speakers = (request.actor,) if own else ()
    inputs = Inputs(request.fields, request.documents, request.reason)
    try:
        parent_id = parent.id if parent else None
        begin_track(work, definition.kind, request.new or "", parent_id, inputs, speakers)
    except Refused as refused:
        return with_moments(work, definition.begins, refused.blockers)
    return []
