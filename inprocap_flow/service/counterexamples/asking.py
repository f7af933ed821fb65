"""What is asked for where a case was led, as a deed of a path and as what somebody really asks."""

from __future__ import annotations

from dataclasses import replace

from inprocap_flow.language.checks.plays import Plays
from inprocap_flow.language.explore.state import Deed as Happened
from inprocap_flow.language.explore.state import Seat
from inprocap_flow.language.model import CASE, Step
from inprocap_flow.language.scenarios import Deed
from inprocap_flow.service.counterexamples.mending import fill
from inprocap_flow.service.counterexamples.stage import Stage

NOBODY = "nobody"
NOT_ENTITLED = "not-entitled"


def asks(plays: Plays) -> tuple[Happened, ...]:
    """Return what is asked for at last, as deeds of a path."""
    refused = plays.codes[0] if plays.codes else ""
    return tuple(as_happened(plays, step, refused) for step in plays.steps)


def as_happened(plays: Plays, step: Step, refused: str = "") -> Happened:
    """Return *step* as a deed of a path, as far as the file tells where it is taken."""
    verb = "begin" if plays.line != CASE and not step.sources else "do"
    leaf = plays.stage or (step.sources[0] if step.sources else "")
    return Happened(verb, plays.line, step.name, Seat(leaf) if leaf else None, refused=refused)


def where(stage: Stage, plays: Plays, step: Step) -> Happened:
    """Return *step* as it is asked for where a line really stands: in one of several stages in which it starts."""
    happened = as_happened(plays, step)
    if plays.line == CASE or not step.sources:
        return happened
    leaves = (plays.stage,) if plays.stage else step.sources
    found = next((one.state for one in stage.case.tracks(plays.line) if one.state in leaves), None)
    return happened if found is None else happened._replace(before=Seat(found))


def asked_for(stage: Stage, plays: Plays, step: Step) -> tuple[Deed, Happened]:
    """Return *step* as it is asked for, with the values on which the fault hangs; those that others fill are filled."""
    happened = where(stage, plays, step)
    deed = by_role(stage, plays, stage.asked(happened))
    values = dict(deed.values)
    if stage.rehearsal.case is not None:
        for name in sorted(stage.wishes.aimed):
            fill(stage, replace(deed, values=values), name, values)
    return replace(deed, at=stage.clock(), values=values), happened


def by_role(stage: Stage, plays: Plays, deed: Deed) -> Deed:
    """Return *deed* by whom the fault is about: somebody in that role; if nobody may, by anybody of the house."""
    people = [one for one in stage.rehearsal.binding.organisation.people.values() if not one.speaks_for]
    if plays.role:
        people = sorted((one for one in people if plays.role in one.roles), key=lambda one: len(one.roles))
    elif deed.by != NOBODY:
        return deed
    return replace(deed, by=people[0].id) if people else deed
