"""Calendars as iCalendar text (RFC 5545), for programs that people already look at.

What stands at an hour is written in UTC, so that no receiver needs our zone data; what fills whole days is written as
days. The same entries always give the same text: nothing here asks for the time. No METHOD is written: this is a
calendar to be read, no invitation, which would have to name an organizer (RFC 5546).
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from icalendar import Alarm, Calendar, Event, vDatetime, vDuration, vText

from inprocap_flow.records import field, record

PRODUCT = "-//inprocap-flow//calendars//EN"
CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"
_NAMESPACE = uuid.UUID("6f6cf3a8-6c0e-5f0a-9b51-2f2f3f0c7d11")  # ours, for the ids of entries; it never changes
_DAY = timedelta(days=1)


@record
class Ring:
    """An alarm: at a moment (aware), with what it says."""

    at: datetime
    says: str


@record
class Entry:
    """One entry of a calendar.

    ``at`` is an aware moment, or the first of whole days up to ``last`` (included). ``key`` names the thing for good:
    the same key is the same entry, whatever else changes, and then ``sequence`` rises. ``stamp`` says as of when the
    entry is so.
    """

    key: str
    at: datetime | date
    title: str
    stamp: datetime
    last: date | None = None
    says: str = ""
    status: str = CONFIRMED
    sequence: int = 0
    kind: str = ""
    rings: tuple[Ring, ...] = field(default=())


def uid_of(key: str) -> str:
    """Return the id under which every program knows the entry *key*: the same for ever, and telling nothing."""
    return str(uuid.uuid5(_NAMESPACE, key))


def calendar_text(name: str, entries: Iterable[Entry], *, about: str = "", refresh: timedelta | None = None) -> bytes:
    """Return *entries* as one iCalendar object, in the order of their days and keys, lines folded and ended as CRLF.

    *refresh*: how often a program that subscribes may ask again. Of two entries with one key the last counts.
    """
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("x-wr-calname", vText(visible_text(name)))  # for programs older than RFC 7986
    made.add("name", vText(visible_text(name)))
    if about:
        made.add("description", visible_text(about))
    if refresh is not None:
        made.add("refresh-interval", vDuration(refresh), parameters={"VALUE": "DURATION"})
    unique = {entry.key: entry for entry in entries}
    for entry in sorted(unique.values(), key=_order):
        made.add_component(_event(entry))
    text: bytes = made.to_ical()
    return text


def visible_text(text: str) -> str:
    """Return *text* with line ends as line feeds and without the control characters that a text may not hold (3.1)."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in whole if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp"))


def _order(entry: Entry) -> tuple[str, str]:
    at = entry.at
    first = at.astimezone(UTC).isoformat() if isinstance(at, datetime) else at.isoformat()
    return first, entry.key


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", uid_of(entry.key))
    event.add("dtstamp", entry.stamp.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", entry.stamp.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", entry.sequence)
    if isinstance(entry.at, datetime):
        # A moment has no length: without an end, the entry ends when it begins (RFC 5545, 3.6.1).
        event.add("dtstart", entry.at.astimezone(UTC))
    else:
        event.add("dtstart", entry.at)
        event.add("dtend", (entry.last or entry.at) + _DAY)
    event.add("summary", visible_text(entry.title))
    if entry.says:
        event.add("description", visible_text(entry.says))
    if entry.kind:
        event.add("categories", [entry.kind])
    event.add("status", entry.status)
    event.add("transp", "TRANSPARENT")  # a deadline does not make anybody busy
    for alarm in _alarms(entry.rings):
        event.add_component(alarm)
    return event


def _alarms(rings: Sequence[Ring]) -> Iterable[Alarm]:
    for ring in sorted(set(rings), key=lambda one: (one.at, one.says)):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", visible_text(ring.says))
        alarm.add("trigger", vDatetime(ring.at.astimezone(UTC)), parameters={"VALUE": "DATE-TIME"})
        yield alarm
