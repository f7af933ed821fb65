"""A strict reader of iCalendar text: it refuses what RFC 5545 does not allow, and knows nothing of the writer."""

from __future__ import annotations

import re
from collections import Counter

_LINE = re.compile(rb"[A-Z0-9-]+(;[A-Z-]+=(\"[^\"\x00-\x08\x0a-\x1f\x7f]*\"|[^\";:,\x00-\x08\x0a-\x1f\x7f]*))*:.*")
_UTC, _DAY = re.compile(r"\d{8}T\d{6}Z"), re.compile(r"\d{8}")
_ONCE = {
    "UID",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "SUMMARY",
    "DESCRIPTION",
    "SEQUENCE",
    "STATUS",
    "TRANSP",
    "LAST-MODIFIED",
}
_STATUS = {"TENTATIVE", "CONFIRMED", "CANCELLED"}


def unfolded(text: bytes) -> list[str]:
    """Return the content lines; every physical line must end in CRLF and hold 75 octets at most (3.1)."""
    assert text.endswith(b"\r\n"), "the last line is not ended"
    physical = text[:-2].split(b"\r\n")
    for line in physical:
        assert b"\n" not in line, "a bare LF"
        assert b"\r" not in line, "a bare CR"
        assert len(line) <= 75, f"{len(line)} octets in a line"
        line.decode()  # a character is never cut in two
    joined = text[:-2].replace(b"\r\n ", b"").replace(b"\r\n\t", b"")
    lines = joined.split(b"\r\n")
    for line in lines:
        assert _LINE.fullmatch(line), line
    return [line.decode() for line in lines]


def _unescaped(value: str) -> str:
    assert not re.search(r"(?<!\\)(\\\\)*\\(?![\\;,nN])", value), f"a wrong escape in {value}"
    assert not re.search(r"(?<!\\)(\\\\)*[;,]", value), f"a bare comma or semicolon in {value}"
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def strictly_read(text: bytes) -> list[dict[str, str]]:
    """Return the events of *text*, properties as text, TRIGGERS of their alarms in one; raises AssertionError."""
    lines = unfolded(text)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    head = lines[1 : lines.index("BEGIN:VEVENT") if "BEGIN:VEVENT" in lines else -1]
    names = Counter(re.split("[;:]", line)[0] for line in head)
    assert names["PRODID"] == names["VERSION"] == 1
    assert "VERSION:2.0" in head
    for line in head:
        if line.startswith(("NAME", "X-WR-CALNAME", "DESCRIPTION")):
            _unescaped(line.partition(":")[2])
    events = [_event(body) for body in _components(lines[1:-1], "VEVENT")]
    uids = [event["UID"] for event in events]
    assert len(uids) == len(set(uids)), "two entries with one id"
    return events


def _components(lines: list[str], name: str) -> list[list[str]]:
    found: list[list[str]] = []
    inside = False
    for line in lines:
        if line == f"BEGIN:{name}":
            assert not inside
            inside = True
            found.append([])
        elif line == f"END:{name}":
            assert inside
            inside = False
        elif inside:
            found[-1].append(line)
    assert not inside, f"{name} without an end"
    return found


def _event(lines: list[str]) -> dict[str, str]:
    alarms = _components(lines, "VALARM")
    own = lines[: lines.index("BEGIN:VALARM")] if alarms else lines
    event: dict[str, str] = {}
    parameters: dict[str, str] = {}
    for line in own:
        left, _, value = line.partition(":")
        name, _, more = left.partition(";")
        assert not (name in event and name in _ONCE), f"{name} twice"
        event[name] = _unescaped(value) if name in ("SUMMARY", "DESCRIPTION") else value
        parameters[name] = more
    for name in ("UID", "DTSTAMP", "DTSTART"):
        assert name in event, f"an event without {name}"
    assert _UTC.fullmatch(event["DTSTAMP"])
    _check_days(event, parameters)
    assert event.get("STATUS") in _STATUS
    assert re.fullmatch(r"\d+", event["SEQUENCE"])
    assert int(event["SEQUENCE"]) < 2**31
    event["TRIGGERS"] = " ".join(_trigger(alarm) for alarm in alarms)
    return event


def _check_days(event: dict[str, str], parameters: dict[str, str]) -> None:
    if parameters["DTSTART"] == "VALUE=DATE":
        assert _DAY.fullmatch(event["DTSTART"])
        if "DTEND" in event:
            assert parameters["DTEND"] == "VALUE=DATE"
            assert _DAY.fullmatch(event["DTEND"])
            assert event["DTEND"] > event["DTSTART"]
    else:
        assert parameters["DTSTART"] == ""
        assert _UTC.fullmatch(event["DTSTART"])
        assert "DTEND" not in event or event["DTEND"] > event["DTSTART"]


def _trigger(alarm: list[str]) -> str:
    values = dict(line.split(":", 1) for line in alarm)
    assert values["ACTION"] == "DISPLAY"
    assert values["DESCRIPTION"], "an alarm that says nothing"
    assert _UTC.fullmatch(values["TRIGGER;VALUE=DATE-TIME"])
    return values["TRIGGER;VALUE=DATE-TIME"]
