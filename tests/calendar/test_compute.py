"""Deadlines: refusals, clock changes, floors, far edges, closing times, and calendars that end too early."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.calendar.bad_values import BadMoment, BadPeriod
from inprocap_flow.calendar.compute import (
    Computed,
    closing,
    compute,
    earliest_lawful,
    judge_ceiling,
    judge_edge,
    judge_floor,
)
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.periods import Period
from inprocap_flow.errors import Unsupported

BERLIN = ZoneInfo("Europe/Berlin")
PLAIN_WEEKS = Calendar("weeks", "1")
YEAR = Calendar("office", "2026.1", covers_from=date(2026, 1, 1), covers_until=date(2026, 12, 31))


def deadline(event: str, period: Period, calendar: Calendar = PLAIN_WEEKS, zone: str = "Europe/Berlin") -> Computed:
    moment = datetime.fromisoformat(event)
    return compute(moment if moment.tzinfo else moment.date(), zone, period, calendar=calendar)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


# Where the event lies


def test_the_event_day_is_the_local_day_of_the_place_of_the_action() -> None:
    late_evening_in_utc = at("2026-06-10T22:30+00:00")
    assert deadline("2026-06-10T22:30+00:00", Period(1, "days")).how.asked.event_day == date(2026, 6, 11)
    found = compute(late_evening_in_utc, "Atlantic/Canary", Period(1, "days"), calendar=PLAIN_WEEKS)
    assert found.how.asked.event_day == date(2026, 6, 10)


def test_the_time_of_day_of_the_event_changes_nothing() -> None:
    ends = {
        deadline(f"2026-06-10T{hour}+02:00", Period(10, "days")).end for hour in ("00:00", "12:00", "23:59:59.999999")
    }
    assert len(ends) == 1


def test_zone_and_counting_may_be_given_by_name() -> None:
    by_name = compute(date(2026, 6, 5), "Europe/Berlin", Period(1, "days"), calendar=PLAIN_WEEKS, counting="plain")
    by_zone = compute(date(2026, 6, 5), BERLIN, Period(1, "days"), calendar=PLAIN_WEEKS, counting="plain")
    assert by_name == by_zone
    assert by_name.last_day == date(2026, 6, 6)  # a Saturday stays


# Short periods


def test_one_day_needs_no_second_working_day() -> None:
    assert deadline("2027-04-30", Period(1, "days")).last_day == date(2027, 5, 3)


def test_one_working_day_needs_no_second_working_day() -> None:
    assert deadline("2027-04-30", Period(1, "working days")).last_day == date(2027, 5, 3)


def test_two_working_days_are_wanted_even_if_the_last_day_was_not_moved() -> None:
    # Christmas: of the two days after Tuesday 22 December only the second works.
    calendar = Calendar("eve", "1", holidays={date(2026, 12, 23): "closed"})
    found = deadline("2026-12-22", Period(2, "days"), calendar)
    assert found.how.counted == found.how.shifted == date(2026, 12, 24)
    assert found.last_day == date(2026, 12, 25)


def test_a_week_without_working_days_is_prolonged_to_the_second_one_after_it() -> None:
    closed = {date(2026, 12, 21) + timedelta(days=shift): "closed" for shift in range(12)}
    found = deadline("2026-12-20", Period(1, "weeks"), Calendar("closed", "1", holidays=closed))
    assert found.last_day == date(2027, 1, 5)  # Mon 4 is the first working day, Tue 5 the second


def test_forty_eight_hours_are_not_extended_over_a_weekend_but_warned_about() -> None:
    found = deadline("2026-11-27T14:10+01:00", Period(48, "hours"))
    assert found.end == at("2026-11-29T15:00+01:00")
    assert found.warnings == (
        (
            "Whether two working days (Reg. 1182/71 Art. 3(5)) must lie in a period of 48 hours or more is open; "
            "it was not extended."
        ),
    )
    assert deadline("2026-11-27T14:10+01:00", Period(47, "hours")).warnings == ()


def test_a_backward_period_with_one_working_day_is_warned_about_and_not_moved() -> None:
    found = compute(date(2026, 12, 7), BERLIN, Period(3, "days"), direction="backward", calendar=PLAIN_WEEKS)
    assert found.far_edge == date(2026, 12, 4)
    assert found.warnings == (
        (
            "Fewer than two working days lie in this period counted backwards; whether Reg. 1182/71 Art. 3(5) "
            "applies to it is open."
        ),
    )


# Clock changes


def test_an_event_on_the_hour_does_not_count_the_hour_that_it_starts() -> None:
    assert deadline("2026-11-24T14:00+01:00", Period(1, "hours")).end == at("2026-11-24T16:00+01:00")


def test_the_hour_of_the_event_may_end_in_the_spring_change() -> None:
    found = deadline("2027-03-28T01:30+01:00", Period(1, "hours"))
    assert (found.how.starts_at, found.end) == (at("2027-03-28T03:00+02:00"), at("2027-03-28T04:00+02:00"))


@pytest.mark.parametrize(
    ("offset", "end"), [("+02:00", "2026-10-25T03:00+01:00"), ("+01:00", "2026-10-25T04:00+01:00")]
)
def test_the_hour_that_exists_twice_is_told_apart_by_its_offset(offset: str, end: str) -> None:
    assert deadline(f"2026-10-25T02:30{offset}", Period(1, "hours")).end == at(end)


def test_hours_that_end_at_midnight_belong_to_the_day_before() -> None:
    found = deadline("2026-11-24T22:10+01:00", Period(1, "hours"))
    assert (found.end, found.last_day) == (at("2026-11-25T00:00+01:00"), date(2026, 11, 24))


@pytest.mark.parametrize(
    ("zone", "event", "period", "end"),
    [
        # 00:00 on Sunday 4 November 2018 was left out in Sao Paulo: Saturday ended at 01:00 summer time.
        ("America/Sao_Paulo", "2018-11-02", Period(1, "days"), "2018-11-04T01:00-02:00"),
        # In Havana 00:00 to 01:00 of 3 November 2024 existed twice: Saturday ended at the first midnight.
        ("America/Havana", "2024-11-01", Period(1, "days"), "2024-11-03T00:00-04:00"),
        # In St John's the clocks went back from 00:01 to 23:01: Saturday ended at the second midnight.
        ("America/St_Johns", "2009-10-30", Period(1, "days"), "2009-11-01T00:00-03:30"),
        # Toronto left out 23:30 to 00:30 between 30 and 31 March 1919.
        ("America/Toronto", "1919-03-29", Period(1, "days"), "1919-03-31T00:30-04:00"),
        # Apia left out Friday 30 December 2011, so that Thursday ended where Saturday began.
        ("Pacific/Apia", "2011-12-28", Period(1, "days"), "2011-12-31T00:00+14:00"),
    ],
)
def test_a_day_ends_at_its_true_end_where_the_clocks_change_at_midnight(
    zone: str, event: str, period: Period, end: str
) -> None:
    found = compute(date.fromisoformat(event), zone, period, calendar=PLAIN_WEEKS, counting="plain")
    assert found.end.isoformat(timespec="minutes") == end


# Refusals


@pytest.mark.parametrize(
    ("event", "period", "direction", "fact"),
    [
        (date(2026, 1, 1), Period(0, "days"), "forward", "cannot be computed from 0 days"),
        (date(2026, 1, 1), Period(24, "hours"), "forward", "without the hour of the event"),
        (
            date(9990, 1, 1),
            Period(10, "years"),
            "forward",
            "10 years after 9990-01-01 lies outside the years 1 to 9999",
        ),
        (date(9999, 12, 1), Period(30, "days"), "forward", "lies outside"),
        (date(9999, 12, 1), Period(30, "working days"), "forward", "lies outside"),
        (date(2, 1, 1), Period(12, "months"), "backward", "12 months before 0002-01-01 lies outside"),
        (date(3, 1, 1), Period(99_999, "days"), "backward", "lies outside"),
        (date(2026, 1, 1), Period(1, "days"), "sideways", 'no direction "sideways"'),
    ],
)
def test_what_has_no_answer_is_refused(event: date, period: Period, direction: str, fact: str) -> None:
    with pytest.raises(BadPeriod, match=fact):
        compute(event, BERLIN, period, direction=direction, calendar=PLAIN_WEEKS)  # type: ignore[arg-type]


def test_an_unknown_way_of_counting_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadPeriod, match="use one of: eu-1182-71, plain"):
        compute(date(2026, 1, 1), BERLIN, Period(1, "days"), calendar=PLAIN_WEEKS, counting="lunar")


def test_hours_before_an_event_are_refused_because_no_rule_counts_them() -> None:
    with pytest.raises(Unsupported, match="count backwards in days only"):
        compute(at("2026-11-24T14:10+01:00"), BERLIN, Period(24, "hours"), direction="backward", calendar=PLAIN_WEEKS)


@pytest.mark.parametrize("event", ["2026-04-05T01:45+11:00", "2026-04-05T01:45+10:30"])
def test_hours_are_refused_where_the_clocks_change_inside_the_hour_of_the_event(event: str) -> None:
    # Lord Howe Island goes back by half an hour at 02:00, so that 01:30 to 02:00 exists twice.
    with pytest.raises(Unsupported, match="change inside the hour"):
        compute(at(event), "Australia/Lord_Howe", Period(1, "hours"), calendar=PLAIN_WEEKS)


def test_a_weekend_that_the_regulation_does_not_know_is_refused_but_may_be_counted_plainly() -> None:
    sunday_only = replace(PLAIN_WEEKS, weekend=frozenset({6}))
    friday = date(2026, 12, 4)
    with pytest.raises(Unsupported, match="another weekend than Saturday and Sunday"):
        compute(friday, BERLIN, Period(1, "working days"), calendar=sunday_only)
    found = compute(friday, BERLIN, Period(1, "working days"), calendar=sunday_only, counting="plain")
    assert found.last_day == date(2026, 12, 5)


@pytest.mark.parametrize(
    ("event", "fact"),
    [
        (datetime(2026, 1, 1, 9), "has no time zone"),  # noqa: DTZ001 - that is the point
        (datetime(2027, 3, 28, 2, 30, tzinfo=BERLIN), "does not exist in Europe/Berlin"),
        (datetime.min.replace(tzinfo=ZoneInfo("Asia/Tokyo")), "outside the years"),
    ],
)
def test_an_event_without_zone_or_that_cannot_have_happened_is_refused(event: datetime, fact: str) -> None:
    with pytest.raises(BadMoment, match=fact):
        compute(event, BERLIN, Period(1, "days"), calendar=PLAIN_WEEKS)


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(BadMoment, match='no time zone "Europe/Atlantis"'):
        deadline("2026-01-01", Period(1, "days"), zone="Europe/Atlantis")


# Calendars that end too early


def test_a_deadline_beyond_the_calendar_is_provisional_and_says_why() -> None:
    found = deadline("2026-12-20", Period(20, "days"), YEAR)
    assert found.provisional
    assert found.warnings == (
        (
            'Provisional: calendar "office" 2026.1 knows its holidays only from Thu 2026-01-01 until Thu 2026-12-31; '
            "the result can move when the missing days are known."
        ),
    )


@pytest.mark.parametrize(
    ("event", "period", "provisional"),
    [
        ("2026-12-10", Period(20, "days"), False),  # ends Wed 30 December
        ("2026-12-11", Period(21, "days"), True),  # ends Fri 1 January
        ("2025-12-20", Period(14, "days"), False),  # starts before the calendar, ends on Mon 5 January inside it
        ("2025-12-30", Period(2, "days"), True),  # Wed 31 December 2025 may be a holiday
        ("2026-12-21", Period(8, "working days"), False),
        ("2026-12-21", Period(9, "working days"), True),
        ("2025-12-31", Period(2, "working days"), False),
        ("2025-12-30", Period(2, "working days"), True),
    ],
)
def test_a_deadline_is_provisional_when_an_unknown_holiday_could_move_it(
    event: str,
    period: Period,
    provisional: bool,
) -> None:
    assert deadline(event, period, YEAR).provisional is provisional


def test_calendar_days_counted_plainly_or_backwards_need_no_calendar() -> None:
    beyond = date(2030, 1, 10)
    assert not compute(beyond, BERLIN, Period(9, "days"), calendar=YEAR, counting="plain").provisional
    assert not compute(beyond, BERLIN, Period(9, "days"), calendar=YEAR, direction="backward").provisional
    assert compute(beyond, BERLIN, Period(9, "working days"), calendar=YEAR, direction="backward").provisional


def test_working_days_counted_backwards_are_provisional_if_either_end_is_unknown() -> None:
    week = Period(5, "working days")
    inside, out_of_reach = date(2026, 1, 14), date(2026, 1, 7)
    assert not compute(inside, BERLIN, week, calendar=YEAR, direction="backward").provisional
    assert compute(out_of_reach, BERLIN, week, calendar=YEAR, direction="backward").provisional


def test_the_calendar_and_its_version_stay_with_the_deadline() -> None:
    found = deadline("2026-06-01", Period(5, "days"), YEAR)
    assert (found.calendar_name, found.calendar_version) == ("office", "2026.1")


# Floors


FLOOR = deadline("2027-03-17", Period(10, "days"))  # last day Mon 29 March, over at Tue 30 March 00:00 +02:00


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("2027-03-28T23:59:59+02:00", "too_early"),
        ("2027-03-29T00:00+02:00", "inside_last_day"),
        ("2027-03-29T16:00+02:00", "inside_last_day"),
        ("2027-03-29T23:59:59.999999+02:00", "inside_last_day"),
        ("2027-03-30T00:00+02:00", "ok"),
        ("2027-03-29T22:00+00:00", "ok"),
        ("2027-04-15T12:00+02:00", "ok"),
    ],
)
def test_a_typed_deadline_is_judged_against_the_whole_last_day(typed: str, verdict: str) -> None:
    assert FLOOR.last_day == date(2027, 3, 29)
    assert judge_floor(at(typed), FLOOR) == verdict


def test_a_floor_in_hours_has_no_last_day_to_cut() -> None:
    floor = deadline("2026-11-24T14:10+01:00", Period(48, "hours"))
    assert judge_floor(at("2026-11-26T14:59+01:00"), floor) == "too_early"
    assert judge_floor(at("2026-11-26T15:00+01:00"), floor) == "ok"


def test_a_period_counted_backwards_is_no_floor() -> None:
    edge = compute(date(2026, 12, 14), BERLIN, Period(6, "days"), direction="backward", calendar=PLAIN_WEEKS)
    with pytest.raises(Unsupported, match="is no floor"):
        judge_floor(at("2026-12-14T12:00+01:00"), edge)
    with pytest.raises(Unsupported, match="is no floor"):
        earliest_lawful(edge)


def test_the_earliest_lawful_moment_is_the_end_of_the_last_day() -> None:
    assert earliest_lawful(FLOOR) == FLOOR.end == at("2027-03-30T00:00+02:00")


def test_closing_at_a_clock_time_moves_the_earliest_lawful_moment_to_the_next_day() -> None:
    assert earliest_lawful(FLOOR, "16:00") == at("2027-03-30T16:00+02:00")


def test_the_earliest_lawful_closing_can_be_asked_for_on_a_working_day() -> None:
    friday = deadline("2026-11-20", Period(14, "days"))
    assert friday.last_day == date(2026, 12, 4)
    assert earliest_lawful(friday, "12:00") == at("2026-12-05T12:00+01:00")
    assert earliest_lawful(friday, "12:00", on=PLAIN_WEEKS) == at("2026-12-07T12:00+01:00")
    assert earliest_lawful(friday, on=PLAIN_WEEKS) == friday.end


def test_a_day_without_the_clock_time_is_passed_over() -> None:
    saturday = compute(date(2027, 3, 26), BERLIN, Period(1, "days"), calendar=PLAIN_WEEKS, counting="plain")
    assert earliest_lawful(saturday, "02:30") == at("2027-03-29T02:30+02:00")


def test_hours_may_close_on_their_last_day() -> None:
    floor = deadline("2026-11-24T14:10+01:00", Period(48, "hours"))
    assert earliest_lawful(floor, "16:00") == at("2026-11-26T16:00+01:00")
    assert earliest_lawful(floor, "12:00") == at("2026-11-27T12:00+01:00")


@given(
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    st.integers(1, 60),
    st.times().map(lambda time: f"{time:%H:%M}") | st.just("24:00"),
)
def test_the_earliest_lawful_moment_is_lawful_and_a_day_earlier_is_not(event: date, days: int, closes_at: str) -> None:
    floor = compute(event, BERLIN, Period(days, "days"), calendar=PLAIN_WEEKS)
    earliest = earliest_lawful(floor, closes_at)
    assert judge_floor(earliest, floor) == "ok"
    assert judge_floor(earliest - timedelta(hours=26), floor) != "ok"


# Closing times


def test_a_closing_time_is_local_and_24_00_is_the_end_of_the_day() -> None:
    assert closing(date(2026, 7, 7), "16:00", BERLIN) == at("2026-07-07T16:00+02:00")
    assert closing(date(2026, 10, 25), "24:00", "Europe/Berlin") == at("2026-10-26T00:00+01:00")


@pytest.mark.parametrize(
    ("day", "closes_at", "fact"),
    [
        ("2027-03-28", "02:30", "2027-03-28 02:30 does not exist in Europe/Berlin"),
        ("2026-10-25", "02:30", 'exists twice .*\n.*"2026-10-25 02:30 \\+02:00" or "2026-10-25 02:30 \\+01:00"'),
        ("2026-10-25", "4 pm", '"4 pm" is not a clock time'),
        ("2026-10-25", "16:60", "is not a clock time"),
        ("2026-10-25", "24:01", "is not a clock time"),
        ("2026-10-25", "9:00", "is not a clock time"),
    ],
)
def test_a_closing_time_that_is_not_one_moment_is_refused(day: str, closes_at: str, fact: str) -> None:
    with pytest.raises(BadMoment, match=fact):
        closing(date.fromisoformat(day), closes_at, BERLIN)


def test_the_earliest_lawful_moment_refuses_what_is_no_clock_time() -> None:
    with pytest.raises(BadMoment, match="is not a clock time"):
        earliest_lawful(FLOOR, "noon")


# Far edges


@pytest.mark.parametrize(
    ("acted", "verdict"),
    [
        ("2026-12-07T23:59:59+01:00", "ok"),
        ("2026-12-08T00:00+01:00", "on_far_edge"),
        ("2026-12-08T23:59:59+01:00", "on_far_edge"),
        ("2026-12-09T00:00+01:00", "late"),
    ],
)
def test_an_act_is_early_enough_before_the_far_edge_and_doubtful_on_it(acted: str, verdict: str) -> None:
    deadline_on = at("2026-12-14T12:00+01:00")
    edge = compute(deadline_on, "Europe/Madrid", Period(6, "days"), direction="backward", calendar=PLAIN_WEEKS)
    assert judge_edge(at(acted), edge) == verdict


def test_only_a_period_counted_backwards_has_a_far_edge() -> None:
    assert (FLOOR.far_edge, FLOOR.safe_by, FLOOR.advised_by) == (None, None, None)
    with pytest.raises(Unsupported, match="has no far edge"):
        judge_edge(datetime(2026, 1, 1, tzinfo=UTC), FLOOR)


@pytest.mark.parametrize(
    ("acted", "verdict"),
    [
        ("2026-11-02T23:59:59+01:00", "ok"),
        ("2026-11-03T00:00+01:00", "late"),
        ("2026-11-02T23:30+00:00", "late"),
    ],
)
def test_an_act_is_in_time_for_a_longest_period_until_its_last_day_is_over(acted: str, verdict: str) -> None:
    holidays = {date(2026, 10, 3): "Unity", date(2026, 10, 31): "Reformation"}
    ceiling = compute(
        date(2026, 10, 1), "Europe/Berlin", Period(30, "days"), calendar=Calendar("e06", "1", holidays=holidays)
    )
    assert judge_ceiling(datetime.fromisoformat(acted), ceiling) == verdict


def test_a_far_edge_is_no_longest_period() -> None:
    edge = compute(
        date(2026, 10, 1), "Europe/Berlin", Period(30, "days"), direction="backward", calendar=Calendar("x", "1")
    )
    with pytest.raises(Unsupported, match="counted backwards is no longest period"):
        judge_ceiling(datetime.fromisoformat("2026-09-01T00:00+02:00"), edge)
