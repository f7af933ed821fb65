"""A track that comes to no end of its own: every step of it is tried from wherever it comes to."""

from __future__ import annotations

from dataclasses import replace

from inprocap_flow.engine.case.records import LineState
from inprocap_flow.language.explore.state import Deed as Happened
from inprocap_flow.language.explore.state import Seat
from inprocap_flow.language.model import Step
from inprocap_flow.service.counterexamples.gaps import LEADS_TO_AN_END, NO_SUCH_TRACK, Gap
from inprocap_flow.service.counterexamples.mending import get_done
from inprocap_flow.service.counterexamples.refusing import because, note_refusal, standing
from inprocap_flow.service.counterexamples.stage import Stage

_MOST_STAGES = 12
"""So many stages are gone through to see that none leads to an end."""


def no_step_leads_on(stage: Stage, kind: str, leaf: str) -> str:
    """Try every step of a track of *kind* that stands in *leaf*, go where one leads, and tell where. Raises Gap."""
    track = next((one.id for one in stage.case.tracks(kind) if one.state == leaf), None)
    if track is None:
        raise Gap(NO_SUCH_TRACK, f"no {kind} stands in {leaf}")
    been = [leaf]
    while len(been) < _MOST_STAGES and _onward(stage, track, been):
        been.append(stage.case.lines[track].state)
    stage.look(standing(stage, track))
    if len(been) == 1:
        return f"{track} stands in {leaf}, and no step of it is possible there"
    return f"{track} stands in {leaf}, from where it only comes to {', '.join(been[1:])}"


def _onward(stage: Stage, track: str, been: list[str]) -> bool:
    """Take a step that leads to a new stage; a step that is refused where it starts is noted. Raises Gap at an end."""
    line = stage.case.lines[track]
    for step in stage.definition.line(line.kind).steps.values():
        if step.is_automatic or step.is_system:
            continue
        trial = stage.copy()
        if line.state not in step.sources:
            _ask_elsewhere(stage, line, step, first=len(been) == 1)
            continue
        deed = replace(trial.deed("do", step.name, step.by, track), on=track)
        refused = get_done(trial, deed, Happened("do", line.kind, step.name, Seat(line.state)))
        there = trial.case.lines[track]
        if there.ended:
            raise Gap(LEADS_TO_AN_END, f"from {line.state} {track} comes to an end by {step.name}")
        if refused is None and there.state not in been:
            stage.take_over(trial)
            stage.deeds[-1] = replace(stage.deeds[-1], then=standing(stage, track))
            return True
    return False


def _ask_elsewhere(stage: Stage, line: LineState, step: Step, *, first: bool) -> None:
    """Note that a step which starts elsewhere is refused where the track stands."""
    if not first or not step.sources:
        return
    deed = replace(stage.deed("do", step.name, step.by, line.id), on=line.id)
    refused = get_done(stage.copy(), deed, Happened("do", line.kind, step.name, Seat(line.state)))
    if refused is not None and because(refused):
        stage.tried = None
        note_refusal(stage, deed, refused)
