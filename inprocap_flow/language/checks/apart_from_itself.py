"""Somebody who must be another person than themselves: a role apart from itself, a signer not the same as itself."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.model import Definition

CODE = "apart-from-itself"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "one line of the file shuts itself out, and a case that is refused for it shows no more than that line"
)


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each role that is kept apart from itself, and each signature of a role not the same as it.

    The first could act once in a case and never again; the second could never be used by anybody.
    """
    for role in definition.roles.values():
        if role.name in role.apart_from:
            fact = f"`{role.name}` is kept apart from itself: whoever has acted in it once can never do so again."
            yield Finding(f"roles.{role.name}", fact, "Name the role that you mean, or take it away.")
    for line in definition.lines:
        for approval in line.approvals.values():
            for number, signature in enumerate(approval.signatures):
                if signature.role in signature.not_same_as:
                    yield Finding(
                        f"{of_line(line.kind, 'approvals', approval.name)}.signatures.{number}",
                        f"`{approval.name}` asks `{signature.role}` to sign, and not the same person as "
                        f"`{signature.role}`: whoever signs has then acted in that role.",
                        "Name the role that you mean; `how_many: 2` asks two people of one role.",
                    )
