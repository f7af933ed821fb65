"""A stage that is not final and has no step out of it."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, called, of_line
from inprocap_flow.language.checks.plays import STUCK, Plays
from inprocap_flow.language.graph import edges
from inprocap_flow.language.model import Definition

CODE = "dead-end-stage"
SEVERITY = ERROR


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each leaf stage that a line can enter and never leave, though it is not final."""
    for line in definition.lines:
        left = {edge.source for edge in edges(definition, line) if edge.target != edge.source}
        for leaf in line.leaves:
            if leaf not in left and not line.stages[leaf].final:
                yield Finding(
                    of_line(line.kind, "stages", leaf),
                    f"No step leads {called(line.kind)} out of `{leaf}`.",
                    "Add a step from it, or say `final:`.",
                    plays=Plays(STUCK, line.kind, stage=leaf),
                )
