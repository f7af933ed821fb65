"""What a refusal says of a condition without values: in words, with titles, and not as the condition is written."""

from __future__ import annotations

import pytest

from tests.engine.conftest import Build, blocker

TINY = """
fields:
  ready: {type: yes_no, by: officer, title: Ready}
stages:
  first: {title: First, owner: officer}
  over: {title: Over, final: completed}
steps:
  begin_hold: {from: first, to: same, by: officer, starts: hold}
  go:
    from: first
    to: over
    by: officer
    already_there:
      that:
        - {holds: "CONDITION", if_not: Not yet.}
deadlines:
  hold: {title: Cooling off, kind: due, period: 10 days}
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
    play = tiny(TINY.replace("CONDITION", condition))
    play.does("2026-01-05 09:00", "ben", "do", "begin_hold")
    found = blocker(play.refused("2026-01-06 09:00", "ben", "do", "go"), "guard")
    assert found.detail == words
