"""The deeds of a path, one after the other, as they happen to a real case."""

from __future__ import annotations

from inprocap_flow.engine.case.records import MAIN, Refusal
from inprocap_flow.language.explore.state import Deed as Happened
from inprocap_flow.language.model import CLOCK_ACTS, Step
from inprocap_flow.language.scenarios import Deed
from inprocap_flow.service.counterexamples.gaps import REFUSED_ON_THE_WAY, Gap
from inprocap_flow.service.counterexamples.mending import fill, get_done
from inprocap_flow.service.counterexamples.stage import HERE, Stage
from inprocap_flow.service.counterexamples.wishes import bare_names

_MOST_VALUES = 6


def happen(stage: Stage, happened: Happened) -> None:
    """Let one deed of a path happen: somebody acts, or time passes. Raises Gap where the engine does not follow."""
    if happened.verb == "expire":
        stage.wait_for(happened.kind, happened.name, happened)
        _let_follow(stage, happened)
    elif happened.verb == "fired":
        _wait_for_step(stage, happened)
    elif happened.verb == "count":
        return
    elif happened.verb in CLOCK_ACTS:
        _must(stage, stage.act(happened), happened)
    else:
        step = stage.declared(happened)
        if step is not None and step.is_automatic:
            let_come(stage, step)
        else:
            _must(stage, stage.asked(happened), happened)


def _must(stage: Stage, deed: Deed, happened: Happened) -> None:
    refused = get_done(stage, deed, happened)
    if refused is not None:
        raise Gap(REFUSED_ON_THE_WAY, f"{happened.name} is refused here: {reasons(refused)}", (deed, refused))
    line_id = deed.new or deed.on or MAIN
    if line_id != MAIN:
        stage.tracks[line_id] = happened.after
    _let_follow(stage, happened)


def _let_follow(stage: Stage, happened: Happened) -> None:
    """Fill what the automatic steps wait for that follow on *happened*."""
    for follow in happened.follows:
        kind, _, name = follow.partition(".")
        step = stage.definition.line(kind).steps.get(name)
        if step is not None and step.is_automatic:
            let_come(stage, step)


def reasons(refused: Refusal) -> str:
    """Return why something is refused, in one line."""
    return "; ".join(dict.fromkeys(f"{blocker.code}: {blocker.reason}" for blocker in refused.blockers))


def let_come(stage: Stage, step: Step) -> None:
    """Fill what a step that comes by itself waits for, where a line still stands there; a path says no values."""
    assert step.as_soon_as is not None
    for line in stage.case.in_order:
        on = None if line.id == MAIN else line.id
        for _ in range(_MOST_VALUES):
            if line.kind != step.line or stage.case.lines[line.id].state not in step.sources:
                break
            before = len(stage.deeds)
            for name in sorted(bare_names(step.as_soon_as)):
                fill(stage, Deed("do", step.name, HERE, on=on), name, {})
            if len(stage.deeds) == before:
                break


def _wait_for_step(stage: Stage, happened: Happened) -> None:
    """Wait for the deadline that fires a step."""
    line = stage.definition.line(happened.kind)
    for deadline in line.deadlines.values():
        if deadline.when_over == happened.name:
            stage.wait_for(happened.kind, deadline.name, happened)
            return
