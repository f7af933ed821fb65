"""People outside the chain (ruling 2): absences and substitutes, what is known of somebody, and forgetting it.

The released organisation says who holds which role. Names, contacts and absences lie with the store's people, so
that they can be given out and erased; `roster.with_people` joins both for every decision.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from inprocap_flow import logs
from inprocap_flow.errors import InvalidInput, NotFound, Place, Problem
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.roster import ENTERED
from inprocap_flow.store.port import Reading
from inprocap_flow.store.records import Person


def person_of(reading: Reading, organisation: str, person_id: str) -> Person:
    """Return somebody of an organisation. Raises NotFound, which names those there are."""
    people = reading.people(organisation)
    for person in people:
        if person.id == person_id:
            return person
    known = ", ".join(person.id for person in people if not person.erased_at) or "none is known"
    raise NotFound(f"{organisation} has no person {person_id}", mend=f"known are: {known}")


def say_absent(
    desk: Desk, organisation: str, person_id: str, first: date, last: date, *, by: str, substitute: str | None = None
) -> Person:
    """Record that somebody is away from *first* to *last* (both included), and who stands in. Return what is known.

    Days that were said before stay; a substitute replaces the one before. Raises NotFound, and InvalidInput if the
    days are the wrong way round or somebody would stand in for themselves.
    """
    with desk.store.writing() as work:
        person = person_of(work, organisation, person_id)
        _refuse_nonsense(work, organisation, person, first, last, substitute)
        absence = {"from": first.isoformat(), "until": last.isoformat(), ENTERED: by}
        kept = tuple(a for a in person.absences if (a["from"], a["until"]) != (absence["from"], absence["until"]))
        changed = replace(person, absences=(*kept, absence), substitute=substitute or person.substitute)
        work.put_people(organisation, (changed,))
    return changed


def not_absent(desk: Desk, organisation: str, person_id: str, first: date, last: date) -> Person:
    """Take back an absence of exactly these days. Raises NotFound if none was said."""
    with desk.store.writing() as work:
        person = person_of(work, organisation, person_id)
        days = (first.isoformat(), last.isoformat())
        kept = tuple(a for a in person.absences if (a["from"], a["until"]) != days)
        if len(kept) == len(person.absences):
            known = ", ".join(f"{a['from']} to {a['until']}" for a in person.absences) or "none"
            raise NotFound(f"{person_id} is not away from {first} to {last}", mend=f"known absences: {known}")
        changed = replace(person, absences=kept)
        work.put_people(organisation, (changed,))
    return changed


def _refuse_nonsense(
    reading: Reading, organisation: str, person: Person, first: date, last: date, substitute: str | None
) -> None:
    problems: list[Problem] = []
    if person.erased_at:
        problems.append(_problem("person", f"{person.id} was erased", "name somebody who is still known"))
    if last < first:
        problems.append(_problem("--until", f"{last} lies before {first}", "give the last day of the absence"))
    if substitute == person.id:
        problems.append(_problem("--substitute", "nobody stands in for themselves", "name somebody else"))
    elif substitute:
        person_of(reading, organisation, substitute)
    if problems:
        raise InvalidInput(problems)


def _problem(place: str, fact: str, mend: str) -> Problem:
    return Problem(Place(place), "bad-absence", fact, mend)


def export_person(desk: Desk, organisation: str, person_id: str) -> dict[str, Any]:
    """Return everything that is known of somebody, with what they did, as JSON data. Raises NotFound."""
    with desk.store.reading() as reading:
        return reading.export_person(organisation, person_id)


def erase_person(desk: Desk, organisation: str, person_id: str, *, by: str) -> None:
    """Forget name, contact, roles and absences of somebody for good. The id stays, so every chain still verifies.

    Raises NotFound for nobody known, or somebody erased already.
    """
    with desk.store.writing() as work:
        work.erase_person(organisation, person_id, now=desk.clock.now())
    logs.happened(logs.PERSON_FORGOTTEN, organisation=organisation, actor=by)
