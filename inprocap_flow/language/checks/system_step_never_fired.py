"""A step that only the system may take, and that nothing makes it take."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line, of_step
from inprocap_flow.language.model import CASE, Definition

CODE = "system-step-never-fired"
SEVERITY = ERROR
NOTHING_TO_PLAY = "nothing fires the step, and people may not ask for it, so it comes in no case"


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each `by: system` step that no deadline and no other line fires."""
    fired = {(line.kind, one.when_over) for line in definition.lines for one in line.deadlines.values()}
    steps = [step for line in definition.lines for step in (line.begins, *line.steps.values())]
    fired |= {(move.track, move.step) for step in steps for move in step.moves}
    created = {create.track for step in steps for create in step.creates}
    for line in definition.lines:
        for step in line.steps.values():
            if step.is_system and (line.kind, step.name) not in fired:
                yield Finding(
                    of_step(step),
                    f"Nothing fires the step `{step.name}`: no deadline when it is over, no `moves` of another line.",
                    "Name it in `when_over:` or `moves:`, or say which role carries it out.",
                )
        if line.kind != CASE and line.begins.is_system and line.kind not in created:
            yield Finding(
                of_line(line.kind, "steps", line.begins.name),
                f"No step creates a track of the kind `{line.kind}`, and nobody else may.",
                "Name it in `creates:`, or say which role begins it.",
            )
