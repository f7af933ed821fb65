"""Deadlines: when they start, how they are extended, moved, met, missed, stopped; floors and counting backwards."""

from __future__ import annotations

import pytest

from inprocap_flow.engine.case.records import TICK, Decision, Request, When
from tests.engine.conftest import Build, Play, at, blocker, day, moment, month

KINDS = """
fields:
  last: {type: date, by: officer, title: Last day}
  new_last: {type: date, by: officer, title: New last day}
  length: {type: period, by: officer, title: Length}
  done: {type: yes_no, by: officer, title: Done}
  visit: {type: date, by: officer, title: Day of the visit}
stages: {first: {owner: officer}, second: {owner: officer}, end: {final: completed}}
steps:
  begin_typed: {from: first, to: same, by: officer, starts: [typed]}
  begin_due: {from: first, to: same, by: officer, starts: [due]}
  begin_own: {from: first, to: same, by: officer, starts: [own]}
  begin_night: {from: first, to: same, by: officer, starts: [night]}
  begin_hold: {from: first, to: same, by: officer, starts: [hold]}
  meet: {from: first, to: same, by: officer, meets: [due]}
  stop: {from: first, to: same, by: officer, stops: [hold, typed]}
  restart: {from: first, to: same, by: officer, restarts: [due]}
  extend: {from: first, to: same, by: officer, handed_in: {reason: yes}, extends: {deadline: typed, until: new_last}}
  on: {from: first, to: second, by: officer, already_there: {after: [hold]}}
  within: {from: first, to: same, by: officer, already_there: {within: [typed]}}
  finish: {from: second, to: end, by: officer, ends: {everything_but: [kept]}}
deadlines:
  typed:
    title: Typed
    kind: open_until
    ends_at: last
    at_least: 35 days
    at_most: 100 days
    closes_at: "16:00"
  due: {title: Due, kind: due, period: 10 days, met_when: done}
  own: {title: Own, kind: not_before, period: length}
  hold: {title: Hold, kind: not_before, period: 10 days}
  night: {title: Night, kind: open_until, ends_at: visit, closes_at: "02:30"}
  back: {title: Back, kind: due, backwards_from: typed, period: 6 days, met_when: done}
  back_of_back: {title: Back of back, kind: due, backwards_from: back, period: 2 days, met_when: done}
  before_visit: {title: Before the visit, kind: due, backwards_from: visit, period: 3 days, met_when: done}
  kept: {title: Kept, kind: due, period: 1 year, outlives_case: yes, met_when: done}
"""


@pytest.fixture
def play(tiny: Build) -> Play:
    return tiny(KINDS)


@pytest.mark.parametrize(
    ("last", "code"),
    [
        ("2026-01-01", "too-early"),
        ("2026-02-09", "below-floor"),
        ("2026-02-10", "below-floor"),  # 35 days after 6 January: the whole of 10 February belongs to the period
        ("2026-02-11", None),
        ("2026-04-16", None),
        ("2026-04-17", "above-ceiling"),
    ],
)
def test_a_typed_end_keeps_the_lawful_bounds(play: Play, last: str, code: str | None) -> None:
    play.does("2026-01-06 09:00", "ben", "fill", last=last)
    outcome = play("2026-01-06 10:00", "ben", "do", "begin_typed")
    if code is None:
        assert play.ends("typed") == f"{last} 16:00"
    else:
        assert outcome.codes == (code,)  # type: ignore[union-attr]


def test_a_refused_end_names_the_earliest_lawful_one(play: Play) -> None:
    play.does("2026-01-06 09:00", "ben", "fill", last="2026-02-10")
    refusal = play.refused("2026-01-06 10:00", "ben", "do", "begin_typed")
    assert blocker(refusal, "below-floor").mend == "choose 2026-02-11 16:00 or later"


def test_an_end_nobody_typed_and_a_period_nobody_filled_are_named(play: Play) -> None:
    assert blocker(play.refused("2026-01-06 10:00", "ben", "do", "begin_typed"), "field-missing").about == "last"
    assert blocker(play.refused("2026-01-06 10:00", "ben", "do", "begin_own"), "field-missing").about == "length"
    play.does("2026-01-06 10:00", "ben", "fill", length="2 months")
    play.does("2026-01-06 10:00", "ben", "do", "begin_own")
    assert play.ends("own") == "2026-03-07 00:00"


