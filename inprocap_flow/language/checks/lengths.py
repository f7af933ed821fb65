"""What the checks of days share: how long something can be, and the first day from which it comes out wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, cast
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.bad_values import BadPeriod
from inprocap_flow.calendar.compute import Computed, compute
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.periods import Period, parse_period, together
from inprocap_flow.calendar.reckoning import Direction
from inprocap_flow.errors import Unsupported
from inprocap_flow.language.checks.finding import Around
from inprocap_flow.language.expressions.tree import Arithmetic, Call, Constant, Expr, Word
from inprocap_flow.language.model import Deadline, Definition, Limit
from inprocap_flow.language.noted import noted

DAYS_TRIED = 366
FIRST_DAY = date(2026, 1, 1)
"""From when start days are tried where nobody says which day it is."""


@dataclass(frozen=True, slots=True)
class Length:
    """A length as it is written, and every period that it can be: of a limit all values, reduced ones too."""

    written: str
    periods: tuple[Period, ...]

    def __str__(self) -> str:
        values = " or ".join(dict.fromkeys(map(str, self.periods)))
        return values if self.written == values else f"{self.written} ({values})"


@dataclass(frozen=True)
class Days:
    """Counts the lengths of one definition in the calendars of the organisation, else in one without holidays."""

    definition: Definition
    around: Around
    counted: dict[tuple[Any, ...], Computed | None] = field(default_factory=dict)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.around.organisation.zone if self.around.organisation else "UTC")

    @cached_property
    def limits(self) -> Mapping[str, Limit]:
        return {**(self.around.rulebook.limits if self.around.rulebook else {}), **self.definition.limits}

    def length(self, source: Expr | str | None) -> Length | None:
        """Return how long *source* can be; None if nothing says so before the case runs."""
        if isinstance(source, str):
            return Length(str(parse_period(source)), (parse_period(source),))
        if isinstance(source, Constant) and source.type_name == "period":
            return Length(str(parse_period(source.text)), (parse_period(source.text),))
        if isinstance(source, Call) and source.function == "limit" and isinstance(source.arguments[0], Word):
            return self.of_limit(source.arguments[0].word)
        if isinstance(source, Arithmetic) and source.sign == "+":
            return _together(self.length(source.left), self.length(source.right))
        return None

    def of_limit(self, name: str) -> Length | None:
        """Return how long a limit can be from the day on that is asked about; None if it is unset or no period."""
        limit = self.limits.get(name)
        if limit is None or limit.unit != "period":
            return None
        day = self.around.day.isoformat() if self.around.day else None
        values = [one for one in limit.values if day is None or one.valid_until is None or one.valid_until >= day]
        texts = [text for one in values for text in (one.value, *(variant.value for variant in one.variants))]
        if not texts or any(text is None for text in texts):
            return None
        return Length(f"limit('{name}')", tuple(dict.fromkeys(parse_period(str(text)) for text in texts)))

    def starts(self) -> Iterator[date]:
        """Yield the start days that are tried: a year from the day that is asked about."""
        first = self.around.day or FIRST_DAY
        return (first + timedelta(days=number) for number in range(DAYS_TRIED))

    def count(
        self, deadline: Deadline, event: date, period: Period, direction: Direction = "forward"
    ) -> Computed | None:
        """Return *period* from (or back from) a day as *deadline* counts; None for what the rules do not answer."""
        key = (deadline.calendar, deadline.counting, event, period, direction)
        if key not in self.counted:
            self.counted[key] = self._count(deadline, event, period, direction)
        return self.counted[key]

    def _count(self, deadline: Deadline, event: date, period: Period, direction: Direction) -> Computed | None:
        at: date | datetime = event
        if period.unit == "hours":
            at = datetime.combine(event, time(12), self.zone)
        counting = deadline.counting or self.definition.counting
        try:
            return compute(
                at,
                self.zone,
                period,
                direction=direction,
                calendar=self._calendar(deadline.calendar),
                counting=counting,
            )
        except (BadPeriod, Unsupported):
            return None

    def _calendar(self, name: str) -> Calendar:
        if name not in self._calendars:
            plain = self.around.organisation.calendars.get(name) if self.around.organisation else None
            found = Calendar.from_plain(cast("Mapping[str, Any]", plain)) if plain else Calendar("plain", "1")
            self._calendars[name] = found
        return self._calendars[name]

    @cached_property
    def _calendars(self) -> dict[str, Calendar]:
        return {}

    def first_shorter(self, deadline: Deadline, one: Length, other: Length) -> date | None:
        """Return the first start day from which *one*, however long, ends before *other*, however short; None: none."""
        if _plainly_not_shorter(one, other):
            return None
        return noted(
            "shorter",
            lambda: [
                [*map(str, one.periods)],
                [*map(str, other.periods)],
                [deadline.counting or self.definition.counting, self.zone.key, self._written(deadline.calendar)],
                [next(self.starts()).isoformat(), DAYS_TRIED],
            ],
            lambda: next((day for day in self.starts() if self._ends_before(deadline, day, one, other)), None),
            lambda day: "" if day is None else day.isoformat(),
            lambda day: date.fromisoformat(day) if day else None,
        )

    def _written(self, calendar: str) -> Any:
        """Return the days of a calendar as plain data; None for one without holidays."""
        return self.around.organisation.calendars.get(calendar) if self.around.organisation else None

    def is_always_shorter(self, deadline: Deadline, one: Length, other: Length) -> bool:
        """Return whether *one*, however long, ends before *other* from some day on, and after it from none."""
        return self.first_shorter(deadline, one, other) is not None and (
            self.first_shorter(deadline, other, one) is None
        )

    def _ends_before(self, deadline: Deadline, day: date, one: Length, other: Length) -> bool:
        ends = [self.count(deadline, day, period) for period in one.periods]
        others = [self.count(deadline, day, period) for period in other.periods]
        return all(end is not None and late is not None and end.end < late.end for end in ends for late in others)

    def last_day(self, deadline: Deadline, day: date, length: Length, choose: Callable[[Sequence[date]], date]) -> str:
        """Return the last day of *length* from *day* on, of several the one that *choose* takes, in words."""
        found = [self.count(deadline, day, period) for period in length.periods]
        return f"{choose([one.last_day for one in found if one is not None and one.last_day is not None])}"


def _together(first: Length | None, more: Length | None) -> Length | None:
    """Return how long two lengths can be as one; None if nobody can say."""
    if first is None or more is None:
        return None
    try:
        made = tuple(together(one, other) for one in first.periods for other in more.periods)
    except Unsupported:
        return None
    return Length(f"{first.written} and {more.written} more", tuple(dict.fromkeys(made)))


def _plainly_not_shorter(one: Length, other: Length) -> bool:
    """Return whether counting days would only confirm it: the same unit, and no fewer of it."""
    units = {period.unit for period in (*one.periods, *other.periods)}
    return len(units) == 1 and max(p.count for p in one.periods) >= min(p.count for p in other.periods)
