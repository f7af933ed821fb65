"""A case that comes to no end: every way out of where it stands is tried, and told."""

from __future__ import annotations

from inprocap_flow.engine.case.records import MAIN, unstamp
from inprocap_flow.language.explore.state import Deed as Happened
from inprocap_flow.language.model import CASE
from inprocap_flow.service.counterexamples.gaps import LEADS_TO_AN_END, Gap
from inprocap_flow.service.counterexamples.going_on import look_for_an_end
from inprocap_flow.service.counterexamples.mending import get_done
from inprocap_flow.service.counterexamples.refusing import because, note_refusal, standing
from inprocap_flow.service.counterexamples.stage import Stage

_MOST_STAGES = 12
"""So many stages are gone through to see that none leads to an end."""


def nothing_leads_on(stage: Stage) -> str:
    """Try every way out of where the case stands, go where one leads, and return that no end came. Raises Gap.

    The story tells of the main line; that nothing else helps is looked at beside it.
    """
    looked = look_for_an_end(stage)
    if looked.way is not None:
        way = ", ".join(looked.way)
        raise Gap(LEADS_TO_AN_END, f"from {stage.case.main.state} the case comes to an end by {way}")
    been: dict[str, list[str]] = {}
    while len(been) < _MOST_STAGES:
        state = stage.case.main.state
        onward = _onward(stage, state, been.setdefault(state, []), set(been))
        if onward is None:
            break
        stage.take_over(onward)
    if stage.deeds[-1].then is None:
        stage.look(standing(stage, MAIN))
    refused = list(dict.fromkeys(one for some in been.values() for one in some))
    stands = f"the case stands in {next(iter(been))}"
    if len(been) > 1:
        stands += f", from where it only comes to {', '.join(list(been)[1:])}"
    return f"{stands}, and nothing leads to an end{': ' if refused else ''}{'; '.join(refused)}"


def _onward(stage: Stage, state: str, refusals: list[str], been: set[str]) -> Stage | None:
    """Try the ways out of one stage; what is refused is noted on *stage*. Return the case gone on to a new stage."""
    new: Stage | None = None
    for step in stage.definition.main.steps.values():
        if state not in step.sources or step.is_automatic or step.is_system:
            continue
        trial = stage.copy()
        deed = trial.deed("do", step.name, step.by, MAIN)
        refused = get_done(trial, deed, Happened("do", CASE, step.name))
        if refused is not None and trial.case.main.state == state:
            note_refusal(trial, deed, refused)
            stage.take_over(trial)  # what was signed and filled for it stays
            refusals.append(f"{step.name} is refused ({because(refused)})")
        else:
            new = _new(trial, f"{step.name} leads on from {state}", been) or new
    return _later(stage, state, been) or new


def _new(trial: Stage, how: str, been: set[str]) -> Stage | None:
    if trial.case.main.ended:
        raise Gap(LEADS_TO_AN_END, f"{how}, and the case ends in {trial.case.main.state}")
    return trial if trial.case.main.state not in been else None


def _later(stage: Stage, state: str, been: set[str]) -> Stage | None:
    """Let every clock that runs end; return the case if that led it on."""
    trial = stage.copy()
    ends = [unstamp(one.end) for one in trial.case.deadlines.values() if one.status == "running" and one.end]
    for end in sorted(ends):
        trial.wait_until(end)
        if trial.case.main.state != state:
            found = _new(trial, f"time leads on from {state}", been)
            if found is not None:
                found.look(standing(found, MAIN))
            return found
    return None
