"""A step that moves tracks is taken twice, with a way round in between: whom it moves the second time."""

from __future__ import annotations

from dataclasses import replace

from inprocap_flow.engine.case.records import MAIN
from inprocap_flow.language.checks.plays import Plays
from inprocap_flow.language.model import Step
from inprocap_flow.service.counterexamples.asking import asked_for
from inprocap_flow.service.counterexamples.gaps import OTHER_VALUES, REFUSED_ON_THE_WAY, Gap
from inprocap_flow.service.counterexamples.mending import get_done
from inprocap_flow.service.counterexamples.refusing import because, standing
from inprocap_flow.service.counterexamples.stage import Stage


def goes_round(stage: Stage, plays: Plays) -> str:
    """Go round once, and return in words whom the step moves both times. Raises Gap if it moves others then."""
    first, *between, again = plays.steps
    before = _moved_by(stage, plays, first)
    if not before:
        raise Gap(OTHER_VALUES, f"{first.name} moves nobody here, the first time already")
    for step in between:
        _moved_by(stage, plays, step)
    after = _moved_by(stage, plays, again)
    if set(after) - set(before):
        raise Gap(OTHER_VALUES, f"{again.name} moves {', '.join(after)} the second time")
    stands = standing(stage, MAIN)
    tracks = [standing(stage, one).tracks[plays.tracks[0]] for one in before]
    told = {name: stage_of for one in tracks if not isinstance(one, str) for name, stage_of in one.items()}
    stage.deeds[-1] = replace(stage.deeds[-1], then=replace(stands, tracks={plays.tracks[0]: told}))
    return f"{first.name} moves {', '.join(before)}, and when it comes again {', '.join(after) or 'nobody'}"


def _moved_by(stage: Stage, plays: Plays, step: Step) -> list[str]:
    """Carry out *step* and return the tracks that it moves. Raises Gap if it is refused."""
    since = len(stage.rehearsal.events)
    refused = get_done(stage, *asked_for(stage, plays, step))
    if refused is not None:
        raise Gap(REFUSED_ON_THE_WAY, f"{step.name} is refused: {because(refused)}")
    names = {move.step for move in plays.steps[0].moves if move.track == plays.tracks[0]}
    events = stage.rehearsal.events[since:]
    kind = f"{plays.tracks[0]}/"
    return [one.line for one in events
            if one.kind == "moved" and one.line.startswith(kind) and one.data["step"] in names]  # fmt: skip
