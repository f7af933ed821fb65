"""When a reminder falls: so long before or after a day, at the organisation's hour, not on a quiet day.

No law says when a colleague is reminded, so all of this is convention. Hours are elapsed hours and stay where they
fall, on a quiet day too: whoever writes ``2 hours`` means two hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.periods import Period, parse_offset
from inprocap_flow.calendar.reckoning import count_days
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import TICK, stamp
from inprocap_flow.language.model import Reminder
from inprocap_flow.records import changed, field, record

_period = lru_cache(maxsize=256)(parse_offset)  # a procedure has few
_DAY = timedelta(days=1)
_MOST_COUNTED = 4096
_FIRST, _LAST = date(2, 1, 1), date(9998, 12, 31)  # beyond these a moment has no place in every zone


@record
class Pace:
    """How an organisation counts to a reminder: its zone, its hour, its working days and its quiet days."""

    zone: ZoneInfo
    hour: time
    quiet_days: tuple[str, ...]
    calendar: Calendar  # says which days are quiet
    working: Calendar  # says which days are working days
    # The same few days again and again, and working days are counted one by one.
    counted: dict[tuple[date, Period, bool], date] = field(default_factory=dict, compare=False, repr=False)

    def is_quiet(self, day: date) -> bool:
        """Return whether nobody is reminded on *day*."""
        calendar, quiet = self.calendar, self.quiet_days
        return (
            ("weekends" in quiet and day.weekday() in calendar.weekend)
            or ("holidays" in quiet and day in calendar.holidays)
            or ("closures" in quiet and any(one.first <= day <= one.last for one in calendar.closures))
        )

    def earlier(self, day: date) -> date:
        """Return *day*, or the day before the quiet ones in which it lies."""
        while self.is_quiet(day):
            day -= _DAY
        return day

    def later(self, day: date) -> date:
        """Return *day*, or the day after the quiet ones in which it lies."""
        while self.is_quiet(day):
            day += _DAY
        return day

    def count(self, day: date, period: Period, *, back: bool = False) -> date:
        """Return the day so long after (or before) *day*, as far as the calendar goes."""
        known = self.counted.get((day, period, back))
        if known is None:
            if len(self.counted) == _MOST_COUNTED:
                self.counted.clear()
            known = self.counted[day, period, back] = self._count(day, period, sign=-1 if back else 1)
        return known

    def _count(self, day: date, period: Period, *, sign: Literal[1, -1]) -> date:
        try:
            found = count_days(day, period, self.working, sign=sign)
        except OverflowError:
            return _FIRST if sign < 0 else _LAST
        return min(max(found, _FIRST), _LAST)

    def at_hour(self, day: date) -> datetime:
        """Return the organisation's hour of *day*, in UTC.

        Where the clocks leave that hour out it is an hour later by the new clock; shown twice, it is the first time.
        """
        return datetime.combine(day, self.hour, self.zone).astimezone(UTC)

    def day(self, moment: datetime) -> date:
        """Return the local day of *moment*."""
        return moment.astimezone(self.zone).date()

    def last_day(self, end: datetime) -> date:
        """Return the last day of something that ends at *end*, exclusive: midnight ends the day before it."""
        return self.day(end - TICK)


def pace_of(binding: Binding, calendar: str = "") -> Pace:
    """Return how the organisation counts; *calendar* names the one whose working days count, if another.

    A name that the organisation maps to nothing means Saturdays and Sundays: a reminder must not fail for want of data.
    """
    known: Pace | None = binding.paces.get(calendar)
    if known is None:
        wishes = binding.organisation.reminders
        quiet = _calendar(binding, wishes.calendar)
        working = _calendar(binding, calendar) if calendar else quiet
        known = Pace(binding.zone, time.fromisoformat(wishes.hour), wishes.quiet_days, quiet, working)
        binding.paces[calendar] = known
    return known


def _calendar(binding: Binding, name: str) -> Calendar:
    return binding.calendar(name) if name in binding.organisation.calendars else Calendar(name, "none")


@record
class Rung:
    """One moment at which somebody is told. ``at`` is in UTC; ``to`` is empty for whoever is concerned by then.

    ``side`` is before, after or every; ``number`` the place of the reminder in the definition. ``anchor`` is the end or
    day that it is counted from or to: what makes it this rung, at whatever hour the organisation wants to be reminded.
    """

    at: datetime
    side: str
    period: str
    number: int
    anchor: str
    to: tuple[str, ...] = ()
    escalation: bool = False

    @property
    def says(self) -> str:
        """The rung in a word and a code: ``before P10D``."""
        return f"{self.side} {self.period}"

    @property
    def key(self) -> str:
        """What tells this rung from every other one of its ladder."""
        return f"{self.side} {self.period} {self.number} {self.anchor}"


@record
class Repeat:
    """Rungs without end: one after every ``period`` from ``start`` on, which is a day or, for hours, a moment."""

    start: date | datetime
    like: Rung
    pace: Pace = field(compare=False)

    def rungs(self, moment: datetime) -> Iterator[Rung]:
        """Yield the rungs at or after *moment*, in order, each moment once."""
        last: datetime | None = None
        for at, anchor in self._moments(_period(self.like.period), moment):
            if at >= moment and at != last:
                last = at
                yield changed(self.like, at=at, anchor=anchor)

    def _moments(self, period: Period, moment: datetime) -> Iterator[tuple[datetime, str]]:
        if isinstance(self.start, datetime):
            step = timedelta(hours=period.count)
            passed = max(1, (moment - self.start) // step)
            while (at := self.start + passed * step).year < _LAST.year:
                yield at, stamp(at)
                passed += 1
            return
        # From the start each time, or the 31st would become the 28th for good.
        in_months = period.unit in ("months", "years")
        day, count = self.start, 0
        while day < _LAST:
            count += 1
            many = Period(period.count * count, period.unit)
            day = self.pace.count(self.start, many) if in_months else self.pace.count(day, period)
            yield self.pace.at_hour(self.pace.later(day)), day.isoformat()


def before(pace: Pace, end: datetime, last_day: date, one: Reminder, number: int, to: tuple[str, ...]) -> Rung:
    """Return the rung so long before an end; on a quiet day it moves to the day before, and it is never at the end."""
    code = one.before or one.before_lapse or "P0D"
    period = _period(code)
    like = Rung(end.astimezone(UTC), "before", code, number, stamp(end), to, one.escalation)
    if period.unit == "hours":
        return changed(like, at=like.at - timedelta(hours=period.count))
    day = pace.earlier(pace.count(last_day, period, back=True))
    if pace.at_hour(day) >= end:
        day = pace.earlier(day - _DAY)
    return changed(like, at=pace.at_hour(day))


def after(pace: Pace, end: datetime, last_day: date, one: Reminder, number: int, to: tuple[str, ...]) -> Rung:
    """Return the rung so long after an end; on a quiet day it moves to the day after, and it is never before the end.

    With no distance at all it is the end itself or, where that lies before the organisation's hour, that hour.
    """
    code = one.after or "P0D"
    period = _period(code)
    like = Rung(end.astimezone(UTC), "after", code, number, stamp(end), to, one.escalation)
    if period.unit == "hours":
        return changed(like, at=like.at + timedelta(hours=period.count))
    day = pace.count(last_day, period)
    at = pace.at_hour(day)
    if at < end:
        day, at = pace.day(end), max(like.at, pace.at_hour(pace.day(end)))
    return changed(like, at=pace.at_hour(pace.later(day)) if pace.is_quiet(day) else at)


def since(pace: Pace, start: datetime, one: Reminder, number: int, to: tuple[str, ...]) -> Rung:
    """Return the rung so long after something that waits since *start*."""
    code = one.after or "P0D"
    period = _period(code)
    like = Rung(start.astimezone(UTC), "after", code, number, stamp(start), to, one.escalation)
    if period.unit == "hours":
        return changed(like, at=like.at + timedelta(hours=period.count))
    day = pace.count(pace.day(start), period)
    return changed(like, at=pace.at_hour(pace.later(day)), anchor=day.isoformat())


def again(pace: Pace, start: datetime, one: Reminder, number: int, to: tuple[str, ...]) -> Repeat:
    """Return the rungs that come again and again after something that waits since *start*."""
    code = one.every or "P1D"
    in_hours = _period(code).unit == "hours"
    day = pace.day(start)
    begins = start.astimezone(UTC) if in_hours else pace.at_hour(day)
    return Repeat(begins if in_hours else day, Rung(begins, "every", code, number, "", to, one.escalation), pace)
