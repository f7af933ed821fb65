"""Branches that leave a case without way when none of them fits."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_step
from inprocap_flow.language.checks.plays import REFUSED, Plays, Wanted
from inprocap_flow.language.guards.abstraction import Condition
from inprocap_flow.language.model import Definition, Step

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
                    plays=Plays(REFUSED, line.kind, (step,), wanted=_none_of(step), codes=("branch-unknown",)),
                )


def _none_of(step: Step) -> Wanted:
    return tuple((Condition(branch.when, step.line), False) for branch in step.targets if branch.when is not None)
