"""Who may act, in which capacity, for whom: roles, substitutes with dates, speakers of tracks, interests.

A person is known by id only. Everything here answers for one moment and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from inprocap_flow.engine.binding import Binding
from inprocap_flow.engine.records import MAIN, Blocker, Case, LineState
from inprocap_flow.language.model import SYSTEM, Person, Role, said


@dataclass(frozen=True, slots=True)
class Capacity:
    """In which role somebody acts, and for whom: an absent person, or a track whose act is only recorded here."""

    role: str
    on_behalf_of: str | None = None


def is_absent(binding: Binding, person: Person, moment: datetime) -> bool:
    """Return whether *person* is away on the local day of *moment*."""
    day = binding.day(moment).isoformat()
    return any(absence.first <= day <= absence.last for absence in person.absent)


def capacities(binding: Binding, case: Case, actor: str, moment: datetime) -> Iterator[Capacity]:
    """Yield every capacity of *actor* at *moment*: own roles, those of absent persons stood in for, tracks spoken for."""
    person = binding.person(actor)
    roles = binding.definition.roles
    if person is not None:
        yield from (Capacity(role) for role in person.roles)
        for other in binding.organisation.people.values():
            if other.substitute == actor and is_absent(binding, other, moment):
                yield from (Capacity(role, other.id) for role in other.roles if role not in person.roles)
    for line in case.lines.values():
        if actor in line.speakers and not (
            person and any(r in person.roles for r in _speaking_roles(roles, line.kind))
        ):
            yield from (Capacity(role) for role in _speaking_roles(roles, line.kind))


def _speaking_roles(roles: object, kind: str) -> list[str]:
    assert isinstance(roles, dict)
    return [role.name for role in roles.values() if role.speaks_for == kind]


def entitled(
    binding: Binding,
    case: Case,
    actor: str,
    allowed: tuple[str, ...],
    line: LineState | None,
    moment: datetime,
    *,
    wanted: str | None = None,
    act: str = "move",
    begins: str | None = None,
) -> Capacity | Blocker:
    """Return the capacity in which *actor* may act where *allowed* roles may, or the reason why not.

    *line* is the track or main line concerned; *begins* the kind of track that the act begins. *wanted* narrows to one
    role. *act* is move or approve, which a role may be barred from by ``never``.
    """
    if allowed == (SYSTEM,):
        return Blocker("not-entitled", "The system does this by itself; nobody can ask for it.", mend="wait for it")
    worst: Blocker | None = None
    for capacity in capacities(binding, case, actor, moment):
        for role_name in _roles_covered(binding, capacity, allowed):
            if wanted not in (None, role_name, capacity.role):
                continue
            role = binding.definition.roles[role_name]
            fault = _fault(binding, case, actor, role, capacity, line, act, begins)
            if fault is None:
                return _as(role_name, capacity, line)
            worst = worst or fault
    return worst or _not_entitled(binding, actor, allowed, moment, case)


def _roles_covered(binding: Binding, capacity: Capacity, allowed: tuple[str, ...]) -> list[str]:
    """Return the allowed roles that *capacity* gives: the role itself, or those that it records for."""
    role = binding.definition.roles.get(capacity.role)
    recorded = role.records_for if role else ()
    return [name for name in allowed if name == capacity.role or name in recorded]


def _as(role_name: str, capacity: Capacity, line: LineState | None) -> Capacity:
    if role_name == capacity.role:
        return capacity
    return Capacity(capacity.role, f"{role_name} of {line.id}" if line and line.id != MAIN else role_name)


def _fault(
    binding: Binding,
    case: Case,
    actor: str,
    role: Role,
    capacity: Capacity,
    line: LineState | None,
    act: str,
    begins: str | None,
) -> Blocker | None:
    title = said(role.title)
    if act in role.never:
        words = "may not approve" if act == "approve" else "may not carry out steps"
        return Blocker("not-entitled", f"The role {title} {words}.", about=role.name, roles=(role.name,))
    if role.speaks_for and capacity.role == role.name and not _speaks(binding, case, actor, role, line, begins):
        place = line.id if line else "the case"
        return Blocker("not-yours", f"{actor} does not speak for {place}.", about=place, mend="act on your own track")
    acting = binding.definition.roles.get(capacity.role, role)
    return _apart(case, actor, acting) or undeclared(case, actor, acting)


def _speaks(binding: Binding, case: Case, actor: str, role: Role, line: LineState | None, begins: str | None) -> bool:
    if begins == role.speaks_for:
        return True
    while line is not None and line.id != MAIN:
        if line.kind == role.speaks_for:
            person = binding.person(actor)
            return actor in line.speakers or (person is not None and line.id in person.speaks_for)
        line = case.lines.get(line.parent or MAIN)
    return False


def _apart(case: Case, actor: str, role: Role) -> Blocker | None:
    for other in role.apart_from:
        if other in case.acted.get(actor, ()):
            reason = f"{actor} has acted as {other} in this case and so cannot act as {role.name}."
            return Blocker("apart-from", reason, about=role.name, mend="let somebody else act")
    return None


def undeclared(case: Case, actor: str, role: Role) -> Blocker | None:
    """Return why somebody whose role declares interests may not act: nothing declared, or a conflict declared."""
    declared = [interest for interest in case.interests if interest.person == actor]
    if any(interest.conflict for interest in declared):
        reason = f"{actor} has declared a conflict of interest in this case."
        return Blocker("conflict-of-interest", reason, about=actor, mend="let somebody else act")
    if role.declares_interests and not declared:
        reason = f"{actor} has not declared interests in this case, which the role {said(role.title)} must."
        return Blocker(
            "interest-undeclared", reason, about=actor, mend="declare interests first (interest)", who=(actor,)
        )
    return None


def _not_entitled(binding: Binding, actor: str, allowed: tuple[str, ...], moment: datetime, case: Case) -> Blocker:
    titles = " or ".join(said(binding.definition.roles[name].title) for name in allowed)
    who = tuple(person for role in allowed for person in able(binding, case, role, moment))
    known = binding.person(actor) is not None or any(actor in line.speakers for line in case.lines.values())
    reason = (
        f"This is for {titles}; {actor} is not." if known else f"{actor} is nobody known here; this is for {titles}."
    )
    return Blocker("not-entitled", reason, about=actor, who=tuple(dict.fromkeys(who)), roles=allowed)


def able(binding: Binding, case: Case, role: str, moment: datetime) -> tuple[str, ...]:
    """Return who could act in *role* now: its holders who are there, and substitutes of those who are not.

    People who declared a conflict are left out. Absent holders without a substitute are left out too.
    """
    found: dict[str, None] = {}
    for person in binding.holders(role):
        if is_absent(binding, person, moment):
            if person.substitute:
                found[person.substitute] = None
        else:
            found[person.id] = None
    conflicted = {interest.person for interest in case.interests if interest.conflict}
    return tuple(person for person in found if person not in conflicted)
