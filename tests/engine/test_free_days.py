"""A closing that somebody sets on a day on which nobody works is lawful, and seldom meant: it is said."""

from __future__ import annotations

import pytest

from tests.engine.conftest import Build, Play


@pytest.mark.parametrize(
    ("day", "warned"),
    [
        ("2026-02-20", []),
        ("2026-02-21", ['"Receipt of bids" ends on Sat 2026-02-21, which is no working day (Saturday).']),
        ("2026-02-22", ['"Receipt of bids" ends on Sun 2026-02-22, which is no working day (Sunday).']),
    ],
)
def test_a_closing_on_a_free_day_is_warned_of_and_recorded(launched: Play, day: str, warned: list[str]) -> None:
    launched.does("2026-01-08 08:00", "ben", "fill", closing_day=day)
    decision = launched.does("2026-01-08 09:00", "ben", "do", "send_call", docs=("notice",))
    assert [w.reason for w in decision.warnings if w.code == "closing-on-free-day"] == warned
    (moved,) = [event for event in decision.events if event.kind == "moved"]
    assert moved.data.get("warned", []) == [f"closing-on-free-day: {reason}" for reason in warned]


def test_an_extension_to_a_free_day_is_warned_of_too(called: Play) -> None:
    called.does("2026-01-12 09:00", "ben", "fill", new_closing="2026-03-01")
    decision = called.does("2026-01-12 10:00", "ben", "do", "extend", reason="questions")
    (warning,) = decision.warnings
    assert (warning.code, warning.mend) == ("closing-on-free-day", "the next working day is Mon 2026-03-02")


def test_an_act_that_sets_a_free_day_is_warned_of_too_whether_it_extends_corrects_or_restarts(tiny: Build) -> None:
    play = tiny("""
    fields: {last: {type: date, by: officer, title: Last day}}
    stages: {first: {owner: officer}, end: {final: completed}}
    steps:
      begin: {from: first, to: same, by: officer, starts: window}
      look: {from: first, to: same, by: officer, already_there: {within: window}}
    deadlines:
      window: {title: Window, kind: open_until, ends_at: last,
               acts: {extend: {by: officer}, correct: {by: officer}, restart: {by: officer}}}
    """)
    play.does("2026-01-06 09:00", "ben", "fill", last="2026-02-20")
    play.does("2026-01-06 09:00", "ben", "do", "begin")
    for act, until in (("extend", "2026-02-28"), ("correct", "2026-03-01"), ("restart", "2026-03-07")):
        decision = play.does("2026-01-07 09:00", "ben", act, "window", reason="x", extra={"until": until})
        assert [warning.code for warning in decision.warnings] == ["closing-on-free-day"], act
    decision = play.does("2026-01-07 10:00", "ben", "correct", "window", reason="x", extra={"until": "2026-03-06"})
    assert decision.warnings == ()
