"""A tender that comes after the closing: which time was over since when, and what can be done with it."""

from __future__ import annotations

from tests.engine.conftest import Build, Play, at, blocker

WITH_A_LOG = """
fields: {closing: {type: date, by: officer, title: Last day}}
documents: {log: {title: "Log of receipt"}, reasons: {title: Reasons}}
stages:
  first: {owner: officer}
  open: {owner: officer}
  closed: {owner: officer}
  opened: {owner: officer}
  end: {final: cancelled}
steps:
  call: {from: first, to: open, by: officer, starts: [bids]}
  close: {from: open, to: closed, by: system, moves: [{tracks: bid, in: asked, step: lapse}]}
  stop: {from: closed, to: end, by: officer, handed_in: {documents: [reasons], reason: yes}}
  unseal: {title: Open the bids, from: closed, to: opened, by: officer, handed_in: {documents: [log]}}
  finish: {from: opened, to: end, by: officer}
deadlines:
  bids: {title: Receipt of bids, kind: open_until, ends_at: closing, closes_at: "16:00", when_over: close}
tracks:
  bid:
    title: Bid
    begins: {step: register, by: officer, to: asked}
    stages:
      asked: {owner: officer}
      in: {owner: officer}
      left: {final: left}
    steps:
      submit: {from: asked, to: in, by: officer, already_there: {within: [bids]}}
      lapse: {from: asked, to: left, by: system}
      drop: {from: in, to: left, by: officer}
    if_case_ends: left
"""


def closing(tiny: Build) -> Play:
    play = tiny(WITH_A_LOG)
    play.does("2026-02-01 09:00", "ben", "fill", closing="2026-02-20")
    play.does("2026-02-01 10:00", "ben", "do", "call")
    play.does("2026-02-02 09:00", "ben", "do", "register", new="bid/al")
    return play


def test_a_bid_at_the_hour_of_the_closing_is_told_which_time_was_over(tiny: Build) -> None:
    found = blocker(closing(tiny).refused("2026-02-20 16:00", "ben", "do", "submit", on="bid/al"), "not-offered")
    assert '"Receipt of bids" ended on 2026-02-20 16:00' in found.reason
    assert "it left by lapse" in found.reason
    assert found.mend.endswith(
        'write that it came late into "Log of receipt", which comes with "Open the bids" (unseal)'
    )


def test_a_late_entry_through_a_window_that_is_over_says_what_can_be_done_instead(tiny: Build) -> None:
    for when in ("2026-02-20 16:00", "2026-02-21 09:00"):
        entry = {"happened": at("2026-02-20 15:59"), "reason": "so", "evidence": "the log"}
        refusal = closing(tiny).refused(when, "ben", "do", "submit", on="bid/al", **entry)
        found = blocker(refusal, "backdating")
        assert found.reason.startswith('"Receipt of bids" ended on 2026-02-20 16:00')
        assert found.mend.startswith("if it came late: ")
        assert '"Log of receipt"' in found.mend
        assert "If it came in time and was not entered in time: no late entry takes it in any more" in found.mend


def test_once_the_record_of_what_came_in_is_made_nothing_takes_what_is_late(tiny: Build) -> None:
    play = closing(tiny)
    play.does("2026-02-23 09:00", "ben", "do", "unseal", docs=("log",))
    found = blocker(play.refused("2026-02-23 10:00", "ben", "do", "submit", on="bid/al"), "not-offered")
    assert found.mend.startswith("no step takes what comes late")


def test_a_bid_that_is_in_is_not_called_late(tiny: Build) -> None:
    play = closing(tiny)
    play.does("2026-02-03 09:00", "ben", "do", "submit", on="bid/al")
    again = blocker(play.refused("2026-02-20 16:00", "ben", "do", "submit", on="bid/al"), "not-offered")
    assert "ended on" not in again.reason


