"""Who is there: the released organisation joined with what the store knows of its people (ruling 2)."""

from __future__ import annotations

from collections.abc import Iterable

from inprocap_flow.language.model import Absence, Organisation
from inprocap_flow.language.model import Person as Released
from inprocap_flow.records import changed
from inprocap_flow.store.records import Person

ENTERED = "entered_by"  # marks an absence that was said by a command, so that a new release does not lose it
READS_FOR = "reads_for"  # in a contact: the tracks, each with its case, whose letters somebody gets who never acts


def with_people(organisation: Organisation, people: Iterable[Person]) -> Organisation:
    """Return the released *organisation* with what the store knows of its people: absences, substitutes, erasures.

    Somebody who was erased holds no role any more. Somebody the store does not know stays as released.
    """
    known = {person.id: person for person in people}
    joined = {
        person_id: _joined(released, known[person_id]) if person_id in known else released
        for person_id, released in organisation.people.items()
    }
    return organisation if joined == dict(organisation.people) else changed(organisation, people=joined)


def _joined(released: Released, known: Person) -> Released:
    if known.erased_at:
        return changed(released, roles=(), absent=(), substitute=None, speaks_for=())
    absent = tuple(Absence(str(absence["from"]), str(absence["until"])) for absence in known.absences)
    return changed(released, absent=absent, substitute=known.substitute)


def readers(people: Iterable[Person], case_id: str, line_id: str) -> tuple[Person, ...]:
    """Return those of *people* who read for a track of a case, without the forgotten."""
    return tuple(one for one in people if not one.erased_at and [case_id, line_id] in tracks_read(one))


def tracks_read(person: Person) -> list[list[str]]:
    """Return the tracks that somebody reads for, each as its case and its own id."""
    return [list(one) for one in person.contact.get(READS_FOR, ())]
