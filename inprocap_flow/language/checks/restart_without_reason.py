"""A step that restarts a deadline without having to say why."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_step
from inprocap_flow.language.model import Definition

CODE = "restart-without-reason"
SEVERITY = ERROR
NOTHING_TO_PLAY = "that nobody says why is nothing that happens: the deadline is restarted in every case"


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each step of a person with `restarts` and without `reason: yes`: only people have reasons."""
    for line in definition.lines:
        for step in line.steps.values():
            by_itself = step.is_system or step.is_automatic
            if step.restarts and not by_itself and not step.handed_in.reason:
                yield Finding(
                    of_step(step),
                    f"`{step.name}` restarts a deadline, and nobody has to say why.",
                    "Write `handed_in: {reason: yes}`.",
                )
