"""Clocks beyond one decision: reckoned again on newer calendars, in doubt, safe to extend, proved late, met once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.engine.acts.clock_acts import safe_until
from inprocap_flow.engine.acts.recount import outdated
from inprocap_flow.engine.case.records import Decision, Request, When
from inprocap_flow.engine.decide import decide
from inprocap_flow.engine.offers import outlook
from inprocap_flow.engine.timing.consequences import consequences
from inprocap_flow.engine.timing.doubts import BEFORE, BEGINNING, doubt
from inprocap_flow.language.model import MeetingDate
from tests.engine.conftest import Build, Play, at, day, moment, month

CLOCKS = """
fields:
  last: {type: date, by: officer, title: Last day}
  done: {type: yes_no, by: officer, title: Done}
  board: {type: meeting, of: board, by: officer, title: Meeting of the board}
stages: {first: {owner: officer}, end: {final: completed}}
steps:
  begin: {from: first, to: same, by: officer, starts: [working, days, hold]}
  begin_window: {from: first, to: same, by: officer, starts: window}
  meet: {from: first, to: same, by: officer, meets: days}
  follow: {from: first, to: same, by: system, milestone: followed}
deadlines:
  working:
    title: Working days
    kind: due
    period: 5 working days
    met_when: done
    acts: {extend: {by: officer, takes: 2 working days}, suspend: {by: officer}, resume: {by: officer}}
  days: {title: Days, kind: due, period: 10 days, met_when: done, acts: {satisfy: {by: legal}}}
  hold: {title: Hold, kind: not_before, period: 10 days, when_over: follow}
  window:
    title: Window
    kind: open_until
    ends_at: last
    at_least: 5 working days
    acts: {extend: {by: officer, takes: 4 hours, tells: legal}}
  papers: {title: Papers, kind: due, backwards_from: board.dispatch, period: 3 days, met_when: done}
