"""The fault itself, at the end of a path: what is refused, what does not come, or that no way leads to an end."""

from __future__ import annotations

from dataclasses import replace

from inprocap_flow.engine.case.records import MAIN, Refusal
from inprocap_flow.language.explore.asking import Path
from inprocap_flow.language.explore.state import Deed as Happened
from inprocap_flow.language.model import CASE, CLOCK_ACTS, Step
from inprocap_flow.language.scenarios import Deed, Expected
from inprocap_flow.service.counterexamples.along import happen
from inprocap_flow.service.counterexamples.by_itself import does_not_come, nothing_follows_the_end
from inprocap_flow.service.counterexamples.gaps import NOT_REFUSED, Gap
from inprocap_flow.service.counterexamples.no_end import nothing_leads_on
from inprocap_flow.service.counterexamples.refusing import because, codes_of, refused_at_last, standing
from inprocap_flow.service.counterexamples.stage import Stage


def show(stage: Stage, path: Path, *, names: str = "", never: bool = False) -> str:
    """Do the last deed of *path* and return in words what that shows. Raises Gap if it shows nothing.

    *names* is that of which a refusal must speak. *never*: the step of the last deed is taken in no case, so any
    reason for which it is refused will do.
    """
    last = path.deeds[-1]
    if path.state is not None:
        happen(stage, last)
        return nothing_leads_on(stage)
    if last.verb == "expire":
        return nothing_follows_the_end(stage, last, names)
    if last.verb in CLOCK_ACTS:
        return refused_at_last(stage, stage.act(last), last, names)
    step = stage.declared(last)
    assert step is not None
    if step.is_automatic or step.is_system or last.verb == "fired":
        return does_not_come(stage, step, last, names)
    return refused_at_last(stage, stage.asked(last), last, names, never=never)


def ask_in_vain(stage: Stage, step: Step) -> str:
    """Ask for a step to whose stage no case comes, if it can be asked for at all, and return what that shows."""
    where = _asked_where(stage, step)
    if step.is_system or step.is_automatic or where is None:
        stage.look(standing(stage, MAIN))
        return f"The case stands in {stage.case.main.state}, and so nothing comes to where {step.name} can be taken"
    outcome = stage.copy().try_out(where)
    if not isinstance(outcome, Refusal):
        raise Gap(NOT_REFUSED, f"{step.name} is carried out")
    stage.deeds.append(replace(where, then=Expected(refused=codes_of(outcome))))
    return f"{step.name} is refused: {because(outcome)}"


def _asked_where(stage: Stage, step: Step) -> Deed | None:
    """Return *step* as it is asked for on the case or on any track of its kind; None if there is none."""
    if step.line != CASE and not step.sources:
        return stage.asked(Happened("begin", step.line, step.name))
    tracks = [MAIN] if step.line == CASE else [one.id for one in stage.case.tracks(step.line)]
    if not tracks:
        return None
    deed = stage.deed("do", step.name, step.by, tracks[-1])
    return deed if tracks[-1] == MAIN else replace(deed, on=tracks[-1])
