"""A step that tells "this" track where there is none."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, called, of_step
from inprocap_flow.language.model import CASE, Definition

CODE = "this-is-elsewhere"
SEVERITY = ERROR
NOTHING_TO_PLAY = "nobody is told, and that is nothing that happens"


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each `tells: {this: kind}` in a line that is neither of that kind nor below it."""
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            tells = (*step.tells, *(tell for branch in step.targets for tell in branch.tells))
            for tell in tells:
                if tell.this is not None and tell.this not in _above(definition, line.kind):
                    yield Finding(
                        of_step(step),
                        f"`{step.name}` tells this `{tell.this}`, but {called(line.kind)} belongs to none.",
                        f"Write {{every: {tell.this}}}, or move the step.",
                    )


def _above(definition: Definition, kind: str) -> set[str]:
    seen: set[str] = set()
    while kind != CASE and kind in definition.tracks and kind not in seen:
        seen.add(kind)
        kind = definition.tracks[kind].parent or CASE
    return seen
