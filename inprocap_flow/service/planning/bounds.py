"""By which deadlines a planned step must have come: those it needs to run, those it meets, and those it makes met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inprocap_flow.language.expressions.tree import Call, Word, walk
from inprocap_flow.language.model import Deadline, Line, Step
from inprocap_flow.service.planning.path import Leg
from inprocap_flow.service.planning.waiting import Waits

if TYPE_CHECKING:
    from inprocap_flow.service.planning.drafting import Drafter


def bounds_of(drafter: Drafter, line: Line, leg: Leg, waits: Waits) -> tuple[list[str], list[str]]:
    """Return the points at which the deadlines end by which the step of *leg* must have come, and should have come.

    The second are those whose length nobody has said: a guess of ours must not call a plan too late.
    """
    step = leg.step
    assert step is not None
    names = (*waits.met, *step.already_there.within, *met_by(leg), *made_met(line, step))
    places = [place for name in dict.fromkeys(names) if (place := drafter.running_place(line, name)) is not None]
    sure, guessed = (
        [drafter.running[place] for place in places if (place in drafter.guessed) is guess] for guess in (False, True)
    )
    return sure, guessed


def met_by(leg: Leg) -> tuple[str, ...]:
    """Return the deadlines that the step of *leg*, and the branch it takes, meet."""
    step, branch = leg.step, leg.branch
    return (*(step.meets if step else ()), *(branch.meets if branch else ()))


def made_met(line: Line, step: Step) -> tuple[str, ...]:
    """Return the duties of *line* that are met, when they end, if the milestone of *step* is reached by then."""
    if step.milestone is None:
        return ()
    return tuple(one.name for one in line.deadlines.values() if step.milestone in _asked(one))


def _asked(deadline: Deadline) -> set[str]:
    """Return the milestones that the condition of a duty asks for."""
    if deadline.met_when is None:
        return set()
    calls = (one for one in walk(deadline.met_when) if isinstance(one, Call) and one.function == "reached")
    return {name.word for call in calls for name in call.arguments if isinstance(name, Word)}
