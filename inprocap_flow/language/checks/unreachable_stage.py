"""A stage that no chain of steps leads to."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, called, of_line
from inprocap_flow.language.graph import reachable
from inprocap_flow.language.model import Definition

CODE = "unreachable-stage"
SEVERITY = ERROR
NOTHING_TO_PLAY = "nothing leads to the stage, so no case can stand there"


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each leaf stage that cannot be reached even if every condition holds."""
    for line in definition.lines:
        there = reachable(definition, line)
        for leaf in line.leaves:
            if leaf not in there:
                yield Finding(
                    of_line(line.kind, "stages", leaf),
                    f"No chain of steps leads {called(line.kind)} to `{leaf}`.",
                    "Add a step that leads there, or remove the stage.",
                )
