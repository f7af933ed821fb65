"""What a refusal says of a condition without values: in words, with titles, and not as the condition is written."""

from __future__ import annotations

import pytest

from tests.engine.conftest import Build, blocker

# The way over, which a condition guards; each procedure below has one step more.
STEPS = """
stages:
  first: {title: First, owner: officer}
  over: {title: Over, final: completed}
steps:
  go: {from: first, to: over, by: officer, already_there: {that: [{holds: "CONDITION", if_not: Not yet.}]}}
"""
CLOCK = f"""{STEPS}\
  begin_hold: {{from: first, to: same, by: officer, starts: hold}}
fields:
  ready: {{type: yes_no, by: officer, title: Ready}}
deadlines:
  hold: {{title: Cooling off, kind: due, period: 10 days}}
"""


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("over('hold')", 'the deadline "Cooling off" is not over'),
        ("not running('hold')", 'the deadline "Cooling off" runs'),
        ("known(ready) and over('hold')", '"Ready" is not known; the deadline "Cooling off" is not over'),
    ],
)
def test_a_condition_that_asks_a_clock_is_said_aloud(tiny: Build, condition: str, words: str) -> None:
    play = tiny(CLOCK.replace("CONDITION", condition))
    play.does("2026-01-05 09:00", "ben", "do", "begin_hold")
    found = blocker(play.refused("2026-01-06 09:00", "ben", "do", "go"), "guard")
    assert found.detail == words


MOMENTS = f"""{STEPS.replace("CONDITION", "came_at <= closing")}\
  note: {{from: first, to: same, by: officer, handed_in: {{may_fill: [came_at, closing, from_july]}}}}
fields:
  came_at: {{type: moment, by: officer, title: When it came}}
  closing: {{type: moment, by: officer, title: Closing}}
  from_july: {{type: moment, by: officer, title: From July on, minimum: "2026-07-01 00:00 +02:00"}}
"""


@pytest.mark.parametrize(
    ("came_at", "words"),
    [
        ("2026-01-05 12:01", "2026-01-05 12:01 +01:00 is not on or before 2026-01-05 12:00 +01:00"),
        ("2026-01-05 12:00:30", "2026-01-05 12:00:30 +01:00 is not on or before 2026-01-05 12:00 +01:00"),
        ("2026-07-05 12:00", "2026-07-05 12:00 +02:00 is not on or before 2026-01-05 12:00 +01:00"),
    ],
)
def test_moments_that_a_condition_compares_are_told_in_the_zone_of_the_organisation(
    tiny: Build, came_at: str, words: str
) -> None:
    play = tiny(MOMENTS)
    play.does("2026-01-05 13:00", "ben", "do", "note", came_at=came_at, closing="2026-01-05 12:00")
    found = blocker(play.refused("2026-01-05 14:00", "ben", "do", "go"), "guard")
    assert found.detail == f"came_at <= closing: {words}"


def test_a_moment_out_of_range_is_told_in_the_zone_of_the_organisation(tiny: Build) -> None:
    play = tiny(MOMENTS)
    refusal = play.refused("2026-01-05 13:00", "ben", "do", "note", from_july="2026-06-30 12:00")
    found = blocker(refusal, "out-of-range")
    assert found.reason == ('"From July on" must be at least 2026-07-01 00:00 +02:00; 2026-06-30 12:00 +02:00 is not.')
    assert found.mend == "give at least 2026-07-01 00:00 +02:00"
