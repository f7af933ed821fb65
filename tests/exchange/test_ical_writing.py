"""What is written as iCalendar is iCalendar, whatever people typed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from inprocap_flow.exchange.ical.writing import CANCELLED, Entry, Ring, calendar_text, uid_of, visible_text
from tests.exchange.rfc5545 import strictly_read, unfolded

STAMP = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = date(2027, 3, 28)
TEXTS = st.text(min_size=1, max_size=200).filter(lambda text: bool(visible_text(text).strip()))


def entry(key: str = "k", **more: object) -> Entry:
    return Entry(**{"key": key, "at": DAY, "title": "Closing", "stamp": STAMP, **more})  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(title=TEXTS, says=TEXTS, name=TEXTS)
def test_any_text_survives_writing_folding_and_strict_reading(title: str, says: str, name: str) -> None:
    (event,) = strictly_read(calendar_text(name, [entry(title=title, says=says)], about=says))
    assert event["SUMMARY"] == visible_text(title)
    assert event["DESCRIPTION"] == visible_text(says)


@settings(max_examples=30, deadline=None)
@given(titles=st.lists(TEXTS, min_size=1, max_size=5))
def test_the_library_finds_no_error_in_what_was_written(titles: list[str]) -> None:
    read = Calendar.from_ical(calendar_text("n", [entry(f"k{n}", title=title) for n, title in enumerate(titles)]))
    assert sorted(str(event["SUMMARY"]) for event in read.events) == sorted(map(visible_text, titles))
    assert not any(event.errors for event in read.events)


def test_a_calendar_without_entries_is_a_calendar() -> None:
    assert strictly_read(calendar_text("Nothing", [])) == []


def test_several_days_end_on_the_day_after_the_last() -> None:
    (event,) = strictly_read(calendar_text("n", [entry(last=DAY + timedelta(days=2))]))
    assert (event["DTSTART"], event["DTEND"]) == ("20270328", "20270331")


def test_a_moment_is_written_in_utc_whatever_its_zone() -> None:
    at = datetime.fromisoformat("2027-03-28T12:00:00+02:00")
    (event,) = strictly_read(calendar_text("n", [entry(at=at)]))
    assert event["DTSTART"] == "20270328T100000Z"


def test_alarms_are_in_order_and_each_once() -> None:
    first, second = (Ring(STAMP + timedelta(days=days), "Soon") for days in (3, 1))
    (event,) = strictly_read(calendar_text("n", [entry(rings=(first, second, first))]))
    assert event["TRIGGERS"] == "20261124T090000Z 20261126T090000Z"


def test_of_two_entries_with_one_key_the_last_counts() -> None:
    events = strictly_read(calendar_text("n", [entry(), entry(status=CANCELLED, sequence=1)]))
    assert [(event["STATUS"], event["SEQUENCE"]) for event in events] == [("CANCELLED", "1")]


def test_entries_stand_in_the_order_of_their_days_whatever_order_they_came_in() -> None:
    entries = [entry(str(number), at=DAY + timedelta(days=number)) for number in range(4)]
    assert calendar_text("n", entries) == calendar_text("n", entries[::-1])


def test_an_id_is_the_same_for_ever_and_tells_nothing() -> None:
    # Calendar programs have it by now: were it otherwise, every entry would stand there twice.
    assert uid_of("clock case-1 case tenders") == "6fba6b17-6181-5821-82ad-0ab081e23146"
    assert uid_of("a") != uid_of("b")


@pytest.mark.parametrize("bad", ["\x00", "\x07", "\u2028", "\x7f"])
def test_what_no_calendar_text_may_hold_is_left_out(bad: str) -> None:
    text = calendar_text("n", [entry(title=f"a{bad}b")])
    assert "SUMMARY:ab" in unfolded(text)
