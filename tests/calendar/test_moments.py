"""Moments known to the minute, the day, the month or the half-year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.calendar.bad_values import BadMoment
from inprocap_flow.calendar.moments import (
    Answer,
    Span,
    exactly,
    is_after,
    is_before,
    is_same,
    is_within,
    parse_moment,
    show,
)

ZURICH = ZoneInfo("Europe/Zurich")


def span(text: str) -> Span:
    return parse_moment(text, ZURICH)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "precision", "first", "last_exclusive"),
    [
        ("2026-07-07 16:00", "minute", "2026-07-07T16:00:00+02:00", "2026-07-07T16:00:00.000001+02:00"),
        ("2026-07-07T16:00", "minute", "2026-07-07T16:00:00+02:00", "2026-07-07T16:00:00.000001+02:00"),
        ("2026-07-07T16:00+00:00", "minute", "2026-07-07T18:00:00+02:00", "2026-07-07T18:00:00.000001+02:00"),
        ("2026-07-07T16:00Z", "minute", "2026-07-07T18:00:00+02:00", "2026-07-07T18:00:00.000001+02:00"),
        ("2026-07-07 16:00:30.5", "minute", "2026-07-07T16:00:30.500000+02:00", "2026-07-07T16:00:30.500001+02:00"),
        ("2026-07-07", "day", "2026-07-07T00:00:00+02:00", "2026-07-08T00:00:00+02:00"),
        ("2026-10-25", "day", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"),
        ("2026-12", "month", "2026-12-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00"),
        ("2028-02", "month", "2028-02-01T00:00:00+01:00", "2028-03-01T00:00:00+01:00"),
        ("2026-H1", "half-year", "2026-01-01T00:00:00+01:00", "2026-07-01T00:00:00+02:00"),
        ("2026-H2", "half-year", "2026-07-01T00:00:00+02:00", "2027-01-01T00:00:00+01:00"),
    ],
)
def test_a_moment_is_all_that_its_text_can_mean(text: str, precision: str, first: str, last_exclusive: str) -> None:
    found = span(text)
    assert (found.precision, found.first.isoformat(), found.last_exclusive.isoformat()) == (
        precision,
        first,
        last_exclusive,
    )
    assert str(found) == text


def test_a_day_starts_at_one_where_midnight_is_left_out() -> None:
    found = parse_moment("2018-11-04", "America/Sao_Paulo")
    assert found.first.isoformat() == "2018-11-04T01:00:00-02:00"
    assert found.last_exclusive.isoformat() == "2018-11-05T00:00:00-02:00"


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("2027-03-28 02:30", "2027-03-28 02:30 does not exist in Europe/Zurich, because the clocks go forward"),
        ("2026-10-25 02:30", "2026-10-25 02:30 exists twice in Europe/Zurich, because the clocks go back"),
        ("2026-02-30", '"2026-02-30" is not in the calendar'),
        ("2026-13", '"2026-13" is not in the calendar'),
        ("0000-H1", "is not in the calendar"),
        ("9999-12", "is not in the calendar"),
        ("2026-07-07 25:00", "is not in the calendar"),
        ("2026-07-07 16:00+25:00", "is not in the calendar"),
        ("2026-H3", '"2026-H3" is not a moment'),
        ("2026", "is not a moment"),
        ("07.07.2026", "is not a moment"),
        ("2026-7-7", "is not a moment"),
        ("2026-07-07 16", "is not a moment"),
        ("tomorrow", "is not a moment"),
        ("", "is not a moment"),
    ],
)
def test_what_is_no_moment_is_refused(text: str, fact: str) -> None:
    with pytest.raises(BadMoment) as refused:
        span(text)
    assert fact in refused.value.fact
    assert refused.value.mend


def test_a_time_that_exists_twice_is_mended_by_writing_what_the_message_offers() -> None:
    with pytest.raises(BadMoment) as refused:
        span("2026-10-25 02:30")
    assert refused.value.mend == 'write the offset: "2026-10-25 02:30 +02:00" or "2026-10-25 02:30 +01:00"'
    first, second = span("2026-10-25 02:30 +02:00"), span("2026-10-25 02:30 +01:00")
    assert is_before(first, second) is Answer.YES


def test_a_day_that_a_zone_left_out_is_refused() -> None:
    with pytest.raises(BadMoment, match="left out in Pacific/Apia"):
        parse_moment("2011-12-30", "Pacific/Apia")


# Seconds are rounded off, so that every shown moment is a form that people may type.
instants = st.integers(0, 40 * 365 * 24 * 3600).map(
    lambda second: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(0, second)
)
zones = st.sampled_from(["Europe/Zurich", "America/Havana", "America/St_Johns", "Australia/Lord_Howe", "UTC"])


@given(instants, zones)
def test_every_moment_that_is_shown_can_be_read_back(moment: datetime, zone: str) -> None:
    found = parse_moment(show(moment, zone), zone)
    assert found.first.astimezone(UTC) == moment
    assert found == exactly(moment, zone)
    assert found.is_exact
    assert found.last.astimezone(UTC) == moment


def test_a_moment_is_shown_with_its_offset_only_where_it_must() -> None:
    assert show(at("2026-07-07T14:00+00:00"), "Europe/Zurich") == "2026-07-07 16:00"
    assert show(at("2026-10-25T01:30+00:00"), "Europe/Zurich") == "2026-10-25T02:30+01:00"


@pytest.mark.parametrize(
    ("one", "other", "before", "same"),
    [
        ("2026-07-07 16:00", "2026-07-07 16:01", "yes", "no"),
        ("2026-07-07 16:00", "2026-07-07 16:00", "no", "yes"),
        ("2026-07-07 16:00", "2026-07-07T14:00Z", "no", "yes"),
        ("2026-07-07 16:00", "2026-07-07", "cannot tell", "cannot tell"),
        ("2026-07-07 00:00", "2026-07-07", "cannot tell", "cannot tell"),
        ("2026-07-08 00:00", "2026-07-07", "no", "no"),
        ("2026-07-06", "2026-07-07", "yes", "no"),
        ("2026-07-07", "2026-07-07", "cannot tell", "cannot tell"),
        ("2026-07", "2026-07-07", "cannot tell", "cannot tell"),
        ("2026-06", "2026-07", "yes", "no"),
        ("2026-H1", "2026-07-01 00:00", "yes", "no"),
        ("2026-H2", "2026-H1", "no", "no"),
    ],
)
def test_a_comparison_says_that_it_cannot_tell(one: str, other: str, before: str, same: str) -> None:
    assert is_before(span(one), span(other)) == before
    assert is_after(span(other), span(one)) == before
    assert is_same(span(one), span(other)) == same
    assert is_same(span(other), span(one)) == same


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("2026-07-07", "yes"),
        ("2026-07", "cannot tell"),
        ("2026-06", "no"),
        ("2026-07-01 00:00", "no"),
        ("2026-07-02 00:00", "yes"),
        ("2026-07-09 16:00", "no"),
        ("2026-07-09 15:59", "yes"),
        ("2026-07-09", "cannot tell"),
        ("2026-07-10", "no"),
    ],
)
def test_a_window_includes_its_first_moment_and_excludes_its_end(text: str, answer: str) -> None:
    assert is_within(span(text), at("2026-07-02T00:00+02:00"), at("2026-07-09T16:00+02:00")) == answer


@given(st.tuples(instants, instants), st.tuples(instants, instants), instants, instants)
def test_an_answer_holds_for_every_moment_that_can_be_meant(
    one: tuple[datetime, datetime], other: tuple[datetime, datetime], near: datetime, far: datetime
) -> None:
    first, second = (Span(min(pair), max(pair) + timedelta(0, 1), "day", "made up") for pair in (one, other))
    inside_first = min(max(near, min(one)), max(one))
    inside_second = min(max(far, min(other)), max(other))
    answer = is_before(first, second)
    if answer is not Answer.CANNOT_TELL:
        assert (inside_first < inside_second) is (answer is Answer.YES)


def test_an_answer_has_no_truth_value_so_that_nobody_takes_cannot_tell_for_yes() -> None:
    with pytest.raises(TypeError, match="cannot tell"):
        bool(is_before(span("2026-07"), span("2026-07")))
