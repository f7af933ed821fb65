"""Clauses 6.4 to 6.6: effects in their order, what follows by itself, and what may not be left open."""

from __future__ import annotations

import pytest

from inprocap_flow.errors import DefinitionDefect
from tests.engine.conftest import Build, Play, blocker

EFFECTS = """
fields:
  number: {type: whole_number, by: officer, title: Number}
  copy: {type: whole_number, title: Copy}
  visit: {type: date, by: officer, title: Visit}
documents: {paper: {title: Paper}}
stages: {first: {owner: officer}, second: {owner: officer}, end: {final: completed}}
steps:
  go:
    from: first
    to: second
    by: officer
    milestone: gone
    handed_in: {fields: [number, visit], documents: [paper]}
    already_there: {approvals: [consent]}
    sets: {copy: number}
    meets: [reply]
    stops: [idle]
    starts: [pause]
    moves: [{tracks: bid, in: in, where: each.price > number, step: lapse}]
    creates: [{track: task, with: {size: number}}]
    publishes: [paper]
    tells: [legal, {every: bid}]
    notice: {ocds: tender}
  start: {from: first, to: same, by: officer, starts: [reply, idle]}
  finish: {from: second, to: end, by: officer}
  stop: {from: [first, second], to: end, by: officer, ends: everything, tells: [{every: bid}]}
approvals:
  consent: {title: Consent, signatures: [{role: legal}]}
  other: {title: Other, void_if_changed: {fields: [copy]}, signatures: [{role: legal}]}
deadlines:
  reply: {title: Reply, kind: due, period: 5 days}
  idle: {title: Idle, kind: not_before, period: 50 days}
  pause: {title: Pause, kind: not_before, period: 5 days}
  before: {title: Before, kind: not_before, backwards_from: visit, period: 5 days}
tracks:
  bid:
    title: Bid
    fields: {price: {type: whole_number, by: firm, title: Price}}
    begins: {step: enter, by: firm, to: in}
    stages: {in: {owner: firm}, out: {final: out}}
    steps:
      lapse: {from: in, to: out, by: system}
      leave: {from: in, to: out, by: firm, while: second, already_there: {approvals: [other]}}
    if_case_ends: out
  task:
    title: Task
    fields: {size: {type: whole_number, title: Size}}
    begins: {to: open, by: system}
    stages: {open: {owner: officer}, done: {final: done}}
    steps: {do_it: {from: open, to: done, by: officer}}
    if_case_ends: done
"""


@pytest.fixture
def staged(tiny: Build) -> Play:
    play = tiny(EFFECTS)
    for name, price in (("al", "3"), ("bo", "7")):
        play.does("2026-01-06 09:00", name, "do", "enter", new=f"bid/{name}")
        play.does("2026-01-06 09:00", name, "fill", on=f"bid/{name}", price=price)
    play.does("2026-01-06 10:00", "ben", "do", "start")
    play.does("2026-01-06 11:00", "dora", "sign", "consent")
    return play


def go(play: Play) -> list[tuple[str, str]]:
    outcome = play.does("2026-01-07 09:00", "ben", "do", "go", docs=("paper",), number="5", visit="2026-03-02")
    return [(event.kind, event.line) for event in outcome.events]


def test_effects_happen_in_the_order_of_the_language(staged: Play) -> None:
    play = staged
    assert go(play) == [
        ("filled", "case"),  # a: inputs
        ("brought", "case"),
        ("approval_used", "case"),  # b
        ("moved", "case"),  # c
        ("filled", "case"),  # d: sets
        ("deadline_met", "case"),  # e: meets, stops, starts, then what hangs on a field
        ("deadline_stopped", "case"),
        ("deadline_started", "case"),
        ("deadline_started", "case"),
        ("moved", "bid/bo"),  # f: only where the condition holds
        ("began", "task/1"),  # g
        ("filled", "task/1"),
        ("moved", "task/1"),
        ("published", "case"),  # i
        ("told", "case"),
        ("noticed", "case"),
    ]