def test_an_end_that_cannot_be_computed_says_why_and_apart_from_it_the_mend(play: Play) -> None:
    play.does("2026-01-06 10:00", "ben", "fill", visit="2026-03-29")
    found = blocker(play.refused("2026-01-06 10:00", "ben", "do", "begin_night"), "deadline-not-computable")
    gap = "2026-03-29 02:30 does not exist in Europe/Berlin, because the clocks go forward"
    assert (found.reason, found.mend) == (
        f"Night cannot be computed: {gap}.",
        "write a clock time before or after the change",
    )


def test_a_clock_that_runs_is_not_started_and_one_that_does_not_is_not_extended(play: Play) -> None:
    play.does("2026-01-06 10:00", "ben", "do", "begin_due")
    assert play.refused("2026-01-06 11:00", "ben", "do", "begin_due").codes == ("already-running",)
    assert play.refused("2026-01-06 11:00", "ben", "do", "extend", reason="x").codes == ("deadline-not-running",)


def test_an_extension_ends_later_than_now_and_than_before_and_keeps_its_history(play: Play) -> None:
    play.does("2026-01-06 09:00", "ben", "fill", last="2026-03-02", new_last="2026-03-01")
    play.does("2026-01-06 10:00", "ben", "do", "begin_typed")
    assert play.refused("2026-01-07 09:00", "ben", "do", "extend", reason="x").codes == ("too-early",)
    play.does("2026-01-07 09:00", "ben", "fill", new_last="2026-03-20")
    play.does("2026-01-07 10:00", "ben", "do", "extend", reason="a late answer")
    assert play.ends("typed") == "2026-03-20 16:00"
    assert [entry["what"] for entry in play.deadline("typed").history] == ["started", "extended"]
    assert play.deadline("typed").history[1]["ground"] == "a late answer"
    play.does("2026-01-07 11:00", "ben", "fill", new_last="2026-05-20")
    assert play.refused("2026-01-07 12:00", "ben", "do", "extend", reason="x").codes == ("above-ceiling",)


def test_what_is_counted_back_starts_moves_and_stops_with_its_anchor(play: Play) -> None:
    play.does("2026-01-06 09:00", "ben", "fill", last="2026-03-02", new_last="2026-03-20")
    play.does("2026-01-06 10:00", "ben", "do", "begin_typed")
    assert (play.ends("back"), play.ends("back_of_back")) == ("2026-02-24 00:00", "2026-02-22 00:00")
    outcome = play.does("2026-01-07 10:00", "ben", "do", "extend", reason="x")
    assert [e.kind for e in outcome.events] == [
        "moved", "deadline_extended", "deadline_recomputed", "deadline_recomputed",
    ]  # fmt: skip
    assert (play.ends("back"), play.ends("back_of_back")) == ("2026-03-14 00:00", "2026-03-12 00:00")
    play.does("2026-01-08 10:00", "ben", "do", "stop")
    assert {play.deadline(name).status for name in ("typed", "back", "back_of_back")} == {"stopped"}


def test_what_is_counted_back_from_a_field_follows_the_field(play: Play) -> None:
    play.does("2026-01-06 09:00", "ben", "fill", visit="2026-02-16")
    assert play.ends("before_visit") == "2026-02-13 00:00"
    play.does("2026-01-07 09:00", "ben", "fill", visit="2026-02-23")
    assert play.ends("before_visit") == "2026-02-20 00:00"
    play.does("2026-01-08 09:00", "ben", "fill", visit="")
    assert play.deadline("before_visit").status == "stopped"
    play.does("2026-01-09 09:00", "ben", "fill", visit="2026-02-25")
    assert play.deadline("before_visit").status == "running"


