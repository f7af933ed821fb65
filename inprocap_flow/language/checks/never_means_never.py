"""A role that may never move or approve, and is asked to."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line, of_step
from inprocap_flow.language.model import Definition

CODE = "never-means-never"
SEVERITY = ERROR


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each step or signature that names a role which is kept from it by `never`."""
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            for name in step.by:
                role = definition.roles.get(name)
                if role is not None and "move" in role.never:
                    yield Finding(
                        of_step(step),
                        f"`{step.name}` is carried out by `{name}`, who may never carry out a step.",
                        "Name another role, or change `never:`.",
                    )
        for approval in line.approvals.values():
            for number, signature in enumerate(approval.signatures):
                role = definition.roles.get(signature.role)
                if role is not None and "approve" in role.never:
                    yield Finding(
                        f"{of_line(line.kind, 'approvals', approval.name)}.signatures.{number}",
                        f"`{approval.name}` asks `{signature.role}` to sign, who may never approve.",
                        "Name another role, or change `never:`.",
                    )
