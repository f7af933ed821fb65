"""Local days and clock times in a time zone, on the days too on which the clocks change.

Python compares and subtracts two moments of one zone by their wall clocks, which is wrong around a clock change.
Everything here therefore compares instants (UTC).
Source of the clock changes in the Union: Directive 2000/84/EC (own knowledge, not confirmed).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from importlib import import_module
from zoneinfo import TZPATH, ZoneInfo, ZoneInfoNotFoundError

from inprocap_flow.calendar.bad_values import BadMoment

_SECOND = timedelta(seconds=1)
_MIDNIGHT = time()


def zone_named(name: str) -> ZoneInfo:
    """Return the IANA zone of that name, such as ``Europe/Zurich``. Raises :class:`BadMoment` if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadMoment(f'there is no time zone "{name}"', "write an IANA name such as Europe/Zurich") from None


def instant(moment: datetime) -> datetime:
    """Return *moment* in UTC, fit for comparing. Raises :class:`BadMoment` if it has no zone or does not exist."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise BadMoment(f'"{moment}" has no time zone', "give the zone or the offset, such as +02:00")
    try:
        in_utc = moment.astimezone(UTC)
    except OverflowError:
        raise BadMoment(f'"{moment}" lies outside the years 1 to 9999', "check the year") from None
    if in_utc.astimezone(moment.tzinfo).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise _missing(moment.replace(tzinfo=None), moment.tzinfo)
    return in_utc


def local(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment at which the clocks of *zone* show *wall* (without offset).

    Raises :class:`BadMoment` for a clock time that is left out in spring or shown twice in autumn.
    """
    earlier, later = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if earlier.utcoffset() == later.utcoffset():
        return earlier
    if earlier.astimezone(UTC) > later.astimezone(UTC):
        raise _missing(wall, zone)
    offsets = " or ".join(f'"{clock(moment, with_offset=True)}"' for moment in (earlier, later))
    raise BadMoment(f"{clock(wall)} exists twice in {zone}, because the clocks go back", f"write the offset: {offsets}")


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment of the local *day*: 00:00, or the clock change where 00:00 is left out.

    A day that a zone left out altogether has the first moment of the day after it.
    """
    midnight = datetime.combine(day, _MIDNIGHT, zone)
    again = midnight.replace(fold=1)
    if midnight.utcoffset() == again.utcoffset():
        return midnight
    earlier, later = again.astimezone(UTC), midnight.astimezone(UTC)
    return _first_moment_of(day, zone, earlier, later) if earlier < later else midnight


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment, exclusive, at which the local *day* is over: 00:00 of the next one."""
    following = day + timedelta(days=1)
    midnight = datetime.combine(following, _MIDNIGHT, zone)
    again = midnight.replace(fold=1)
    if midnight.utcoffset() == again.utcoffset():
        return midnight
    # Where clocks go back across midnight, the day is over only when midnight comes the second time.
    twice = midnight.astimezone(UTC) < again.astimezone(UTC)
    if twice and (again.astimezone(UTC) - _SECOND).astimezone(zone).date() == day:
        return again
    return start_of_day(following, zone)


def clock(moment: datetime, *, with_offset: bool = False) -> str:
    """Return a moment as people read it: ``2027-03-31 00:00``, seconds only if there are any, offset if asked."""
    exact = bool(moment.second or moment.microsecond)
    text = moment.replace(tzinfo=None).isoformat(" ", "auto" if exact else "minutes")
    return f"{text} {offset(moment)}" if with_offset else text


def offset(moment: datetime) -> str:
    """Return how far a moment's clock is ahead of UTC, such as ``+02:00``."""
    return moment.isoformat()[len(moment.replace(tzinfo=None).isoformat()) :]


@lru_cache(maxsize=1)
def zone_data_version() -> str:
    """Return the release of the time-zone data in use, such as ``2026b``, or ``unknown``.

    The system's data comes before the ``tzdata`` package, as in Python's own look-up.
    """
    from pathlib import Path

    for folder in TZPATH:
        source = Path(folder) / "tzdata.zi"
        if source.is_file():
            with source.open(encoding="utf-8") as lines:
                return lines.readline().removeprefix("# version").strip()
        if Path(folder).is_dir() and any(Path(folder).iterdir()):
            return "unknown"
    try:
        return str(import_module("tzdata").IANA_VERSION)
    except ImportError:
        return "unknown"


def _first_moment_of(day: date, zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the first moment of *day* between two instants, of which only the second lies in or after it."""
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + middle * _SECOND).astimezone(zone).date() >= day:
            high = middle
        else:
            low = middle
    return (before + high * _SECOND).astimezone(zone)


def _missing(wall: datetime, zone: tzinfo) -> BadMoment:
    fact = f"{clock(wall)} does not exist in {zone}, because the clocks go forward"
    return BadMoment(fact, "write a clock time before or after the change")