"""


@pytest.fixture
def play(tiny: Build) -> Play:
    return tiny(CLOCKS)


def on_calendar(play: Play, version: str, *holidays: str, until: str = "2026-12-31", meets: str = "2026-03-10") -> None:
    """Release another organisation: a calendar with *holidays* that knows its days *until*, and a day of the board."""
    days = {date.fromisoformat(holiday): "Holiday" for holiday in holidays}
    covers = (date(2026, 1, 1), date.fromisoformat(until))
    calendar = Calendar("lab", version, holidays=days, covers_from=covers[0], covers_until=covers[1])
    board = (
        MeetingDate("spring", meets, {"dispatch": "2026-03-03"} if meets < "2026-04" else {"dispatch": "2026-04-03"}),
    )
    binding = play.rehearsal.binding
    newer = replace(
        binding.organisation, version=version, calendars={"holidays": calendar.to_plain()}, committees={"board": board}
    )
    play.rehearsal.binding = replace(binding, organisation=newer)


# ---------------------------------------------------------------------------------------------- newer calendars


def test_a_provisional_end_is_reckoned_again_when_the_calendar_says_more(play: Play) -> None:
    on_calendar(play, "1", until="2026-01-08")
    play.does("2026-01-06 09:00", "ben", "do", "begin")
    assert play.deadline("working").provisional
    assert play.ends("working") == "2026-01-14 00:00"
    assert outdated(play.rehearsal.binding, play.case) == ()
    on_calendar(play, "2", "2026-01-12")
    assert [state.name for state in outdated(play.rehearsal.binding, play.case)] == ["working"]
    outcome = play.does("2026-01-09 09:00", "system", "recount")
    assert play.ends("working") == "2026-01-15 00:00"
    assert not play.deadline("working").provisional
    assert play.deadline("working").history[-1]["ground"] == "calendar lab 2 instead of 1"
    assert [message.to for message in outcome.messages] == [("role:officer",)]
    assert outdated(play.rehearsal.binding, play.case) == ()
    again = play.refused("2026-01-09 10:00", "ben", "recount")
    assert again.codes == ("nothing-to-do",)


def test_what_was_given_back_is_given_back_on_the_newer_calendar_too(play: Play) -> None:
    on_calendar(play, "1", until="2026-01-08")
    play.does("2026-01-06 09:00", "ben", "do", "begin")
    play.does("2026-01-07 09:00", "ben", "suspend", "working", reason="x")
    play.does("2026-01-09 09:00", "ben", "resume", "working", reason="x")
    assert play.ends("working") == "2026-01-16 00:00"  # 13 January and two working days
    on_calendar(play, "2", "2026-01-12")
    play.does("2026-01-09 10:00", "ben", "recount")
    assert play.ends("working") == "2026-01-17 00:00"


def test_only_who_may_act_at_all_asks_for_it_and_a_certain_end_never_moves(play: Play) -> None:
    on_calendar(play, "1")
    play.does("2026-01-06 09:00", "ben", "do", "begin")
    on_calendar(play, "2", "2026-01-12")
    assert play.refused("2026-01-09 10:00", "ilo", "recount").codes == ("not-entitled",)
    assert play.refused("2026-01-09 10:00", "ben", "recount").codes == ("nothing-to-do",)
    assert play.ends("working") == "2026-01-14 00:00"


def test_a_typed_end_below_the_minimum_as_it_is_now_known_is_a_warning_and_moves_by_decision_only(play: Play) -> None:
    on_calendar(play, "1", until="2026-01-08")
    play.does("2026-01-06 08:00", "ben", "fill", last="2026-01-13")
    play.does("2026-01-06 09:00", "ben", "do", "begin_window")
    on_calendar(play, "2", "2026-01-12")
    outcome = play.does("2026-01-09 09:00", "system", "recount")
    assert [warning.code for warning in outcome.warnings] == ["below-floor"]
    assert play.ends("window") == "2026-01-14 00:00"


def test_what_is_counted_back_from_a_meeting_moves_when_the_meeting_does(play: Play) -> None:
    on_calendar(play, "1")
    play.does("2026-01-06 09:00", "ben", "fill", board="spring")
    assert play.ends("papers") == "2026-02-28 00:00"
    on_calendar(play, "2", meets="2026-04-10")
    play.does("2026-01-07 09:00", "system", "recount")
    assert play.ends("papers") == "2026-03-31 00:00"
    assert play.deadline("papers").history[-1]["ground"] == "the day of board.dispatch was changed"


# ---------------------------------------------------------------------------------------------- doubt


def test_a_clock_that_began_on_an_unknown_day_is_never_overdue_only_in_doubt(play: Play) -> None:
    play.does("2026-02-01 09:00", "ben", "do", "begin", happened=month("2026-01"), reason="x")
    state = play.deadline("days")
    assert state.assumed
    assert play.ends("days") == "2026-02-11 00:00"
    earliest = moment("2026-01-12 00:00")
    assert doubt(state, earliest - timedelta(seconds=1)) == ""
    assert doubt(state, earliest) == doubt(state, moment("2026-02-10 23:59")) == BEGINNING
    assert doubt(state, moment("2026-02-11 00:00")) == ""  # over whenever it began
    play.does("2026-02-05 09:00", "ben", "do", "meet")
    assert play.deadline("days").status == "met"
    assert "whether it was met in time" in doubt(play.deadline("days"), moment("2026-02-05 10:00"))


UNKNOWN_BEGINNING = """
    stages: {first: {owner: officer}, end: {final: completed}}
    steps: {begin: {from: first, to: same, by: officer, starts: duty}}
    deadlines:
      duty: {title: Duty, kind: due, period: 10 days, remind: {role: officer, before: 1 day},
             acts: {suspend: {by: officer}, resume: {by: officer}, extend: {by: officer}}}
    """


def test_what_may_have_been_over_before_it_stood_still_stays_in_doubt_after_it_runs_again(tiny: Build) -> None:
    play = tiny(UNKNOWN_BEGINNING)
    play.does("2026-02-01 09:00", "ben", "do", "begin", happened=month("2026-01"), reason="x")
    play.does("2026-02-02 09:00", "ben", "suspend", "duty", reason="x")  # it may have ended on 11 January
    assert doubt(play.deadline("duty"), moment("2026-02-03 09:00")) == BEFORE
    play.does("2026-02-04 09:00", "ben", "resume", "duty", reason="x")
    assert play.ends("duty") == "2026-02-13 00:00"
    assert play.deadline("duty").earliest == "2026-01-11T23:00:00Z"
    assert doubt(play.deadline("duty"), moment("2026-02-04 10:00")) == BEGINNING
    assert doubt(play.deadline("duty"), moment("2026-02-13 00:00")) == ""


def test_time_given_back_moves_the_earliest_possible_end_too_however_often(tiny: Build) -> None:
    play = tiny(UNKNOWN_BEGINNING)
    play.does("2026-01-09 09:00", "ben", "do", "begin", happened=month("2026-01"), reason="x")
    play.does("2026-01-10 09:00", "ben", "suspend", "duty", reason="x")
    assert doubt(play.deadline("duty"), moment("2026-01-11 09:00")) == ""
    play.does("2026-01-11 09:00", "ben", "resume", "duty", reason="x")
    assert play.deadline("duty").earliest == "2026-01-12T23:00:00Z"  # 11 January and a day
    play.does("2026-01-12 09:00", "ben", "suspend", "duty", reason="x")
    play.does("2026-01-13 09:00", "ben", "resume", "duty", reason="x")
    assert play.deadline("duty").earliest == "2026-01-13T23:00:00Z"  # 11 January and two days
    assert play.ends("duty") == "2026-01-22 00:00"


def test_a_longer_period_by_law_ends_at_the_earliest_where_it_began_as_early_as_it_may_have(tiny: Build) -> None:
    play = tiny(UNKNOWN_BEGINNING)
    play.does("2026-02-01 09:00", "ben", "do", "begin", happened=month("2026-01"), reason="x")
    play.does("2026-02-02 09:00", "ben", "extend", "duty", reason="x", extra={"by_law": "P5D"})
    state = play.deadline("duty")
    assert (state.earliest, play.ends("duty")) == ("2026-01-16T23:00:00Z", "2026-02-16 00:00")
    assert doubt(state, moment("2026-02-02 10:00")) == BEGINNING
    play.does("2026-02-03 09:00", "ben", "extend", "duty", reason="x", extra={"until": "2026-03-02"})
    assert doubt(play.deadline("duty"), moment("2026-02-20 10:00")) == ""  # whenever it began, it ends as was decided


def test_a_duty_met_on_an_unknown_day_around_its_end_cannot_be_told_and_is_not_missed(play: Play) -> None:
    play.does("2026-01-06 09:00", "ben", "do", "begin")
    play.does("2026-01-20 09:00", "ben", "do", "meet", happened=day("2026-01-16"), reason="x")
    state = play.deadline("days")
    assert (state.status, [entry["what"] for entry in state.history]) == ("met", ["started", "met"])
    assert doubt(state, moment("2026-01-20 10:00")) == ""  # the whole of the 16th is in time


def test_a_day_that_may_lie_before_or_after_the_end_is_said_to_be_unknown(tiny: Build) -> None:
    play = tiny("""
    stages: {first: {owner: officer}, end: {final: completed}}
    steps:
      begin: {from: first, to: same, by: officer, starts: due}
      meet: {from: first, to: same, by: officer, meets: due}
    deadlines: {due: {title: Due, kind: due, period: 10 days, closes_at: "12:00"}}
    """)
    play.does("2026-01-06 09:00", "ben", "do", "begin")
    play.does("2026-01-20 09:00", "ben", "do", "meet", happened=day("2026-01-16"), reason="x")
    assert play.deadline("due").status == "met"
    assert play.deadline("due").doubt == "whether it was met in time: the day is not known exactly"
    assert play.find("deadline_missed") == []


# ---------------------------------------------------------------------------------------------- proved late


def test_a_miss_that_the_clock_recorded_is_taken_back_by_the_proof_that_it_was_none(play: Play) -> None:
    play.does("2026-01-06 09:00", "ben", "do", "begin")
    play.does("2026-01-19 09:00", "ben", "fill", last="2026-05-01")
    missed = play.find("deadline_missed")[-1].decision
    assert play.deadline("days").status == "missed"
    outcome = play.does("2026-01-20 09:00", "ben", "do", "meet", happened=at("2026-01-15 09:00"), reason="forgotten")
    assert play.deadline("days").status == "met"
    assert [entry["what"] for entry in play.deadline("days").history] == ["started", "met"]
    withdrawn = outcome.events[-1]
    assert (withdrawn.kind, withdrawn.data["decisions"]) == ("annulled", [missed])
    assert play.case.main.fields["last"] == "2026-05-01"
    assert play.rehearsal.play(Request("fill", "ben"), moment("2026-01-21 10:00")).codes == ("nothing-to-do",)  # type: ignore[union-attr]


def test_a_miss_that_something_followed_from_is_not_taken_back_by_itself(tiny: Build) -> None:
    play = tiny("""
    stages: {first: {owner: officer}, second: {owner: officer}, end: {final: completed}}
    fields: {note: {type: text, by: officer, title: Note}}
    steps:
      begin: {from: first, to: same, by: officer, starts: due}
      meet: {from: [first, second], to: same, by: officer, meets: due}
      missed: {from: first, to: second, by: system}
    deadlines: {due: {title: Due, kind: due, period: 10 days, when_over: missed}}
    """)
    play.does("2026-01-06 09:00", "ben", "do", "begin")
    play.does("2026-01-19 09:00", "ben", "fill", note="x")
    late = play.refused("2026-01-20 09:00", "ben", "do", "meet", happened=at("2026-01-15 09:00"), reason="x")
    assert late.codes == ("out-of-order",)


# ---------------------------------------------------------------------------------------------- safe, seen beforehand


def test_an_extension_is_safe_as_long_as_signatures_and_publication_find_time(play: Play) -> None:
    play.does("2026-01-06 08:00", "ben", "fill", last="2026-03-01")
    play.does("2026-01-06 09:00", "ben", "do", "begin_window")
    play.does("2026-01-06 09:00", "ben", "do", "begin")
    binding = play.rehearsal.binding
    # Working days until Tuesday 13 January: two before it are Monday and Friday, and Friday itself is not safe.
    assert safe_until(binding, play.case, "case", "working") == moment("2026-01-09 00:00")
    assert safe_until(binding, play.case, "case", "window") == moment("2026-03-01 20:00")
    assert safe_until(binding, play.case, "case", "days") is None
    play.does("2026-01-07 09:00", "ben", "suspend", "working", reason="x")
    assert safe_until(binding, play.case, "case", "working") is None


def test_what_an_act_does_is_seen_beforehand_as_a_whole(play: Play) -> None:
    on_calendar(play, "1")
    play.does("2026-01-06 08:00", "ben", "fill", last="2026-02-27", board="spring")
    play.does("2026-01-06 09:00", "ben", "do", "begin_window")
    request = Request("extend", "ben", "window", reason="x", extra={"until": "2026-03-20"})
    preview = decide(play.rehearsal.binding, play.case, request, moment("2026-01-07 09:00"))
    assert isinstance(preview, Decision)
    found = consequences(play.rehearsal.binding, play.case, preview)
    (shift,) = found.shifts
    assert (shift.name, shift.was, shift.now) == ("window", moment("2026-02-28 00:00"), moment("2026-03-21 00:00"))
    assert found.told == ("role:legal",)
    (minimum,) = found.minima
    assert minimum.floor == moment("2026-01-14 00:00")
    assert [(gate.gate, str(gate.day), gate.later) for gate in found.gates] == [
        ("dispatch", "2026-03-03", True), ("meets", "2026-03-10", True)
    ]  # fmt: skip


# ---------------------------------------------------------------------------------------------- nobody awake


def test_what_a_clock_fires_happens_once_at_its_lawful_moment_though_nobody_was_awake(play: Play) -> None:
    play.does("2026-01-06 09:00", "ben", "do", "begin")
    first = play.does("2026-06-01 09:00", "ben", "fill", done="no")
    moved = [event for event in first.events if event.kind == "moved"]
    assert [(event.actor, event.happened, event.recorded_at) for event in moved] == [
        ("system", When.exactly(moment("2026-01-17 00:00")), moment("2026-06-01 09:00"))
    ]
    second = play.does("2026-07-01 09:00", "ben", "fill", done="yes")
    assert [event.kind for event in second.events] == ["filled"]


def test_a_window_in_doubt_lets_through_by_the_reading_that_permits_and_says_so(tiny: Build) -> None:
    play = tiny("""
    fields: {done: {type: yes_no, by: officer, title: Done}}
    stages: {first: {owner: officer}, end: {final: completed}}
    steps:
      begin: {from: first, to: same, by: officer, starts: window}
      act: {from: first, to: same, by: officer, already_there: {within: window}}
    deadlines:
      window: {title: Window, kind: open_until, period: 20 days}
      back: {title: Back, kind: due, backwards_from: window, period: 5 days, met_when: done}
    """)
    play.does("2026-02-02 09:00", "ben", "do", "begin", happened=month("2026-01"), reason="x")
    assert (play.ends("window"), play.ends("back")) == ("2026-02-21 00:00", "2026-02-15 00:00")
    back = play.deadline("back")
    assert back.assumed
    assert doubt(back, moment("2026-02-10 09:00")) == BEGINNING  # it may have ended on 17 January
    outcome = play.does("2026-02-10 09:00", "ben", "do", "act")
    assert outcome.events[-1].data["assumed"] is True
    play.does("2026-02-21 00:00", "ben", "fill", done="no")
    assert play.deadline("window").status == "over"


def test_signatures_that_only_an_act_needs_are_waited_for_once_somebody_has_asked(tiny: Build) -> None:
    play = tiny("""
    fields: {note: {type: text, by: officer, title: Note}}
    stages: {first: {owner: officer}, end: {final: completed}}
    steps: {begin: {from: first, to: same, by: officer, starts: hold}}
    approvals: {more: {signatures: {role: legal}}}
    deadlines:
      hold: {title: Hold, kind: due, period: 10 days, met_when: known(note),
             acts: {extend: {by: officer, requires: {approvals: more}}}}
    """)
    play.does("2026-01-06 09:00", "ben", "do", "begin")
    now = moment("2026-01-06 10:00")
    assert outlook(play.rehearsal.binding, play.case, now).approvals == ()
    play.does("2026-01-06 10:00", "ben", "ask", "more")
    ((found, who),) = outlook(play.rehearsal.binding, play.case, now).approvals
    assert (found.approval.name, who) == ("more", ("dora", "hana"))
    play.does("2026-01-18 10:00", "ben", "fill", note="x")
    assert not play.approval("more").open  # the duty is missed, so nothing needs it any more
