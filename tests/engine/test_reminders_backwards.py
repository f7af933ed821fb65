"""Reminders of a deadline that is counted backwards: from the last safe day, as it is shown, not from its far edge."""

from __future__ import annotations

from tests.engine.conftest import BERLIN, Build, Play, moment
from tests.engine.test_reminders import all_of, moments

PAPERS = """
stages: {first: {owner: officer, title: First}, second: {owner: officer, title: Second}, end: {final: completed}}
fields:
  meets_on: {type: date, by: officer, title: Day of the committee}
steps:
  hand_in: {from: first, to: second, by: officer, already_there: {within: [papers]}}
  finish: {from: second, to: end, by: officer, ends: everything}
deadlines:
  papers:
    title: The committee takes papers
    kind: open_until
    backwards_from: meets_on
    period: 2 weeks
    remind:
      - {role: unit, before: 1 week}
      - {role: officer, before: 1 working day}
      - {role: officer, after: 0 days}
"""


def papers(tiny: Build) -> Play:
    play = tiny(PAPERS)
    play.does("2026-06-01 10:00", "ben", "fill", meets_on="2026-07-15")  # a Wednesday; two weeks before: 1 July
    return play


def test_the_day_before_the_far_edge_is_the_last_one_and_reminders_are_counted_from_it(tiny: Build) -> None:
    play = papers(tiny)
    end = moment("2026-07-01 00:00").astimezone(BERLIN)  # 30 June, a Tuesday, is the last safe day
    ladder = all_of(play)["deadline case papers"]
    assert ladder.end == end
    assert moments(ladder) == ["2026-06-23 08:00", "2026-06-29 08:00", "2026-07-01 08:00"]