def test_covered_approvals_become_void_after_the_moves_and_before_anybody_is_told(tiny: Build) -> None:
    play = tiny("""
    fields: {number: {type: whole_number, title: Number}}
    stages: {first: {owner: officer}, second: {owner: officer}, end: {final: completed}}
    steps:
      "on": {from: first, to: second, by: officer, already_there: {approvals: [consent]}}
      look: {from: first, to: same, by: officer, handed_in: {fields: [number]}, tells: [legal]}
      finish: {from: second, to: end, by: officer}
    approvals: {consent: {title: Consent, void_if_changed: {fields: [number]}, signatures: [{role: legal}]}}
    """)
    play.does("2026-01-06 09:00", "ben", "do", "look", number="1")
    play.does("2026-01-06 10:00", "dora", "sign", "consent")
    outcome = play.does("2026-01-06 11:00", "ben", "do", "look", number="2")
    assert [event.kind for event in outcome.events] == ["filled", "moved", "approval_voided", "told"]
    assert outcome.events[2].data["because"] == ["number"]


def test_moved_tracks_see_where_the_case_now_is(tiny: Build) -> None:
    play = tiny("""
    stages: {first: {owner: officer}, second: {owner: officer}, end: {final: completed}}
    steps:
      go: {from: first, to: second, by: officer, moves: [{tracks: bid, in: in, step: lapse}]}
      finish: {from: second, to: end, by: officer, ends: everything}
    tracks:
      bid:
        title: Bid
        begins: {step: enter, by: firm, to: in}
        stages: {in: {owner: firm}, out: {final: out}}
        steps: {lapse: {from: in, to: out, by: system, while: second}}
        if_case_ends: out
    """)
    play.does("2026-01-06 09:00", "al", "do", "enter", new="bid/al")
    play.does("2026-01-06 09:00", "ben", "do", "go")
    assert play.line("bid/al").state == "out"


def test_one_refusing_track_refuses_the_whole_decision_and_is_named(tiny: Build) -> None:
    play = tiny("""
    stages: {first: {owner: officer}, second: {owner: officer}, end: {final: completed}}
    steps:
      go: {from: first, to: second, by: officer, moves: [{tracks: bid, in: in, step: lapse}]}
      finish: {from: second, to: end, by: officer, ends: everything}
    tracks:
      bid:
        title: Bid
        fields: {price: {type: whole_number, by: firm, title: Price}}
        begins: {step: enter, by: firm, to: in}
        stages: {in: {owner: firm}, out: {final: out}}
        steps: {lapse: {from: in, to: out, by: system, already_there: {fields: [price]}}}
        if_case_ends: out
    """)
    for name in ("al", "bo"):
        play.does("2026-01-06 09:00", name, "do", "enter", new=f"bid/{name}")
    play.does("2026-01-06 09:00", "al", "fill", on="bid/al", price="3")
    before = play.case
    refusal = play.refused("2026-01-06 10:00", "ben", "do", "go")
    assert refusal.codes == ("field-missing",)
    assert refusal.blockers[0].line == "bid/bo"
    assert refusal.blockers[0].reason.startswith("bid/bo: ")
    assert play.case is before


def test_a_condition_unknown_for_one_track_is_refused_with_the_track(staged: Play) -> None:
    play = staged
    play.does("2026-01-06 12:00", "al", "do", "enter", new="bid/third")
    refusal = play.refused("2026-01-07 09:00", "ben", "do", "go", docs=("paper",), number="5", visit="2026-03-02")
    assert refusal.codes == ("field-missing",)
    assert (refusal.blockers[0].about, refusal.blockers[0].line) == ("price", "bid/third")
    assert refusal.blockers[0].mend == "fill price"


