"""The fast computation against the slow walk of ``slow_count``, and laws that hold for every period."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inprocap_flow.calendar.compute import Computed, compute
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.periods import Period
from inprocap_flow.calendar.reckoning import Direction
from inprocap_flow.calendar.trace import steps, warnings
from inprocap_flow.calendar.zones import end_of_day, start_of_day
from tests.calendar import slow_count

# Four zones of the buyers, then odd ones: clocks changed at midnight, at 00:01, a day left out, half hours.
ZONES = [
    "Europe/Berlin",
    "Europe/Helsinki",
    "Atlantic/Canary",
    "UTC",
    "America/Sao_Paulo",
    "America/Havana",
    "Africa/Cairo",
    "Pacific/Apia",
    "Asia/Kolkata",
]
ODD_HOURS = ["America/St_Johns", "Australia/Lord_Howe"]
FIRST, LAST = date(2005, 1, 1), date(2032, 12, 31)
MORE = settings(max_examples=max(300, settings().max_examples))

events = st.dates(FIRST, LAST)
moments = st.integers(0, 28 * 365 * 24 * 3600).map(lambda n: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(seconds=n))
directions = st.sampled_from(["forward", "backward"])
countings = st.sampled_from(["eu-1182-71", "plain"])
zones = st.sampled_from(ZONES)
periods = st.one_of(
    st.builds(Period, st.integers(1, 400), st.just("days")),
    st.builds(Period, st.integers(1, 4), st.just("days")),
    st.builds(Period, st.integers(1, 60), st.just("weeks")),
    st.builds(Period, st.integers(1, 30), st.just("months")),
    st.builds(Period, st.integers(1, 5), st.just("years")),
    st.builds(Period, st.integers(1, 90), st.just("working days")),
)


@st.composite
def questions(draw: st.DrawFn) -> tuple[date, Period, Calendar]:
    """An event, a period, and a calendar with holidays where they matter: around event and end, both ways."""
    event, period = draw(events), draw(periods)
    length = {"days": 1, "weeks": 7, "months": 30, "years": 365, "working days": 1}[period.unit] * period.count
    near = st.integers(-8, 12)
    shifts = draw(
        st.lists(st.one_of(near, near.map(lambda n: n + length), near.map(lambda n: n - length)), max_size=14)
    )
    holidays = {event + timedelta(days=shift): f"holiday {shift}" for shift in shifts}
    return event, period, Calendar("random", "1", holidays=holidays)


@MORE
@given(questions(), zones, countings)
def test_a_forward_period_ends_where_the_slow_walk_ends(
    question: tuple[date, Period, Calendar], zone: str, counting: str
) -> None:
    event, period, calendar = question
    found = compute(event, zone, period, calendar=calendar, counting=counting)
    by_regulation = counting == "eu-1182-71"
    expected = slow_count.last_day(event, period.count, period.unit, calendar.holidays, by_regulation=by_regulation)
    assert found.last_day == expected
    assert found.end == end_of_day(expected, ZoneInfo(zone))


@MORE
@given(questions(), zones, countings)
def test_a_backward_period_ends_where_the_slow_walk_ends(
    question: tuple[date, Period, Calendar], zone: str, counting: str
) -> None:
    event, period, calendar = question
    found = compute(event, zone, period, direction="backward", calendar=calendar, counting=counting)
    expected = slow_count.far_edge(event, period.count, period.unit, calendar.holidays)
    assert found.far_edge == expected
    assert found.safe_by == expected - timedelta(days=1)
    assert found.end == start_of_day(expected, ZoneInfo(zone))


@given(events, st.sampled_from(ZONES + ODD_HOURS))
def test_a_local_day_starts_and_ends_where_the_minutes_say(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    assert start_of_day(day, zone).astimezone(UTC) == slow_count.start_of(day, zone)
    assert end_of_day(day, zone).astimezone(UTC) == slow_count.end_of(day, zone)


def test_every_day_with_a_clock_change_starts_and_ends_where_the_minutes_say() -> None:
    for name in ZONES + ODD_HOURS:
        zone = ZoneInfo(name)
        for day in days_around_clock_changes(zone):
            assert start_of_day(day, zone).astimezone(UTC) == slow_count.start_of(day, zone), (name, day)
            assert end_of_day(day, zone).astimezone(UTC) == slow_count.end_of(day, zone), (name, day)


def days_around_clock_changes(zone: ZoneInfo) -> list[date]:
    found = []
    noon = datetime(2007, 1, 1, 12, tzinfo=UTC)
    while noon.year < 2013:
        if (noon + timedelta(days=1)).astimezone(zone).utcoffset() != noon.astimezone(zone).utcoffset():
            found += [noon.astimezone(zone).date() + timedelta(days=shift) for shift in (-1, 0, 1, 2)]
        noon += timedelta(days=1)
    return found


@MORE
@given(moments, st.integers(1, 300), st.sampled_from(ZONES))
def test_a_period_in_hours_ends_where_the_slow_walk_ends(event: datetime, count: int, name: str) -> None:
    zone = ZoneInfo(name)
    # Only St John's and Lord Howe change their clocks inside an hour; they are refused, which has a test of its own.
    found = compute(event, zone, Period(count, "hours"), calendar=Calendar("random", "1"))
    assert found.end.astimezone(UTC) == slow_count.end_of_hours(event, count, zone)


@given(moments, questions(), zones)
def test_a_moment_counts_as_its_local_day(event: datetime, question: tuple[date, Period, Calendar], name: str) -> None:
    _, period, calendar = question
    zone = ZoneInfo(name)
    by_moment = compute(event, zone, period, calendar=calendar)
    by_day = compute(event.astimezone(zone).date(), zone, period, calendar=calendar)
    assert (by_moment.last_day, by_moment.end) == (by_day.last_day, by_day.end)


@MORE
@given(
    questions(), st.integers(-20, 20), st.integers(-20, 20), st.lists(st.integers(-460, 460), max_size=25), directions
)
def test_what_is_not_provisional_stays_when_the_missing_holidays_arrive(
    question: tuple[date, Period, Calendar], early: int, late: int, missing: list[int], direction: Direction
) -> None:
    event, period, calendar = question
    reach = compute(event, "Europe/Berlin", period, calendar=calendar, direction=direction).how.last
    first, last = sorted((event, reach))
    first, last = first - timedelta(days=early), last + timedelta(days=late)
    assume(first <= last)
    known = replace(calendar, covers_from=first, covers_until=last)
    now = compute(event, "Europe/Berlin", period, calendar=known, direction=direction)
    assume(not now.provisional)
    arriving = {event + timedelta(days=shift): "arrived" for shift in missing}
    arriving = {day: title for day, title in arriving.items() if not known.covers(day)}
    complete = replace(known, holidays={**known.holidays, **arriving})
    assert compute(event, "Europe/Berlin", period, calendar=complete, direction=direction).how.last == now.how.last


@given(questions(), zones, countings)
def test_a_longer_period_never_ends_earlier(question: tuple[date, Period, Calendar], zone: str, counting: str) -> None:
    event, period, calendar = question
    longer = Period(period.count + 1, period.unit)
    short = compute(event, zone, period, calendar=calendar, counting=counting)
    assert short.end <= compute(event, zone, longer, calendar=calendar, counting=counting).end


@given(questions(), zones, countings, directions)
def test_every_result_can_be_put_into_words_without_contradicting_itself(
    question: tuple[date, Period, Calendar], zone: str, counting: str, direction: Direction
) -> None:
    event, period, calendar = question
    found = compute(event, zone, period, direction=direction, calendar=calendar, counting=counting)
    assert found.trace == steps(found.how)
    assert found.warnings == warnings(found.how)
    assert any(found.how.last.isoformat() in step.text for step in found.trace[2:])
    assert moved_rules(found) == {step.rule for step in found.trace if "the last day moves" in step.text}


def moved_rules(found: Computed) -> set[str]:
    how = found.how
    seventh = {"R7"} if how.shifted != how.counted else set()
    return seventh | ({"R8"} if how.last != how.shifted else set())