def test_a_due_deadline_is_met_by_an_act_by_its_condition_or_missed(play: Play) -> None:
    assert play.refused("2026-01-06 09:00", "ben", "do", "meet").codes == ("nothing-to-meet",)
    play.does("2026-01-06 10:00", "ben", "do", "begin_due")
    play.does("2026-01-07 10:00", "ben", "do", "meet")
    assert play.deadline("due").status == "met"
    play.does("2026-01-08 10:00", "ben", "do", "begin_due")
    play.does("2026-02-01 10:00", "ben", "fill", done="no")
    assert play.deadline("due").status == "missed"
    play.does("2026-02-02 10:00", "ben", "do", "meet")
    assert (play.deadline("due").status, play.deadline("due").history[-2]["what"]) == ("met", "missed")
    play.does("2026-02-03 10:00", "ben", "do", "begin_due")
    play.does("2026-02-04 10:00", "ben", "fill", done="yes")
    play.does("2026-03-01 10:00", "ben", "fill", last="2026-05-01")
    assert (play.deadline("due").status, play.deadline("due").history[-1]["by"]) == ("met", "system")


def test_a_deadline_stopped_before_it_started_holds_nothing(play: Play) -> None:
    assert play.refused("2026-01-06 10:00", "ben", "do", "on").codes == ("deadline-not-started",)
    play.does("2026-01-06 10:00", "ben", "do", "stop")
    assert play.deadline("hold").status == "stopped"
    play.does("2026-01-06 11:00", "ben", "do", "on")


def test_stopping_what_is_over_changes_nothing(play: Play) -> None:
    play.does("2026-01-06 10:00", "ben", "do", "begin_hold")
    play.does("2026-02-06 10:00", "ben", "do", "stop")
    assert play.deadline("hold").status == "over"


def test_a_restart_needs_a_reason_and_begins_anew(play: Play) -> None:
    play.does("2026-01-06 10:00", "ben", "do", "begin_due")
    assert play.refused("2026-01-08 10:00", "ben", "do", "restart").codes == ("reason-missing",)
    play.does("2026-01-08 10:00", "ben", "do", "restart", reason="sent to the wrong address")
    assert play.ends("due") == "2026-01-19 00:00"
    assert play.deadline("due").history[-1]["ground"] == "sent to the wrong address"


def test_a_clock_of_an_imprecise_event_counts_from_its_last_moment_and_is_marked(play: Play) -> None:
    play.does("2026-03-01 09:00", "ben", "do", "begin_due", happened=month("2026-02"), reason="the archive")
    clock = play.deadline("due")
    assert clock.assumed
    assert play.ends("due") == "2026-03-11 00:00"
    assert When.from_plain(clock.started) == month("2026-02")


def test_within_takes_the_reading_that_permits_and_says_so(tiny: Build) -> None:
    play = tiny(KINDS, open_at=None)
    play.does("2026-06-01 09:00", "ben", "open", "open_case", happened=at("2026-01-05 09:00"), historic=True)
    play.does("2026-06-01 09:00", "ben", "fill", last="2026-03-02", happened=at("2026-01-06 09:00"), historic=True)
    play.does("2026-06-01 09:00", "ben", "do", "begin_typed", happened=at("2026-01-06 10:00"), historic=True)
    outcome = play.does("2026-06-01 09:00", "ben", "do", "within", happened=day("2026-03-02"), historic=True)
    assert next(e for e in outcome.events if e.kind == "moved").data["assumed"] is True
    refusal = play.refused("2026-06-01 09:00", "ben", "do", "within", happened=day("2026-03-03"), historic=True)
    assert refusal.codes == ("deadline-over",)


def test_a_step_is_assumed_to_come_after_an_end_within_its_month_if_only_that_permits_it(tiny: Build) -> None:
    play = tiny(KINDS.replace("by: officer, already_there: {after: [hold]}", "as_soon_as: over('hold')"), open_at=None)
    play.does("2026-06-01 09:00", "ben", "open", "open_case", happened=at("2026-01-05 09:00"), historic=True)
    play.does("2026-06-01 09:00", "ben", "do", "begin_hold", happened=at("2026-01-06 10:00"), historic=True)
    outcome = play.does("2026-06-01 09:00", "ben", "do", "finish", happened=month("2026-01"), historic=True)
    assert [e.kind for e in outcome.events] == ["deadline_over", "moved", "moved"]
    assert outcome.events[-1].data["assumed"] is True