def test_what_a_new_track_is_given_must_be_known(tiny: Build) -> None:
    play = tiny("""
    fields: {number: {type: whole_number, by: officer, title: Number}}
    stages: {first: {owner: officer}, end: {final: completed}}
    steps:
      go: {from: first, to: same, by: officer, creates: [{track: task, with: {size: number}}]}
      finish: {from: first, to: end, by: officer, ends: everything}
    tracks:
      task:
        title: Task
        fields: {size: {type: whole_number, title: Size}}
        begins: {to: open, by: system}
        stages: {open: {owner: officer}, done: {final: done}}
        steps: {do_it: {from: open, to: done, by: officer}}
        if_case_ends: done
    """)
    refusal = play.refused("2026-01-07 09:00", "ben", "do", "go")
    assert blocker(refusal, "field-missing").about == "number"
    assert list(play.case.lines) == ["case"]


def test_one_track_for_each_of_another_kind(tiny: Build) -> None:
    play = tiny("""
    stages: {first: {owner: officer}, second: {owner: officer}, end: {final: completed}}
    steps:
      go:
        from: first
        to: second
        by: officer
        creates: [{track: task, for_each: bid, where: each.price > 5, with: {size: each.price}}]
      finish: {from: second, to: end, by: officer, ends: everything}
    tracks:
      bid:
        title: Bid
        fields: {price: {type: whole_number, title: Price}}
        begins: {step: enter, by: firm, to: in, handed_in: {fields: [price]}}
        stages: {in: {owner: firm}, out: {final: out}}
        steps: {leave: {from: in, to: out, by: firm}}
        if_case_ends: out
      task:
        title: Task
        of: bid
        fields: {size: {type: whole_number, title: Size}}
        begins: {to: open, by: system}
        stages: {open: {owner: officer}, done: {final: done}}
        steps:
          do_it:
            from: open
            to: done
            by: officer
            already_there: {that: [{holds: bid.price == size, if_not: Another size.}]}
        if_case_ends: done
    """)
    for name, price in (("al", "3"), ("bo", "7"), ("cy", "9")):
        play.does("2026-01-06 09:00", "al", "do", "enter", new=f"bid/{name}", price=price)
    play.does("2026-01-06 10:00", "ben", "do", "go")
    assert [(line.id, line.parent) for line in play.case.tracks("task")] == [("task/1", "bid/bo"), ("task/2", "bid/cy")]
    play.does("2026-01-06 11:00", "ben", "do", "do_it", on="task/2")


def test_ending_everything_sends_tracks_home_stops_clocks_and_asked_approvals(staged: Play) -> None:
    play = staged
    play.does("2026-01-06 12:00", "dora", "withdraw", "consent", reason="x")
    play.does("2026-01-06 12:00", "ben", "ask", "consent")
    outcome = play.does("2026-01-07 09:00", "ben", "do", "stop")
    assert {line.state for line in play.case.tracks("bid")} == {"out"}
    assert {clock.status for clock in play.case.deadlines.values()} == {"stopped"}
    assert not play.approval("consent").open
    # Those who were there are told, though they are out by now; and once each.
    told = next(event for event in outcome.events if event.kind == "told")
    assert told.data["to"] == ["track:bid/al", "track:bid/bo"]


def test_a_case_does_not_end_with_something_open(staged: Play) -> None:
    play = staged
    go(play)
    refusal = play.refused("2026-01-08 09:00", "ben", "do", "finish")
    assert refusal.codes == ("left-open",) * 2
    assert [b.about for b in refusal.blockers] == ["bid/al", "before"]
    assert play.stage == "second"


AUTOMATIC = """
fields: {ready: {type: yes_no, by: officer, title: Ready}, seen: {type: yes_no, title: Seen}}
stages: {first: {owner: officer}, second: {owner: officer}, third: {owner: officer}, end: {final: completed}}
steps:
  on: {from: first, to: second, as_soon_as: ready}
  other: {from: first, to: third, as_soon_as: known(ready)}
  further: {from: second, to: third, as_soon_as: "count('bid', 'out') >= 1"}
  close: {from: third, to: end, as_soon_as: "unfinished('bid') == 0 and ready"}
tracks:
  bid:
    title: Bid
    begins: {step: enter, by: firm, to: in}
    stages: {in: {owner: firm}, between: {owner: firm}, out: {final: out}}
    steps:
      leave: {from: [in, between], to: out, by: firm}
      drop: {from: in, to: out, as_soon_as: reached('never') or ready}
    if_case_ends: out
"""