def test_where_a_track_is_kept_for_what_comes_late_it_is_named_from_the_closing_on(tiny: Build) -> None:
    late = """
  late_bid:
    title: Late bid
    begins: {step: note_late, title: Note a late bid, by: officer, to: locked, while: [closed, opened]}
    stages: {locked: {owner: officer}, out: {final: out}}
    steps: {shut_out: {from: locked, to: out, by: officer}}
    if_case_ends: out
"""
    play = tiny(WITH_A_LOG + late.lstrip("\n"))
    play.does("2026-02-01 09:00", "ben", "fill", closing="2026-02-20")
    play.does("2026-02-01 10:00", "ben", "do", "call")
    play.does("2026-02-02 09:00", "ben", "do", "register", new="bid/al")
    named = 'it cannot be taken as in time; use "Note a late bid" (note_late), with a late_bid/NAME of its own'
    found = blocker(play.refused("2026-02-20 16:00", "ben", "do", "submit", on="bid/al"), "not-offered")
    assert found.mend == named
    play.does("2026-02-23 09:00", "ben", "do", "unseal", docs=("log",))
    assert blocker(play.refused("2026-02-23 10:00", "ben", "do", "submit", on="bid/al"), "not-offered").mend == named


IN_TIME = """
      enter:
        title: Enter what was received in time
        from: asked
        to: in
        by: officer
        while: closed
        already_there:
          fields: [came_at]
          after: [bids]
          approvals: [receipt]
          that: [{holds: "came_at < end_of('bids')", if_not: "It is late."}]
"""


def with_a_way_in(tiny: Build) -> Play:
    """Return a case past its closing in which a bid that came in time may be entered until the opening."""
    source = WITH_A_LOG.replace("      drop:", IN_TIME.lstrip("\n") + "      drop:")
    source = source.replace(", moves: [{tracks: bid, in: asked, step: lapse}]", "")
    moved = "handed_in: {documents: [log]}, moves: [{tracks: bid, in: asked, step: lapse}]}"
    source = source.replace("handed_in: {documents: [log]}}", moved)
    signature = "{role: legal, not_same_as: whoever_carries_out}"
    approval = f"    approvals: {{receipt: {{title: Receipt, signatures: [{signature}]}}}}\n"
    fields = "    fields: {came_at: {type: moment, by: officer, title: When it came}}\n"
    source = source.replace("    title: Bid\n", f"    title: Bid\n{fields}{approval}")
    play = closing(lambda _text: tiny(source))
    play.does("2026-02-20 16:00", "ben", "fill", on="bid/al", came_at="2026-02-20 15:59")
    return play


def test_the_usual_step_names_the_one_that_enters_what_came_in_time_and_what_came_late(tiny: Build) -> None:
    found = blocker(
        with_a_way_in(tiny).refused("2026-02-20 16:10", "ben", "do", "submit", on="bid/al"), "deadline-over"
    )
    assert found.mend.startswith("if it came late: it cannot be taken as in time; write that it came late into")
    assert '"Enter what was received in time" (enter) on bid/al; it asks for "Receipt", signed' in found.mend


def test_a_late_entry_through_a_closed_window_names_the_step_that_enters_what_came_in_time(tiny: Build) -> None:
    entry = {"happened": at("2026-02-20 15:59"), "reason": "so", "evidence": "the log"}
    refusal = with_a_way_in(tiny).refused("2026-02-20 16:10", "ben", "do", "submit", on="bid/al", **entry)
    found = blocker(refusal, "backdating")
    assert '"Enter what was received in time" (enter) on bid/al' in found.mend


def test_what_came_in_time_is_entered_between_the_closing_and_the_opening(tiny: Build) -> None:
    play = with_a_way_in(tiny)
    play.does("2026-02-20 16:20", "dora", "sign", "receipt", on="bid/al")
    play.does("2026-02-20 16:30", "ben", "do", "enter", on="bid/al")
    assert play.case.lines["bid/al"].state == "in"


def test_after_the_opening_the_step_for_what_came_in_time_is_named_as_one_that_was_possible(tiny: Build) -> None:
    play = with_a_way_in(tiny)
    play.does("2026-02-23 09:00", "ben", "do", "unseal", docs=("log",))
    found = blocker(play.refused("2026-02-23 10:00", "ben", "do", "submit", on="bid/al"), "not-offered")
    assert '"Enter what was received in time" (enter) was possible only in closed' in found.mend
