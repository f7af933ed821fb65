"""A length in hours is read in hours, with the exact moment of its end, wherever it is written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from inprocap_flow.service.reading.book import Book, open_book
from inprocap_flow.service.reading.finding import read_one
from tests.reading.conftest import text_of

DEFINITIONS = Path(__file__).parents[2] / "definitions"
DAY = date(2026, 11, 23)
OVERLAY = """\
overlay: ours
version: 1
language: en
title: Ours
organisation: example-lab
for: {market-consultation: 2026.1}
limits:
  pause:
    says: So long nobody is written to
    basis: house_rule
    unit: period
    values:
      - {from: 2020-01-01, until: 2026-12-31, value: 48 hours, source: ours, confirmed_on: never}
      - {from: 2027-01-01, value: 2 days, source: ours, confirmed_on: never}
deadlines:
  short: {title: Short, kind: open_until, period: 9 hours}
  longer: {title: Longer, kind: not_before, period: limit('pause')}
  at_four: {title: At_four, kind: open_until, period: limit('pause'), closes_at: "16:00"}
  plain: {title: Plain, kind: open_until, period: 30 hours, closes_at: "16:00"}
"""


def read_on(folder: Path, day: date) -> Book:
    path = folder / "ours.yaml"
    path.write_text(OVERLAY, encoding="utf-8")
    return open_book(DEFINITIONS / "market-consultation.yaml", (DEFINITIONS,), overlays=[path], day=day)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return read_on(tmp_path, DAY)


def ends(book: Book, name: str) -> str:
    return text_of(read_one(book, name)[0], "When it ends")


def test_hours_of_a_limit_end_to_the_hour_and_not_with_a_day(book: Book) -> None:
    said = ends(book, "longer")
    assert "It ends 48 hours (limit pause) after it starts: to the hour" in said
    assert "What starts at 14:10 ends 2 days later at 15:00." in said
    assert "24:00" not in said


def test_hours_that_are_written_down_end_to_the_hour(book: Book) -> None:
    assert "What starts at 14:10 ends on the next day at 00:00." in ends(book, "short")


def test_the_value_of_the_day_says_whether_it_is_hours(tmp_path: Path) -> None:
    assert "at 24:00 of its last day" in ends(read_on(tmp_path, date(2027, 2, 1)), "longer")


def test_a_closing_hour_is_said_as_the_engine_closes(book: Book) -> None:
    """A length that rests on a limit is over before the clock time counts (ruling 13)."""
    assert "at 16:00 of the first day on which all of it is over by then" in ends(book, "at_four")
    assert "at 16:00 of the day on which the last hour lies; 16:00:00 itself is too late" in ends(book, "plain")


def test_a_longer_time_in_hours_is_read_as_hours() -> None:
    overlay = DEFINITIONS / "overlays" / "germany.yaml"
    book = open_book(DEFINITIONS / "open.yaml", (DEFINITIONS,), overlays=[overlay], day=DAY)
    said = ends(book, "office_has_48_hours")
    assert "to the hour" in said
    assert "24:00" not in said


def test_a_fact_that_is_set_to_yes_is_read_as_yes() -> None:
    overlay = DEFINITIONS / "overlays" / "cern.yaml"
    book = open_book(DEFINITIONS / "pcp.yaml", (DEFINITIONS,), overlays=[overlay], day=DAY)
    said = "\n".join(text_of(one) for one in read_one(book, "own_rules_off"))
    assert "always holds" not in said
