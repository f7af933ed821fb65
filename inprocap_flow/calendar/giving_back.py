"""Giving back the time that a clock stood still, in the unit in which it counts.

Regulation No 1182/71 knows no suspension (time-limits R15); where a rule or contract provides one, it seldom says how
the days are given back. All that is decided here is therefore our convention, and every step says so: the day (or
clock hour) of the suspension is lost, that of the resumption is not, and the last day then moves as any last day does.

A clock that stood still several times gets back all that was lost together, from the end that it had before the first
time: each day (or clock hour) once, however the suspensions meet or overlap, and the last day moves once. To give back
one suspension after another would count a weekend to which an end had only moved as if it were lost time (the same
thought as in time-limits R13: what is longer is counted again, not added to an end that has moved). It is the same as
walking day by day from the beginning and counting no day on which the clock stands still.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.bad_values import BadMoment, BadPeriod
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.periods import UNITS, Period, Unit
from inprocap_flow.calendar.reckoning import count_days
from inprocap_flow.calendar.rules import Step, counting_named
from inprocap_flow.calendar.standing_still import Before, StoodStill
from inprocap_flow.calendar.trace import covered, passed_over, shown, shown_at
from inprocap_flow.calendar.zones import end_of_day, instant, local, zone_data_version, zone_named
from inprocap_flow.records import record

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_SMALLEST: Final = timedelta(microseconds=1)


@record
class GivenBack:
    """A clock that runs again, with its later end (exclusive, in the zone) and last local day.

    ``lost`` is what this suspension lost (of no length: nothing); ``together`` is what is given back for all of them,
    from the first end on. ``counted`` is the last day before it moved to a working day. ``provisional``: holidays
    that matter are not known.
    """

    asked: StoodStill
    lost: Period
    together: Period
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
    before: Before | None = None,
) -> GivenBack:
    """Return the clock that ends at *end* (exclusive) on the local day *last_day* after it stood still.

    *before* says that it stood still earlier and from which end that was given back; the whole is then counted from
    there, so that suspensions that meet or overlap lose no day twice, and the last day moves to a working day once.
    The end is never earlier than *end*. A clock whose own days had all run, and that was suspended while only waiting
    for the working day to which its end had moved, ends on the first working day that it is not suspended.

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
    origin = before or Before(end, last_day, ())
    earlier = tuple((instant(a).astimezone(place), instant(b).astimezone(place)) for a, b in origin.stretches)
    asked = StoodStill(
        end.astimezone(place), last_day, began, over, unit, calendar, counting_named(counting), place,
        origin.end.astimezone(place), origin.last_day, earlier,
    )  # fmt: skip
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
    lost = Period(_count(asked, asked.lost_days) - _count(asked, asked.only_before.lost_days), _unit(asked))
    # Nothing lost, nothing moved: a typed end on a Saturday stays where it was.
    if not lost.count:
        return GivenBack(asked, lost, Period(0, _unit(asked)), asked.last_day, asked.last_day, asked.end)
    together, counted = _counted(asked)
    moved = _first_that_runs(asked, counted) if asked.counting.moves_to_working_day else counted
    moved = max(moved, asked.last_day)
    return GivenBack(asked, lost, together, counted, moved, _end_on(moved, asked), not _is_sure(asked, moved))


def _unit(asked: StoodStill) -> Literal["days", "working days"]:
    return "working days" if asked.unit == "working days" else "days"


def _count(asked: StoodStill, stretches: Sequence[tuple[date, date]]) -> int:
    days = sum((over - began).days for began, over in stretches)
    if asked.unit != "working days":
        return days
    each = (began + index * _DAY for began, over in stretches for index in range((over - began).days))
    return sum(map(asked.calendar.is_working_day, each))


def _counted(asked: StoodStill) -> tuple[Period, date]:
    """Return what is given back in all, and the last day of the period itself with that.

    What was lost when the period had run already, and only its end had moved on to a working day, is no part of it.
    """
    day, given = asked.first_last_day, 0
    for began, over in asked.lost_days:
        if began <= day:
            count = _count(asked, [(began, over)])
            day, given = count_days(day, Period(count, _unit(asked)), asked.calendar) if count else day, given + count
    return Period(given, _unit(asked)), day


def _first_that_runs(asked: StoodStill, day: date) -> date:
    """Return the first working day from *day* on that the clock does not stand still."""
    for began, over in asked.lost_days:
        if began <= (day := _working_day_from(day, asked.calendar)) < over:
            day = over
    return _working_day_from(day, asked.calendar)


def _working_day_from(day: date, calendar: Calendar) -> date:
    return day if calendar.is_working_day(day) else calendar.next_working_day(day)


def _is_sure(asked: StoodStill, moved: date) -> bool:
    """Return whether no holiday that becomes known later can change the result."""
    if asked.unit == "working days":
        days = (asked.lost_days[0][0], asked.lost_days[-1][1] - _DAY, asked.first_last_day, moved)
        return all(map(asked.calendar.covers, days))
    return not asked.counting.moves_to_working_day or asked.calendar.covers(moved)


def _end_on(day: date, asked: StoodStill) -> datetime:
    if day == asked.last_day:
        return asked.end
    if instant(asked.end) == instant(end_of_day(asked.last_day, asked.zone)):
        return end_of_day(day, asked.zone)
    return local(datetime.combine(day, asked.end.time().replace(fold=0)), asked.zone)


def _hours(asked: StoodStill) -> GivenBack:
    together, before = _elapsed(asked), _elapsed(asked.only_before)
    end = max(instant(asked.first_end) + together, instant(asked.end))
    last = (end - _SMALLEST).astimezone(asked.zone).date()
    lost, whole = Period((together - before) // _HOUR, "hours"), Period(together // _HOUR, "hours")
    return GivenBack(asked, lost, whole, last, last, end.astimezone(asked.zone))


def _elapsed(asked: StoodStill) -> timedelta:
    return sum((over - began for began, over in asked.lost_hours), timedelta())


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
    if asked.before:
        yield _said(_together(back))
    if asked.unit != "hours" and back.together.count:
        yield _said(f"{back.together} after the last day, {shown(asked.first_last_day)}, is {shown(back.counted)}.")
    if back.last_day != back.counted:
        yield _said(_why_moved(back))
    yield Step("End", f"It is over at {shown_at(back.end)} instead of {shown_at(asked.end)}.", "", "convention")


def _together(back: GivenBack) -> str:
    asked = back.asked
    return (
        f"It stood still {len(asked.times)} times. What was lost is given back together, {back.together}, from the end "
        f"that it had before the first, {shown_at(asked.first_end)}: nothing twice, and the last day moves once."
    )


def _why_moved(back: GivenBack) -> str:
    """Return why the last day lies beyond the one that was counted: free days, a standstill on them, or an old end."""
    asked, first = back.asked, back.counted
    days = [first + index * _DAY for index in range((back.last_day - first).days)]
    if not any(map(asked.calendar.is_working_day, days)):
        free = passed_over(first, back.last_day, asked.calendar)
        return f"{free}: the last day moves to {shown(back.last_day)}, as that of any period."
    if back.last_day == asked.last_day:
        return f"What was announced is not made shorter: the last day stays {shown(back.last_day)}."
    return (
        f"Until {shown(back.last_day)} no day is a working day on which the clock runs: the last day moves to it, as "
        "that of any period."
    )


def _said(text: str) -> Step:
    return Step("R15", text, "", "convention")
