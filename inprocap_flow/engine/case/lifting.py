"""Derogations as they are looked up: which could be granted where a case stands, and as what step each is judged."""

from __future__ import annotations

from inprocap_flow.engine.case.records import Case
from inprocap_flow.language.model import CASE, Branch, Definition, Derogation, Step


def as_step(derogation: Derogation) -> Step:
    """Return *derogation* as the step that it is like: one of the main line that leads nowhere else."""
    return Step(
        derogation.name,
        CASE,
        sources=(),
        targets=(Branch("same"),),
        title=derogation.title,
        by=derogation.by,
        while_case=derogation.while_case,
        handed_in=derogation.handed_in,
        already_there=derogation.already_there,
        tells=derogation.tells,
        cite=derogation.cite,
    )


def granting(definition: Definition, case: Case) -> tuple[Derogation, ...]:
    """Return the derogations that could be granted where *case* stands, conditions left aside, in order of writing."""
    if not definition.derogations or case.main.ended:
        return ()
    return tuple(
        one
        for one in definition.derogations.values()
        if not case.has_lifted(one.lifts) and (not one.while_case or case.main.state in one.while_case)
    )


def holds_again(case: Case, definition: Definition) -> list[str]:
    """Return the lifted rules of *case* that hold again in *definition*, a version to which it goes over.

    Those that the same derogation would not lift there: the rule may be law now, or the ground for lifting it gone.
    """
    known = definition.derogations
    return [rule for rule, by in sorted(case.lifted.items()) if by not in known or rule not in known[by].lifts]
