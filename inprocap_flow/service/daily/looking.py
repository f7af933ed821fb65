"""What checks against people, calendars, limits and rates find at an organisation on a day. Nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.errors import NotFound
from inprocap_flow.language.canonical import digest
from inprocap_flow.language.checks import (
    absence_stops_approval,
    approval_impossible,
    organisation_lacks,
    rate_missing,
    too_few_people,
)
from inprocap_flow.language.checks.finding import Around
from inprocap_flow.language.checks.reading import readings
from inprocap_flow.language.choices import uses
from inprocap_flow.language.model import Definition, Limit, Organisation, Rulebook
from inprocap_flow.records import record
from inprocap_flow.service.choosing import release_for
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.port import Reading

SOON = timedelta(days=180)  # a calendar or a value that ends within this time is to be renewed
HOUSE = ""  # stands for the organisation as a whole where a procedure is named
CALENDAR_ENDS, LIMIT_ENDS = "calendar-ends", "limit-without-value"
_CHECKS = (too_few_people, approval_impossible, absence_stops_approval, organisation_lacks, rate_missing)
_SINCE = re.compile(r"\b[Ff]rom \d{4}-\d\d-\d\d (until |on\b)|\b[Oo]n (?=\d{4}-\d\d-\d\d)")


@record
class Found:
    """One finding. ``id`` is the same on every day on which it is found, and another for anything else."""

    procedure: str
    code: str
    fact: str
    mend: str

    @property
    def id(self) -> str:
        # Days that have passed are left out of what is said, so the day from which it says it is not part of the id.
        return digest([self.procedure, self.code, _SINCE.sub("", self.fact)])


def procedures_of(desk: Desk, reading: Reading, organisation: Organisation, day: date) -> tuple[str, ...]:
    """Return the procedures to look at, by name: those that the organisation names and uses, or has open cases of."""
    named = {one.name for one in organisation.procedures}
    running = {entry.procedure for entry in desk.store.cases(organisation.name, ended=False)}
    released = {entry.name for entry in reading.releases("procedure")}
    return tuple(sorted(name for name in (named | running) & released if uses(organisation, name, day)))


def definition_of(desk: Desk, reading: Reading, organisation: Organisation, name: str, day: date) -> Definition | None:
    """Return what new cases of *day* get; None where nothing is in force, or an overlay is lacking."""
    try:
        found = release_for(desk, reading, name, organisation.name, day)
        return desk.machine(reading, found.content_hash).definition
    except NotFound:
        return None


def look(desk: Desk, reading: Reading, organisation: Organisation, procedure: str, day: date) -> tuple[Found, ...]:
    """Return what is wrong for one procedure; with `HOUSE` what is wrong for all that the organisation uses."""
    if procedure == HOUSE:
        names = procedures_of(desk, reading, organisation, day)
        found = (definition_of(desk, reading, organisation, name, day) for name in names)
        definitions = [one for one in found if one is not None]
        ending = (_limits(definitions, desk, reading, organisation, day), _calendars(definitions, organisation, day))
        return tuple(dict.fromkeys(one for part in ending for one in part))
    definition = definition_of(desk, reading, organisation, procedure, day)
    if definition is None:
        return ()
    around = Around(_rulebook(desk, reading, organisation, definition), organisation, day)
    found_now = (
        Found(procedure, one.CODE, finding.fact, finding.mend)
        for one in _CHECKS
        for finding in one.check(definition, around)
    )
    return tuple(dict.fromkeys(found_now))


def _rulebook(desk: Desk, reading: Reading, organisation: Organisation, definition: Definition) -> Rulebook | None:
    name = definition.rulebook and organisation.rulebooks.get(definition.rulebook, definition.rulebook)
    try:
        return desk.rulebook(reading, name) if name and name != "none" else None
    except NotFound:
        return None


def _limits(
    definitions: Iterable[Definition], desk: Desk, reading: Reading, organisation: Organisation, day: date
) -> Iterator[Found]:
    for definition in definitions:
        book = _rulebook(desk, reading, organisation, definition)
        limits = {**(book.limits if book else {}), **definition.limits}
        for name in dict.fromkeys(
            use.word for one in readings(definition) for use in one.uses() if use.kind == "limit"
        ):
            ends = _ends(limits[name]) if name in limits else None
            if ends is not None and ends < day + SOON:
                fact = f"The limit `{name}` has no value after {ends}."
                yield Found(
                    HOUSE, LIMIT_ENDS, fact, "Release a rulebook with the value that holds then, and its source."
                )


def _ends(limit: Limit) -> date | None:
    """Return the last day on which a limit has a value; None where it has no end."""
    last = limit.values[-1]
    if last.value is None:
        return date.fromisoformat(last.valid_from) - timedelta(days=1)
    return date.fromisoformat(last.valid_until) if last.valid_until else None


def _calendars(definitions: Iterable[Definition], organisation: Organisation, day: date) -> Iterator[Found]:
    used = {clock.calendar for one in definitions for line in one.lines for clock in line.deadlines.values()}
    for name in sorted(used & set(organisation.calendars)):
        plain = organisation.calendars[name]
        until = Calendar.from_plain(dict(plain)).covers_until if isinstance(plain, Mapping) and plain else None
        if until is not None and until < day + SOON:
            fact = f"The calendar `{name}` ends with {until}: deadlines after it are provisional or cannot be reckoned."
            yield Found(HOUSE, CALENDAR_ENDS, fact, "Add the next year to the calendar, and release the organisation.")
