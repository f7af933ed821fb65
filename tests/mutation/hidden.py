"""Faults that no scenario can show: nobody is there who could do what they allow, or the rule only says once more
what another rule forbids already. They are judged as any other and counted apart."""

from __future__ import annotations

from inprocap_flow.language.marks import NodePath
from inprocap_flow.language.model import Definition, Document, Field, Line, Role
from tests.mutation.fault import Subject

CARRIES_OUT = "whoever_carries_out"
SEES_NOTHING = "Whoever it is secret from sees only what is published, or what is on their own track, and so not this."
NOBODY_IS_BOTH = "Nobody of the example organisation has the role that signs and one that carries the step out."
ENDED_ANYHOW = "The step ends everything else of the case, and so this deadline, too."
APART = "The two roles are kept apart by the role itself, which refuses it just so."


def of_secret(definition: Definition, line: Line, declared: Field | Document) -> str:
    """Return why nobody can tell that *declared* of *line* is not secret any more; nothing if somebody sees it then."""
    roles = [definition.roles[name] for name in declared.secret_from if name in definition.roles]
    return "" if any(_would_see(definition, line, role) for role in roles) else SEES_NOTHING


def _would_see(definition: Definition, line: Line | None, role: Role) -> bool:
    """Return whether *role* sees what is on *line* where nothing is secret: own are a track and those below it."""
    if role.sees != "own":
        return role.sees == "all"
    while line is not None and line.kind:
        if line.kind == role.speaks_for:
            return True
        line = definition.tracks.get(line.parent or "")
    return False


def of_four_eyes(subject: Subject, kind: str, approval: str, role: str, other: str) -> str:
    """Return why nobody can sign *approval* of the line *kind* as *role* who should not because of *other*."""
    definition = subject.definition
    if other == CARRIES_OUT:
        doing = _carrying_out(definition, kind, approval)
        both = any(role in one.roles and doing & set(one.roles) for one in subject.organisation.people.values())
        return "" if both else NOBODY_IS_BOTH
    apart = {name for name, one in definition.roles.items() if role in one.apart_from}
    apart |= set(definition.roles[role].apart_from) if role in definition.roles else set()
    return APART if other in apart else ""


def _carrying_out(definition: Definition, kind: str, approval: str) -> set[str]:
    """Return the roles that carry out what needs the approval: steps, and acts on deadlines."""
    found: set[str] = set()
    for line in definition.lines:
        named = {approval, f"{kind}.{approval}"} if line.kind in ("", kind) or not kind else {f"{kind}.{approval}"}
        for step in (line.begins, *line.steps.values()):
            if named & set(step.already_there.approvals):
                found |= set(step.by)
        for act in (act for one in line.deadlines.values() for act in one.acts.values()):
            if named & set(act.requires.approvals):
                found |= set(act.by)
    return found


def of_meeting(definition: Definition, where: NodePath, kind: str, deadline: str) -> str:
    """Return why nobody can tell that the step at *where* does not stop *deadline*, if it ends all that is open."""
    found = definition.main.steps.get(str(where[1])) if kind == "" and where[0] == "steps" else None
    ends = (
        found is not None
        and (found.ends_everything or bool(found.ends_everything_but))
        and not definition.main.deadlines[deadline].outlives_case
    )
    return ENDED_ANYHOW if ends and where[2] == "stops" else ""
