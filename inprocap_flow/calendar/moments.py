"""Moments as people know them: to the minute, the day, the month or the half-year, and comparing them honestly.

Spans are half open: ``first`` belongs to them, ``last_exclusive`` does not. All local days are days of one zone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, Literal
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.bad_values import BadMoment
from inprocap_flow.calendar.zones import clock, end_of_day, instant, local, offset, start_of_day, zone_named
from inprocap_flow.records import record

Precision = Literal["minute", "day", "month", "half-year"]

_FORMS: Final = 'write "2026-07-07 16:00", "2026-07-07T16:00+02:00", "2026-07-07", "2026-12" or "2026-H2"'
# The finest difference that a moment can show; a moment given to the minute or finer is that one instant.
_INSTANT: Final = timedelta(microseconds=1)
_DAY: Final = timedelta(days=1)

_CLOCK: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]"
    r"([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)"
    r" ?(Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?"
)
_DAY_FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH_FORM: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
_HALF_FORM: Final = re.compile(r"([0-9]{4})-H([12])")


class Answer(StrEnum):
    """The answer to a comparison of moments that may be imprecise. There is no truth value: compare by name."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot tell"

    def __bool__(self) -> bool:
        raise TypeError('an answer can be "cannot tell": compare it with Answer.YES or Answer.NO')


@record
class Span:
    """All moments that a text can mean, from ``first`` until ``last_exclusive``, both in the zone it was read in.

    A moment to the minute or finer is a single instant, so that 16:00 is not before 16:00. ``text`` is as written.
    """

    first: datetime
    last_exclusive: datetime
    precision: Precision
    text: str

    @property
    def is_exact(self) -> bool:
        return self.precision == "minute"

    @property
    def last(self) -> datetime:
        """The last moment that can be meant; equal to ``first`` if the moment is exact."""
        return (self.last_exclusive.astimezone(UTC) - _INSTANT).astimezone(self.first.tzinfo)

    def __str__(self) -> str:
        return self.text


def parse_moment(text: str, zone: ZoneInfo | str) -> Span:
    """Return what *text* can mean in *zone*: a minute, a day (``2026-07-07``), a month, or a half-year (``2026-H2``).

    A clock time is local unless an offset or ``Z`` is written; seconds may follow. Raises :class:`BadMoment` for
    anything else, and for a local time that does not exist or needs an offset because it exists twice.
    """
    place = zone_named(zone) if isinstance(zone, str) else zone
    stripped = text.strip()
    try:
        found = _exact(stripped, place) or _day(stripped, place) or _month(stripped, place) or _half(stripped, place)
    except BadMoment:
        raise
    except (ValueError, OverflowError) as wrong:
        raise BadMoment(f'"{stripped}" is not in the calendar: {wrong}', _FORMS) from None
    if found is None:
        raise BadMoment(f'"{stripped[:60]}" is not a moment', _FORMS)
    return found


def exactly(moment: datetime, zone: ZoneInfo | str) -> Span:
    """Return the span of one known moment, for example of an event with its time stamp."""
    place = zone_named(zone) if isinstance(zone, str) else zone
    return _at(moment, place, show(moment, place))


def show(moment: datetime, zone: ZoneInfo | str) -> str:
    """Return *moment* as local text that :func:`parse_moment` reads back; with the offset if that time exists twice."""
    place = zone_named(zone) if isinstance(zone, str) else zone
    shown = instant(moment).astimezone(place)
    try:
        local(shown.replace(tzinfo=None, fold=0), place)
    except BadMoment:
        return clock(shown).replace(" ", "T") + offset(shown)
    return clock(shown)


def is_before(one: Span, other: Span) -> Answer:
    """Say whether *one* lies before *other*. Two exact moments that are equal: no."""
    if instant(one.last) < instant(other.first):
        return Answer.YES
    return Answer.NO if instant(other.last) <= instant(one.first) else Answer.CANNOT_TELL


def is_after(one: Span, other: Span) -> Answer:
    """Say whether *one* lies after *other*."""
    return is_before(other, one)


def is_same(one: Span, other: Span) -> Answer:
    """Say whether both are the same moment: yes only if both are exact and equal."""
    if is_before(one, other) is Answer.YES or is_before(other, one) is Answer.YES:
        return Answer.NO
    exact = instant(one.first) == instant(other.first) and one.is_exact and other.is_exact
    return Answer.YES if exact else Answer.CANNOT_TELL


def is_within(one: Span, first: datetime, end: datetime) -> Answer:
    """Say whether *one* lies from *first* on and before *end* (exclusive)."""
    if instant(first) <= instant(one.first) and instant(one.last) < instant(end):
        return Answer.YES
    outside = instant(one.last) < instant(first) or instant(end) <= instant(one.first)
    return Answer.NO if outside else Answer.CANNOT_TELL


def _at(moment: datetime, zone: ZoneInfo, text: str) -> Span:
    in_utc = instant(moment)
    return Span(in_utc.astimezone(zone), (in_utc + _INSTANT).astimezone(zone), "minute", text)


def _exact(text: str, zone: ZoneInfo) -> Span | None:
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    wall = datetime.combine(date.fromisoformat(match[1]), time.fromisoformat(match[2]))
    if match[3]:
        return _at(datetime.fromisoformat(f"{wall.isoformat()}{match[3]}"), zone, text)
    return _at(local(wall, zone), zone, text)


def _day(text: str, zone: ZoneInfo) -> Span | None:
    if _DAY_FORM.fullmatch(text) is None:
        return None
    day = date.fromisoformat(text)
    return _days(day, day, zone, "day", text)


def _month(text: str, zone: ZoneInfo) -> Span | None:
    match = _MONTH_FORM.fullmatch(text)
    return _months(int(match[1]), int(match[2]), 1, zone, precision="month", text=text) if match else None


def _half(text: str, zone: ZoneInfo) -> Span | None:
    match = _HALF_FORM.fullmatch(text)
    return _months(int(match[1]), 6 * int(match[2]) - 5, 6, zone, precision="half-year", text=text) if match else None


def _months(year: int, month: int, count: int, zone: ZoneInfo, *, precision: Precision, text: str) -> Span:
    first = date(year, month, 1)
    following = date(year + 1, 1, 1) if month + count > 12 else date(year, month + count, 1)
    return _days(first, following - _DAY, zone, precision, text)


def _days(first: date, last: date, zone: ZoneInfo, precision: Precision, text: str) -> Span:
    begun, over = start_of_day(first, zone), end_of_day(last, zone)
    if instant(over) <= instant(begun):
        raise BadMoment(f'"{text}" was left out in {zone.key}', "check the day and the zone")
    return Span(begun, over, precision, text)
