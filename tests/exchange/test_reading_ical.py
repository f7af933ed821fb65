"""iCalendar files as they come from outside: whole days, clock times, repetitions, and hostile ones."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from inprocap_flow.errors import InvalidInput
from inprocap_flow.exchange.ical.reading import LARGEST, Entry, Read, read_ical

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def ics(*events: str, head: str = "") -> bytes:
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//\n{head}{body}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def read(*events: str, zone: str = "Europe/Berlin", head: str = "") -> Read:
    return read_ical(ics(*events, head=head), "office.ics", zone, *YEAR)


def days(*events: str, zone: str = "Europe/Berlin") -> list[str]:
    return [f"{one.first}/{one.last} {one.title}" for one in read(*events, zone=zone).entries]


def refused(data: bytes) -> str:
    with pytest.raises(InvalidInput) as wrong:
        read_ical(data, "office.ics", "Europe/Berlin", *YEAR)
    return str(wrong.value)


def test_a_whole_day_is_one_day_and_its_end_is_exclusive() -> None:
    assert days("DTSTART;VALUE=DATE:20260403\nSUMMARY:Good Friday") == ["2026-04-03/2026-04-03 Good Friday"]
    assert days("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20270101\nSUMMARY:Closed") == [
        "2026-12-24/2026-12-31 Closed"
    ]
    assert days("DTSTART;VALUE=DATE:20260803\nDURATION:P2W\nSUMMARY:Summer") == ["2026-08-03/2026-08-16 Summer"]


def test_a_clock_time_becomes_the_local_days_on_which_it_falls() -> None:
    late = "DTSTART:20260610T223000Z\nDTEND:20260610T233000Z\nSUMMARY:Late call"
    assert days(late) == ["2026-06-11/2026-06-11 Late call"]
    assert days(late, zone="Europe/London") == ["2026-06-10/2026-06-11 Late call"]
    until_midnight = (
        "DTSTART;TZID=Europe/Berlin:20260610T200000\nDTEND;TZID=Europe/Berlin:20260611T000000\nSUMMARY:Dinner"
    )
    assert days(until_midnight) == ["2026-06-10/2026-06-10 Dinner"]
    assert days("DTSTART:20260610T090000\nSUMMARY:Floating") == ["2026-06-10/2026-06-10 Floating"]


def test_repetitions_are_written_out_within_the_days_asked_for() -> None:
    yearly = "DTSTART;VALUE=DATE:20100501\nRRULE:FREQ=YEARLY\nSUMMARY:Labour Day"
    assert days(yearly) == ["2026-05-01/2026-05-01 Labour Day"]
    bounded = "DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY;COUNT=3\nSUMMARY:Jour fixe"
    assert [line[:10] for line in days(bounded)] == ["2026-01-05", "2026-01-12", "2026-01-19"]
    until = "DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY;UNTIL=20260107\nSUMMARY:Move"
    assert [line[:10] for line in days(until)] == ["2026-01-05", "2026-01-06", "2026-01-07"]


def test_an_event_that_began_before_the_days_asked_for_and_lasts_into_them_is_kept() -> None:
    assert days("DTSTART;VALUE=DATE:20251224\nDTEND;VALUE=DATE:20260106\nRRULE:FREQ=YEARLY\nSUMMARY:Closed") == [
        "2025-12-24/2026-01-05 Closed",
        "2026-12-24/2027-01-05 Closed",
    ]


def test_a_repetition_keeps_its_wall_clock_when_the_clocks_change() -> None:
    event = "DTSTART;TZID=America/New_York:20260309T200000\nRRULE:FREQ=WEEKLY;COUNT=4\nSUMMARY:Call"
    assert [line[:10] for line in days(event)] == ["2026-03-10", "2026-03-17", "2026-03-24", "2026-03-31"]
    # 20:00 in New York is 01:00 in Berlin, and midnight while only New York has summer time.
    assert [line[:10] for line in days(event.replace("T200000", "T190000"))][:2] == ["2026-03-10", "2026-03-17"]
    assert [line[:10] for line in days(event.replace("T200000", "T190000"))][3] == "2026-03-31"


def test_days_excepted_added_moved_and_cancelled_are_followed() -> None:
    series = (
        "UID:board\nDTSTART;VALUE=DATE:20260106\nRRULE:FREQ=MONTHLY;COUNT=4\nEXDATE;VALUE=DATE:20260206\n"
        "RDATE;VALUE=DATE:20260601\nSUMMARY:Board"
    )
    moved = "UID:board\nRECURRENCE-ID;VALUE=DATE:20260306\nDTSTART;VALUE=DATE:20260310\nSUMMARY:Board, moved"
    off = "UID:board\nRECURRENCE-ID;VALUE=DATE:20260406\nDTSTART;VALUE=DATE:20260406\nSTATUS:CANCELLED\nSUMMARY:Board"
    found = read(series, moved, off)
    assert [f"{one.first} {one.title}" for one in found.entries] == [
        "2026-01-06 Board",
        "2026-03-10 Board, moved",
        "2026-06-01 Board",
    ]
    assert found.cancelled == 1


def test_a_cancelled_event_is_left_out_and_counted_and_so_is_what_lies_outside() -> None:
    found = read(
        "DTSTART;VALUE=DATE:20260403\nSTATUS:CANCELLED\nSUMMARY:Never",
        "DTSTART;VALUE=DATE:20240403\nSUMMARY:Long ago",
        "DTSTART;VALUE=DATE:20260404\nSUMMARY:Kept",
    )
    assert found == Read((Entry(date(2026, 4, 4), date(2026, 4, 4), "Kept"),), 1, 1)


def test_the_same_entry_twice_is_one() -> None:
    assert len(days(*["DTSTART;VALUE=DATE:20260403\nSUMMARY:Good Friday"] * 3)) == 1


def test_a_zone_of_the_file_itself_is_known() -> None:
    head = (
        "BEGIN:VTIMEZONE\nTZID:House time\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\n"
        "TZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    found = read("DTSTART;TZID=House time:20260610T233000\nSUMMARY:Late", head=head)
    assert found.entries[0].first == date(2026, 6, 11)  # 23:30 +01:00 is 00:30 in Berlin's summer


def test_titles_lose_what_would_steer_a_terminal_and_are_cut() -> None:
    found = days(f"DTSTART;VALUE=DATE:20260403\nSUMMARY:\x1b[31mRed\x1b[0m {'x' * 500}")
    assert "\x1b" not in found[0]
    assert len(found[0]) < 160
    assert days("DTSTART;VALUE=DATE:20260403") == ["2026-04-03/2026-04-03 Without title"]


@pytest.mark.parametrize(
    ("event", "fact"),
    [
        ("SUMMARY:Nothing", "has no DTSTART"),
        ("DTSTART:garbage\nSUMMARY:Broken", "DTSTART is no day and no moment"),
        ("DTSTART;TZID=Mars/Crater:20260101T100000\nSUMMARY:Far", 'time zone "Mars/Crater", which is not known'),
        (
            "DTSTART;VALUE=DATE:20260403\nDTEND:20260404T100000Z\nSUMMARY:Mixed",
            "begins with a day and ends with a moment",
        ),
        ("DTSTART;VALUE=DATE:20260403\nDTEND;VALUE=DATE:20260401\nSUMMARY:Back", "ends before it begins"),
        ("DTSTART:20260101T100000Z\nRRULE:FREQ=SECONDLY\nSUMMARY:Flood", "repeats secondly"),
        ("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=DAILY;INTERVAL=0\nSUMMARY:Loop", "at an interval of nothing"),
        ("DTSTART;VALUE=DATE:00010101\nRRULE:FREQ=DAILY\nSUMMARY:Ancient", "repeats since 1."),
    ],
)
def test_a_broken_event_is_refused_by_its_title_with_a_mend(event: str, fact: str) -> None:
    message = refused(ics(event))
    assert fact in message
    assert message.startswith("office.ics: ")
    assert "mend: " in message


@pytest.mark.parametrize(
    ("data", "fact"),
    [
        (b"", "does not begin with BEGIN:VCALENDAR"),
        (b"<html>no</html>", "does not begin with BEGIN:VCALENDAR"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "broken"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 3_000, "broken"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 30_000, "more than 5000 events"),
        (b"BEGIN:VCALENDAR\r\nX:\xff\xfe\r\nEND:VCALENDAR\r\n", "is no UTF-8"),
        (b"BEGIN:VCALENDAR\r\n" + b"X" * LARGEST, "bytes"),
    ],
)
def test_what_is_no_calendar_or_too_large_is_refused(data: bytes, fact: str) -> None:
    message = refused(data)
    assert fact in message
    assert "mend: " in message


@pytest.mark.parametrize(
    ("rule", "fact"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "on days that never come"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5", "on days that never come"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5", "a rule that is not read here: BYMONTH, BYMONTHDAY"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "a rule that is not read here: BYDAY"),
        ("FREQ=YEARLY;BYHOUR=1,2,3,4;BYMINUTE=5", "a rule that is not read here: BYHOUR, BYMINUTE"),
    ],
)
def test_a_repetition_that_would_be_looked_for_without_end_is_refused(rule: str, fact: str) -> None:
    assert fact in refused(ics(f"DTSTART;VALUE=DATE:20260106\nRRULE:{rule}\nSUMMARY:Rule"))


@pytest.mark.parametrize("rule", ["FREQ=YEARLY;COUNT=999999999", "FREQ=WEEKLY;UNTIL=99991231", "FREQ=DAILY;BYDAY=MO"])
def test_a_repetition_without_end_is_read_as_far_as_was_asked(rule: str) -> None:
    found = days(f"DTSTART;VALUE=DATE:20260105\nRRULE:{rule}\nSUMMARY:Rule")
    assert found[0].startswith("2026-01-05")
    assert len(found) == (1 if "YEARLY" in rule else 52)


def test_whatever_bytes_come_the_answer_is_entries_or_a_problem_with_a_mend() -> None:
    whole = ics(
        "UID:a\nDTSTART;TZID=Europe/Berlin:20260105T090000\nDTEND;TZID=Europe/Berlin:20260105T100000\n"
        "RRULE:FREQ=WEEKLY;COUNT=5\nEXDATE;TZID=Europe/Berlin:20260112T090000\nSUMMARY:Board"
    )
    places = range(0, len(whole), 3)
    outcomes = Counter(
        outcome(whole[:at] + instead + whole[at + 1 :])
        for at in places
        for instead in (b"", b"\x00", b"9", b":", b";", b"\r\n")
    )
    assert set(outcomes) == {"read", "refused"}
    assert outcomes.total() == 6 * len(places)


def outcome(data: bytes) -> str:
    try:
        read_ical(data, "fuzz.ics", "Europe/Berlin", *YEAR)
    except InvalidInput as wrong:
        return "refused" if "mend: " in str(wrong) else "refused without a mend"
    return "read"


def test_a_repetition_that_begins_after_the_days_asked_for_gives_nothing_of_them() -> None:
    found = read("DTSTART;VALUE=DATE:20290101\nRRULE:FREQ=YEARLY\nSUMMARY:Later")
    assert found.entries == ()
