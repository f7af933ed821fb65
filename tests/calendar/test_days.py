"""Calendars: working days, closures, what is covered, yearly files joined, and writing them down."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.calendar.bad_values import BadCalendar
from inprocap_flow.calendar.days import Calendar, Closure, join

DAY = timedelta(days=1)
CLOSED = Closure(date(2026, 12, 21), date(2026, 12, 31), "Closed at the end of the year", counts_as_holiday=True)
YEAR = Calendar(
    name="office",
    version="2026.1",
    holidays={date(2026, 4, 6): "Easter Monday", date(2026, 12, 25): "Christmas Day"},
    covers_from=date(2026, 1, 1),
    covers_until=date(2026, 12, 31),
    source="usual list, unconfirmed",
    closures=(CLOSED, Closure(date(2026, 8, 3), date(2026, 8, 7), "Quiet week")),
)
NEXT_YEAR = Calendar(
    name="office",
    version="2027.1",
    holidays={date(2027, 1, 1): "New Year's Day"},
    covers_from=date(2027, 1, 1),
    covers_until=date(2027, 12, 31),
    confirmed=date(2026, 11, 2),
    source="list of 2027",
)


def test_weekends_holidays_and_counting_closures_are_no_working_days() -> None:
    assert not YEAR.is_working_day(date(2026, 4, 4))  # Saturday
    assert not YEAR.is_working_day(date(2026, 4, 6))
    assert not YEAR.is_working_day(date(2026, 12, 22))
    assert YEAR.is_working_day(date(2026, 4, 7))


def test_a_closure_that_does_not_count_moves_no_deadline() -> None:
    assert YEAR.is_working_day(date(2026, 8, 4))


def test_a_holiday_inside_a_closure_keeps_its_own_title() -> None:
    assert YEAR.why_not_working(date(2026, 12, 25)) == "Christmas Day"
    assert YEAR.why_not_working(date(2026, 12, 24)) == "Closed at the end of the year"
    assert YEAR.why_not_working(date(2026, 4, 5)) == "Sunday"
    assert YEAR.why_not_working(date(2026, 4, 7)) == ""


def test_the_next_and_the_previous_working_day_leave_the_day_itself_out() -> None:
    assert YEAR.next_working_day(date(2026, 4, 2)) == date(2026, 4, 3)
    assert YEAR.next_working_day(date(2026, 4, 3)) == date(2026, 4, 7)
    assert YEAR.previous_working_day(date(2026, 4, 7)) == date(2026, 4, 3)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sets(st.integers(0, 30)))
def test_no_working_day_lies_between_a_day_and_its_next_working_day(day: date, closed: set[int]) -> None:
    calendar = Calendar("random", "1", holidays={day + shift * DAY: "holiday" for shift in closed})
    found = calendar.next_working_day(day)
    between = [day + shift * DAY for shift in range(1, (found - day).days)]
    assert calendar.is_working_day(found)
    assert not any(calendar.is_working_day(other) for other in between)


def test_a_calendar_covers_both_its_first_and_its_last_day() -> None:
    assert YEAR.covers(date(2026, 1, 1))
    assert YEAR.covers(date(2026, 12, 31))
    assert not YEAR.covers(date(2025, 12, 31))
    assert not YEAR.covers(date(2027, 1, 1))
    assert Calendar("always", "1").covers(date(1900, 1, 1))


def test_a_working_day_is_sure_only_where_the_calendar_covers_it() -> None:
    assert YEAR.surely_works(date(2026, 4, 7))
    assert not YEAR.surely_works(date(2027, 4, 7))


def test_a_calendar_survives_being_written_as_json() -> None:
    assert Calendar.from_plain(json.loads(json.dumps(YEAR.to_plain()))) == YEAR
    assert Calendar.from_plain(json.loads(json.dumps(NEXT_YEAR.to_plain()))) == NEXT_YEAR
    assert Calendar.from_plain(Calendar("always", "1").to_plain()) == Calendar("always", "1")


@pytest.mark.parametrize(
    ("key", "value"),
    [("holidays", {"2026-13-01": "x"}), ("weekend", 5), ("weekend", [9]), ("confirmed", "yes"), ("closures", [{}])],
)
def test_a_broken_stored_calendar_is_refused(key: str, value: Any) -> None:
    with pytest.raises(BadCalendar):
        Calendar.from_plain({**YEAR.to_plain(), key: value})


def test_a_stored_calendar_without_a_name_is_refused_naming_what_is_missing() -> None:
    plain = YEAR.to_plain()
    del plain["name"]
    with pytest.raises(BadCalendar, match="'name'"):
        Calendar.from_plain(plain)


def test_a_calendar_without_working_days_is_refused() -> None:
    with pytest.raises(BadCalendar, match="no working day"):
        Calendar("never", "1", weekend=frozenset(range(7)))


def test_what_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadCalendar, match="ends before it begins"):
        Closure(date(2026, 2, 1), date(2026, 1, 1), "wrong")
    with pytest.raises(BadCalendar, match="covers no day"):
        Calendar("wrong", "1", covers_from=date(2026, 2, 1), covers_until=date(2026, 1, 1))


def test_yearly_files_join_to_one_calendar_in_any_order() -> None:
    joined = join([NEXT_YEAR, YEAR])
    assert joined == join([YEAR, NEXT_YEAR])
    assert (joined.covers_from, joined.covers_until) == (date(2026, 1, 1), date(2027, 12, 31))
    assert joined.version == "2026.1+2027.1"
    assert joined.source == "usual list, unconfirmed; list of 2027"
    assert joined.next_working_day(date(2026, 12, 18)) == date(2027, 1, 4)


def test_a_joined_calendar_is_confirmed_only_if_every_file_is() -> None:
    assert join([YEAR, NEXT_YEAR]).confirmed == "never"
    confirmed = replace(YEAR, confirmed=date(2026, 10, 1))
    assert join([confirmed, NEXT_YEAR]).confirmed == date(2026, 10, 1)


def test_one_file_is_a_series_of_its_own() -> None:
    assert join([YEAR]) is YEAR


@pytest.mark.parametrize(
    ("other", "fact"),
    [
        (replace(NEXT_YEAR, covers_from=date(2027, 1, 2)), "nothing covers 2027-01-01 to 2027-01-01"),
        (replace(NEXT_YEAR, covers_from=date(2026, 12, 31)), "cover the same days"),
        (replace(NEXT_YEAR, name="other"), "are no series"),
        (replace(NEXT_YEAR, weekend=frozenset({6})), "are no series"),
    ],
)
def test_files_with_gaps_overlaps_or_different_weekends_do_not_join(other: Calendar, fact: str) -> None:
    with pytest.raises(BadCalendar, match=fact):
        join([YEAR, other])


def test_a_series_needs_a_file() -> None:
    with pytest.raises(BadCalendar, match="has no file"):
        join([])
