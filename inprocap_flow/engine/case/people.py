"""Who may act, in which capacity, for whom: roles, substitutes with dates, speakers of tracks, interests.

A person is known by id only. Everything here answers for one moment and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, SYSTEM_ACTOR, Blocker, Case, LineState
from inprocap_flow.language.model import LINKED_CASE, SYSTEM, Person, Role, said
from inprocap_flow.records import changed, record


@record
class Capacity:
    """In which role somebody acts, and for whom: an absent person, or a track whose act is only recorded here."""

    role: str
    on_behalf_of: str | None = None


@record
class Acting:
    """Somebody about to act at a moment: on ``line`` (or beginning a track of the kind ``begins`` under it).

    ``wanted`` narrows to one role; ``act`` is move or approve, which a role may be barred from by ``never``.
    """

    binding: Binding
    case: Case
    actor: str
    moment: datetime
    line: LineState | None = None
    wanted: str | None = None
    act: str = "move"
    begins: str | None = None


def is_absent(binding: Binding, person: Person, moment: datetime) -> bool:
    """Return whether *person* is away on the local day of *moment*."""
    if not person.absent:
        return False
    day = binding.day(moment).isoformat()
    return any(absence.first <= day <= absence.last for absence in person.absent)


def capacities(binding: Binding, case: Case, actor: str, moment: datetime) -> Iterator[Capacity]:
    """Yield every capacity of *actor* at *moment*: own roles, those of absent persons, of tracks spoken for.

    Who holds a role does not act in it for somebody else too: one person, one signature.
    """
    person = binding.person(actor)
    own = person.roles if person else ()
    yield from (Capacity(role) for role in own)
    if person is not None:
        for other in binding.deputies.get(actor, ()):
            if is_absent(binding, other, moment):
                yield from (Capacity(role, other.id) for role in other.roles if role not in own)
    kinds = {line.kind for line in case.lines.values() if actor in line.speakers}
    if not kinds:
        return
    for role in binding.definition.roles.values():
        if role.speaks_for in kinds and role.name not in own:
            yield Capacity(role.name)


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
    """Return the capacity in which *actor* may act where *allowed* roles may, or the first reason why not."""
    found = capacity_for(Acting(binding, case, actor, moment, line, wanted, act, begins), allowed)
    return found if isinstance(found, Capacity) else found[0]


def capacity_for(acting: Acting, allowed: tuple[str, ...]) -> Capacity | tuple[Blocker, ...]:
    """Return the capacity in which somebody may act where *allowed* roles may, or every reason why not.

    Of several capacities the first that nothing speaks against counts; else the reasons against the first one.
    """
    if allowed == (SYSTEM,):
        return (Blocker("not-entitled", "The system does this by itself; nobody can ask for it.", mend="wait for it"),)
    if allowed == (LINKED_CASE,):
        reason = "What a linked case reports carries this out; nobody can ask for it."
        return (Blocker("not-entitled", reason, mend="wait for the report"),)
    worst: tuple[Blocker, ...] = ()
    found = capacities(acting.binding, acting.case, acting.actor, acting.moment)
    # Who names a role that is the own one acts in it, and does not record for it in another.
    for capacity in sorted(found, key=lambda one: one.role != acting.wanted) if acting.wanted else found:
        for role in _roles_covered(acting.binding, capacity, allowed):
            if acting.wanted not in (None, role.name, capacity.role):
                continue
            faults = tuple(faults_against(acting, role, capacity))
            if not faults:
                return _as(role.name, capacity, acting.line)
            worst = worst or faults
    return worst or (_not_entitled(acting, allowed),)


def _roles_covered(binding: Binding, capacity: Capacity, allowed: tuple[str, ...]) -> list[Role]:
    """Return the allowed roles that *capacity* gives: the role itself, or those that it records for."""
    roles = binding.definition.roles
    held = roles.get(capacity.role)
    recorded = held.records_for if held else ()
    return [roles[name] for name in allowed if name in roles and (name == capacity.role or name in recorded)]


def _as(role_name: str, capacity: Capacity, line: LineState | None) -> Capacity:
    if role_name == capacity.role:
        return capacity
    return Capacity(capacity.role, f"{role_name} of {line.id}" if line and line.id != MAIN else role_name)


def faults_against(acting: Acting, role: Role, capacity: Capacity) -> Iterator[Blocker]:
    """Yield what speaks against acting in *role*: barred, not one's own track, another role before, interests."""
    title = said(role.title)
    if acting.act in role.never:
        words = "may not approve" if acting.act == "approve" else "may not carry out steps"
        yield Blocker("not-entitled", f"The role {title} {words}.", about=role.name, roles=(role.name,))
    if role.speaks_for and capacity.role == role.name and not _speaks(acting, role):
        place = acting.line.id if acting.line else "the case"
        reason = f"{acting.actor} does not speak for {place}."
        yield Blocker("not-yours", reason, about=place, mend="act on your own track")
    held = acting.binding.definition.roles.get(capacity.role, role)
    yield from _apart(acting, held)
    yield from barred_as_author(acting.case, held, acting.actor, _stands_in_for(acting, capacity))
    undisclosed = undeclared(acting.case, acting.actor, held)
    if undisclosed is not None:
        yield undisclosed


def _speaks(acting: Acting, role: Role) -> bool:
    if acting.begins == role.speaks_for:
        return True
    line, person = acting.line, acting.binding.person(acting.actor)
    while line is not None and line.id != MAIN:
        if line.kind == role.speaks_for:
            return acting.actor in line.speakers or (person is not None and line.id in person.speaks_for)
        line = acting.case.lines.get(line.parent or MAIN)
    return False


