"""A clock that stood still gets its lost time back, in the unit in which it counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.calendar.bad_values import BadMoment, BadPeriod
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.giving_back import GivenBack, give_back
from inprocap_flow.calendar.periods import Unit
from inprocap_flow.calendar.zones import end_of_day, local, start_of_day
from inprocap_flow.errors import Unsupported
from tests.calendar import slow_count
from tests.calendar.test_against_slow_count import MORE, ZONES, countings

BERLIN = ZoneInfo("Europe/Berlin")
CHRISTMAS = Calendar("example", "1", holidays={date(2026, 12, 25): "Christmas Day", date(2026, 12, 26): "Second Day"})


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return local(datetime(year, month, day, hour, minute), BERLIN)  # noqa: DTZ001 - a wall clock


def resumed(unit: Unit, again: datetime, *, end: datetime | None = None, counting: str = "eu-1182-71") -> GivenBack:
    """A clock until the end of Mon 2026-12-14, suspended on Thu 2026-12-03 at 10:20."""
    whole_day = end_of_day(date(2026, 12, 14), BERLIN)
    return give_back(
        end or whole_day,
        date(2026, 12, 14),
        at(2026, 12, 3, 10, 20),
        again,
        unit=unit,
        calendar=CHRISTMAS,
        zone=BERLIN,
        counting=counting,
    )


@pytest.mark.parametrize(
    ("unit", "lost", "last_day"),
    [
        ("days", "12 days", "2026-12-28"),  # 26 Dec is a holiday, the 27th a Sunday
        ("weeks", "12 days", "2026-12-28"),
        ("months", "12 days", "2026-12-28"),
        ("years", "12 days", "2026-12-28"),
        ("working days", "8 working days", "2026-12-24"),
        ("hours", "287 hours", "2026-12-26"),
    ],
)
def test_lost_time_is_given_back_in_the_unit_in_which_the_clock_counts(unit: Unit, lost: str, last_day: str) -> None:
    back = resumed(unit, at(2026, 12, 15, 9, 30))
    assert (str(back.lost), back.last_day.isoformat()) == (lost, last_day)


def test_the_day_of_the_suspension_is_lost_and_that_of_the_resumption_is_not() -> None:
    assert str(resumed("days", at(2026, 12, 4, 0, 0)).lost) == "1 day"
    assert str(resumed("days", at(2026, 12, 4, 23, 59)).lost) == "1 day"


def test_a_suspension_of_a_part_of_one_day_changes_nothing() -> None:
    back = resumed("days", at(2026, 12, 3, 23, 59))
    assert back.end == end_of_day(date(2026, 12, 14), BERLIN)
    assert "Nothing was lost" in back.trace[-1].text


def test_a_typed_end_on_a_saturday_stays_there_when_nothing_was_lost() -> None:
    saturday = date(2026, 12, 12)
    back = give_back(
        at(2026, 12, 12, 12),
        saturday,
        at(2026, 12, 3, 9),
        at(2026, 12, 3, 17),
        unit="days",
        calendar=CHRISTMAS,
        zone=BERLIN,
    )
    assert (back.last_day, back.end) == (saturday, at(2026, 12, 12, 12))


def test_the_clock_time_at_which_it_closes_is_kept_across_a_clock_change() -> None:
    back = give_back(
        at(2027, 3, 24, 16), date(2027, 3, 24), at(2027, 3, 10, 9), at(2027, 3, 18, 9), unit="days",
        calendar=CHRISTMAS, zone=BERLIN,
    )  # fmt: skip
    assert back.end.isoformat() == "2027-04-01T16:00:00+02:00"


def test_a_whole_last_day_stays_whole_when_it_moves_across_a_clock_change() -> None:
    back = give_back(
        end_of_day(date(2026, 10, 23), BERLIN), date(2026, 10, 23), at(2026, 10, 20, 9), at(2026, 10, 23, 9),
        unit="days", calendar=CHRISTMAS, zone=BERLIN,
    )  # fmt: skip
    assert back.end.isoformat() == "2026-10-27T00:00:00+01:00"


def test_an_end_that_fell_into_the_second_of_two_like_hours_is_given_back_as_the_clock_time_it_showed() -> None:
    end = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)
    back = give_back(
        end, date(2026, 10, 25), at(2026, 10, 24, 9), at(2026, 10, 26, 9), unit="days", calendar=CHRISTMAS, zone=BERLIN,
        counting="plain",
    )  # fmt: skip
    assert back.end.isoformat() == "2026-10-27T02:30:00+01:00"


def test_lost_hours_elapsed_so_that_a_clock_change_gives_one_hour_more_or_less() -> None:
    def hours(day: date) -> str:
        begin, over = start_of_day(day, BERLIN), end_of_day(day, BERLIN)
        later = over + timedelta(days=20)
        return str(give_back(later, later.date(), begin, over, unit="hours", calendar=CHRISTMAS, zone=BERLIN).lost)

    assert (hours(date(2027, 3, 28)), hours(date(2026, 10, 25)), hours(date(2026, 12, 24))) == (
        "23 hours",
        "25 hours",
        "24 hours",
    )


def test_plain_counting_leaves_the_last_day_on_a_holiday() -> None:
    assert resumed("days", at(2026, 12, 15, 9), counting="plain").last_day == date(2026, 12, 26)


def test_what_was_given_back_is_called_convention_and_never_law() -> None:
    back = resumed("days", at(2026, 12, 15, 9, 30))
    assert [step.basis for step in back.trace] == ["convention"] * 4
    assert [step.text for step in back.trace] == [
        (
            "The clock stood still from Thu 2026-12-03 10:20 +01:00 to Tue 2026-12-15 09:30 +01:00. The day of the "
            "suspension is lost, that of the resumption is not: 12 days to give back."
        ),
        "12 days after the last day, Mon 2026-12-14, is Sat 2026-12-26.",
        (
            "Sat 2026-12-26 (Second Day), Sun 2026-12-27 (Sunday) are no working days: the last day moves to "
            "Mon 2026-12-28, as that of any period."
        ),
        "It is over at Tue 2026-12-29 00:00 +01:00 instead of Tue 2026-12-15 00:00 +01:00.",
    ]


def test_what_an_event_keeps_names_the_calendar_with_its_version_and_what_was_given_back() -> None:
    plain = resumed("working days", at(2026, 12, 15, 9, 30)).to_plain()
    assert plain["calendar"] == {"name": "example", "version": "1", "confirmed_on": "never"}
    assert (plain["given_back"], plain["last_day"]) == ("P8WD", "2026-12-24")


def test_it_is_provisional_where_the_calendar_does_not_reach() -> None:
    short = Calendar("short", "1", covers_until=date(2026, 12, 20))
    end = end_of_day(date(2026, 12, 14), BERLIN)
    more = {"calendar": short, "zone": BERLIN}
    moved = give_back(end, date(2026, 12, 14), at(2026, 12, 3, 9), at(2026, 12, 15, 9), unit="days", **more)  # type: ignore[arg-type]
    same = give_back(end, date(2026, 12, 14), at(2026, 12, 3, 9), at(2026, 12, 4, 9), unit="days", **more)  # type: ignore[arg-type]
    assert moved.provisional
    assert "knows its holidays only until Sun 2026-12-20" in moved.warnings[0]
    assert not same.provisional
    assert same.warnings == ()


def test_a_clock_that_is_over_cannot_be_suspended() -> None:
    with pytest.raises(BadMoment, match="over before it was suspended"):
        resumed("days", at(2026, 12, 15, 9), end=at(2026, 12, 3, 10, 20))


def test_a_clock_cannot_run_again_before_it_stood_still() -> None:
    with pytest.raises(BadMoment, match="exchange the two moments"):
        resumed("days", at(2026, 12, 3, 10))


def test_an_unknown_unit_and_the_end_of_all_years_are_refused() -> None:
    with pytest.raises(BadPeriod, match="use one of: days, working days"):
        resumed("fortnights", at(2026, 12, 15, 9))  # type: ignore[arg-type]
    with pytest.raises(BadPeriod, match="beyond the year 9999"):
        resumed("days", datetime(9999, 12, 31, tzinfo=BERLIN))


def test_hours_are_refused_where_clocks_change_by_half_an_hour() -> None:
    zone = ZoneInfo("Australia/Lord_Howe")
    change = datetime(2026, 4, 4, 15, 10, tzinfo=UTC)
    with pytest.raises(Unsupported, match="change inside the hour"):
        give_back(
            change + timedelta(days=9), date(2026, 4, 14), change - timedelta(days=1), change,
            unit="hours", calendar=CHRISTMAS, zone=zone,
        )  # fmt: skip


days = st.dates(date(2005, 1, 1), date(2032, 12, 31))


@MORE
@given(
    days,
    st.integers(0, 60),
    st.integers(0, 80),
    st.sets(st.integers(-5, 200), max_size=20),
    st.sampled_from(["days", "working days", "weeks", "months"]),
    countings,
    st.sampled_from(ZONES),
)
def test_days_given_back_end_where_the_slow_walk_ends(
    began: date, runs: int, stands: int, free: set[int], unit: Unit, counting: str, name: str
) -> None:
    zone = ZoneInfo(name)
    calendar = Calendar("random", "1", holidays={began + timedelta(days=shift): "free" for shift in free})
    last_day, again = began + timedelta(days=runs), began + timedelta(days=stands)
    back = give_back(
        end_of_day(last_day, zone),
        last_day,
        start_of_day(began, zone),
        start_of_day(again, zone),
        unit=unit,
        calendar=calendar,
        zone=zone,
        counting=counting,
    )
    moves = counting == "eu-1182-71"
    # A zone may leave a day out; its first moment is then one of the next day.
    began, again = back.asked.suspended_at.date(), back.asked.resumed_at.date()
    assert back.last_day == slow_count.given_back(last_day, began, again, unit, calendar.holidays, moves=moves)
    assert back.end == end_of_day(back.last_day, zone)


@given(
    st.integers(0, 20 * 365 * 24 * 60),
    st.integers(1, 9000),
    st.integers(0, 9000),
    st.sampled_from(ZONES),
)
def test_hours_given_back_are_as_many_as_the_clocks_struck(began: int, runs: int, stands: int, name: str) -> None:
    zone = ZoneInfo(name)
    start = datetime(2007, 1, 1, tzinfo=UTC) + timedelta(minutes=began)
    end, again = start + timedelta(minutes=runs), start + timedelta(minutes=stands)
    back = give_back(end, end.astimezone(zone).date(), start, again, unit="hours", calendar=CHRISTMAS, zone=zone)
    lost = slow_count.lost_hours(start, again, zone)
    assert back.lost.count == lost
    assert back.end.astimezone(UTC) == end + timedelta(hours=lost)
