"""A calendar, committee, list or limit that this organisation does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, cast

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.checks.reading import readings
from inprocap_flow.language.model import Definition, Organisation, Rulebook
from inprocap_flow.language.schema.messages import did_you_mean

CODE = "organisation-lacks"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "what is lacking is in the files of the organisation, and without it nothing that rests on it is judged at all"
)


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each thing that the procedure needs of the organisation and that it does not have."""
    organisation = around.organisation
    if organisation is not None:
        yield from _calendars(definition, organisation)
        yield from _days(definition, organisation, around.day)
        yield from _lists(definition, organisation)
        yield from _limits(definition, organisation, around.rulebook)


def _calendars(definition: Definition, organisation: Organisation) -> Iterator[Finding]:
    for line in definition.lines:
        for deadline in line.deadlines.values():
            if deadline.calendar not in organisation.calendars:
                origin = of_line(line.kind, "deadlines", deadline.name)
                yield _lacks(origin, "calendar", deadline.calendar, organisation, organisation.calendars)
        for field in line.fields.values():
            if field.committee and not organisation.committees.get(field.committee):
                origin = of_line(line.kind, "fields", field.name)
                yield _lacks(origin, "meeting of the committee", field.committee, organisation, organisation.committees)


def _days(definition: Definition, organisation: Organisation, day: date | None) -> Iterator[Finding]:
    """Yield a finding for each calendar whose days were known until before *day*; at the first deadline it counts."""
    counting: dict[str, str] = {}
    for line in definition.lines:
        for deadline in line.deadlines.values():
            counting.setdefault(deadline.calendar, of_line(line.kind, "deadlines", deadline.name))
    for name, origin in counting.items():
        plain = organisation.calendars.get(name)
        until = Calendar.from_plain(cast("Mapping[str, Any]", plain)).covers_until if plain else None
        if day is not None and until is not None and until < day:
            fact = (
                f"{organisation.name} knows the days of its calendar `{name}` until {until}: nothing is counted after."
            )
            yield Finding(origin, fact, "Add the years that follow in the organisation's file.")


def _lists(definition: Definition, organisation: Organisation) -> Iterator[Finding]:
    for reading in readings(definition):
        for use in reading.uses():
            if use.kind == "list" and use.word not in organisation.lists:
                yield _lacks(reading.origin, "list", use.word, organisation, organisation.lists)


def _limits(definition: Definition, organisation: Organisation, rulebook: Rulebook | None) -> Iterator[Finding]:
    for reading in readings(definition):
        for use in reading.uses():
            known = rulebook is None or use.word in rulebook.limits or use.word in definition.limits
            if use.kind == "limit" and rulebook is not None and not known:
                yield _lacks(reading.origin, f"limit in its rulebook {rulebook.name}:", use.word, organisation)


def _lacks(origin: str, what: str, name: str, organisation: Organisation, known: Iterable[str] = ()) -> Finding:
    mend = f"{did_you_mean(name, list(known))} Add it to the organisation's files.".strip()
    return Finding(origin, f"{organisation.name} has no {what} `{name}`.", mend)