def _apart(acting: Acting, role: Role) -> Iterator[Blocker]:
    """Yield a role that the actor has acted in and that must be kept apart from *role*, whichever of them says so."""
    roles = acting.binding.definition.roles
    for name in acting.case.acted.get(acting.actor, ()):
        other = roles.get(name)
        if name in role.apart_from or (other is not None and role.name in other.apart_from):
            reason = f"{acting.actor} has acted as {name} in this case and so cannot act as {role.name}."
            yield Blocker("apart-from", reason, about=role.name, mend="let somebody else act")
            return


def _stands_in_for(acting: Acting, capacity: Capacity) -> str | None:
    """Return the absent person for whom the actor acts; None where it acts for itself, or records for a role."""
    person = acting.binding.person(capacity.on_behalf_of or "")
    return person.id if person else None


def barred_as_author(case: Case, role: Role, person: str, for_whom: str | None = None) -> Iterator[Blocker]:
    """Yield why *person*, or whom it stands in for, cannot act in *role*: one of them brought what that judges."""
    for name in role.not_who_brought:
        authors = brought_by(case, name)
        if person in authors:
            reason = f"{person} brought {name} in this case and so cannot act as {role.name}."
        elif for_whom in authors:
            reason = f"{for_whom} brought {name} in this case, and {person} acts for {for_whom}: not as {role.name}."
        else:
            continue
        yield Blocker("four-eyes", reason, about=name, mend="let somebody else act")
        return


def brought_by(case: Case, document: str) -> frozenset[str]:
    """Return everybody who filed a version of *document* in the case, on whichever line, or for whom it was filed."""
    lines = (line.documents.get(document, ()) for line in case.lines.values())
    found = (person for versions in lines for version in versions for person in (version.by, version.for_whom))
    return frozenset(filter(None, found))


def barred_from_bringing(
    binding: Binding, case: Case, actor: str, documents: Iterable[str], role: str | None = None
) -> Iterator[Blocker]:
    """Yield why *actor* (acting in *role* now) cannot bring *documents*: roles that their author must not have.

    Whose signature on paper was recorded has acted, too, and so has whoever somebody else signed for.
    """
    signed = (one.role for state in case.approvals.values() for one in state.signatures
              if actor in (one.person, one.on_behalf_of))  # fmt: skip
    roles = dict.fromkeys((*case.acted.get(actor, ()), *signed, *([role] if role else [])))
    for name in documents:
        for acted in roles:
            declared = binding.definition.roles.get(acted)
            if declared is not None and name in declared.not_who_brought:
                reason = f"{actor} has acted as {acted} in this case and so cannot bring {name}."
                yield Blocker("four-eyes", reason, about=name, mend="let somebody else bring it")


def undeclared(case: Case, actor: str, role: Role) -> Blocker | None:
    """Return why somebody whose role declares interests may not act: nothing declared, or a conflict declared.

    A conflict removes the person from the case in every role, whatever is declared later.
    """
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


def _not_entitled(acting: Acting, allowed: tuple[str, ...]) -> Blocker:
    binding, case, actor = acting.binding, acting.case, acting.actor
    roles = binding.definition.roles
    titles = " or ".join(said(roles[name].title) for name in allowed if name in roles) or "nobody"
    who = tuple(person for role in allowed for person in able(binding, case, role, acting.moment))
    known = is_known(binding, case, actor)
    reason = f"This is for {titles}; {actor} is not." if known else f"{actor} is nobody known here; it is for {titles}."
    return Blocker("not-entitled", reason, about=actor, who=tuple(dict.fromkeys(who)), roles=allowed)


def is_known(binding: Binding, case: Case, actor: str) -> bool:
    """Return whether *actor* is somebody of the organisation, speaks for a track, or is the system itself."""
    spoken_for = any(actor in line.speakers for line in case.lines.values())
    return spoken_for or actor == SYSTEM_ACTOR or binding.person(actor) is not None


def nobody(binding: Binding, actor: str) -> Blocker:
    """Return that nobody of this id is known here, with the id that was probably meant."""
    from difflib import get_close_matches  # only whoever mistypes waits for it

    near = get_close_matches(actor, sorted(binding.organisation.people), 1)
    mend = f"did you mean {near[0]}?" if near else f"name somebody of {binding.organisation.name}"
    return Blocker("not-entitled", f"{actor} is nobody known here.", about=actor, mend=mend)


def able(binding: Binding, case: Case, role: str, moment: datetime) -> tuple[str, ...]:
    """Return who could act in *role* now: its holders who are there, and substitutes of those who are not.

    People who declared a conflict are left out. So are absent holders, and substitutes who are away themselves.
    """
    found: dict[str, None] = {}
    for person in binding.holders(role):
        if not is_absent(binding, person, moment):
            found[person.id] = None
        elif (deputy := binding.person(person.substitute or "")) and not is_absent(binding, deputy, moment):
            found[deputy.id] = None
    conflicted = {interest.person for interest in case.interests if interest.conflict}
    return tuple(person for person in found if person not in conflicted)


def could_sign(acting: Acting, role: str) -> bool:
    """Return whether somebody could sign as *role* now, or as soon as interests are declared."""
    if acting.act != "approve" or acting.wanted is not None:
        acting = changed(acting, act="approve", wanted=None)
    found = capacity_for(acting, (role,))
    return isinstance(found, Capacity) or {blocker.code for blocker in found} == {"interest-undeclared"}


def serving_both(person: str, reason: str) -> Blocker:
    """Return the warning that somebody serves buyer and supplier; it stops nobody, unlike `apart_from`."""
    mend = "let somebody else act for one of the two; the ledger lists it"
    return Blocker("two-hats", reason, about=person, mend=mend)
