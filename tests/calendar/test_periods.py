"""Periods: what can be read, what is refused, and in which words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.calendar.bad_values import BadPeriod
from inprocap_flow.calendar.periods import UNITS, Period, parse_offset, parse_period

READABLE = [
    ("10 days", "P10D", Period(10, "days")),
    ("1 day", "P1D", Period(1, "days")),
    ("10 working days", "P10WD", Period(10, "working days")),
    ("1 working day", "P1WD", Period(1, "working days")),
    ("3 weeks", "P3W", Period(3, "weeks")),
    ("2 months", "P2M", Period(2, "months")),
    ("1 year", "P1Y", Period(1, "years")),
    ("48 hours", "PT48H", Period(48, "hours")),
]


@pytest.mark.parametrize(("text", "code", "period"), READABLE)
def test_a_period_reads_the_same_in_words_and_as_it_is_stored(text: str, code: str, period: Period) -> None:
    assert parse_period(text) == parse_period(code) == period
    assert (str(period), period.code) == (text, code)


@given(st.integers(1, 99_999), st.sampled_from(UNITS))
def test_every_period_can_be_written_and_read_back(count: int, unit: str) -> None:
    period = Period(count, unit)  # type: ignore[arg-type]
    assert parse_period(str(period)) == period
    assert parse_period(period.code) == period


def test_spaces_around_and_between_the_words_do_not_matter() -> None:
    assert parse_period("  10   working   days ") == Period(10, "working days")


MEANS = 'write a whole number and one unit, such as "10 days", "10 working days", "3 weeks", "2 months", "48 hours"'


@pytest.mark.parametrize(
    ("text", "fact", "mend"),
    [
        ("0 days", '"0 days" is a period of no length', "write at least 1, or leave the period out"),
        ("P0D", '"P0D" is a period of no length', "write at least 1, or leave the period out"),
        (
            "10",
            '"10" is not a period: the unit is missing, and "10" could be days or working days',
            'write "10 days" or "10 working days"',
        ),
        (
            "1 month 2 weeks",
            '"1 month 2 weeks" is not a period: it mixes units',
            "write one number and one unit, such as days; the law counts each unit differently",
        ),
        (
            "P1M2W",
            '"P1M2W" is not a period: it mixes units',
            "write one number and one unit, such as days; the law counts each unit differently",
        ),
        (
            "1.5 months",
            '"1.5 months" is not a period: parts of a unit are ambiguous',
            "write whole numbers of a smaller unit, such as days",
        ),
        (
            "-3 days",
            '"-3 days" is not a period: it is negative',
            'write it without the sign; to count backwards use "backwards_from" or "before"',
        ),
        ("", "a period is missing", MEANS),
        ("ten days", '"ten days" is not a period', MEANS),
        (
            "10 business days",
            '"10 business days" is not a period: the law does not count in business days',
            "write it in working days",
        ),
        ("10days", '"10days" is not a period', MEANS),
        ("PT10D", '"PT10D" is not a period', MEANS),
        ("P10H", '"P10H" is not a period', MEANS),
        (
            "3 minutes",
            '"3 minutes" is not a period: the law does not count in minutes',
            "write it in hours: the law counts none shorter",
        ),
        ("\u0661\u0660 days", '"\u0661\u0660 days" is not a period', MEANS),
        ("100000 days", '"100000 days" is longer than any legal period', "write at most 5 digits"),
    ],
)
def test_a_period_that_is_zero_negative_or_ambiguous_is_refused_with_its_mend(text: str, fact: str, mend: str) -> None:
    with pytest.raises(BadPeriod) as refused:
        parse_period(text)
    assert (refused.value.fact, refused.value.mend) == (fact, mend)
    assert str(refused.value) == f"{fact}\n  mend: {mend}"
    assert isinstance(refused.value, ValueError)


@given(st.text(max_size=300))
def test_any_other_text_is_refused_in_our_own_words(text: str) -> None:
    with pytest.raises(BadPeriod):
        parse_period(f"{text}?")


def test_a_reminder_may_stand_on_the_day_itself_but_a_period_may_not_be_empty() -> None:
    assert parse_offset("0 days") == Period(0, "days")
    assert parse_offset("3 working days") == Period(3, "working days")
    with pytest.raises(BadPeriod):
        parse_offset("-1 days")


@pytest.mark.parametrize(("count", "unit"), [(-1, "days"), (True, "days"), (1.5, "days"), (1, "fortnights")])
def test_a_period_cannot_be_made_that_could_not_be_written(count: int, unit: str) -> None:
    with pytest.raises(BadPeriod):
        Period(count, unit)  # type: ignore[arg-type]
