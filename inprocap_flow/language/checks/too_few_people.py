"""A role for which this organisation has not enough people."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding
from inprocap_flow.language.model import Definition

CODE = "too-few-people"
SEVERITY = ERROR


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each role with fewer people than it needs.

    Roles that speak for a track are held by firms, whom no organisation lists. Whether enough people are left for each
    approval is another finding.
    """
    organisation = around.organisation
    if organisation is None:
        return
    for name, role in definition.roles.items():
        holders = sum(name in person.roles for person in organisation.people.values())
        if role.speaks_for is None and holders < role.at_least:
            yield Finding(
                f"roles.{name}",
                f"{organisation.name} has {_people(holders)} as `{name}`; {_needed(role.at_least)}.",
                "Give the role to somebody in the organisation's file.",
            )


def _people(number: int) -> str:
    return {0: "nobody", 1: "1 person"}.get(number, f"{number} people")


def _needed(number: int) -> str:
    return "1 is needed" if number == 1 else f"{number} are needed"
