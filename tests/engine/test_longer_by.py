"""A length of two parts in a case: what the law gives, and what a house adds to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.cli.reasons import source, to_plain
from inprocap_flow.engine.case.records import Decision, Event, Request, When, key, unstamp
from inprocap_flow.engine.timing.consequences import consequences
from inprocap_flow.records import changed
from inprocap_flow.service.phrases import trace
from tests.engine.conftest import Play, blocker
from tests.engine.overlaid import opened_under

BASE = """
procedure: tiny
version: 1.0
language: en
title: Tiny
rulebook: none
limits:
  wait:
    says: Wait
    basis: law
    unit: period
    values:
      - from: 2020-01-01
        value: 15 days
        source: Act 7
        confirmed_on: never
        variants: {when: electronic, value: 10 days, source: Act 7(2)}
      - {from: 2026-06-01, value: 20 days, source: Act 7 as amended, confirmed_on: never}
roles: {officer: {title: Officer}}
fields:
  electronic: {type: yes_no, by: officer, title: Electronic}
  closes_on: {type: date, by: officer, title: Closes on}
begins: {step: open_case, by: officer, to: first}
stages:
  first: {title: First, owner: officer}
  over: {title: Over, final: completed}
steps:
  wait: {from: first, to: same, by: officer, starts: waiting}
  invite: {from: first, to: same, by: officer, starts: offers}
  end: {from: first, to: over, by: officer, already_there: {after: waiting}}
deadlines:
  waiting: {title: Waiting, kind: not_before, period: limit('wait')}
  offers: {title: Offers, kind: open_until, ends_at: closes_on, at_least: limit('wait')}
"""
OVERLAY = """
overlay: house
version: 1
language: en
title: House
organisation: lab
for: {tiny: 1.0}
lengthen:
  waiting: {by: 10 days, why: We wait longer, cite: House rules 4}
  offers: {by: 1 week, why: We give more}
"""


@pytest.fixture
def play(tmp_path: Path) -> Play:
    return opened_under(tmp_path, BASE, OVERLAY)


def last_day(play: Play, name: str) -> str | None:
    clock = play.case.deadlines[key("case", name)]
    return None if clock.last_day is None else str(clock.last_day)


def test_it_ends_so_many_days_after_the_law_lets_it_end(play: Play) -> None:
    play.does("2026-01-05 10:00", "ben", "do", "wait")
    assert last_day(play, "waiting") == "2026-01-30"  # 25 days after the 5th


def test_the_reduction_of_the_law_still_counts_and_is_longer_by_as_much(play: Play) -> None:
    play.does("2026-01-05 10:00", "ben", "fill", electronic="yes")
    play.does("2026-01-05 11:00", "ben", "do", "wait")
    # 20 days after the 5th is Sunday the 25th
    assert last_day(play, "waiting") == "2026-01-26"


def test_a_later_change_of_the_law_carries_through(play: Play) -> None:
    play.does("2026-06-01 10:00", "ben", "do", "wait")
    assert last_day(play, "waiting") == "2026-07-01"  # 30 days


def test_the_trace_shows_both_parts_each_with_its_basis_and_source(play: Play) -> None:
    play.does("2026-01-05 10:00", "ben", "fill", electronic="yes")
    play.does("2026-01-05 11:00", "ben", "do", "wait")
    computed = play.case.deadlines[key("case", "waiting")].computed
    text = "20 days, counted as one period, are 10 days (law: Act 7(2), because of electronic) and 10 days more "
    assert computed["trace"][0]["text"] == f"{text}(house rule: House rules 4)."
    assert computed["period"] == "P20D"
    bases = {name: used["basis"] for name, used in computed["limits"].items()}
    assert bases == {"wait": "law", "waiting_longer": "house_rule"}


def test_who_is_kept_waiting_is_told_of_the_law_first(play: Play) -> None:
    play.does("2026-01-05 10:00", "ben", "do", "wait")
    found = blocker(play.refused("2026-01-06 10:00", "ben", "do", "end"), "deadline-running")
    assert (found.basis, found.cite) == ("law", "Act 7")
    assert [(one.length, one.basis, one.cite) for one in found.grounds] == [
        ("15 days", "law", "Act 7"),
        ("10 days", "house_rule", "House rules 4"),
    ]


def test_a_closing_below_both_together_is_refused_with_both(play: Play) -> None:
    play.does("2026-01-05 10:00", "ben", "fill", closes_on="2026-01-21")
    found = blocker(play.refused("2026-01-05 11:00", "ben", "do", "invite"), "below-floor")
    assert (
        "at least 22 days, which are 15 days (law: Act 7) and 1 week more (house rule: overlay house 1), after Mon"
        in found.reason
    )
    assert [(one.length, one.basis) for one in found.grounds] == [("15 days", "law"), ("1 week", "house_rule")]
    more = "1 week more: overlay house 1 (house rule) [not confirmed]"
    assert source(found) == f"15 days: Act 7 (law) [not confirmed]; {more}"
    plain = to_plain(found)
    assert (plain["cite"], plain["basis"]) == ("Act 7", "law")
    assert plain["grounds"] == [
        {"length": "15 days", "basis": "law", "cite": "Act 7", "confirmed": False},
        {"length": "1 week", "basis": "house_rule", "cite": "overlay house 1", "confirmed": False},
    ]
    play.does("2026-01-05 11:00", "ben", "fill", closes_on="2026-01-27")
    play.does("2026-01-05 12:00", "ben", "do", "invite")
    floor = play.case.deadlines[key("case", "offers")].computed["floor"]
    assert "15 days (law: Act 7) and 1 week more" in floor["trace"][0]["text"]


def test_what_binds_a_moved_end_is_called_a_least_length_with_the_basis_of_each_part(play: Play) -> None:
    play.does("2026-01-05 10:00", "ben", "fill", closes_on="2026-01-28")
    play.does("2026-01-05 11:00", "ben", "do", "invite")
    found = list(trace(play.case.deadlines[key("case", "offers")].computed))
    assert "The least length beside it:" in found
    assert not any("lawful minimum" in line for line in found)


def test_what_an_act_on_it_must_keep_says_each_part_with_its_basis(play: Play) -> None:
    play.does("2026-01-05 10:00", "ben", "fill", closes_on="2026-01-28")
    play.does("2026-01-05 11:00", "ben", "do", "invite")
    before = play.case
    moved = changed(before.deadlines[key("case", "offers")], end="2026-02-05T23:00:00Z")
    after = changed(before, deadlines={**before.deadlines, key("case", "offers"): moved})
    binding = play.rehearsal.binding
    now = unstamp("2026-01-06T09:00:00Z")
    event = Event(1, 1, 1, "deadline_extended", "case", {"deadline": "offers"}, When.exactly(now), now, "ben")
    (least,) = consequences(binding, before, Decision(Request("extend", "ben", "offers"), (event,), after)).minima
    assert not least.is_law
    assert [(one.length, one.basis, one.cite) for one in least.grounds] == [
        ("15 days", "law", "Act 7"),
        ("1 week", "house_rule", "overlay house 1"),
    ]
