"""The text of a new organisation and of its calendar: working days, and a placeholder for each person needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from inprocap_flow.language.model import Definition
from inprocap_flow.service.starting.people import people_needed, placeholders
from inprocap_flow.service.starting.words import TO_DO, first_version, inside, quoted

YEARS = 3  # that a new calendar covers, the present one included


@dataclass(frozen=True, slots=True)
class OrganisationAnswers:
    """What was answered. ``area`` is the code of public holidays, or ""; ``rate`` an amount with currency, or ""."""

    name: str
    title: str
    zone: str
    currency: str
    area: str = ""
    rate: str = ""
    procedures: tuple[str, ...] = ()


def organisation_text(answers: OrganisationAnswers, procedures: Sequence[Definition], day: date) -> str:
    """Return the organisation's file."""
    return "\n".join((*_head(answers, day), *_people(procedures))) + "\n"


def _head(answers: OrganisationAnswers, day: date) -> Iterator[str]:
    yield "# For whom cases are run: zone, currency, working days, people with their roles. No rule stands here."
    yield f"# Lines marked {TO_DO} wait for you. Ids of people stay in the trail for ever, names do not: choose ids"
    yield "#   before the first release, and let no placeholder act in a real case."
    yield f"organisation: {answers.name}"
    yield f"version: {first_version(day)}"
    yield "language: en"
    yield f"title: {quoted(answers.title)}"
    yield f"zone: {answers.zone}"
    yield f"currency: {answers.currency}"
    yield "languages: [en]"
    yield "calendars:"
    days = f"{answers.area}, {answers.name}" if answers.area else answers.name
    yield f"  holidays: [{days}]  # what procedures call holidays: public ones by their code, and your own calendar"
    yield ""
    if answers.rate:
        yield "exchange:  # for comparing with limits in another currency, by date"
        yield f"  - from: {day.year}-01-01"
        yield f"    until: {day.year + YEARS - 1}-12-31"
        yield f"    unit: {answers.currency}"
        yield f"    worth: {answers.rate}"
        yield f'    source: "{TO_DO}: the list that this rate comes from"'
        yield "    confirmed_on: never"
        yield ""
    if answers.procedures:
        yield "procedures:  # what you use; another one is refused when a case is opened"
        yield from (f"  - {{procedure: {one}}}" for one in answers.procedures)
        yield ""


def _people(procedures: Sequence[Definition]) -> Iterator[str]:
    yield f"people:  # {TO_DO}: nobody of these exists; each stands where one of yours has to stand"
    needed = people_needed(procedures)
    if not needed:
        yield f"  somebody: {{name: {inside(f'{TO_DO} somebody')}, roles: []}}"
    for who, called, role in placeholders(needed):
        yield f"  {who}:"
        yield f"    name: {quoted(f'{TO_DO} {called}')}"
        yield f"    roles: [{role}]"


def calendar_text(answers: OrganisationAnswers, day: date) -> str:
    """Return the organisation's calendar: no day of its own yet, for the present year and the next two."""
    public = f"; public holidays come from {answers.area}" if answers.area else ""
    return f"""# Days of the house that do not count{public}. Beyond what it covers every deadline is provisional.
calendar: {answers.name}
version: {first_version(day)}
language: en
title: {quoted(f"Working days: {answers.title}")}
covers: {{from: {day.year}-01-01, until: {day.year + YEARS - 1}-12-31}}
weekend: [saturday, sunday]
source: "{TO_DO}: the decision of your management"
confirmed_on: never

# {TO_DO}: your own days, such as
#   holidays:
#     - {{day: {day.year}-12-25, title: Christmas Day}}
#   closures:
#     - from: {day.year}-12-28
#       until: {day.year}-12-31
#       title: Closed
#       counts_as_holiday: no  # whether it moves a deadline is a question of law, not of taste
"""
