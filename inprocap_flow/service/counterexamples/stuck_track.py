"""A track that comes to no end of its own: every step of it is tried from wherever it comes to."""

from __future__ import annotations

from dataclasses import replace

from inprocap_flow.engine.case.records import LineState, Refusal
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
    comes_to = _all_that_follow(stage, track)
    while len(been) < _MOST_STAGES and _onward(stage, track, been):
        been.append(stage.case.lines[track].state)
    stage.look(standing(stage, track))
    if not comes_to:
        return f"{track} stands in {leaf}, and no step of it is possible there"
    return f"{track} stands in {leaf}, from where it only comes to {', '.join(comes_to)}"


def _all_that_follow(stage: Stage, track: str) -> list[str]:
    """Return the stages that the track comes to by whichever steps of it. Raises Gap if one of them is an end."""
    first = stage.case.lines[track].state
    found, waiting = [first], [stage]
    while waiting and len(found) < _MOST_STAGES:
        here = waiting.pop(0)
        for step in _steps_from(here, track):
            trial = here.copy()
            refused = _tried(trial, track, step)
            there = trial.case.lines[track]
            if there.ended:
                raise Gap(LEADS_TO_AN_END, f"from {first} {track} comes to an end by {step.name}")
            if refused is None and there.state not in found:
                found.append(there.state)
                waiting.append(trial)
    return found[1:]


def _steps_from(stage: Stage, track: str) -> list[Step]:
    """Return the steps that people may ask for where the track stands."""
    line = stage.case.lines[track]
    steps = stage.definition.line(line.kind).steps.values()
    return [one for one in steps if line.state in one.sources and not one.is_automatic and not one.is_system]


def _tried(stage: Stage, track: str, step: Step) -> Refusal | None:
    line = stage.case.lines[track]
    deed = replace(stage.deed("do", step.name, step.by, track), on=track)
    return get_done(stage, deed, Happened("do", line.kind, step.name, Seat(line.state)))


def _onward(stage: Stage, track: str, been: list[str]) -> bool:
    """Take a step that leads to a new stage; what is refused there, or at first starts elsewhere, is noted."""
    line = stage.case.lines[track]
    new: Stage | None = None
    for step in stage.definition.line(line.kind).steps.values():
        if step.is_automatic or step.is_system:
            continue
        if line.state not in step.sources:
            _ask_elsewhere(stage, line, step, first=len(been) == 1)
            continue
        trial = stage.copy()
        refused = _tried(trial, track, step)
        if refused is not None:
            deed = replace(stage.deed("do", step.name, step.by, track), on=track)
            note_refusal(trial, deed, refused)
            stage.take_over(trial)  # what was signed and filled for it stays
        elif new is None and trial.case.lines[track].state not in been:
            new = trial
            new.deeds[-1] = replace(new.deeds[-1], then=standing(new, track))
    return _gone_on(stage, track, new)


def _gone_on(stage: Stage, track: str, new: Stage | None) -> bool:
    """Go on with the step that *new* took, after all that was noted meanwhile."""
    if new is None:
        return False
    step = stage.definition.line(stage.case.lines[track].kind).steps[str(new.deeds[-1].what)]
    if _tried(stage, track, step) is not None:
        stage.take_over(new)
        return True
    stage.deeds[-1] = replace(stage.deeds[-1], then=standing(stage, track))
    return True


def _ask_elsewhere(stage: Stage, line: LineState, step: Step, *, first: bool) -> None:
    """Note that a step which starts elsewhere is refused where the track stands."""
    if not first or not step.sources:
        return
    deed = replace(stage.deed("do", step.name, step.by, line.id), on=line.id)
    refused = get_done(stage.copy(), deed, Happened("do", line.kind, step.name, Seat(line.state)))
    if refused is not None and because(refused):
        stage.tried = None
        note_refusal(stage, deed, refused)
