"""A question about conditions or people that was not decided: it may hold a fault of another check, or none."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks import (
    approval_impossible,
    automatic_overlap,
    branch_never_taken,
    branches_overlap,
    condition_always_holds,
    condition_never_holds,
    conditions_leave_gap,
    loop_never_left,
    nobody_signs,
    undone_at_once,
)
from inprocap_flow.language.checks.finding import ADVICE, Around, Finding
from inprocap_flow.language.model import Definition

CODE = "conditions-not-decided"
SEVERITY = ADVICE
NOTHING_TO_PLAY = "nothing was found: it is a question that stayed open"

ASKING = (
    approval_impossible,
    automatic_overlap,
    branch_never_taken,
    branches_overlap,
    condition_always_holds,
    condition_never_holds,
    conditions_leave_gap,
    loop_never_left,
    nobody_signs,
    undone_at_once,
)


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield each question that neither the solver nor trying values answered, with the reason."""
    for one in ASKING:
        yield from (judged.finding for judged in one.judged(definition, around) if not judged.decided)
