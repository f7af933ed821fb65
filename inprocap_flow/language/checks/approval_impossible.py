"""An approval that the people of this organisation can never give, with everybody there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from inprocap_flow.language.checks.conditions import Asking, Judged, undecided
from inprocap_flow.language.checks.deadlines import all_steps
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.checks.plays import Plays, refused
from inprocap_flow.language.guards.abstraction import Condition, Known
from inprocap_flow.language.model import SYSTEM, Approval, Definition, Person
from inprocap_flow.language.people.approvals import Use, judge, uses
from inprocap_flow.language.people.needed import are_surely_needed, needed_together
from inprocap_flow.language.people.staff import Staff
from inprocap_flow.records import changed

CODE = "approval-impossible"
SEVERITY = ERROR
NOT_OF_A_STEP = "no step needs the approval: an act on a deadline, a derogation or a watch does, which no path leads to"
REFUSALS = ("approval-missing", "four-eyes", "apart-from", "conflict-of-interest", "not-entitled", "document-missing")
"""For what a step is refused whose approval nobody can give, or that nobody is left to carry out."""


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each approval that nobody can give, even if nobody is away and all conditions are met.

    That a role itself has too few people is another finding.
    """
    yield from (one.finding for one in judged(definition, around) if one.decided)


def judged(definition: Definition, around: Around) -> Iterator[Judged]:
    """Yield the findings, and what was not decided."""
    if around.organisation is None:
        return
    known = Asking.about(definition, around).known
    staff = Staff(definition, around.organisation)
    said: set[str] = set()
    for use in uses(definition):
        origin = origin_of(use.approval)
        if origin in said or lacks_people(staff, use):
            continue
        found = next(_failures(known, staff, use, around.organisation.name), None)
        if found is not None:
            said.add(origin)
            yield found


def origin_of(approval: Approval) -> str:
    """Return the origin of an approval."""
    return of_line(approval.line, "approvals", approval.name)


def lacks_people(staff: Staff, use: Use) -> bool:
    """Return whether a role that signs, or all that may carry it out, have fewer people than they need anyway."""
    roles = staff.definition.roles

    def lacks(name: str) -> bool:
        role = roles.get(name)
        return role is not None and role.speaks_for is None and len(staff.holders(name)) < max(1, role.at_least)

    signing = any(lacks(signature.role) for signature in use.approval.signatures)
    return signing or (bool(use.by) and use.by != (SYSTEM,) and all(map(lacks, use.by)))


def _failures(known: Known, staff: Staff, use: Use, organisation: str) -> Iterator[Judged]:
    origin, called = origin_of(use.approval), f"`{use.approval.name}` for `{use.needed_by}`"
    for lines in needed_together(known, use.approval):
        verdict = judge(staff, use, lines)
        if verdict.can:
            continue
        when = where_needed(use.approval, lines)
        if not verdict.decided or not are_surely_needed(known, use.approval, lines):
            question = f"whether {organisation} has somebody to give {called}{when}"
            why = "it is open whether they are ever needed together" if verdict.decided else "too many ways to choose"
            yield undecided(origin, f"{question} ({why})", "Ask for fewer signatures at once.")
            continue
        fact = f"{called}{when}: {organisation} has nobody to give it. {verdict.why}."
        plays = shown_by(staff.definition, use, lines)
        yield Judged(Finding(origin, fact, _mend(staff, use, lines), plays=plays))


def shown_by(definition: Definition, use: Use, lines: tuple[int, ...]) -> Plays | str:
    """Return how the step is refused that needs the approval, where just the signatures *lines* are needed."""
    whens = (use.approval.signatures[line].when for line in lines)
    wanted = tuple((Condition(when, use.approval.line), True) for when in whens if when is not None)
    for step in all_steps(definition):
        found = (definition.find_approval(step.line, name) for name in step.already_there.approvals)
        if step.name == use.needed_by and step.by == use.by and use.approval in found:
            return replace(refused(step, REFUSALS, wanted), approval=use.approval.name)
    return NOT_OF_A_STEP


def _mend(staff: Staff, use: Use, lines: tuple[int, ...]) -> str:
    """Return who is lacking: the role of the signatures, the last first, to which one person more is the way out."""
    for line in reversed(lines):
        role = use.approval.signatures[line].role
        if judge(_with_one_more(staff, role), use, lines).can:
            return f"Give another person the role `{role}`."
    return "Give the roles to more people, so that nobody has to do two of these things."


def _with_one_more(staff: Staff, role: str) -> Staff:
    somebody = Person(id="somebody else", roles=(role,))
    people = {**staff.organisation.people, somebody.id: somebody}
    return Staff(staff.definition, changed(staff.organisation, people=people))


def where_needed(approval: Approval, lines: tuple[int, ...]) -> str:
    """Return under which conditions just these signatures are needed; empty if under none."""
    whens = [f"`{approval.signatures[line].when}`" for line in lines if approval.signatures[line].when is not None]
    return f" where {' and '.join(whens)}" if whens else ""
