"""The values of one iCalendar event: its moments, its length, its title; broken ones are refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from inprocap_flow.errors import visible

_LONGEST_TITLE: Final = 120
MEND: Final = "Write its days out in the calendar program, or leave the event out."


class Broken(Exception):
    """What is wrong with a file: a code, the fact, the mend. Never leaves this package."""

    def __init__(self, code: str, fact: str, mend: str) -> None:
        super().__init__(fact)
        self.code, self.fact, self.mend = code, fact, mend


def moment(event: Any, name: str) -> date | datetime:
    """Return the day or moment that *name* gives. Raises `Broken` if there is none."""
    value = event.get(name)
    if value is None:
        raise Broken("no-day", f"{named(event)} has no {name}.", MEND)
    return _checked(event, value, name)


def moments(event: Any, name: str) -> Iterator[date | datetime]:
    """Yield every day or moment of a list such as EXDATE, which may stand in several lines."""
    values = event.get(name, [])
    for group in values if isinstance(values, list) else [values]:
        for one in _part(group, "dts") or [group]:
            yield _checked(event, one, name)


def _checked(event: Any, value: Any, name: str) -> date | datetime:
    found = _part(value, "dt")
    if isinstance(found, tuple):  # a period: only its start says when
        found = found[0]
    if not isinstance(found, date):
        raise Broken("no-day", f"{named(event)}: {name} is no day and no moment.", MEND)
    zone = str(getattr(value, "params", {}).get("TZID", ""))
    if isinstance(found, datetime) and found.tzinfo is None and zone:
        fact = f'{named(event)} is in the time zone "{zone[:60]}", which is not known.'
        raise Broken("unknown-zone", fact, "Give it a zone such as Europe/Zurich, or whole days.")
    return found


def _part(value: Any, name: str) -> Any:
    """Return a part of a property, None if the property is broken or has no such part."""
    try:
        return getattr(value, name, None)
    except ValueError:  # a broken property raises it for every part
        return None


def length_of(event: Any, begin: date | datetime) -> timedelta:
    """Return how long an event lasts, by its end or its duration; of no length if it has neither."""
    if "DTEND" in event:
        end = moment(event, "DTEND")
        if isinstance(end, datetime) != isinstance(begin, datetime):
            raise Broken(
                "bad-length", f"{named(event)} begins with a day and ends with a moment, or the reverse.", MEND
            )
        length = _utc(end) - _utc(begin) if isinstance(begin, datetime) else wall(end) - wall(begin)
    else:
        length = _part(event.get("DURATION"), "dt") if "DURATION" in event else timedelta(0)
        if not isinstance(length, timedelta):
            raise Broken("bad-length", f"{named(event)} has a DURATION that cannot be read.", MEND)
    if length < timedelta(0):
        raise Broken("bad-length", f"{named(event)} ends before it begins.", MEND)
    return length


def title_of(event: Any) -> str:
    """Return the title in one line, without what would steer a terminal, cut to a bearable length."""
    text = " ".join(visible(str(event.get("SUMMARY", ""))).split())
    return text[:_LONGEST_TITLE] or "Without title"


def named(event: Any) -> str:
    """Return how messages call an event."""
    return f'The event "{title_of(event)[:60]}"'


def wall(moment: date | datetime) -> datetime:
    """Return what the clock of the event's own zone shows; midnight for a day."""
    return moment.replace(tzinfo=None) if isinstance(moment, datetime) else datetime.combine(moment, time.min)


def _utc(moment: date | datetime) -> datetime:
    assert isinstance(moment, datetime)
    return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return a moment in *zone*; one without zone is one of its wall clock (RFC 5545: floating)."""
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def key_of(moment: date | datetime, zone: ZoneInfo) -> date | datetime:
    """Return what makes two starts the same one, whatever zone they are written in."""
    return in_zone(moment, zone).astimezone(UTC) if isinstance(moment, datetime) else moment
