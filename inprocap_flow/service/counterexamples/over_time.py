"""What shows once a deadline that runs is over: that it is missed, or that what should follow is refused."""

from __future__ import annotations

from dataclasses import replace

from inprocap_flow.engine.case.records import MAIN, unstamp
from inprocap_flow.language.checks.plays import Plays
from inprocap_flow.language.explore.state import Deed as Happened
from inprocap_flow.language.model import Step
from inprocap_flow.service.counterexamples.along import let_come
from inprocap_flow.service.counterexamples.asking import asked_for, where
from inprocap_flow.service.counterexamples.by_itself import ending_first, moved_along, not_fired
from inprocap_flow.service.counterexamples.gaps import (
    CLOCK_NOT_RUNNING,
    NOT_REFUSED,
    REFUSED_ON_THE_WAY,
    REFUSED_OTHERWISE,
    TOO_LATE,
    Gap,
)
from inprocap_flow.service.counterexamples.mending import get_done
from inprocap_flow.service.counterexamples.refusing import because, standing
from inprocap_flow.service.counterexamples.stage import Stage

MISSED = "missed"


def missed(stage: Stage, plays: Plays) -> str:
    """Carry out what must not keep the deadline from being missed, and let its time pass. Raises Gap if it is met."""
    clock = next(iter(stage.running(plays.line, plays.clock)), None)
    if clock is None:
        over = (plays.line, plays.clock) in stage.ended()
        said = "has ended before: it is shorter than what comes in between" if over else "does not run here"
        raise Gap(TOO_LATE if over else CLOCK_NOT_RUNNING, f"the deadline {plays.clock} {said}")
    line, end = clock.line, clock.end or ""
    for step in plays.steps:
        _let_be_taken(stage, plays, step)
    ended = stage.case.lines[line].ended
    stage.wait_until(unstamp(end))
    found = next(one for one in stage.case.deadlines.values() if (one.line, one.name) == (line, plays.clock))
    if found.status != MISSED:
        raise Gap(NOT_REFUSED, f"the deadline {plays.clock} is {found.status}, and not missed")
    stage.look(replace(standing(stage, line), deadline={plays.clock: MISSED}), on=None if line == MAIN else line)
    whose = f" of {line}, which is over," if ended and line != MAIN else "" if line == MAIN else f" of {line}"
    return f"the deadline {plays.clock}{whose} is missed when its time has passed"


def not_followed(stage: Stage, plays: Plays) -> str:
    """Let the deadline end, and return in words how the step is refused that it fires. Raises Gap if it is not."""
    clock = stage.definition.line(plays.line).deadlines[plays.clock]
    return not_fired(stage, Happened("expire", plays.line, plays.clock), clock.when_over or "")


def followed(stage: Stage, plays: Plays) -> str:
    """Let the deadline end, and return in words that the step follows which only people may take. Raises Gap if not."""
    clock = stage.definition.line(plays.line).deadlines[plays.clock]
    before, name = len(stage.rehearsal.events), clock.when_over or ""
    line = stage.wait_for(plays.line, plays.clock)
    since = stage.rehearsal.events[before:]
    if not any(one.kind == "moved" and one.line == line and one.data["step"] == name for one in since):
        raise Gap(REFUSED_OTHERWISE, f"{name} does not follow when {plays.clock} ends")
    stage.look(standing(stage, line))
    by = " or ".join(stage.definition.line(plays.line).steps[name].by) or "nobody"
    return f"when {plays.clock} ends, {name} follows by itself, though the file has it carried out by {by}"


def _let_be_taken(stage: Stage, plays: Plays, step: Step) -> None:
    if step.is_automatic:
        let_come(stage, step)
    elif not step.is_system:
        refused = get_done(stage, *asked_for(stage, plays, step))
        if refused is not None:
            raise Gap(REFUSED_ON_THE_WAY, f"{step.name} is refused: {because(refused)}")
    else:
        happened = where(stage, plays, step)
        fires = ending_first(stage, step, happened)
        if fires is not None:
            stage.wait_for(plays.line, fires, happened)
        elif not moved_along(stage, step):
            raise Gap(REFUSED_ON_THE_WAY, f"nothing that is possible here takes {step.name}")