def test_tracks_settle_before_the_main_line_and_the_first_written_step_wins(tiny: Build) -> None:
    play = tiny(AUTOMATIC.replace("reached('never') or ready", "ready"))
    for name in ("al", "bo"):
        play.does("2026-01-06 09:00", name, "do", "enter", new=f"bid/{name}")
    outcome = play.does("2026-01-06 10:00", "ben", "fill", ready="yes")
    moves = [(e.line, e.data["step"], e.actor) for e in outcome.events if e.kind == "moved"]
    assert moves == [
        ("bid/al", "drop", "system"),
        ("bid/bo", "drop", "system"),
        ("case", "on", "system"),
        ("case", "further", "system"),
        ("case", "close", "system"),
    ]
    assert outcome.events[0].actor == "ben"


def test_an_automatic_step_waits_for_its_other_requirements(tiny: Build) -> None:
    play = tiny("""
    fields: {ready: {type: yes_no, by: officer, title: Ready}}
    documents: {paper: {title: Paper, by: officer}}
    stages: {first: {owner: officer}, end: {final: completed}}
    steps: {on: {from: first, to: end, as_soon_as: ready, already_there: {documents: [paper]}}}
    """)
    play.does("2026-01-06 10:00", "ben", "fill", ready="yes")
    assert play.stage == "first"
    play.does("2026-01-06 10:00", "ben", "bring", docs=("paper",))
    assert play.stage == "end"


def test_an_automatic_end_waits_until_nothing_is_open(tiny: Build) -> None:
    play = tiny("""
    fields: {ready: {type: yes_no, by: officer, title: Ready}}
    stages: {first: {owner: officer}, end: {final: completed}}
    steps: {on: {from: first, to: end, as_soon_as: ready}}
    tracks:
      bid:
        title: Bid
        begins: {step: enter, by: firm, to: in}
        stages: {in: {owner: firm}, out: {final: out}}
        steps: {leave: {from: in, to: out, by: firm}}
        if_case_ends: out
    """)
    for name in ("al", "bo"):
        play.does("2026-01-06 09:00", name, "do", "enter", new=f"bid/{name}")
    play.does("2026-01-06 10:00", "ben", "fill", ready="yes")
    play.does("2026-01-06 10:00", "al", "do", "leave", on="bid/al")
    assert play.stage == "first"
    play.does("2026-01-06 10:00", "bo", "do", "leave", on="bid/bo")
    assert play.stage == "end"


LOOPS = """
fields: {ready: {type: yes_no, by: officer, title: Ready}, turn: {type: yes_no, title: Turn}}
stages: {first: {owner: officer}, second: {owner: officer}, end: {final: completed}}
steps:
  finish: {from: [first, second], to: end, by: officer}
  go: {from: first, to: second, by: officer}
  back: {from: second, to: first, as_soon_as: ready}
  spin: {from: first, to: same, by: officer, sets: {turn: ready}}
  round: {from: first, to: same, as_soon_as: turn}
"""


@pytest.mark.parametrize("step", ["go", "spin"])
def test_automatic_moves_without_end_are_a_defect_and_nothing_is_recorded(tiny: Build, step: str) -> None:
    play = tiny(LOOPS)
    play.does("2026-01-06 10:00", "ben", "fill", ready="yes")
    before, count = play.case, len(play.events)
    with pytest.raises(DefinitionDefect):
        play("2026-01-06 11:00", "ben", "do", step)
    assert (play.case, len(play.events)) == (before, count)


