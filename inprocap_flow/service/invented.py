"""An invented organisation for one procedure: whoever it needs, and all dates, lists and rates that it names.

What a check finds is played for it, so that a finding hangs on the procedure alone and not on whose people there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import permutations

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.language.checks.reading import readings
from inprocap_flow.language.model import (
    CountryList,
    Definition,
    ExchangeRate,
    MeetingDate,
    Organisation,
    Person,
    Rulebook,
)
from inprocap_flow.service.starting.people import people_needed, placeholders

FIRST = date(2026, 1, 12)
"""The Monday on which cases of it begin."""
_SOURCE = "invented, for showing what a check found"
_MEETINGS, _APART, _BEFORE = 30, 60, 30  # so many, every so many days; papers are due so many days before
_CURRENCY, _CODE = "EUR", 3  # so many letters has the code of a currency


def invented_for(definition: Definition, rulebook: Rulebook | None = None) -> Organisation:
    """Return an organisation that can carry out *definition*: people enough for every role and approval of the house.

    Every day from Monday to Friday is a working day, every committee meets, and of the countries on a list there is
    one. Nothing of it is true of any organisation; what the law gives comes from *rulebook*.
    """
    people = {who: Person(who, (role,)) for who, _, role in placeholders(people_needed([definition]))}
    return Organisation(
        "invented", "1", {"en": "An invented house"}, "UTC", _CURRENCY,
        calendars={name: Calendar(name, "1", source=_SOURCE).to_plain() for name in _calendars(definition)},
        committees={name: tuple(_meetings(definition, name)) for name in _committees(definition)},
        exchange=tuple(_rates(definition, rulebook)),
        lists={name: (CountryList(("DE",), _SOURCE, "2000-01-01"),) for name in _lists(definition)},
        people=people,
    )  # fmt: skip


def _calendars(definition: Definition) -> list[str]:
    named = {deadline.calendar for line in definition.lines for deadline in line.deadlines.values()}
    return sorted({"holidays", *named})


def _committees(definition: Definition) -> list[str]:
    return sorted({one.committee for line in definition.lines for one in line.fields.values() if one.committee})


def _meetings(definition: Definition, committee: str) -> Iterator[MeetingDate]:
    approvals = [one for line in definition.lines for one in line.approvals.values()]
    gates = {signature.due_by for one in approvals for signature in one.signatures if signature.due_by}
    for number in range(1, _MEETINGS + 1):
        day = FIRST + timedelta(days=number * _APART)
        due = (day - timedelta(days=_BEFORE)).isoformat()
        yield MeetingDate(f"{committee}-{number}", day.isoformat(), dict.fromkeys(sorted(gates), due))


def _lists(definition: Definition) -> list[str]:
    return sorted({use.word for one in readings(definition) for use in one.uses() if use.kind == "list"})


def _rates(definition: Definition, rulebook: Rulebook | None) -> Iterator[ExchangeRate]:
    """Yield rates between all currencies that are named: whatever one unit is worth, it is known."""
    limits = (*definition.limits.values(), *(rulebook.limits.values() if rulebook else ()))
    named = {one.unit for one in limits if len(one.unit) == _CODE and one.unit.isupper()}
    named |= {one.currency for line in definition.lines for one in line.fields.values() if one.currency}
    for unit, worth in permutations(sorted({*named, _CURRENCY}), 2):
        yield ExchangeRate(unit, f"1 {worth}", _SOURCE, "2000-01-01")
