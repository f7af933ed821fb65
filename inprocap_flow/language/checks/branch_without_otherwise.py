"""Branches that leave a case without way when none of them fits."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_step
from inprocap_flow.language.model import Definition

CODE = "branch-without-otherwise"
SEVERITY = ERROR


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each step whose last branch has a condition."""
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            if step.targets[-1].when is not None:
                yield Finding(
                    of_step(step),
                    f"When no condition of `{step.name}` holds, it leads nowhere.",
                    "Add `- otherwise: <stage>` as the last branch.",
                )
