"""Who a message is for, today: holders of a role, one person, the speakers of a track, the machines of others.

Only ids leave this module; addresses are looked up when something is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from inprocap_flow.engine.case.records import MAIN, Case
from inprocap_flow.language.model import Definition, Organisation, Person, side_of
from inprocap_flow.records import record
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.roster import readers
from inprocap_flow.store.port import Reading
from inprocap_flow.store.records import Person as Known

PUBLIC, PUBLISHER = "public", "publisher"


@record
class Meant:
    """Somebody whom a message means, and ``present``, who gets it today: a substitute, or the same person.

    ``away`` and ``present`` the same person: nobody stands in, and it waits for them.
    """

    person: str
    present: str
    away: bool = False


@record
class House:
    """The people of an organisation, as released and as known, on the day of ``now``."""

    organisation: Organisation
    known: Mapping[str, Known]
    now: datetime
    needs_mail: bool  # whether somebody without a mail address cannot be reached

    def persons(self, group: str, case: Case) -> tuple[str, ...]:
        """Return the ids of everybody in *group* who can be reached today, substitutes in the place of the absent."""
        found = (self.present(person) for person in self._meant(group, case))
        return tuple(dict.fromkeys(person for person in found if self.can_reach(person)))

    def today(self, group: str, case: Case) -> Iterator[Meant]:
        """Yield everybody in *group*, each with who stands in today; addresses are not looked at."""
        for meant in dict.fromkeys(self._meant(group, case)):
            person = self.organisation.people.get(meant)
            yield Meant(meant, self.present(meant), away=person is not None and self._is_away(person))

    def means(self, person_id: str, group: str, case: Case) -> bool:
        """Return whether *group* means somebody today, by themselves or in the place of another."""
        return any(person_id in (meant, self.present(meant)) for meant in self._meant(group, case))

    def has_left(self, person_id: str, case: Case) -> bool:
        """Return whether somebody is of the organisation no more; who speaks for a firm in *case* never was."""
        speaks = any(person_id in line.speakers for line in case.lines.values())
        return person_id not in self.organisation.people and not speaks

    def _meant(self, group: str, case: Case) -> Iterable[str]:
        kind, _, name = group.partition(":")
        if kind == "person":
            return () if self.has_left(name, case) else (name,)
        if kind == "role":
            return (person.id for person in self.organisation.people.values() if name in person.roles)
        if kind == "track" and name in case.lines:
            own = (person.id for person in self.organisation.people.values() if name in person.speaks_for)
            return (*case.lines[name].speakers, *own, *(one.id for one in readers(self.known.values(), case.id, name)))
        return ()

    def present(self, person_id: str) -> str:
        """Return who stands in for somebody today: a substitute who is there, else the person."""
        seen = [person_id]
        while (person := self.organisation.people.get(seen[-1])) is not None and self._is_away(person):
            if person.substitute is None or person.substitute in seen:
                return person_id  # nobody is there; it waits for them
            seen.append(person.substitute)
        return seen[-1]

    def _is_away(self, person: Person) -> bool:
        day = self.now.astimezone(ZoneInfo(self.organisation.zone)).date().isoformat()
        return any(absence.first <= day <= absence.last for absence in person.absent)

    def can_reach(self, person_id: str) -> bool:
        """Return whether somebody has an address, or needs none."""
        known = self.known.get(person_id)
        return known is not None and not known.erased_at and (not self.needs_mail or bool(mail_address(known)))


def mail_address(person: Known) -> str:
    """Return the mail address of somebody, "" if what is known of them holds none."""
    written = str(person.contact.get("email") or person.contact.get("contact") or "").strip()
    return written if "@" in written else ""


def successors(case: Case, person_id: str) -> tuple[str, ...]:
    """Return the groups that stand for somebody who has left: the roles in which they acted in *case*."""
    return tuple(f"role:{role}" for role in case.acted.get(person_id, ()))


def owners(case: Case, definition: Definition) -> Iterator[str]:
    """Yield the groups that answer for a case: who owns the stage it stands in, then who opened it."""
    main = case.lines[MAIN]
    stages = definition.main.stages
    owner = stages[main.state].owner if main.state in stages else None
    if owner:
        yield f"role:{owner}"
    if case.opened_by:
        yield f"person:{case.opened_by}"


def others(definition: Definition) -> Iterator[str]:
    """Yield the groups of the house that are left where nobody answers for a case: owners of stages, then all roles."""
    owning = (stage.owner for stage in definition.main.stages.values() if stage.owner)
    roles = definition.roles
    for role in dict.fromkeys((*owning, *roles)):
        if role in roles and side_of(roles[role]) == "buyer":
            yield f"role:{role}"


def owners_of(desk: Desk, reading: Reading, case: Case) -> tuple[str, ...]:
    """Return the groups that answer for *case*, the nearest first. Raises NotFound."""
    return tuple(owners(case, desk.machine(reading, case.definition_hash).definition))
