"""A stage from which no final stage can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, called, of_line
from inprocap_flow.language.checks.plays import STUCK, Plays
from inprocap_flow.language.graph import edges, reaching
from inprocap_flow.language.model import Definition

CODE = "no-way-to-end"
SEVERITY = ERROR


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each stage that can be left, but only in circles. Dead ends have a check of their own."""
    for line in definition.lines:
        ends = [leaf for leaf in line.leaves if line.stages[leaf].final]
        good = reaching(definition, line, ends)
        left = {edge.source for edge in edges(definition, line) if edge.target != edge.source}
        for leaf in line.leaves:
            if leaf in left and leaf not in good:
                yield Finding(
                    of_line(line.kind, "stages", leaf),
                    f"From `{leaf}` {called(line.kind)} never comes to an end.",
                    "Add a step that leads on to a final stage.",
                    plays=Plays(STUCK, line.kind, stage=leaf),
                )
