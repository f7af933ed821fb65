"""Rungs and days for the second look at ladders: which days are quiet, and what lies so long after what, day by day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Case, LineState

DAY = timedelta(days=1)
LATE = timedelta(hours=1)
CODE = re.compile(r"(PT?)([0-9]+)(WD|[DWMYH])")


class Step(NamedTuple):
    """One moment of a ladder. ``place`` is the how manieth reminder of the definition; ``counted`` what it rests on."""

    at: datetime
    place: int
    side: str
    code: str
    to: tuple[str, ...]
    counted: str = ""

    @property
    def says(self) -> str:
        return f"{self.side} {self.code}"


class Again(NamedTuple):
    """A reminder that comes again and again, counted from ``start``: a day or, for hours, a moment."""

    start: date | datetime
    place: int
    code: str
    to: tuple[str, ...]


class Slow(NamedTuple):
    """A ladder: its single steps in order, those that repeat, what it leads up to, and since when it is as it is."""

    name: str
    kind: str
    line: str
    about: str
    steps: tuple[Step, ...] = ()
    again: tuple[Again, ...] = ()
    end: datetime | None = None
    begins: datetime | None = None

    @property
    def same(self) -> tuple[Any, ...]:
        """What makes it the ladder that it is; since when is no part of it."""
        return self[:-1]

    @property
    def says(self) -> set[str]:
        """What its steps say, each in a word and a code."""
        return {one.says for one in self.steps} | {f"every {one.code}" for one in self.again}


class Said(NamedTuple):
    """A message that must be in the outbox."""

    ladder: str
    to: str
    says: str
    due_at: datetime
    late: bool
    merged: int
    once: tuple[object, ...]  # no two messages of a case may share this


@dataclass
class Days:
    """The days of one organisation: which are quiet, which are worked on, and at which hour people are reminded."""

    binding: Binding
    calendar: str = ""

    def __post_init__(self) -> None:
        calendars: Any = self.binding.organisation.calendars
        wishes = self.binding.organisation.reminders
        plain = calendars[wishes.calendar]
        worked = calendars[self.calendar] if self.calendar else plain
        self.quiet_days, self.hour = wishes.quiet_days, time.fromisoformat(wishes.hour)
        self.zone = self.binding.zone
        self.weekend, self.idle_weekend = plain["weekend"], worked["weekend"]
        self.holidays, self.idle = _holidays(plain), _holidays(worked)
        self.walked: dict[tuple[date, int, str, int], date] = {}
        self.closed = {day for one in plain["closures"] for day in _each_day(one)}

    def quiet(self, day: date) -> bool:
        if "weekends" in self.quiet_days and day.weekday() in self.weekend:
            return True
        if "holidays" in self.quiet_days and day in self.holidays:
            return True
        return "closures" in self.quiet_days and day in self.closed

    def works(self, day: date) -> bool:
        return day.weekday() not in self.idle_weekend and day not in self.idle

    def away_from(self, day: date, count: int, unit: str, step: int) -> date:
        """Walk *count* units from *day*, forwards (*step* 1) or backwards (-1)."""
        asked = (day, count, unit, step)
        if asked not in self.walked:
            self.walked[asked] = self._walk(*asked)
        return self.walked[asked]

    def _walk(self, day: date, count: int, unit: str, step: int) -> date:
        if unit in "MY":
            return _months(day, count * step * (12 if unit == "Y" else 1))
        left = count * 7 if unit == "W" else count
        while left:
            day += DAY * step
            left -= unit != "WD" or self.works(day)
        return day

    def off_quiet(self, day: date, step: int) -> date:
        while self.quiet(day):
            day += DAY * step
        return day

    def at_hour(self, day: date) -> datetime:
        return datetime.combine(day, self.hour, self.zone).astimezone(UTC)

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def _holidays(plain: Any) -> set[date]:
    found = {date.fromisoformat(day) for day in plain["holidays"]}
    return found | {day for one in plain["closures"] if one["counts_as_holiday"] for day in _each_day(one)}


def _each_day(closure: Any) -> Iterator[date]:
    day = date.fromisoformat(closure["first"])
    while day <= date.fromisoformat(closure["last"]):
        yield day
        day += DAY


_known: dict[tuple[int, str], tuple[Binding, Days]] = {}


def days_of(binding: Binding, calendar: str = "") -> Days:
    """Return the days of an organisation; kept as long as the binding is the same object."""
    known = _known.get((id(binding), calendar))
    if known is None or known[0] is not binding:
        if len(_known) > 20:
            _known.clear()
        known = _known[id(binding), calendar] = (binding, Days(binding, calendar))
    return known[1]


def _months(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 + months
    found = date(month // 12, month % 12 + 1, 1)
    for _ in range(day.day - 1):  # as far into that month as it goes
        if (found + DAY).month != found.month:
            break
        found += DAY
    return found


def coded(code: str) -> tuple[int, str]:
    found = CODE.fullmatch(code)
    assert found is not None, code
    return int(found[2]), found[3]


def so_long_after(days: Days, start: date | datetime, code: str, times: int) -> tuple[datetime, str]:
    """Return the moment *times* periods after *start*, and the day or moment that was counted."""
    count, unit = coded(code)
    if isinstance(start, datetime):
        at = start.astimezone(UTC) + timedelta(hours=count * times)
        return at, at.isoformat()
    day = days.away_from(start, count * times, unit, 1)
    return days.at_hour(days.off_quiet(day, 1)), day.isoformat()


def addressed(binding: Binding, case: Case, role: str, line_id: str) -> tuple[str, ...]:
    """Return who is told: firms by their track, others by their role, nobody yet for no role."""
    if not role:
        return ()
    speaks = binding.definition.roles[role].speaks_for
    line: LineState | None = case.lines[line_id]
    while speaks and line is not None:
        if line.kind == speaks:
            return (f"track:{line.id}",)
        line = case.lines.get(line.parent) if line.parent else None
    return (f"role:{role}",)
