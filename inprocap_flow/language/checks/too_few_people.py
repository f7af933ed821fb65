"""A role for which this organisation has not enough people."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from inprocap_flow.language.checks.approval_impossible import REFUSALS, shown_by
from inprocap_flow.language.checks.deadlines import all_steps
from inprocap_flow.language.checks.finding import ERROR, Around, Finding
from inprocap_flow.language.checks.plays import Plays, refused
from inprocap_flow.language.graph import reachable
from inprocap_flow.language.model import CASE, Definition, Organisation
from inprocap_flow.language.people.approvals import judge, uses
from inprocap_flow.language.people.staff import Staff

CODE = "too-few-people"
SEVERITY = ERROR
NOT_MISSED = (
    "no step is refused because of it: those who hold the role can do and sign what the steps ask of it, and only the "
    "file says that they should be more"
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
                plays=_played(Staff(definition, organisation), name, nobody=not holders),
            )


def _played(staff: Staff, role: str, *, nobody: bool) -> Plays | str:
    """Return how the first step is refused that only the role may carry out, or that needs its signatures."""
    definition = staff.definition
    found = list(_needing(staff, role, nobody=nobody))
    before = reachable(
        definition, definition.main, without=[step.name for one in found for step in one.steps if step.line == CASE]
    )
    found.sort(key=lambda one: one.line != CASE or not before & set(one.steps[0].sources))
    return found[0] if found else NOT_MISSED


def _needing(staff: Staff, role: str, *, nobody: bool) -> Iterator[Plays]:
    definition = staff.definition
    for step in all_steps(definition):
        if nobody and step.by == (role,):
            yield refused(step, REFUSALS)
    for use in uses(definition):
        needed = tuple(number for number, one in enumerate(use.approval.signatures) if one.role == role)
        plays = shown_by(definition, use, needed) if needed and not judge(staff, use, needed).can else ""
        if isinstance(plays, Plays):
            yield plays


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
