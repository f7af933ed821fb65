"""A longer period by law is counted again; a later end by decision is never earlier and never too late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.calendar.bad_values import BadPeriod
from inprocap_flow.calendar.compute import compute
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.extending import ExtendedByLaw, extended_by_law, judge_extension
from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.errors import Unsupported
from tests.calendar.test_against_slow_count import questions

NO_HOLIDAYS = Calendar("example", "1")
NOW = datetime.fromisoformat("2026-12-01T09:00+01:00")
END = datetime.fromisoformat("2026-12-15T00:00+01:00")


def prolonged(event: str, period: str, by: str) -> ExtendedByLaw:
    at = datetime.fromisoformat(event) if "T" in event else date.fromisoformat(event)
    return extended_by_law(at, "Europe/Berlin", parse_period(period), parse_period(by), calendar=NO_HOLIDAYS)


def test_a_period_prolonged_by_law_is_counted_again_from_its_event() -> None:
    found = prolonged("2026-11-12", "30 days", "5 days")
    assert found.first.last_day == date(2026, 12, 14)
    assert found.last_day == date(2026, 12, 17)
    assert found.safe.last_day == date(2026, 12, 21)


def test_the_trace_says_how_it_was_prolonged_and_which_later_day_is_safe_both_as_convention() -> None:
    steps = [step for step in prolonged("2026-11-12", "30 days", "5 days").trace if step.rule == "R13"]
    assert [(step.text, step.basis) for step in steps] == [
        (
            "30 days ended on Mon 2026-12-14. Prolonged by 5 days, they are counted again from the event, as 35 days.",
            "convention",
        ),
        ("5 days added to the old end give Mon 2026-12-21, which is safe in both readings.", "convention"),
    ]


def test_where_both_readings_agree_no_other_date_is_offered() -> None:
    found = prolonged("2026-11-10", "30 days", "5 days")  # Thu 10 Dec, no shift; Tue 15 Dec either way
    assert found.safe is found.extended
    assert sum(step.rule == "R13" for step in found.trace) == 1


def test_hours_are_prolonged_by_hours_that_elapse() -> None:
    found = prolonged("2026-11-24T14:10+01:00", "48 hours", "24 hours")
    assert found.end.isoformat() == "2026-11-27T15:00:00+01:00"
    assert found.safe is found.extended
    assert "48 hours ended on Thu 2026-11-26 15:00 +01:00" in found.trace[-1].text


def test_days_and_weeks_can_be_added_and_other_units_only_to_themselves() -> None:
    assert str(prolonged("2026-11-12", "3 weeks", "5 days").extended.how.asked.period) == "26 days"
    assert str(prolonged("2026-11-12", "1 month", "2 months").extended.how.asked.period) == "3 months"
    with pytest.raises(Unsupported, match=r"1 month cannot be prolonged by 5 days.*\n.*in months, or type the new end"):
        prolonged("2026-11-12", "1 month", "5 days")
    with pytest.raises(Unsupported):
        prolonged("2026-11-12", "10 days", "5 working days")
    with pytest.raises(BadPeriod, match="makes no period longer"):
        extended_by_law(
            date(2026, 11, 12), "Europe/Berlin", parse_period("10 days"), Period(0, "days"), calendar=NO_HOLIDAYS
        )


def test_an_event_keeps_what_was_prolonged_by_what_and_what_would_be_safe() -> None:
    plain = prolonged("2026-11-12", "30 days", "5 days").to_plain()
    assert plain["period"] == "P35D"
    assert plain["prolonged"] == {
        "from": "P30D",
        "by": "P5D",
        "was": "2026-12-15T00:00:00+01:00",
        "safe_last_day": "2026-12-21",
        "safe_end": "2026-12-22T00:00:00+01:00",
    }
    assert [step["rule"] for step in plain["trace"][-2:]] == ["R13", "R13"]


@given(questions(), st.integers(1, 40))
def test_a_prolonged_period_is_the_longer_period_and_its_safe_value_is_never_earlier(
    question: tuple[date, Period, Calendar], more: int
) -> None:
    event, period, calendar = question
    found = extended_by_law(event, "Europe/Berlin", period, Period(more, period.unit), calendar=calendar)
    longer = compute(event, "Europe/Berlin", Period(period.count + more, period.unit), calendar=calendar)
    assert found.end == longer.end
    assert found.safe.end >= found.end >= found.first.end


@pytest.mark.parametrize(
    ("to", "now", "verdict"),
    [
        (END + timedelta(days=1), NOW, "ok"),
        (END, NOW, "unchanged"),
        (END - timedelta(seconds=1), NOW, "shortened"),
        (END + timedelta(days=9), END, "expired"),
        (END + timedelta(days=9), END - timedelta(microseconds=1), "ok"),
    ],
)
def test_a_decision_moves_a_running_deadline_later_and_nothing_else(to: datetime, now: datetime, verdict: str) -> None:
    assert judge_extension(END, to, now) == verdict
