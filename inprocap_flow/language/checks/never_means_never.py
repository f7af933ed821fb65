"""A role that may never move or approve, and is asked to."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line, of_step
from inprocap_flow.language.model import Approval, Definition

CODE = "never-means-never"
SEVERITY = ERROR
MEND = "Name another role, or change `never:`."


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each step, signature or record of a signature by a role which is kept from it by `never`."""
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            for name in step.by:
                if _never(definition, name, "move"):
                    fact = f"`{step.name}` is carried out by `{name}`, who may never carry out a step."
                    yield Finding(of_step(step), fact, MEND)
        for approval in line.approvals.values():
            yield from _signed(definition, approval)


def _signed(definition: Definition, approval: Approval) -> Iterator[Finding]:
    """Yield who is to sign or to record a signature and may not: the engine takes recording for signing (`approve`)."""
    for number, signature in enumerate(approval.signatures):
        origin = f"{of_line(approval.line, 'approvals', approval.name)}.signatures.{number}"
        if _never(definition, signature.role, "approve"):
            yield Finding(origin, f"`{approval.name}` asks `{signature.role}` to sign, who may never approve.", MEND)
        recorder = signature.recorded_by
        if recorder is not None and _never(definition, recorder, "approve"):
            fact = f"`{approval.name}` lets `{recorder}` record signatures, who may never approve."
            yield Finding(origin, fact, MEND)


def _never(definition: Definition, name: str, act: str) -> bool:
    role = definition.roles.get(name)
    return role is not None and act in role.never
