"""A second way to the same dates, written to be obvious: it walks day by day, or minute by minute, and looks.

It shares no code and no formula with the package. Rules: Regulation (EEC, Euratom) No 1182/71, Art. 3.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def walked(event: date, count: int, unit: str, works: Callable[[date], bool], step: timedelta) -> date:
    """Walk from the event day until the period is used up; no shift at its end."""
    day = event
    if unit == "days":
        for _ in range(count):
            day += step
    elif unit == "weeks":
        for _ in range(count):
            day += step
            while day.weekday() != event.weekday():
                day += step
    elif unit == "working days":
        left = count
        while left:
            day += step
            left -= works(day)
    else:
        return _walked_months(event, count * 12 if unit == "years" else count, step)
    return day


def _walked_months(event: date, count: int, step: timedelta) -> date:
    day, left = event, count
    while left:
        before = day
        day += step
        left -= before.month != day.month
    # Now in the target month, at its first day (forwards) or its last (backwards).
    if step < timedelta(0):
        while day.day > event.day:
            day -= DAY
        return day
    while day.day < event.day and (day + DAY).month == day.month:
        day += DAY
    return day


def last_day(event: date, count: int, unit: str, holidays: Collection[date], *, by_regulation: bool) -> date:
    """The first day from the counted one on that works and, for two days or more, is at least the second to work."""

    def works(day: date) -> bool:
        return day.weekday() < 5 and day not in holidays

    day = walked(event, count, unit, works, DAY)
    if not by_regulation or unit == "working days":
        return day
    needed = 1 if (count, unit) == (1, "days") else 2
    while True:
        held, other = 0, event
        while other < day and held < needed:
            other += DAY
            held += works(other)
        if works(day) and held >= needed:
            return day
        day += DAY


def far_edge(event: date, count: int, unit: str, holidays: Collection[date]) -> date:
    return walked(event, count, unit, lambda day: day.weekday() < 5 and day not in holidays, -DAY)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The minute after the last one that the clocks of the zone show on *day* or before; in UTC."""
    minute = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=50)
    while minute.astimezone(zone).date() > day:
        minute -= MINUTE
    return minute + MINUTE


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first minute that the clocks of the zone show on *day* or after; in UTC."""
    minute = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=26)
    while minute.astimezone(zone).date() < day:
        minute += MINUTE
    return minute


def end_of_hours(event: datetime, count: int, zone: ZoneInfo) -> datetime:
    """Walk to the next full clock hour, then hour by hour; in UTC."""
    minute = event.astimezone(UTC).replace(second=0, microsecond=0) + MINUTE
    while minute.astimezone(zone).minute:
        minute += MINUTE
    for _ in range(count):
        minute += timedelta(hours=1)
    return minute


def given_back(last_day: date, began: date, again: date, unit: str, holidays: Collection[date], *, moves: bool) -> date:
    """Hand the lost days back one by one: each lost day is taken off one pile and put after the last day."""

    def works(day: date) -> bool:
        return day.weekday() < 5 and day not in holidays

    counts = works if unit == "working days" else (lambda _day: True)
    pile, day = 0, began
    while day < again:
        pile += counts(day)
        day += DAY
    day, left = last_day, pile
    while left:
        day += DAY
        left -= counts(day)
    while pile and moves and not works(day):
        day += DAY
    return day


def given_back_together(
    last_day: date, times: Collection[tuple[date, date]], unit: str, holidays: Collection[date], *, moves: bool
) -> date:
    """Walk from the first suspension on: no day on which the clock stands still counts, however often it does.

    When as many days have counted as there were left, the period has run; its last day is then the first from there
    that is a working day (if ends move) and on which the clock runs.
    """

    def works(day: date) -> bool:
        return day.weekday() < 5 and day not in holidays

    def still(day: date) -> bool:
        return any(began <= day < again for began, again in times)

    def counts(day: date) -> bool:
        return works(day) if unit == "working days" else True

    first = min(began for began, _again in times)
    left, day = 0, first
    while day <= last_day:
        left += counts(day)
        day += DAY
    if left == 0 or not any(still(first + DAY * n) and counts(first + DAY * n) for n in range(400)):
        return last_day
    day = first - DAY
    while left:
        day += DAY
        left -= counts(day) and not still(day)
    while moves and (not works(day) or still(day)):
        day += DAY
    return day


def lost_hours(began: datetime, again: datetime, zone: ZoneInfo) -> int:
    """Walk minute by minute and count each time that the clocks strike a full hour."""
    minute, struck = began.astimezone(UTC).replace(second=0, microsecond=0), 0
    while minute < again.astimezone(UTC).replace(second=0, microsecond=0):
        minute += MINUTE
        struck += not minute.astimezone(zone).minute
    return struck


def lost_hours_together(times: Collection[tuple[datetime, datetime]], zone: ZoneInfo) -> int:
    """Walk minute by minute and count each full hour that strikes while the clock stands still, once."""
    walked: set[datetime] = set()
    for began, again in times:
        minute = began.astimezone(UTC).replace(second=0, microsecond=0)
        while minute < again.astimezone(UTC).replace(second=0, microsecond=0):
            minute += MINUTE
            if not minute.astimezone(zone).minute:
                walked.add(minute)
    return len(walked)
