"""Clause 6.1: time passes before a request is looked at, and what ends stands whatever becomes of the request."""

from __future__ import annotations

from inprocap_flow.engine.carrying.settle import MOST_EXPIRIES
from inprocap_flow.engine.case.records import Refusal, Request
from inprocap_flow.engine.decide import decide
from tests.engine.conftest import Build, Play, moment

TWO_CLOCKS = """
stages: {first: {owner: officer, title: First}, second: {owner: officer, title: Second}, end: {final: completed}}
fields: {until: {type: moment, by: officer, title: Until}}
steps:
  go: {from: first, to: same, by: officer, starts: [zebra, ape]}
  on: {from: first, to: second, by: system}
  close: {from: [first, second], to: end, by: officer, ends: everything}
deadlines:
  zebra: {title: Zebra, kind: not_before, period: 10 days}
  ape: {title: Ape, kind: not_before, period: 10 days, when_over: "on"}
"""


def test_what_has_ended_is_recorded_at_its_end_before_the_request_is_decided(called: Play) -> None:
    outcome = called.does("2026-02-23 09:00", "gus", "interest")
    assert [e.data["deadline"] for e in outcome.events if e.kind.startswith("deadline_")] == ["answers", "bids"]
    over = outcome.events[1]
    assert (over.kind, over.actor) == ("deadline_over", "system")
    assert over.happened.first == moment("2026-02-20 16:00")
    assert over.recorded_at == moment("2026-02-23 09:00")
    assert called.stage == "bidding.over"


def test_expiries_stand_though_the_request_is_refused(called: Play) -> None:
    refusal = called.refused("2026-02-23 09:00", "ben", "do", "sign")
    assert [event.kind for event in refusal.events][:3] == ["deadline_met", "deadline_over", "moved"]
    assert called.stage == "bidding.over"
    assert refusal.codes == ("not-offered",)


def test_an_end_is_exclusive_so_that_the_closing_minute_is_late(called: Play) -> None:
    called.does("2026-02-01 09:00", "al", "do", "register", new="bidder/al", firm="al")
    refusal = called.refused("2026-02-20 16:00", "al", "do", "submit", on="bidder/al", docs=("bid",), price="5 EUR")
    assert refusal.codes == ("not-offered",)
    assert refusal.blockers[0].detail == "lapse"


def test_of_two_that_end_together_the_name_decides(tiny: Build) -> None:
    play = tiny(TWO_CLOCKS)
    play.does("2026-01-06 09:00", "ben", "do", "go")
    play.does("2026-02-01 09:00", "ben", "fill", until="2026-03-01 10:00")
    assert [event.data["deadline"] for event in play.find("deadline_over")] == ["ape", "zebra"]


def test_the_main_line_comes_before_tracks_and_tracks_in_order_of_opening(tiny: Build) -> None:
    play = tiny("""
    stages: {first: {owner: officer}, end: {final: completed}}
    fields: {note: {type: text, by: officer, title: Note}}
    steps:
      go: {from: first, to: same, by: officer, starts: [zebra]}
      close: {from: first, to: end, by: officer, ends: everything}
    deadlines: {zebra: {title: Zebra, kind: not_before, period: 10 days}}
    tracks:
      bid:
        title: Bid
        begins: {step: enter, by: firm, to: in, starts: [ape]}
        stages: {in: {owner: firm}, out: {final: out}}
        steps: {leave: {from: in, to: out, by: firm}}
        deadlines: {ape: {title: Ape, kind: not_before, period: 10 days}}
        if_case_ends: out
    """)
    play.does("2026-01-06 09:00", "bo", "do", "enter", new="bid/zz")
    play.does("2026-01-06 09:00", "al", "do", "enter", new="bid/aa")
    play.does("2026-01-06 09:00", "ben", "do", "go")
    play.does("2026-02-01 09:00", "ben", "fill", note="x")
    assert [event.line for event in play.find("deadline_over")] == ["case", "bid/zz", "bid/aa"]


def test_a_refused_when_over_leaves_the_expiry_and_tells_the_owner(tiny: Build) -> None:
    play = tiny("""
    stages: {first: {owner: officer}, second: {owner: legal}, end: {final: completed}}
    fields: {note: {type: text, by: officer, title: Note}}
    documents: {paper: {title: Paper, by: officer}}
    steps:
      go: {from: first, to: same, by: officer, starts: [soon]}
      "next": {from: first, to: second, by: system, already_there: {documents: [paper]}}
      close: {from: [first, second], to: end, by: officer}
    deadlines: {soon: {title: Soon, kind: not_before, period: 10 days, when_over: "next"}}
    """)
    play.does("2026-01-06 09:00", "ben", "do", "go")
    play.does("2026-02-01 09:00", "ben", "fill", note="x")
    assert play.deadline("soon").status == "over"
    assert play.stage == "first"
    (note,) = play.find("expiry_refused")
    assert note.data["step"] == "next"
    assert "document-missing" in note.data["because"][0]
    assert [m.to for m in play.rehearsal.messages if m.subject == "expiry_refused"] == [("role:officer",)]