def test_after_takes_the_reading_that_permits_and_says_so(play: Play) -> None:
    play.does("2026-01-06 10:00", "ben", "do", "begin_hold")
    outcome = play.does("2026-02-05 09:00", "ben", "do", "on", happened=month("2026-01"), reason="the archive")
    assert next(e for e in outcome.events if e.kind == "moved").data["assumed"] is True


def test_an_imprecise_event_causes_no_false_miss(play: Play) -> None:
    play.does("2026-01-06 10:00", "ben", "do", "begin_due")
    outcome = play.does("2026-02-05 09:00", "ben", "do", "meet", happened=month("2026-01"), reason="the archive")
    assert [e.kind for e in outcome.events] == ["moved", "deadline_met"]
    assert "not known exactly" in outcome.events[1].data["cannot_tell"]


def test_an_imprecise_moment_reaches_no_further_than_now(play: Play) -> None:
    outcome = play.does("2026-01-20 09:00", "ben", "do", "begin_due", happened=month("2026-01"), reason="x")
    assert outcome.events[0].happened.last == moment("2026-01-20 09:00")
    assert play.refused("2026-01-21 09:00", "ben", "fill", last="2026-03-01", happened=month("2026-02")).codes == (
        "future",
    )


def test_what_outlives_the_case_is_no_hindrance_and_everything_else_stops(tiny: Build) -> None:
    play = tiny(KINDS.replace("starts: [hold]", "starts: [hold, kept]"))
    play.does("2026-01-06 10:00", "ben", "do", "begin_hold")
    play.does("2026-01-06 11:00", "ben", "do", "begin_due")
    play.does("2026-01-17 11:00", "ben", "do", "on")
    play.does("2026-01-18 11:00", "ben", "do", "finish")
    assert (play.stage, play.deadline("kept").status) == ("end", "running")
    play.does("2027-02-01 09:00", "dora", "interest")
    assert play.deadline("kept").status == "missed"


def test_a_last_tick_before_the_end_is_in_time(play: Play) -> None:
    play.does("2026-01-06 09:00", "ben", "fill", last="2026-03-02")
    play.does("2026-01-06 10:00", "ben", "do", "begin_typed")
    late = play.rehearsal.copy().play(Request("do", "ben", "within"), moment("2026-03-02 16:00"))
    last = play.rehearsal.play(Request("do", "ben", "within"), moment("2026-03-02 16:00") - TICK)
    assert isinstance(last, Decision)
    assert late.codes == ("deadline-over",)  # type: ignore[union-attr]


def test_a_track_counts_back_from_a_clock_of_the_case(tiny: Build) -> None:
    play = tiny("""
    fields: {last: {type: date, by: officer, title: Last}, new_last: {type: date, by: officer, title: New last}}
    stages: {first: {owner: officer}, end: {final: completed}}
    steps:
      go: {from: first, to: same, by: officer, starts: [closing]}
      extend: {from: first, to: same, by: officer, extends: {deadline: closing, until: new_last}}
      close: {from: first, to: end, by: officer, ends: everything}
    deadlines: {closing: {title: Closing, kind: open_until, ends_at: last}}
    tracks:
      bid:
        title: Bid
        begins: {step: enter, by: firm, to: in}
        stages: {in: {owner: firm}, out: {final: out}}
        steps: {leave: {from: in, to: out, by: firm}}
        deadlines: {visit: {title: Visit, kind: open_until, backwards_from: closing, period: 10 days}}
        if_case_ends: out
    """)
    play.does("2026-01-06 08:00", "al", "do", "enter", new="bid/early")
    play.does("2026-01-06 09:00", "ben", "fill", last="2026-03-01", new_last="2026-03-21")
    play.does("2026-01-06 10:00", "ben", "do", "go")
    play.does("2026-01-06 11:00", "bo", "do", "enter", new="bid/late")
    assert play.ends("visit", "bid/early") == play.ends("visit", "bid/late") == "2026-02-19 00:00"
    play.does("2026-01-07 10:00", "ben", "do", "extend")
    assert play.ends("visit", "bid/early") == play.ends("visit", "bid/late") == "2026-03-11 00:00"
    play.does("2026-01-08 10:00", "ben", "do", "close")
    assert play.deadline("visit", "bid/late").status == "stopped"
