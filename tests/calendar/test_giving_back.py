"""A clock that stood still gets its lost time back, in the unit in which it counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inprocap_flow.calendar.bad_values import BadMoment, BadPeriod
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.giving_back import GivenBack, give_back
from inprocap_flow.calendar.periods import Unit
from inprocap_flow.calendar.standing_still import Before
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
    assume(unit != "working days" or calendar.is_working_day(last_day))  # what counts working days ends on one
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


# ---------------------------------------------------------------------------------------------- several times


def in_turn(
    end: datetime,
    last: date,
    times: list[tuple[datetime, datetime]],
    unit: Unit,
    *,
    zone: ZoneInfo = BERLIN,
    **more: Any,
) -> list[GivenBack]:
    """Every suspension given back when it ended, as a case does it: each knows those before it."""
    found: list[GivenBack] = []
    calendar = more.pop("calendar", CHRISTMAS)
    for began, again in times:
        before = Before(end, last, tuple(times[: len(found)])) if found else None
        now_end, now_last = (found[-1].end, found[-1].last_day) if found else (end, last)
        found.append(
            give_back(now_end, now_last, began, again, unit=unit, calendar=calendar, zone=zone, before=before, **more)
        )
    return found


def test_two_suspensions_are_given_back_together_and_the_last_day_moves_once() -> None:
    friday = date(2026, 11, 13)
    times = [(at(2026, 11, 3, 9), at(2026, 11, 4, 9)), (at(2026, 11, 10, 9), at(2026, 11, 11, 9))]
    first, second = in_turn(end_of_day(friday, BERLIN), friday, times, "days")
    assert (first.last_day, second.last_day) == (date(2026, 11, 16), date(2026, 11, 16))  # Sat and Sun: both Monday
    assert (str(second.lost), str(second.together)) == ("1 day", "2 days")
    assert [step.basis for step in second.trace] == ["convention"] * 5
    assert second.trace[1].text == (
        "It stood still 2 times. What was lost is given back together, 2 days, from the end that it had before the "
        "first, Sat 2026-11-14 00:00 +01:00: nothing twice, and the last day moves once."
    )


def test_a_suspension_interrupted_for_an_hour_costs_what_one_without_a_break_costs() -> None:
    friday = date(2026, 11, 13)
    times = [(at(2026, 11, 3, 9), at(2026, 11, 4, 9)), (at(2026, 11, 4, 10), at(2026, 11, 5, 9))]
    end = end_of_day(friday, BERLIN)
    (whole,) = in_turn(end, friday, [(times[0][0], times[-1][1])], "days")
    assert in_turn(end, friday, times, "days")[-1].end == whole.end


def test_days_of_suspensions_that_overlap_are_lost_once() -> None:
    """Days that are only known roughly may overlap: each counts from its earliest moment to its latest."""
    times = [(at(2026, 11, 3), at(2026, 11, 6)), (at(2026, 11, 5), at(2026, 11, 9))]
    wednesday = date(2026, 11, 11)
    back = in_turn(end_of_day(wednesday, BERLIN), wednesday, times, "days")[-1]
    assert (str(back.lost), str(back.together), back.last_day) == ("3 days", "6 days", date(2026, 11, 17))


def test_a_clock_that_only_waits_for_a_working_day_gets_one_when_it_runs_again() -> None:
    friday = date(2026, 11, 13)
    times = [(at(2026, 11, 3, 9), at(2026, 11, 4, 9)), (at(2026, 11, 16, 9), at(2026, 11, 18, 9))]
    second = in_turn(end_of_day(friday, BERLIN), friday, times, "days")[-1]
    assert second.last_day == date(2026, 11, 18)
    assert "no day is a working day on which the clock runs" in second.trace[-2].text


def test_an_end_that_was_given_back_in_parts_by_an_older_release_is_not_made_shorter() -> None:
    """What an event records of the end before is not reckoned again: announced is announced."""
    friday, tuesday = date(2026, 11, 13), date(2026, 11, 17)
    before = Before(end_of_day(friday, BERLIN), friday, ((at(2026, 11, 3, 9), at(2026, 11, 4, 9)),))
    back = give_back(
        end_of_day(tuesday, BERLIN), tuesday, at(2026, 11, 10, 9), at(2026, 11, 11, 9), unit="days",
        calendar=CHRISTMAS, zone=BERLIN, before=before,
    )  # fmt: skip
    assert back.last_day == tuesday
    assert "What was announced is not made shorter" in back.trace[-2].text


stretches = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 25)), min_size=1, max_size=5)


@MORE
@given(
    days,
    st.integers(0, 40),
    stretches,
    st.sets(st.integers(-5, 200), max_size=20),
    st.sampled_from(["days", "working days", "weeks", "months"]),
    countings,
    st.sampled_from(ZONES),
)
def test_suspensions_that_follow_meet_or_overlap_end_where_the_slow_walk_ends(
    began: date, runs: int, gaps: list[tuple[int, int]], free: set[int], unit: Unit, counting: str, name: str
) -> None:
    zone = ZoneInfo(name)
    calendar = Calendar("random", "1", holidays={began + timedelta(days=shift): "free" for shift in free})
    last, moves = began + timedelta(days=runs), counting == "eu-1182-71"
    assume(unit != "working days" or calendar.is_working_day(last))
    end = end_of_day(last, zone)
    times: list[tuple[datetime, datetime]] = []
    back: GivenBack | None = None
    day = began
    for ahead, stands in gaps:
        day += timedelta(days=ahead // 4)  # it may begin before the one before has ended, as far as anybody knows
        start, over = start_of_day(day, zone), start_of_day(day + timedelta(days=stands), zone)
        now_end, now_last = (back.end, back.last_day) if back else (end, last)
        if start >= now_end:
            break
        before = Before(end, last, tuple(times)) if times else None
        back = give_back(
            now_end, now_last, start, over, unit=unit, calendar=calendar, zone=zone, counting=counting, before=before
        )
        times.append((start, over))
        known = [(a.astimezone(zone).date(), b.astimezone(zone).date()) for a, b in times]
        expected = slow_count.given_back_together(last, known, unit, calendar.holidays, moves=moves)
        assert back.last_day == expected
        assert now_last <= back.last_day  # never shorter than before
        assert back.end == end_of_day(back.last_day, zone)
        assert {step.basis for step in back.trace} == {"convention"}


@given(
    st.integers(0, 20 * 365 * 24 * 60),
    st.integers(1, 9000),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 4000)), min_size=1, max_size=5),
    st.sampled_from(ZONES),
)
def test_hours_of_suspensions_that_follow_meet_or_overlap_are_each_given_back_once(
    began: int, runs: int, gaps: list[tuple[int, int]], name: str
) -> None:
    zone = ZoneInfo(name)
    start = datetime(2007, 1, 1, tzinfo=UTC) + timedelta(minutes=began)
    end = start + timedelta(minutes=runs)
    times: list[tuple[datetime, datetime]] = []
    now_end = end
    for ahead, stands in gaps:
        start += timedelta(minutes=ahead)
        over = start + timedelta(minutes=stands)
        if start >= now_end:
            break
        before = Before(end, end.astimezone(zone).date(), tuple(times)) if times else None
        back = give_back(
            now_end, now_end.astimezone(zone).date(), start, over, unit="hours", calendar=CHRISTMAS, zone=zone,
            before=before,
        )  # fmt: skip
        times.append((start, over))
        now_end = back.end.astimezone(UTC)
        assert now_end == end + timedelta(hours=slow_count.lost_hours_together(times, zone))


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
