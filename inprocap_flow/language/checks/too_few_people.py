"""A role for which this organisation has not enough people."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from inprocap_flow.language.checks.finding import ERROR, Around, Finding
from inprocap_flow.language.model import Definition, Organisation

CODE = "too-few-people"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "it is about how many people hold a role in the file of the organisation: there is nobody who could ask"
)
LIKENESS = 0.85  # two names that differ in a letter or two; most roles that merely sound alike differ in more


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
                _mend(name, definition, organisation),
            )


def _mend(role: str, definition: Definition, organisation: Organisation) -> str:
    """Return what to do; whoever holds a role of nearly this name that the procedure does not know is named."""
    plain = "Give the role to somebody in the organisation's file."
    for person in organisation.people.values():
        others = [one for one in person.roles if one not in definition.roles]
        for near in get_close_matches(role, others, n=1, cutoff=LIKENESS):
            return f"{person.id} has `{near}`: did you mean `{role}`? {plain}"
    return plain


def _people(number: int) -> str:
    return {0: "nobody", 1: "1 person"}.get(number, f"{number} people")


def _needed(number: int) -> str:
    return "1 is needed" if number == 1 else f"{number} are needed"
