"""Who reads for a firm that somebody else registered: a person with an address, told in its place, who never acts.

It is kept with the people, outside every chain, so that it can be given out and erased (ruling 2). What the firm is
told is recorded in the case as ever; the deliveries hold to whom it went, and when.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from inprocap_flow import logs
from inprocap_flow.engine.case.records import Case
from inprocap_flow.errors import InvalidInput, NotAllowed, NotFound, Place, Problem
from inprocap_flow.language.model import Definition, side_of
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.roster import ENTERED, READS_FOR, readers, tracks_read
from inprocap_flow.service.typing_in import known_line
from inprocap_flow.store.port import Reading
from inprocap_flow.store.records import Person

ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")


def reach(
    desk: Desk, case_id: str, line_id: str, email: str, *, by: str, name: str = "", person: str | None = None
) -> Person:
    """Have what a track of a case is told sent to *email*, and return who reads it there.

    ``person``: the id of somebody known, or a new one; without it, one is made. They are told what the track is told
    from now on, and may neither act nor look. Whoever else was named for the track stays. Raises NotFound for a case
    that is not there; InvalidInput for a track that it does not have or that nobody speaks for, and for what is no
    address; NotAllowed if *by* is not of the buyer's side of the case, or the reader is.
    """
    with desk.store.writing() as work:
        case = work.load(case_id).case
        definition = desk.binding(work, case).definition
        _refuse_nonsense(case, definition, line_id, email)
        _of_the_buyer(desk, work, case, definition, by)
        known = _named(desk, work, case, definition, person)
        contact: Mapping[str, Any] = {
            **known.contact,
            "email": email,
            READS_FOR: [*(one for one in tracks_read(known) if one != [case_id, line_id]), [case_id, line_id]],
            ENTERED: by,
        }
        changed = replace(known, name=name or known.name, contact=contact)
        work.put_people(case.organisation, (changed,))
    logs.happened(logs.READER_NAMED, organisation=case.organisation, case=case_id, track=line_id, actor=by)
    return changed


def reach_no_more(desk: Desk, case_id: str, line_id: str, *, by: str) -> tuple[Person, ...]:
    """Have nobody read for a track any more; return who did. Raises NotFound if nobody was named, else as `reach`."""
    with desk.store.writing() as work:
        case = work.load(case_id).case
        definition = desk.binding(work, case).definition
        _of_the_buyer(desk, work, case, definition, by)
        named = readers(work.people(case.organisation), case_id, known_line(case, line_id))
        if not named:
            mend = f"whoever registered it is told: inprocap-flow show CASE --on {line_id}"
            raise NotFound(f"nobody was named who reads for {line_id}", mend=mend)
        work.put_people(case.organisation, tuple(_without(one, case_id, line_id) for one in named))
    logs.happened(logs.READER_NAMED, organisation=case.organisation, case=case_id, track=line_id, actor=by)
    return named


def _without(person: Person, case_id: str, line_id: str) -> Person:
    kept = [one for one in tracks_read(person) if one != [case_id, line_id]]
    return replace(person, contact={**person.contact, READS_FOR: kept})


def _refuse_nonsense(case: Case, definition: Definition, line_id: str, email: str) -> None:
    kind = case.lines[known_line(case, line_id)].kind
    problems: list[Problem] = []
    spoken = sorted({role.speaks_for for role in definition.roles.values() if role.speaks_for})
    if kind not in spoken:
        mend = f"name a track of one of these kinds: {', '.join(spoken) or 'none is there'}"
        problems.append(Problem(Place("track"), "bad-reader", f"nobody speaks for {line_id} by itself", mend))
    if not ADDRESS.fullmatch(email):
        problems.append(Problem(Place("--email"), "bad-reader", f"{email!r} is no mail address", "write NAME@HOST"))
    if problems:
        raise InvalidInput(problems)


def _of_the_buyer(desk: Desk, reading: Reading, case: Case, definition: Definition, by: str) -> None:
    """Refuse whoever is not of the buyer's side: an address decides where a firm's letters go."""
    if not _serves_the_buyer(desk, reading, case, definition, by):
        mend = "let somebody of the organisation say it, who has a role on the buyer's side"
        raise NotAllowed(f"{by} has no role on the buyer's side of this case", mend=mend)


def _serves_the_buyer(desk: Desk, reading: Reading, case: Case, definition: Definition, person: str) -> bool:
    held = desk.organisation(reading, case.organisation).people.get(person)
    roles = (definition.roles[name] for name in (held.roles if held else ()) if name in definition.roles)
    return any(side_of(role) == "buyer" for role in roles)


def _named(desk: Desk, reading: Reading, case: Case, definition: Definition, person: str | None) -> Person:
    """Return who is meant, somebody new where nobody is known. Raises NotAllowed."""
    people = {one.id: one for one in reading.people(case.organisation)}
    if person is None:
        return Person(desk.ids.new("reader"))
    known = people.get(person, Person(person))
    if known.erased_at:
        raise NotAllowed(f"{person} was erased and stays so", mend="give another id, or none")
    if _serves_the_buyer(desk, reading, case, definition, person):
        raise NotAllowed(f"{person} serves the buyer in this case", mend="name somebody of the firm")
    return known
