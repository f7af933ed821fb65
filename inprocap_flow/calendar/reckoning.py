"""The arithmetic of a period: which day or moment each rule gives, without words.

Kept apart from the words (``trace``) so that a deadline costs microseconds when nobody asks why.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.bad_values import BadPeriod
from inprocap_flow.calendar.days import SATURDAY_AND_SUNDAY, Calendar
from inprocap_flow.calendar.periods import Period
from inprocap_flow.calendar.rules import Counting
from inprocap_flow.calendar.zones import clock, end_of_day, instant, start_of_day
from inprocap_flow.errors import Unsupported
from inprocap_flow.records import record

Direction = Literal["forward", "backward"]

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_SMALLEST: Final = timedelta(microseconds=1)
_NO_HOLIDAYS: Final = Calendar("none", "")


@record
class Asked:
    """What is to be counted. ``event_at`` is the event in ``zone``, None if only its local day was given."""

    event_at: datetime | None
    event_day: date
    zone: ZoneInfo
    period: Period
    direction: Direction
    calendar: Calendar
    counting: Counting


@record
class Reckoning:
    """What each rule gave. All days are local days of the zone.

    ``counted`` is the day after R2 to R5 (backwards: the far edge), ``shifted`` the day after R7, ``last`` the day
    after R8. ``end`` is exclusive. ``starts_at`` is the first moment of a period in hours.
    """

    asked: Asked
    counted: date
    shifted: date
    last: date
    end: datetime
    provisional: bool
    starts_at: datetime | None = None


def asked_of(
    event: date | datetime,
    zone: ZoneInfo,
    period: Period,
    *,
    direction: Direction,
    calendar: Calendar,
    counting: Counting,
) -> Asked:
    """R0: return the question in local days of *zone*."""
    event_at = instant(event).astimezone(zone) if isinstance(event, datetime) else None
    event_day = event_at.date() if event_at else event
    return Asked(event_at, event_day, zone, period, direction, calendar, counting)


def reckon(asked: Asked) -> Reckoning:
    """Return every intermediate result of R1 to R9. See :func:`inprocap_flow.calendar.compute.compute`."""
    _check(asked)
    try:
        if asked.period.unit == "hours":
            return _hours(asked)
        return _backward(asked) if asked.direction == "backward" else _forward(asked)
    except OverflowError:
        side = "before" if asked.direction == "backward" else "after"
        fact = f"{asked.period} {side} {asked.event_day} lies outside the years 1 to 9999"
        raise BadPeriod(fact, "check the period and the day it is counted from") from None


def _check(asked: Asked) -> None:
    if asked.period.count == 0:
        raise BadPeriod(f"a deadline cannot be computed from {asked.period}", "write a period of at least 1")
    if asked.direction not in {"forward", "backward"}:
        raise BadPeriod(f'there is no direction "{asked.direction}"', 'use "forward" or "backward"')
    if asked.counting.by_regulation and asked.calendar.weekend != SATURDAY_AND_SUNDAY:
        raise Unsupported(
            f'calendar "{asked.calendar.name}" has another weekend than Saturday and Sunday, '
            f"which {asked.counting.title} does not know",
            mend="use a calendar whose weekend is Saturday and Sunday, or counting: plain if the law allows it",
        )


def _forward(asked: Asked) -> Reckoning:
    period, calendar, counting = asked.period, asked.calendar, asked.counting
    first, sure = asked.event_day + _DAY, True
    counted = shifted = last = count_days(asked.event_day, period, calendar)
    if period.unit == "working days":
        sure = calendar.covers(calendar.next_working_day(asked.event_day)) and calendar.covers(counted)
    else:
        if counting.moves_to_working_day:
            last = shifted = counted if calendar.is_working_day(counted) else calendar.next_working_day(counted)
            sure = calendar.covers(shifted)
        if counting.needs_two_working_days and two_days_or_longer(period):
            found = working_days_within(first, shifted, calendar)
            if len(found) < 2:
                last = _with_two_working_days(first, shifted, calendar)
            known = len(found) == 2 and calendar.covers(first) and calendar.covers(found[1])
            sure = sure and (known or _surely_two(first, last, calendar))
    return Reckoning(asked, counted, shifted, last, end_of_day(last, asked.zone), not sure)


def _backward(asked: Asked) -> Reckoning:
    calendar, sure = asked.calendar, True
    edge = count_days(asked.event_day, asked.period, calendar, sign=-1)
    if edge.year == date.min.year:
        raise OverflowError  # the days before the far edge must exist, too
    if asked.period.unit == "working days":
        sure = calendar.covers(edge) and calendar.covers(calendar.previous_working_day(asked.event_day))
    return Reckoning(asked, edge, edge, edge, start_of_day(edge, asked.zone), not sure)


def _hours(asked: Asked) -> Reckoning:
    """R6: whole elapsed hours after the clock hour of the event; neither weekends nor holidays matter."""
    if asked.direction == "backward":
        fact = f"{asked.period} before an event cannot be computed: the rules count backwards in days only"
        raise Unsupported(fact, mend="write the period in days, weeks, months or working days")
    if asked.event_at is None:
        fact = f"{asked.period} after {asked.event_day} cannot be computed without the hour of the event"
        raise BadPeriod(fact, "give the moment of the event, such as 2026-11-24 14:10")
    starts_at = _next_clock_hour(asked.event_at, asked.zone)
    end = (starts_at.astimezone(UTC) + asked.period.count * _HOUR).astimezone(asked.zone)
    last = (end.astimezone(UTC) - _SMALLEST).astimezone(asked.zone).date()
    return Reckoning(asked, last, last, last, end, False, starts_at)


def hour_begun(event_at: datetime, zone: ZoneInfo) -> datetime:
    """Return, in UTC, when the clock hour of *event_at* (a moment of *zone*) began.

    Raises :class:`Unsupported` where the clocks change by a part of an hour, or inside that hour.
    """
    return _next_clock_hour(event_at, zone).astimezone(UTC) - _HOUR


def _next_clock_hour(event_at: datetime, zone: ZoneInfo) -> datetime:
    into_the_hour = timedelta(minutes=event_at.minute, seconds=event_at.second, microseconds=event_at.microsecond)
    begun = event_at.astimezone(UTC) - into_the_hour
    starts_at = (begun + _HOUR).astimezone(zone)
    shown = begun.astimezone(zone)
    # Where clocks change by half an hour or inside an hour, "the clock hour of the event" has no clear length.
    if starts_at.minute or starts_at.second or (shown.hour, shown.minute, shown.second) != (event_at.hour, 0, 0):
        fact = f"the clocks of {zone} change inside the hour of {clock(event_at, with_offset=True)}"
        raise Unsupported(fact, mend="type the end of the period as a moment, with its reason")
    return starts_at


def count_days(event_day: date, period: Period, calendar: Calendar, *, sign: Literal[1, -1] = 1) -> date:
    """Return the day that R2 to R5 give, without any shift; with ``sign=-1`` the far edge of R9."""
    count = period.count * sign
    if period.unit == "days":
        return event_day + timedelta(days=count)
    if period.unit == "weeks":
        return event_day + timedelta(weeks=count)
    if period.unit == "working days":
        return _count_working_days(event_day, count, calendar)
    return _add_months(event_day, count * 12 if period.unit == "years" else count)


def far_edge(day: date, period: Period) -> date:
    """Return the far edge of a *period* of days, weeks, months or years counted back from *day* (R9).

    Raises :class:`Unsupported` for working days and hours, which need a calendar or a clock, and :class:`BadPeriod`
    for what lies before the year 1.
    """
    if period.unit in {"working days", "hours"}:
        raise Unsupported(f"{period} cannot be counted back without a calendar", mend="write days, weeks or months")
    try:
        return count_days(day, period, _NO_HOLIDAYS, sign=-1)
    except OverflowError:
        raise BadPeriod(f"{period} before {day} lies outside the years 1 to 9999", "check the period") from None


def _count_working_days(day: date, count: int, calendar: Calendar) -> date:
    step = _DAY if count > 0 else -_DAY
    for _ in range(abs(count)):
        day += step
        while not calendar.is_working_day(day):
            day += step
    return day


def _add_months(day: date, months: int) -> date:
    """R4: the same date in the target month, or its last day if that month is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if not date.min.year <= year <= date.max.year:
        raise OverflowError
    return date(year, month + 1, min(day.day, _length_of_month(year, month + 1)))


def _length_of_month(year: int, month: int) -> int:
    return 31 if month == 12 else (date(year, month + 1, 1) - _DAY).day


def two_days_or_longer(period: Period) -> bool:
    """Return whether R8 can apply: not to one day, and not to hours (open for 48 and more, so only a warning)."""
    return period.unit in {"weeks", "months", "years"} or (period.unit == "days" and period.count >= 2)


def working_days_within(first: date, last: date, calendar: Calendar, *, at_most: int = 2) -> list[date]:
    """Return the earliest working days from *first* to *last* (both included), no more than *at_most*."""
    found: list[date] = []
    day = first
    while day <= last and len(found) < at_most:
        if calendar.is_working_day(day):
            found.append(day)
        day += _DAY
    return found


def _with_two_working_days(first: date, last: date, calendar: Calendar) -> date:
    while len(working_days_within(first, last, calendar)) < 2:
        last = calendar.next_working_day(last)
    return last


def _surely_two(first: date, last: date, calendar: Calendar) -> bool:
    """Return whether two working days are known, so that no later file can change the answer of R8."""
    known_first = max(first, calendar.covers_from or first)
    known_last = min(last, calendar.covers_until or last)
    return len(working_days_within(known_first, known_last, calendar)) == 2
