"""A step that hands in what its own approval covers."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_step
from inprocap_flow.language.checks.plays import REFUSED, Plays
from inprocap_flow.language.model import Definition

CODE = "approval-voids-itself"
SEVERITY = ERROR


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each step whose own input makes the approval void that it needs."""
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            for name in step.already_there.approvals:
                approval = definition.find_approval(line.kind, name)
                if approval is None:
                    continue
                covered = {*approval.void_if_changed_fields, *approval.void_if_changed_documents}
                both = sorted(covered & {*step.handed_in.fields, *step.handed_in.documents})
                if both:
                    yield Finding(
                        of_step(step),
                        f"`{step.name}` hands in `{'`, `'.join(both)}`, which makes its own approval `{name}` void.",
                        "Let it be filled or filed before the signatures: move it to `already_there:`.",
                        plays=Plays(REFUSED, line.kind, (step,), codes=("approval-void", "approval-missing")),
                    )
