"""What somebody who plans says of lengths and facts, as typed: ``tendering.opened="6 weeks"``, ``NAME +10 days``."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, Final

from inprocap_flow.calendar.bad_values import BadPeriod
from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.language.model import CASE, Definition
from inprocap_flow.service.planning.durations import CHOSEN, DEADLINE, FIELD, STAGE, Given, Length, Thing
from inprocap_flow.service.planning.naming import meant, things, told, typed_name
from inprocap_flow.service.typing_in import typed_fields

FORMS: Final = 'write a period ("8 weeks") or three of them, least, likely and most ("6 weeks..8 weeks..14 weeks")'
RANGES: Final = 'write two periods, least and most ("6 weeks..14 weeks"), or three with the likely one between them'
LONGEST: Final = 36_525  # days; nobody plans for longer, and dates end with the year 9999


def read_given(
    definition: Definition,
    zone: str,
    *,
    assume: Iterable[str] = (),
    ranges: Iterable[str] = (),
    what_if: Iterable[str] = (),
) -> Given:
    """Return what was typed: ``NAME=VALUE`` for *assume* and *ranges*, ``NAME +PERIOD`` for *what_if*.

    NAME is a stage (``tendering.opened``, ``supplier.phase_1.delivered``), a deadline, an approval
    (``approval.launch``) or a field of the case. Raises InvalidInput with every text that is wrong.
    """
    typed = _Typed(definition, zone)
    for text in assume:
        typed.assume(text)
    for text in ranges:
        typed.spread(text)
    for text in what_if:
        typed.change(text)
    if typed.problems:
        raise InvalidInput(typed.problems)
    return Given(typed.lengths, typed.spreads, typed.delays, typed.fields)


class _Typed:
    def __init__(self, definition: Definition, zone: str) -> None:
        self.definition, self.zone = definition, zone
        self.lengths: dict[Thing, Length] = {}
        self.spreads: dict[Thing, tuple[Period, Period]] = {}
        self.delays: dict[Thing, Period] = {}
        self.fields: dict[str, Any] = {}
        self.problems: list[Problem] = []

    def assume(self, text: str) -> None:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign:
            self._bad(text, f"{text!r} gives no value", "write NAME=VALUE")
            return
        thing = self._thing(text, name)
        if thing is None:
            return
        if thing.kind == FIELD and ".." not in value:
            self._field(text, thing.name, value)
            return
        if self._is_said(text, thing):
            return
        periods = self._periods(text, value, (1, 3))
        if periods:
            self.lengths[thing] = Length(periods[0], periods[len(periods) // 2], periods[-1], CHOSEN)

    def _is_said(self, text: str, thing: Thing) -> bool:
        """Refuse another length for a clock whose length is a rule; nobody can choose that one."""
        if thing.kind != DEADLINE or self.definition.line(thing.line).deadlines[thing.name].ends_at is not None:
            return False
        mend = f'ask what more time would mean: --what-if "{thing} +10 days"'
        self._bad(text, f"the length of {thing} is said by the procedure, so it cannot be chosen", mend)
        return True

    def spread(self, text: str) -> None:
        name, _, value = (part.strip() for part in text.partition("="))
        thing = self._thing(text, name)
        if thing is not None and self._is_said(text, thing):
            return
        periods = self._periods(text, value, (2, 3)) if thing else None
        if thing is None or not periods:
            return
        if len(periods) == 3:
            self.lengths[thing] = Length(periods[0], periods[1], periods[2], CHOSEN)
        else:
            self.spreads[thing] = (periods[0], periods[1])

    def change(self, text: str) -> None:
        name, plus, value = (part.strip() for part in text.partition("+"))
        if not plus:
            self.assume(text)  # `NAME=VALUE`: another length altogether
            return
        thing = self._delayed(text, name)
        periods = self._periods(text, value, (1,)) if thing else None
        if thing is not None and periods:
            self.delays[self._ending(thing)] = periods[0]

    def _delayed(self, text: str, name: str) -> Thing | None:
        """Return what *name* means where it is to take longer; nothing after asking to choose between several."""
        several = meant(self.definition, name)
        if len(several) < 2:
            return several[0] if several else self._thing(text, name)
        found = "; ".join(f'{told(self.definition, one)}: write "{typed_name(one)}"' for one in several)
        self._bad(text, f"{name!r} may mean {len(several)} things", found)
        return None

    def _ending(self, thing: Thing) -> Thing:
        """Return the deadline that ends a stage by itself, for that is what has to move when the stage takes longer."""
        if thing.kind != STAGE:
            return thing
        line = self.definition.line(thing.line)
        ways = [step for step in line.steps.values() if thing.name in step.sources and step.is_system]
        fired = {step.name for step in ways}
        clocks = [name for name, one in line.deadlines.items() if one.when_over in fired]
        return Thing(DEADLINE, thing.line, clocks[0]) if len(clocks) == 1 else thing

    def _field(self, text: str, name: str, value: str) -> None:
        try:
            self.fields |= typed_fields(self.definition, CASE, {name: value}, self.zone)
        except InvalidInput as wrong:
            self._bad(text, wrong.problems[0].fact, wrong.problems[0].mend)

    def _periods(self, text: str, value: str, numbers: tuple[int, ...]) -> list[Period] | None:
        try:
            found = [parse_period(part) for part in value.split("..")]
        except BadPeriod as wrong:
            self._bad(text, wrong.fact, wrong.mend)
            return None
        if len(found) not in numbers:
            said = "one period" if len(found) == 1 else f"{len(found)} periods"
            self._bad(text, f"{value!r} is {said}", FORMS if 1 in numbers else RANGES)
            return None
        if any(_about_days(period) > LONGEST for period in found):
            self._bad(text, f"{value!r} is longer than a hundred years", "check the number and the unit")
            return None
        days = [_about_days(period) for period in found]
        if days != sorted(days):
            self._bad(text, f"{value!r} does not rise", FORMS)
            return None
        return found

    def _thing(self, text: str, name: str) -> Thing | None:
        known = things(self.definition)
        if name in known:
            return known[name]
        near = get_close_matches(name, known, n=3)
        mend = f"did you mean {' or '.join(near)}?" if near else "name a stage, a deadline, an approval or a field"
        self._bad(text, f"{self.definition.name} has no {name!r} of which a length could be given", mend)
        return None

    def _bad(self, text: str, fact: str, mend: str) -> None:
        self.problems.append(Problem(Place(text), "bad-assumption", fact, mend))


_DAYS = {"hours": 1 / 24, "days": 1, "working days": 7 / 5, "weeks": 7, "months": 30.4, "years": 365.2}


def _about_days(period: Period) -> float:
    """Return how long *period* is, near enough to see whether one is longer than another."""
    return period.count * _DAYS[period.unit]