def test_an_expiry_that_would_leave_something_open_is_refused_and_stands(tiny: Build) -> None:
    play = tiny("""
    stages: {first: {owner: officer}, end: {final: completed}}
    fields: {note: {type: text, by: officer, title: Note}}
    steps:
      go: {from: first, to: same, by: officer, starts: [soon]}
      finish: {from: first, to: end, by: system}
    deadlines: {soon: {title: Soon, kind: not_before, period: 10 days, when_over: finish}}
    tracks:
      bid:
        title: Bid
        begins: {step: enter, by: firm, to: in}
        stages: {in: {owner: firm}, out: {final: out}}
        steps: {leave: {from: in, to: out, by: firm}}
        if_case_ends: out
    """)
    play.does("2026-01-06 09:00", "ben", "do", "go")
    play.does("2026-01-06 09:00", "al", "do", "enter", new="bid/al")
    play.does("2026-02-01 09:00", "ben", "fill", note="x")
    assert play.stage == "first"
    assert "left-open" in play.find("expiry_refused")[0].data["because"][0]


def test_a_clock_that_starts_itself_again_lets_time_pass_a_thousand_ends_at_a_time(tiny: Build) -> None:
    play = tiny("""
    stages: {first: {owner: officer}, end: {final: completed}}
    fields: {note: {type: text, by: officer, title: Note}}
    steps:
      go: {from: first, to: same, by: officer, starts: [soon]}
      again: {from: first, to: same, by: system, starts: [soon]}
      close: {from: first, to: end, by: officer, ends: everything}
    deadlines: {soon: {title: Soon, kind: not_before, period: 1 hour, when_over: again}}
    """)
    play.does("2026-01-06 09:00", "ben", "do", "go")
    refusal = play.refused("2026-04-01 09:00", "ben", "fill", note="x")
    assert refusal.codes == ("time-passing",)
    assert len([e for e in refusal.events if e.kind == "deadline_over"]) == MOST_EXPIRIES
    play.does("2026-04-01 09:00", "ben", "fill", note="x")


def test_ends_are_ordered_as_moments_and_not_as_texts(called: Play) -> None:
    # "...:00.5Z" sorts before "...:00Z" as text, and comes after it in time.
    binding, case = called.rehearsal.binding, called.case
    from dataclasses import replace

    bids = called.deadline("bids")
    half = replace(bids, name="answers", end=bids.end.replace("Z", ".500000Z"))
    both = replace(case, deadlines={"case bids": bids, "case answers": half})
    outcome = decide(binding, both, Request("fill", "ben"), moment("2026-02-23 09:00"))
    assert isinstance(outcome, Refusal)
    ended = [e.data["deadline"] for e in outcome.events if e.kind.startswith("deadline_")]
    assert ended == ["bids", "answers"]


def test_a_clock_set_to_an_end_that_has_passed_ends_when_it_was_set(drafted: Play) -> None:
    drafted.does("2026-01-06 09:00", "ben", "do", "finish_draft")
    for number, who in enumerate(("dora", "emil", "june")):
        drafted.does(f"2026-01-07 09:0{number}", who, "sign", "launch")
    drafted.does("2026-01-08 08:00", "ben", "fill", closing_day="2026-02-20")
    drafted.does("2026-01-08 09:00", "ben", "do", "send_call", docs=("notice",))
    # Questions are due six days before the closing: 14 February. Extending moves that into the future again.
    drafted.does("2026-02-18 09:00", "ben", "fill", new_closing="2026-03-20")
    assert drafted.deadline("answers").status == "met"
    drafted.does("2026-02-18 10:00", "ben", "do", "extend", reason="a late answer")
    assert drafted.deadline("answers").status == "running"
    assert drafted.ends("answers") == "2026-03-14 00:00"


def test_a_clock_that_went_back_makes_no_request_late(called: Play) -> None:
    outcome = called.does("2026-01-07 12:00", "ben", "fill", new_closing="2026-03-20")
    assert outcome.events[0].happened.first == moment("2026-01-08 09:00")
    assert outcome.events[0].recorded_at == moment("2026-01-07 12:00")
