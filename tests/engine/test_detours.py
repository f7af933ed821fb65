"""A detour that an overlay puts before a step, walked by a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.conftest import Play, blocker
from tests.engine.overlaid import opened_under

BASE = """
procedure: tiny
version: 1.0
language: en
title: Tiny
rulebook: none
roles: {officer: {title: Officer}}
rules: {paper: {title: In the paper, basis: custom}}
fields:
  value: {type: whole_number, by: officer, title: Value}
begins: {step: open_case, by: officer, to: first}
stages:
  first: {title: First, owner: officer}
  second: {title: Second, owner: officer}
  over: {title: Over, final: completed}
steps:
  go: {from: first, to: second, by: officer, milestone: gone}
  back: {from: second, to: first, by: officer}
  end: {from: any, to: over, by: officer}
"""
OVERLAY = """
overlay: house
version: 1
language: en
title: House
organisation: example-lab
for: {tiny: 1.0}
rules: {survey: {title: A survey comes first, basis: house_rule}}
insert:
  survey:
    before: gone
    when: value > 10
    rule: survey
    if_not: "Big ones are surveyed first."
    stages: {survey: {title: Survey, owner: officer}}
    steps: {ask_around: {from: arriving, to: survey, by: officer}}
    leaves_from: survey
derogations:
  urgent: {title: Urgent, lifts: [survey], by: officer, handed_in: {reason: yes}}
"""


@pytest.fixture
def play(tmp_path: Path) -> Play:
    return opened_under(tmp_path, BASE, OVERLAY)


def test_a_small_one_goes_straight_on_and_need_not_take_the_detour(play: Play) -> None:
    play.does("2026-01-05 10:00", "ben", "fill", value="5")
    assert blocker(play.refused("2026-01-05 11:00", "ben", "do", "ask_around"), "guard").reason.startswith(
        "This is not"
    )
    play.does("2026-01-05 11:00", "ben", "do", "go")
    assert play.stage == "second"


def test_a_big_one_goes_on_only_by_the_detour_and_again_each_time(play: Play) -> None:
    play.does("2026-01-05 10:00", "ben", "fill", value="50")
    for hour in (11, 14):
        refused = play.refused(f"2026-01-05 {hour}:00", "ben", "do", "go")
        assert blocker(refused, "guard").reason == "Big ones are surveyed first."
        play.does(f"2026-01-05 {hour}:10", "ben", "do", "ask_around")
        play.does(f"2026-01-05 {hour}:20", "ben", "do", "go")
        play.does(f"2026-01-05 {hour}:30", "ben", "do", "back")


def test_while_it_is_not_known_nobody_goes_past(play: Play) -> None:
    for step in ("go", "ask_around"):
        assert blocker(play.refused("2026-01-05 11:00", "ben", "do", step), "guard-unknown").code == "guard-unknown"


def test_where_its_rule_is_lifted_the_old_way_is_open_and_the_detour_shut(play: Play) -> None:
    play.does("2026-01-05 10:00", "ben", "fill", value="50")
    play.does("2026-01-05 10:30", "ben", "derogate", "urgent", reason="It cannot wait.")
    assert "lifted" in blocker(play.refused("2026-01-05 11:00", "ben", "do", "ask_around"), "guard").reason
    play.does("2026-01-05 11:00", "ben", "do", "go")
    assert play.stage == "second"


def test_what_ends_a_case_from_anywhere_ends_it_on_the_detour_too(play: Play) -> None:
    play.does("2026-01-05 10:00", "ben", "fill", value="50")
    play.does("2026-01-05 11:00", "ben", "do", "ask_around")
    play.does("2026-01-05 12:00", "ben", "do", "end")
    assert play.stage == "over"
