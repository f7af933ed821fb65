"""Days out of an iCalendar file, and those days as a calendar of ours in YAML.

A file from outside is material, never an instruction: it is bounded in size, in events and in repetitions, a broken
part is refused with its event named, and texts lose what would steer a terminal. Source: RFC 5545.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.zones import zone_named
from inprocap_flow.errors import InvalidInput, Place, Problem, visible
from inprocap_flow.exchange.ical.parts import Broken, in_zone, key_of, length_of, moment, moments, named, title_of
from inprocap_flow.exchange.ical.repeating import MOST_DAYS, repeated
from inprocap_flow.records import record

LARGEST: Final = 2_000_000  # bytes; a calendar of an organisation has some thousands
MOST_EVENTS: Final = 5_000
_DAY: Final = timedelta(days=1)
_SMALLEST: Final = timedelta(microseconds=1)


@record
class Entry:
    """One event, or one repetition of it, in local days; both days included."""

    first: date
    last: date
    title: str


@record
class Read:
    """What a file gave: entries by day, how many cancelled ones were left out, how many lie outside the days asked."""

    entries: tuple[Entry, ...]
    cancelled: int
    outside: int


def read_ical(data: bytes, name: str, zone: ZoneInfo | str, first: date, last: date) -> Read:
    """Return the events of an iCalendar file between two local days of *zone*, both included.

    Whole days stay what they are; clock times become the days of *zone* on which they fall. Repetitions are written
    out, without the days excepted and with single ones moved; cancelled events are left out. *name* is the file's,
    for messages. Raises :class:`InvalidInput` for what is no such file, too large, or broken.
    """
    place = zone_named(zone) if isinstance(zone, str) else zone
    try:
        events = _events(data)
        found = [one for series in _series(events).values() for one in _entries(series, place, first, last)]
    except Broken as bad:
        raise InvalidInput([Problem(Place(name), bad.code, visible(bad.fact), bad.mend)]) from None
    within = [one for one in found if one.first <= last and first <= one.last]
    if len(within) > MOST_DAYS:
        fact = f"Repetitions give more than {MOST_DAYS} entries."
        raise InvalidInput([Problem(Place(name), "too-large", fact, "Ask for fewer years.")])
    ordered = sorted(set(within), key=lambda one: (one.first, one.last, one.title))
    return Read(tuple(ordered), sum(_is_cancelled(event) for event in events), len(found) - len(within))


def _events(data: bytes) -> list[Any]:
    from icalendar import Calendar

    if len(data) > LARGEST:
        raise Broken(
            "too-large", f"The file has {len(data)} bytes.", f"At most {LARGEST} are read; export fewer events."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        fact = f"Byte {wrong.start + 1} is no UTF-8."
        raise Broken("no-text", fact, "Export the calendar again, as iCalendar in UTF-8.") from None
    # Counted before anything is built: nesting and number are what a hostile file would make large.
    begun = len(re.findall(r"(?mi)^BEGIN:", text))
    if begun > 4 * MOST_EVENTS:
        raise Broken("too-large", f"The file has more than {MOST_EVENTS} events.", "Export fewer.")
    mend = "Export the calendar again, as iCalendar (.ics)."
    if not re.match(r"\s*BEGIN:VCALENDAR\b", text, re.IGNORECASE):
        raise Broken("no-calendar", "The file does not begin with BEGIN:VCALENDAR.", mend)
    if begun != len(re.findall(r"(?mi)^END:", text)):
        raise Broken("no-calendar", "The file is broken: something begins in it and does not end.", mend)
    try:
        calendars = Calendar.from_ical(text, multiple=True)
        events = [event for one in calendars for event in one.walk("VEVENT")]
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise Broken("no-calendar", f"The file is broken: {str(wrong)[:100] or type(wrong).__name__}.", mend) from None
    if len(events) > MOST_EVENTS:
        raise Broken("too-large", f"The file has {len(events)} events.", f"At most {MOST_EVENTS} are read.")
    return events


def _series(events: Sequence[Any]) -> Mapping[str, list[Any]]:
    """Return events by their UID: a repeated one comes with its single changes. One without UID stands alone."""
    found: dict[str, list[Any]] = {}
    for number, event in enumerate(events):
        found.setdefault(str(event.get("UID") or f"event {number}"), []).append(event)
    return found


def _is_cancelled(event: Any) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def _entries(series: Sequence[Any], zone: ZoneInfo, first: date, last: date) -> Iterator[Entry]:
    changed = {key_of(moment(event, "RECURRENCE-ID"), zone) for event in series if "RECURRENCE-ID" in event}
    for event in series:
        if _is_cancelled(event):
            continue
        begin = moment(event, "DTSTART")
        length = length_of(event, begin)
        whole = not isinstance(begin, datetime)
        single = "RECURRENCE-ID" in event
        for start in [begin] if single else _starts(event, begin, zone, _back(first, length), last + _DAY):
            if single or key_of(start, zone) not in changed:
                yield Entry(*_days(start, length, zone, whole=whole), title_of(event))


def _days(start: date | datetime, length: timedelta, zone: ZoneInfo, *, whole: bool) -> tuple[date, date]:
    if whole or not isinstance(start, datetime):
        return start, start + max(length, _DAY) - _DAY
    begin = in_zone(start, zone).astimezone(UTC)
    end = begin + max(length, _SMALLEST)
    return begin.astimezone(zone).date(), (end - _SMALLEST).astimezone(zone).date()


def _starts(event: Any, begin: date | datetime, zone: ZoneInfo, first: date, last: date) -> Iterator[date | datetime]:
    """Yield each start of an event: its own, those of its rules and of RDATE, without those of EXDATE."""
    left_out = {key_of(moment, zone) for moment in moments(event, "EXDATE")}
    seen: set[date | datetime] = set()
    for start in (begin, *repeated(event, begin, first, last), *moments(event, "RDATE")):
        key = key_of(start, zone)
        if key not in left_out and key not in seen:
            seen.add(key)
            yield start
        if len(seen) > MOST_DAYS:
            raise Broken("too-large", f"{named(event)} repeats more than {MOST_DAYS} times.", "Ask for fewer years.")


def _back(day: date, length: timedelta) -> date:
    """Return the day from which something so long can reach *day*."""
    return day - min(length + _DAY, day - date.min)
