"""When a reminder falls: at the organisation's hour, not on a quiet day; clock changes, leap days, year ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.calendar.days import Calendar, Closure
from inprocap_flow.engine.reminding.rungs import Pace, after, again, before, since
from inprocap_flow.language.model import Reminder

BERLIN = ZoneInfo("Europe/Berlin")
LAB = Calendar(
    "lab",
    "1",
    holidays={date(2026, 4, 3): "Good Friday", date(2026, 4, 6): "Easter Monday", date(2027, 1, 1): "New Year"},
    closures=(Closure(date(2026, 12, 24), date(2027, 1, 3), "Christmas"),),
)
ALL = ("weekends", "holidays", "closures")


def pace(hour: str = "08:00", quiet: tuple[str, ...] = ALL) -> Pace:
    return Pace(BERLIN, time.fromisoformat(hour), quiet, LAB, LAB)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def local(moment: datetime) -> str:
    return f"{moment.astimezone(BERLIN):%Y-%m-%d %H:%M}"


def led(end: str, period: str, *, hour: str = "08:00", quiet: tuple[str, ...] = ALL) -> str:
    own = pace(hour, quiet)
    return local(before(own, at(end), own.last_day(at(end)), Reminder("r", before=period), 0, ()).at)


def followed(end: str, period: str, *, hour: str = "08:00", quiet: tuple[str, ...] = ALL) -> str:
    own = pace(hour, quiet)
    return local(after(own, at(end), own.last_day(at(end)), Reminder("r", after=period), 0, ()).at)


def repeated(start: str, period: str, count: int, *, hour: str = "08:00", quiet: tuple[str, ...] = ALL) -> list[str]:
    found = again(pace(hour, quiet), at(start), Reminder("", every=period), 0, ()).rungs(at(start))
    return [local(rung.at) for rung in islice(found, count)]


@pytest.mark.parametrize(
    ("end", "period", "due"),
    [
        ("2026-02-20 16:00", "P2D", "2026-02-18 08:00"),
        ("2026-02-21 00:00", "P2D", "2026-02-18 08:00"),  # midnight ends Friday the 20th
        ("2026-02-20 16:00", "P10WD", "2026-02-06 08:00"),
        ("2026-02-20 16:00", "P1W", "2026-02-13 08:00"),
        ("2026-03-31 16:00", "P1M", "2026-02-27 08:00"),  # 28 February is a Saturday
        ("2026-02-24 16:00", "P2D", "2026-02-20 08:00"),  # Sunday: the working day before
        ("2026-04-08 16:00", "P2D", "2026-04-02 08:00"),  # Easter Monday, Easter, Good Friday
        ("2026-02-20 16:00", "P0D", "2026-02-20 08:00"),
        ("2026-02-20 07:00", "P0D", "2026-02-19 08:00"),  # eight comes after the end
        ("2026-02-20 16:00", "PT48H", "2026-02-18 16:00"),
        ("2026-02-22 16:00", "PT2H", "2026-02-22 14:00"),  # on a Sunday: two hours are two hours
        ("2028-03-01 16:00", "P1D", "2028-02-29 08:00"),
        ("2027-01-08 16:00", "P10D", "2026-12-23 08:00"),  # 29 December lies in the closure
    ],
)
def test_a_rung_before_an_end_falls_on_the_hour_of_a_day_that_is_not_quiet(end: str, period: str, due: str) -> None:
    assert led(end, period) == due


@pytest.mark.parametrize(
    ("end", "period", "due"),
    [
        ("2026-02-20 16:00", "P0D", "2026-02-20 16:00"),
        ("2026-02-20 00:00", "P0D", "2026-02-20 08:00"),  # nobody is told at midnight
        ("2026-02-21 00:00", "P0D", "2026-02-23 08:00"),  # that morning is a Saturday
        ("2026-02-21 16:00", "P0D", "2026-02-23 08:00"),
        ("2026-02-19 16:00", "P1D", "2026-02-20 08:00"),
        ("2026-02-20 00:00", "P1D", "2026-02-20 08:00"),  # the last day was the 19th
        ("2026-02-19 16:00", "P5WD", "2026-02-26 08:00"),
        ("2026-12-23 16:00", "P1D", "2027-01-04 08:00"),
        ("2026-02-20 16:00", "PT2H", "2026-02-20 18:00"),
        ("2028-01-31 16:00", "P1M", "2028-02-29 08:00"),
    ],
)
def test_a_rung_after_an_end_falls_on_the_hour_of_the_next_day_that_is_not_quiet(
    end: str, period: str, due: str
) -> None:
    assert followed(end, period) == due


def test_days_are_days_and_hours_are_hours_where_the_clocks_change() -> None:
    # On Sunday 29 March 2026 the clocks of Berlin go from 02:00 to 03:00.
    assert led("2026-03-30 16:00", "P3D") == "2026-03-27 08:00"
    assert led("2026-03-30 16:00", "PT48H") == "2026-03-28 15:00"
    assert repeated("2026-03-27 09:00", "P1D", 2) == ["2026-03-30 08:00", "2026-03-31 08:00"]
    assert repeated("2026-10-24 20:00", "PT6H", 3) == ["2026-10-25 02:00", "2026-10-25 07:00", "2026-10-25 13:00"]


def test_an_hour_that_the_clocks_leave_out_is_one_later_and_one_shown_twice_is_the_first() -> None:
    assert led("2026-03-31 16:00", "P2D", hour="02:30", quiet=()) == "2026-03-29 03:30"
    own = pace("02:30", ())
    found = before(own, at("2026-10-27 16:00"), date(2026, 10, 27), Reminder("r", before="P2D"), 0, ())
    assert found.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_what_repeats_counts_from_the_first_day_so_that_the_31st_comes_back() -> None:
    assert repeated("2026-01-31 12:00", "P1M", 4, quiet=()) == [
        "2026-02-28 08:00", "2026-03-31 08:00", "2026-04-30 08:00", "2026-05-31 08:00",
    ]  # fmt: skip
    assert repeated("2028-02-29 12:00", "P1Y", 4, quiet=()) == [
        "2029-02-28 08:00", "2030-02-28 08:00", "2031-02-28 08:00", "2032-02-29 08:00",
    ]  # fmt: skip


def test_working_days_between_the_years_count_though_nobody_is_reminded_on_them() -> None:
    assert repeated("2026-12-22 12:00", "P3WD", 2) == ["2027-01-04 08:00", "2027-01-05 08:00"]


def test_rungs_that_quiet_days_push_together_are_one() -> None:
    assert repeated("2026-02-19 12:00", "P1D", 3) == ["2026-02-20 08:00", "2026-02-23 08:00", "2026-02-24 08:00"]


def test_an_organisation_without_quiet_days_is_reminded_on_sundays() -> None:
    assert led("2026-02-24 16:00", "P2D", quiet=()) == "2026-02-22 08:00"


def test_a_period_beyond_the_calendar_never_falls_due() -> None:
    assert followed("2026-02-20 16:00", "P9999Y") == "9998-12-31 08:00"
    own, end = pace(), at("2026-02-20 16:00")
    assert before(own, end, own.last_day(end), Reminder("r", before="P9999Y"), 0, ()).at.year < 3


def test_what_waits_since_a_moment_counts_from_its_day() -> None:
    found = since(pace(), at("2026-02-19 23:59"), Reminder("r", after="P5WD"), 0, ())
    assert local(found.at) == "2026-02-26 08:00"


FIRST = datetime(2020, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 15 * 366 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
PERIODS = st.builds("{}{}{}".format, st.just("P"), st.integers(0, 60), st.sampled_from(["D", "WD", "W", "M"]))
HOURS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 30]))
SOME = st.sets(st.sampled_from(ALL)).map(tuple)


@given(MOMENTS, PERIODS, HOURS, SOME)
def test_it_never_falls_on_a_quiet_day_nor_on_the_wrong_side(
    end: datetime, period: str, hour: str, quiet: tuple[str, ...]
) -> None:
    own = pace(hour, quiet)
    last_day = own.last_day(end)
    lead = before(own, end, last_day, Reminder("r", before=period), 0, ())
    follow = after(own, end, last_day, Reminder("r", after=period), 0, ())
    assert lead.at < end <= follow.at
    assert not own.is_quiet(own.day(lead.at))
    assert not own.is_quiet(own.day(follow.at))


@given(MOMENTS, st.integers(1, 40), st.sampled_from(["D", "WD", "W", "M"]), HOURS, SOME, st.integers(0, 400))
def test_what_repeats_rises_and_never_falls_on_a_quiet_day(
    start: datetime, count: int, unit: str, hour: str, quiet: tuple[str, ...], days: int
) -> None:
    own = pace(hour, quiet)
    repeat = again(own, start, Reminder("", every=f"P{count}{unit}"), 0, ())
    moment = start + timedelta(days=days)
    found = list(islice(repeat.rungs(moment), 5))
    assert all(earlier.at < later.at for earlier, later in pairwise(found))
    assert all(rung.at >= moment and not own.is_quiet(own.day(rung.at)) for rung in found)
    # Where one looks from makes no difference to what there is.
    assert found[0] in takewhile(lambda rung: rung.at <= found[0].at, repeat.rungs(start))
