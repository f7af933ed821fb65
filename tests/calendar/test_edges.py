"""Clock changes, leap days, year ends: the behaviour that ``docs/explanation/legal-time.md`` states, as one table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from inprocap_flow.calendar.areas import AREAS
from inprocap_flow.calendar.compute import compute
from inprocap_flow.calendar.days import Calendar, Closure
from inprocap_flow.calendar.giving_back import give_back
from inprocap_flow.calendar.holidays import public_holidays
from inprocap_flow.calendar.moments import parse_moment
from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.calendar.reckoning import Direction
from inprocap_flow.calendar.zones import end_of_day, start_of_day

YEAR_END = Calendar(
    "house",
    "1",
    holidays={date(2027, 1, 1): "New Year's Day", date(2027, 1, 6): "Epiphany"},
    closures=(Closure(date(2026, 12, 24), date(2027, 1, 3), "Closed", counts_as_holiday=True),),
)
PLAIN = Calendar("none", "1")


@dataclass(frozen=True)
class Edge:
    fact: str
    event: str
    period: str
    end: str
    zone: str = "Europe/Berlin"
    direction: Direction = "forward"
    calendar: Calendar = PLAIN


EDGES = [
    # The clocks change, in days and in hours.
    Edge("a period of days over the autumn change", "2026-10-20", "7 days", "2026-10-28T00:00:00+01:00"),
    Edge("a period of days over the spring change", "2027-03-22", "7 days", "2027-03-30T00:00:00+02:00"),
    Edge("a period that ends on the day of the change", "2026-10-26", "1 day", "2026-10-28T00:00:00+01:00"),
    Edge("hours over the spring change", "2027-03-27 12:30", "24 hours", "2027-03-28T14:00:00+02:00"),
    Edge("hours over the autumn change", "2026-10-24 12:30", "24 hours", "2026-10-25T12:00:00+01:00"),
    Edge("hours that start in the hour that is left out", "2027-03-28 01:59", "1 hour", "2027-03-28T04:00:00+02:00"),
    Edge(
        "hours that start in the second of two like hours",
        "2026-10-25T02:30+01:00",
        "1 hour",
        "2026-10-25T04:00:00+01:00",
    ),
    Edge("backwards over the spring change", "2027-03-30", "5 days", "2027-03-25T00:00:00+01:00", direction="backward"),
    Edge("a zone without summer time", "2026-10-20", "7 days", "2026-10-28T00:00:00+00:00", "UTC"),
    # Leap days and short months.
    Edge("a day after 28 February of a leap year", "2028-02-27", "2 days", "2028-03-01T00:00:00+01:00"),
    Edge("a month from the end of January in a leap year", "2028-01-31", "1 month", "2028-03-01T00:00:00+01:00"),
    Edge("a month from the end of January in another year", "2027-01-31", "1 month", "2027-03-02T00:00:00+01:00"),
    Edge("a month from 28 February is 28 March, here a Sunday", "2027-02-28", "1 month", "2027-03-30T00:00:00+02:00"),
    Edge("a year from a leap day", "2028-02-29", "1 year", "2029-03-01T00:00:00+01:00"),
    Edge("four years from a leap day", "2024-02-29", "4 years", "2028-03-01T00:00:00+01:00"),
    Edge("a year before a leap day", "2028-02-29", "1 year", "2027-02-28T00:00:00+01:00", direction="backward"),
    Edge(
        "12 months before the day after a leap day",
        "2028-03-01",
        "12 months",
        "2027-03-01T00:00:00+01:00",
        direction="backward",
    ),
    Edge("a century that is no leap year", "2100-02-28", "1 day", "2100-03-02T00:00:00+01:00"),
    # Year ends.
    Edge("a period that ends on New Year's Eve", "2027-12-29", "2 days", "2028-01-01T00:00:00+01:00"),
    Edge(
        "a closure over the year end that counts", "2026-12-23", "1 day", "2027-01-05T00:00:00+01:00", calendar=YEAR_END
    ),
    Edge(
        "two working days after such a closure", "2026-12-23", "2 days", "2027-01-06T00:00:00+01:00", calendar=YEAR_END
    ),
    Edge("working days over it", "2026-12-22", "3 working days", "2027-01-06T00:00:00+01:00", calendar=YEAR_END),
    Edge(
        "working days back over it",
        "2027-01-05",
        "2 working days",
        "2026-12-23T00:00:00+01:00",
        direction="backward",
        calendar=YEAR_END,
    ),
    Edge(
        "an event that is next year already where the act is due",
        "2026-12-31T23:30+00:00",
        "1 day",
        "2027-01-05T00:00:00+01:00",
    ),
    Edge("a week of the 53rd week", "2026-12-31", "1 week", "2027-01-08T00:00:00+01:00"),
]


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge.fact)
def test_an_edge_of_the_calendar_behaves_as_stated(edge: Edge) -> None:
    event = parse_moment(edge.event, edge.zone)
    found = compute(
        event.first if event.is_exact else event.first.date(),
        edge.zone,
        parse_period(edge.period),
        direction=edge.direction,
        calendar=edge.calendar,
    )
    assert found.end.isoformat() == edge.end


def test_lost_time_over_a_clock_change_is_given_back_in_days_or_in_hours_that_elapsed() -> None:
    zone = ZoneInfo("Europe/Berlin")
    change = date(2026, 10, 25)
    began, again = start_of_day(change, zone), end_of_day(change, zone)
    end = end_of_day(date(2026, 11, 10), zone)
    days = give_back(end, date(2026, 11, 10), began, again, unit="days", calendar=PLAIN, zone=zone)
    hours = give_back(end, date(2026, 11, 10), began, again, unit="hours", calendar=PLAIN, zone=zone)
    assert days.end == end_of_day(date(2026, 11, 11), zone)
    assert hours.end - end == timedelta(hours=25)


@pytest.mark.parametrize("code", AREAS)
def test_every_area_is_free_on_new_years_day_and_christmas_and_counts_over_the_year_end(code: str) -> None:
    calendar = public_holidays(code, 2026, 2028)
    zone = AREAS[code].zone
    assert not calendar.is_working_day(date(2027, 1, 1))
    assert not calendar.is_working_day(date(2028, 12, 25))
    found = compute(date(2026, 12, 31), zone, parse_period("1 day"), calendar=calendar)
    assert found.last_day == date(2027, 1, 4)
    assert not found.provisional
    beyond = compute(date(2028, 12, 29), zone, parse_period("10 days"), calendar=calendar)
    assert beyond.provisional
