"""A signature that waits for a gate of a meeting, in an approval without meeting."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.model import Definition

CODE = "gate-without-meeting"
SEVERITY = ERROR
NOTHING_TO_PLAY = "the approval does not say which meeting is meant, so no case can name one"


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each `due_by` or `meets_on` without the field that says which meeting is meant."""
    for line in definition.lines:
        for approval in line.approvals.values():
            field = definition.find_field(line.kind, approval.meeting or "")
            for number, signature in enumerate(approval.signatures):
                gate = signature.due_by or signature.meets_on
                if gate and (field is None or field.type != "meeting"):
                    yield Finding(
                        f"{of_line(line.kind, 'approvals', approval.name)}.signatures.{number}",
                        f"The signature observes the gate `{gate}`, but the approval does not say of which meeting.",
                        "Write `meeting:` with a field of type meeting.",
                    )
