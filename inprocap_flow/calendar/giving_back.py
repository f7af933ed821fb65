"""Giving back the time that a clock stood still, in the unit in which it counts.

Regulation No 1182/71 knows no suspension (time-limits R15); where a rule or contract provides one, it seldom says how
the days are given back. All that is decided here is therefore our convention, and every step says so: the day (or
clock hour) of the suspension is lost, that of the resumption is not, and the last day then moves as any last day does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.bad_values import BadMoment, BadPeriod
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.periods import UNITS, Period, Unit
from inprocap_flow.calendar.reckoning import count_days, hour_begun
from inprocap_flow.calendar.rules import Counting, Step, counting_named
from inprocap_flow.calendar.trace import covered, passed_over, shown, shown_at
from inprocap_flow.calendar.zones import end_of_day, instant, local, zone_data_version, zone_named
from inprocap_flow.records import record

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_SMALLEST: Final = timedelta(microseconds=1)


@record
class StoodStill:
    """A clock that ends at ``end`` (exclusive) on the local ``last_day``, and from when to when it stood still."""

    end: datetime
    last_day: date
    suspended_at: datetime
    resumed_at: datetime
    unit: Unit
    calendar: Calendar
    counting: Counting
    zone: ZoneInfo

    @property
    def days(self) -> Sequence[date]:
        """The local days that are lost: the one of the suspension, and all before the one of the resumption."""
        first = self.suspended_at.date()
        return [first + index * _DAY for index in range((self.resumed_at.date() - first).days)]


@record
class GivenBack:
    """A clock that runs again, with its later end (exclusive, in the zone) and last local day.

    ``lost`` is what was given back (of no length: nothing). ``counted`` is the last day before it moved to a working
    day. ``provisional``: holidays that matter are not known.
    """

    asked: StoodStill
    lost: Period
    counted: date
    last_day: date
    end: datetime
    provisional: bool = False

    @property
    def trace(self) -> tuple[Step, ...]:
        """What was lost and given back, step by step; never called law."""
        return tuple(_steps(self))

    @property
    def warnings(self) -> tuple[str, ...]:
        if not self.provisional:
            return ()
        return (f"Provisional: {covered(self.asked.calendar)}; the result can move when the missing days are known.",)

    def to_plain(self) -> dict[str, Any]:
        """Return all of it as texts, for an event or an export; has the keys of ``Computed.to_plain`` that fit."""
        asked = self.asked
        return {
            "suspended_at": asked.suspended_at.isoformat(),
            "resumed_at": asked.resumed_at.isoformat(),
            "given_back": self.lost.code,
            "counting": asked.counting.name,
            "zone": asked.zone.key,
            "zone_data": zone_data_version(),
            "calendar": asked.calendar.named(),
            "was": asked.end.isoformat(),
            "last_day": self.last_day.isoformat(),
            "end": self.end.isoformat(),
            "provisional": self.provisional,
            "warnings": list(self.warnings),
            "trace": [step.to_plain() for step in self.trace],
        }


def give_back(
    end: datetime,
    last_day: date,
    suspended_at: datetime,
    resumed_at: datetime,
    *,
    unit: Unit,
    calendar: Calendar,
    zone: ZoneInfo | str,
    counting: str = "eu-1182-71",
) -> GivenBack:
    """Return the clock that ends at *end* (exclusive) on the local day *last_day* after it stood still.

    *unit* is the one in which the clock counts; a typed end counts in ``days``. Days, weeks, months and years give
    back calendar days; working days those of *calendar*; hours whole clock hours that elapsed. A suspension that
    ends on the day (for hours: within the clock hour) on which it began changes nothing. The clock time of *end* is
    kept: 16:00 stays 16:00, and an end at midnight stays the end of the whole last day. If *counting* moves a last
    day to a working day, it does so here.

    Raises :class:`BadMoment` for a resumption before the suspension, a suspension at or after *end*, or a clock time
    that the new last day does not have; :class:`BadPeriod` for an unknown unit or a result beyond the year 9999;
    :class:`Unsupported` for hours in which the clocks change by a part of an hour.
    """
    place = zone_named(zone) if isinstance(zone, str) else zone
    began, over = instant(suspended_at).astimezone(place), instant(resumed_at).astimezone(place)
    asked = StoodStill(end.astimezone(place), last_day, began, over, unit, calendar, counting_named(counting), place)
    _check(asked)
    try:
        return _hours(asked) if unit == "hours" else _days(asked)
    except OverflowError:
        raise BadPeriod("the time given back leads beyond the year 9999", "check the two moments") from None


def _check(asked: StoodStill) -> None:
    if asked.unit not in UNITS:
        raise BadPeriod(f"time cannot be given back in {asked.unit!r}", f"use one of: {', '.join(UNITS)}")
    if instant(asked.resumed_at) < instant(asked.suspended_at):
        raise BadMoment("the clock would run again before it was suspended", "exchange the two moments")
    if instant(asked.end) <= instant(asked.suspended_at):
        raise BadMoment("the clock was over before it was suspended", "an expired period can only be started anew")


def _days(asked: StoodStill) -> GivenBack:
    calendar = asked.calendar
    if asked.unit == "working days":
        lost = Period(sum(map(calendar.is_working_day, asked.days)), "working days")
    else:
        lost = Period((asked.resumed_at.date() - asked.suspended_at.date()).days, "days")
    counted = count_days(asked.last_day, lost, calendar) if lost.count else asked.last_day
    # Nothing lost, nothing moved: a typed end on a Saturday stays where it was.
    stays = not lost.count or not asked.counting.moves_to_working_day or calendar.is_working_day(counted)
    moved = counted if stays else calendar.next_working_day(counted)
    return GivenBack(asked, lost, counted, moved, _end_on(moved, asked), not _is_sure(asked, lost, moved))


def _is_sure(asked: StoodStill, lost: Period, moved: date) -> bool:
    """Return whether no holiday that becomes known later can change the result."""
    if asked.unit == "working days":
        days = asked.days
        return not days or all(map(asked.calendar.covers, (days[0], days[-1], asked.last_day, moved)))
    return not lost.count or not asked.counting.moves_to_working_day or asked.calendar.covers(moved)


def _end_on(day: date, asked: StoodStill) -> datetime:
    if day == asked.last_day:
        return asked.end
    if instant(asked.end) == instant(end_of_day(asked.last_day, asked.zone)):
        return end_of_day(day, asked.zone)
    return local(datetime.combine(day, asked.end.time().replace(fold=0)), asked.zone)


def _hours(asked: StoodStill) -> GivenBack:
    lost = hour_begun(asked.resumed_at, asked.zone) - hour_begun(asked.suspended_at, asked.zone)
    end = instant(asked.end) + lost
    last = (end - _SMALLEST).astimezone(asked.zone).date()
    return GivenBack(asked, Period(lost // _HOUR, "hours"), last, last, end.astimezone(asked.zone))


# ---------------------------------------------------------------------------------------------- in words


def _steps(back: GivenBack) -> Iterator[Step]:
    asked = back.asked
    what = "clock hour" if asked.unit == "hours" else "day"
    yield _said(
        f"The clock stood still from {shown_at(asked.suspended_at)} to {shown_at(asked.resumed_at)}. The {what} of the "
        f"suspension is lost, that of the resumption is not: {back.lost} to give back."
    )
    if not back.lost.count:
        yield _said(f"Nothing was lost: it still ends at {shown_at(back.end)}.")
        return
    if asked.unit != "hours":
        yield _said(f"{back.lost} after the last day, {shown(asked.last_day)}, is {shown(back.counted)}.")
    if back.last_day != back.counted:
        why = passed_over(back.counted, back.last_day, asked.calendar)
        yield _said(f"{why}: the last day moves to {shown(back.last_day)}, as that of any period.")
    yield Step("End", f"It is over at {shown_at(back.end)} instead of {shown_at(asked.end)}.", "", "convention")


def _said(text: str) -> Step:
    return Step("R15", text, "", "convention")
