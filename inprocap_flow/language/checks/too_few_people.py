"""A role or an approval for which this organisation has not enough people."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.model import Approval, Definition, Organisation, Signature

CODE = "too-few-people"
SEVERITY = ERROR


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each role with fewer people than it needs, and each approval that nobody can complete.

    Roles that speak for a track are held by firms, whom no organisation lists.
    """
    organisation = around.organisation
    if organisation is None:
        return
    holders = {
        name: {person.id for person in organisation.people.values() if name in person.roles}
        for name in definition.roles
    }
    for name, role in definition.roles.items():
        if role.speaks_for is None and len(holders[name]) < role.at_least:
            yield Finding(
                f"roles.{name}",
                f"{organisation.name} has {len(holders[name])} people as `{name}`; {role.at_least} are needed.",
                "Give the role to somebody in the organisation's file.",
            )
    for line in definition.lines:
        for approval in line.approvals.values():
            origin = of_line(line.kind, "approvals", approval.name)
            yield from _judge(definition, organisation, approval, holders, origin)


def _judge(
    definition: Definition, organisation: Organisation, approval: Approval, holders: dict[str, set[str]], origin: str
) -> Iterator[Finding]:
    for number, signature in enumerate(approval.signatures):
        people = holders.get(signature.role, set())
        role = definition.roles.get(signature.role)
        if role is None or role.speaks_for is not None:
            continue
        if signature.how_many.isdigit() and len(people) < int(signature.how_many):
            fact = (
                f"`{approval.name}` needs {signature.how_many} of `{signature.role}` to sign; there are {len(people)}."
            )
            yield Finding(
                f"{origin}.signatures.{number}", fact, f"Add people to {organisation.name}, or ask for fewer."
            )
        elif people and _same_person(signature, approval, holders):
            fact = f"One person alone would sign `{approval.name}` twice, which `not_same_as` forbids."
            yield Finding(f"{origin}.signatures.{number}", fact, "Give one of the roles to somebody else.")


def _same_person(signature: Signature, approval: Approval, holders: dict[str, set[str]]) -> bool:
    """Tell whether one person alone holds this role and one that it must differ from, both of which sign."""
    people = holders[signature.role]
    others = [one.role for one in approval.signatures if one.role in signature.not_same_as and one.when is None]
    return len(people) == 1 and any(holders.get(role) == people for role in others)