def test_tracks_that_move_each_other_are_a_defect(tiny: Build) -> None:
    play = tiny("""
    stages: {first: {owner: officer}, end: {final: completed}}
    steps:
      go: {from: first, to: same, by: officer, moves: [{tracks: bid, in: in, step: ping}]}
      finish: {from: first, to: end, by: officer, ends: everything}
    tracks:
      bid:
        title: Bid
        begins: {step: enter, by: firm, to: in}
        stages: {in: {owner: firm}, out: {final: out}}
        steps:
          ping: {from: in, to: same, by: system, moves: [{tracks: bid, in: in, step: ping}]}
          leave: {from: in, to: out, by: firm}
        if_case_ends: out
    """)
    play.does("2026-01-06 09:00", "al", "do", "enter", new="bid/al")
    with pytest.raises(DefinitionDefect):
        play("2026-01-06 11:00", "ben", "do", "go")


def test_a_watch_asks_again_blocks_and_stays_blocked_though_the_value_falls_back(standing_still: Play) -> None:
    play = standing_still
    play.does("2026-03-16 09:00", "june", "do", "sign", docs=("contract",))
    play.does("2026-03-20 09:00", "ben", "do", "send_notice")
    outcome = play.does("2026-04-01 09:00", "ben", "fill", forecast="60000 EUR")
    assert [e.kind for e in outcome.events] == ["filled", "watch_tripped", "approval_voided", "approval_asked"]
    assert [m.to for m in outcome.messages] == [("role:officer",)]
    assert play.refused("2026-04-02 09:00", "ada", "do", "finish").codes == ("watch",)
    play.does("2026-04-03 09:00", "ben", "fill", forecast="40000 EUR")
    assert play.kinds == ["filled", "watch_fell_back"]
    assert play.refused("2026-04-04 09:00", "ada", "do", "finish").codes == ("watch",)
    released = play.does("2026-04-05 09:00", "june", "sign", "overrun")
    assert [e.kind for e in released.events] == [
        "approval_signed", "approval_given", "filled", "watch_released", "approval_used",
    ]  # fmt: skip
    assert play.case.main.fields["approved_value"] == {"amount": "40000", "currency": "EUR"}
    play.does("2026-04-06 09:00", "ben", "fill", forecast="40001 EUR")
    assert play.refused("2026-04-07 09:00", "ada", "do", "finish").codes == ("watch",)


def test_a_watch_asks_once_while_it_stays_true_and_anew_past_what_was_approved_last(standing_still: Play) -> None:
    play = standing_still
    play.does("2026-03-16 09:00", "june", "do", "sign", docs=("contract",))
    play.does("2026-03-20 09:00", "ben", "do", "send_notice")
    play.does("2026-04-01 09:00", "ben", "fill", forecast="60000 EUR")
    play.does("2026-04-02 09:00", "ben", "fill", forecast="70000 EUR")
    assert play.kinds == ["filled"]
    play.does("2026-04-03 09:00", "june", "sign", "overrun")
    assert play.kinds[-3:] == ["watch_released", "approval_used", "watch_fell_back"]
    play.does("2026-04-04 09:00", "ben", "fill", forecast="70000 EUR")
    assert "watch_tripped" not in play.kinds
    play.does("2026-04-05 09:00", "ben", "fill", forecast="70001 EUR")
    assert "watch_tripped" in play.kinds


def test_a_watch_looks_only_between_its_milestones(standing_still: Play) -> None:
    standing_still.does("2026-03-05 09:00", "ben", "fill", forecast="60000 EUR")
    assert standing_still.kinds == ["filled"]


def test_a_step_that_opens_nothing_tells_nobody_twice(bids_in: Play) -> None:
    outcome = bids_in.does("2026-02-11 09:00", "ben", "do", "correct", docs=("specification",), reason="size")
    told = next(event for event in outcome.events if event.kind == "told")
    assert told.data["to"] == ["track:bidder/al", "track:bidder/bo"]
    assert [message.to for message in outcome.messages] == [("track:bidder/al",), ("track:bidder/bo",)]
