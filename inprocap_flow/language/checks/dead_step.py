"""A step that can never be taken, because nothing stands where it starts."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, called, of_step
from inprocap_flow.language.graph import reachable
from inprocap_flow.language.model import CASE, Definition

CODE = "dead-step"
SEVERITY = ERROR
NOTHING_TO_PLAY = "no case comes to where the step starts, so nobody can ask for it"


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each step whose stages are all final or unreachable, or whose `while` is."""
    of_case = reachable(definition, definition.main)
    for line in definition.lines:
        there = reachable(definition, line)
        for step in line.steps.values():
            starts = [leaf for leaf in step.sources if leaf in there and not line.stages[leaf].final]
            if not starts:
                yield Finding(
                    of_step(step),
                    f"{called(line.kind).capitalize()} never stands where the step `{step.name}` starts.",
                    "Correct `from:`, or remove the step.",
                )
            elif line.kind != CASE and step.while_case and not of_case & set(step.while_case):
                yield Finding(
                    of_step(step),
                    f"The case never stands in the stages of `while` of the step `{step.name}`.",
                    "Correct `while:`, or remove the step.",
                )
