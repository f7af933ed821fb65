"""What people do to deadlines: with authority, a ground, notification, dependents, history (ruling 17)."""

from __future__ import annotations

import pytest

from inprocap_flow.engine.case.records import Decision
from tests.engine.conftest import Build, Play, at, blocker, day

CLOCKS = """
fields:
  last: {type: date, by: officer, title: Last day}
  new_last: {type: moment, by: officer, title: New last day}
  ready: {type: yes_no, by: officer, title: Ready}
documents:
  letter: {title: Letter, by: officer}
stages: {first: {owner: officer}, second: {owner: officer}, end: {final: completed}}
steps:
  begin_window: {from: first, to: same, by: officer, starts: [window]}
  begin_hold: {from: first, to: same, by: officer, starts: [hold, days]}
  begin_duty: {from: first, to: same, by: officer, starts: [duty]}
  begin_hours: {from: first, to: same, by: officer, starts: [hours]}
  begin_quiet: {from: first, to: same, by: officer, starts: [quiet]}
  act: {from: first, to: same, by: officer, already_there: {within: [window]}}
  on: {from: first, to: second, by: officer, already_there: {after: [hold]}}
  more: {from: first, to: same, by: officer, handed_in: {reason: yes}, extends: {deadline: quiet, until: new_last}}
  over: {from: first, to: same, by: system, milestone: window_closed}
  finish: {from: second, to: end, by: officer, ends: everything}
approvals:
  longer: {title: Longer, void_if_changed: {fields: [new_last]}, signatures: [{role: legal}]}
deadlines:
  window:
    title: Window
    kind: open_until
    ends_at: last
    at_least: 10 days
    at_most: 60 days
    closes_at: "16:00"
    when_over: over
    acts:
      extend:
        by: officer
        takes: 3 working days
        tells: [unit, {every: bid, in: open}]
        notice: {eforms: same, reason: update-add}
        cite: 2014/24/EU Art. 47(3)
      suspend: {by: [officer, legal], tells: unit}
      resume: {by: officer, requires: {documents: letter}}
      stop: {by: legal}
      restart: {by: legal}
      correct: {by: officer}
  answers: {title: Answers, kind: due, backwards_from: window, period: 6 days, met_when: ready,
            acts: {satisfy: {by: officer}, stop: {by: officer}}}
  deeper: {title: Deeper, kind: due, backwards_from: answers, period: 2 days, met_when: ready}
  hold:
    title: Hold
    kind: not_before
    period: 10 days
    acts:
      extend: {by: officer, until: new_last, requires: {approvals: longer, that: [{holds: ready, if_not: Not ready}]}}
      suspend: {by: legal}
      resume: {by: legal}
      restart: {by: officer, tells: {every: bid}}
      correct: {by: officer}
  days:
    title: Days
    kind: due
    period: 5 working days
    met_when: ready
    acts: {suspend: {by: officer}, resume: {by: officer}, satisfy: {by: officer}, extend: {by: officer}}
  duty:
    title: Duty
    kind: due
    period: 10 days
    met_when: ready
    acts: {satisfy: {by: legal}, stop: {by: legal}, extend: {by: legal}, restart: {by: legal}}
  hours:
    title: Hours
    kind: due
    period: 48 hours
    met_when: ready
    acts: {suspend: {by: officer}, resume: {by: officer}}
  quiet: {title: Quiet, kind: due, period: 10 days, met_when: ready}
tracks:
  bid:
    title: Bid
    begins: {step: bid, by: firm, to: open, while: first, starts: own}
    stages: {open: {owner: firm}, out: {final: out}}
    steps: {leave: {from: open, to: out, by: firm}}
    deadlines:
      own:
        title: Own
        kind: due
        period: 10 days
        met_when: ready
        acts: {suspend: {by: firm, tells: {this: bid}}, resume: {by: officer}, extend: {by: firm, takes: 6 hours}}
      before_closing: {title: Before the closing, kind: due, backwards_from: window, period: 1 day, met_when: ready}
    if_case_ends: out
"""


@pytest.fixture
def play(tiny: Build) -> Play:
    """The window runs from Tuesday 6 January to Friday 20 February, 16:00; the hold to Friday 16 January."""
    play = tiny(CLOCKS)
    play.does("2026-01-06 09:00", "ben", "fill", last="2026-02-20")
    play.does("2026-01-06 09:00", "ben", "do", "begin_window")
    play.does("2026-01-06 09:00", "ben", "do", "begin_hold")
    return play


def history(play: Play, name: str, line: str = "case") -> list[str]:
    return [entry["what"] for entry in play.deadline(name, line).history]


# ---------------------------------------------------------------------------------------------- authority


def test_what_is_not_declared_is_refused_and_says_what_is_possible(play: Play) -> None:
    refusal = play.refused("2026-01-07 09:00", "ben", "satisfy", "window", reason="x")
    assert refusal.codes == ("act-not-declared",)
    assert "extend, suspend, resume, stop, restart, correct" in refusal.blockers[0].mend


def test_where_a_step_does_it_the_step_is_named(play: Play) -> None:
    play.does("2026-01-06 09:00", "ben", "do", "begin_quiet")
    refusal = play.refused("2026-01-07 09:00", "ben", "extend", "quiet", reason="x", extra={"until": "2026-03-01"})
    assert blocker(refusal, "act-not-declared").mend == "carry out more"


def test_an_act_takes_its_role_its_reason_and_everything_it_requires_and_says_so_at_once(play: Play) -> None:
    play.does("2026-01-07 08:00", "ben", "suspend", "window", reason="A review came in")
    refusal = play.refused("2026-01-07 09:00", "dora", "resume", "window")
    assert refusal.codes == ("not-entitled", "reason-missing", "document-missing")
    assert play.refused("2026-01-07 09:00", "ilo", "extend", "hold", reason="x").codes[0] == "not-entitled"


def test_an_unknown_deadline_is_answered_with_those_that_there_are(play: Play) -> None:
    refusal = play.refused("2026-01-07 09:00", "ben", "extend", "windows", reason="x")
    assert "window, answers" in blocker(refusal, "unknown-deadline").mend
    assert play.refused("2026-01-07 09:00", "ben", "extend", "window", on="bid/x", reason="x").codes == (
        "no-such-track",
    )


def test_the_signatures_that_an_act_requires_are_asked_for_given_and_used_up(play: Play) -> None:
    play.does("2026-01-07 09:00", "ben", "fill", new_last="2026-02-10 12:00", ready="yes")
    refusal = play.refused("2026-01-07 09:00", "ben", "extend", "hold", reason="x")
    assert refusal.codes == ("approval-missing",)
    play.does("2026-01-07 10:00", "ben", "ask", "longer")
    play.does("2026-01-07 11:00", "dora", "sign", "longer")
    play.does("2026-01-07 12:00", "ben", "extend", "hold", reason="The other side is ill")
    assert play.ends("hold") == "2026-02-10 12:00"
    assert "approval_used" in play.kinds
    again = play.refused("2026-01-07 13:00", "ben", "extend", "hold", reason="x")
    assert again.codes == ("approval-missing", "too-early")  # signed for once, and it ends there already


def test_an_end_that_no_signature_can_make_lawful_is_refused_before_people_sign(play: Play) -> None:
    play.does("2026-01-07 09:00", "ben", "fill", new_last="2026-01-10 12:00", ready="yes")
    refusal = play.refused("2026-01-07 09:00", "ben", "extend", "hold", reason="x")
    assert refusal.codes == ("approval-missing", "too-early")


def test_the_end_that_people_signed_for_is_the_end_and_no_other(play: Play) -> None:
    play.does("2026-01-07 09:00", "ben", "fill", ready="yes")
    nothing = play.refused("2026-01-07 11:00", "dora", "sign", "longer")
    assert blocker(nothing, "field-missing").about == "new_last"
    play.does("2026-01-07 12:00", "ben", "fill", new_last="2026-02-10 12:00")
    play.does("2026-01-07 13:00", "dora", "sign", "longer")
    other = {"until": "2026-03-10"}
    assert play.refused("2026-01-07 14:00", "ben", "extend", "hold", reason="x", extra=other).codes == (
        "not-as-agreed",
    )
    play.does("2026-01-07 14:00", "ben", "extend", "hold", reason="x", extra={"until": "2026-02-10T11:00:00+00:00"})


def test_a_condition_of_an_act_is_judged_like_that_of_a_step(play: Play) -> None:
    play.does("2026-01-07 09:00", "ben", "fill", new_last="2026-02-10 12:00", ready="no")
    play.does("2026-01-07 11:00", "dora", "sign", "longer")
    assert blocker(play.refused("2026-01-07 12:00", "ben", "extend", "hold", reason="x"), "guard").reason == "Not ready"


# ---------------------------------------------------------------------------------------------- extend


def extend(play: Play, when: str, until: str, **more: object) -> Decision:
    return play.does(when, "ben", "extend", "window", reason="A late answer", extra={"until": until}, **more)


def test_an_extension_moves_the_end_and_all_that_is_counted_back_and_tells_everybody_at_once(play: Play) -> None:
    play.does("2026-01-07 09:00", "al", "do", "bid", new="bid/al")
    outcome = extend(play, "2026-01-08 09:00", "2026-03-02")
    assert play.ends("window") == "2026-03-02 16:00"
    assert (play.ends("answers"), play.ends("deeper")) == ("2026-02-24 00:00", "2026-02-22 00:00")
    assert play.ends("before_closing", "bid/al") == "2026-03-01 00:00"
    told = [(message.kind, message.to, message.subject) for message in outcome.messages]
    assert told == [
        ("told", ("role:unit",), "extend window"),
        ("told", ("track:bid/al",), "extend window"),
        ("notice", ("publisher",), "extend window"),
    ]
    entry = play.deadline("window").history[-1]
    assert (entry["what"], entry["by"], entry["ground"]) == ("extended", "ben", "A late answer")
    assert entry["was"] != entry["end"]


@pytest.mark.parametrize(
    ("until", "code"),
    [
        ("2026-02-20", "too-early"),  # as it is
        ("2026-02-19", "too-early"),  # never earlier (R14)
        ("2026-03-09", "above-ceiling"),
        ("soon", "bad-value"),
        ("2026-03-01T12:00:00", "bad-value"),  # no zone
        (None, "end-missing"),
    ],
)
def test_an_extension_is_never_earlier_nor_longer_than_lawful(play: Play, until: str | None, code: str) -> None:
    extra = {"until": until} if until else {}
    assert play.refused("2026-01-08 09:00", "ben", "extend", "window", reason="x", extra=extra).codes == (code,)


def test_what_is_over_cannot_be_extended_only_started_anew(play: Play) -> None:
    refusal = play.refused("2026-02-20 16:00", "ben", "extend", "window", reason="x", extra={"until": "2026-03-02"})
    assert refusal.codes == ("deadline-over",)
    assert refusal.blockers[0].mend == "a new period is possible (restart)"
    late = play.refused(
        "2026-02-21 09:00", "ben", "extend", "window", reason="x", extra={"until": "2026-03-02"},
        happened=at("2026-02-19 09:00"),
    )  # fmt: skip
    assert late.codes == ("backdating",)


def test_a_law_that_lengthens_the_period_is_counted_again_from_the_same_event(tiny: Build) -> None:
    play = tiny("""
    stages: {first: {owner: officer}, end: {final: completed}}
    steps: {send: {from: first, to: same, by: officer, starts: tenders}}
    deadlines:
      tenders: {title: Tenders, kind: open_until, period: 30 days, counting: eu-1182-71, acts: {extend: {by: officer}}}
    """)  # worked example E23 of the note on time limits
    play.does("2026-11-12 09:00", "ben", "do", "send")
    assert play.deadline("tenders").last_day == "2026-12-14"
    outcome = play.does("2026-11-20 09:00", "ben", "extend", "tenders", reason="not online", extra={"by_law": "P5D"})
    assert play.deadline("tenders").last_day == "2026-12-17"
    (warning,) = outcome.warnings
    assert (warning.code, warning.basis) == ("safe-end", "convention")
    assert "2026-12-22 00:00" in warning.reason  # Monday 21 December, whole
    play.does("2026-11-21 09:00", "ben", "extend", "tenders", reason="again", extra={"by_law": "2 days"})
    assert play.deadline("tenders").last_day == "2026-12-21"  # 37 days: Saturday 19, so Monday


def test_a_typed_end_moves_by_law_only_if_the_longer_minimum_needs_it(play: Play) -> None:
    early = play.refused("2026-01-08 09:00", "ben", "extend", "window", reason="x", extra={"by_law": "P5D"})
    assert early.codes == ("nothing-to-do",)
    play.does("2026-01-08 09:00", "ben", "extend", "window", reason="x", extra={"by_law": "P40D"})
    assert play.ends("window") == "2026-02-26 16:00"  # 50 days end with 25 February; at 16:00 that is one day later
    both = {"by_law": "P5D", "until": "2026-03-01"}
    assert play.refused("2026-01-08 10:00", "ben", "extend", "window", reason="x", extra=both).codes == ("bad-value",)


# ---------------------------------------------------------------------------------------------- suspend, resume


def test_a_suspended_clock_neither_ends_nor_lets_anything_through(play: Play) -> None:
    play.does("2026-01-07 09:00", "dora", "suspend", "hold", reason="A court said so")
    play.does("2026-01-07 09:00", "ben", "suspend", "window", reason="A court said so")
    for step, name in (("on", "hold"), ("act", "window")):
        refusal = play.refused("2026-05-01 09:00", "ben", "do", step)
        assert refusal.codes == ("deadline-suspended",)
        assert (blocker(refusal, "deadline-suspended").about, refusal.possible_from) == (name, None)
    assert play.deadline("window").status == "suspended"
    assert not play.find("deadline_over")


def test_the_days_that_were_lost_are_given_back_in_the_unit_of_the_clock(play: Play) -> None:
    play.does("2026-01-08 09:00", "dora", "suspend", "hold", reason="x")
    play.does("2026-01-08 09:00", "ben", "suspend", "days", reason="x")
    play.does("2026-01-13 09:00", "dora", "resume", "hold", reason="x")  # lost: 8, 9, 10, 11, 12 January
    play.does("2026-01-13 09:00", "ben", "resume", "days", reason="x")  # lost: Thursday, Friday, Monday
    assert play.ends("hold") == "2026-01-22 00:00"  # 16 January and five days, whole
    assert play.ends("days") == "2026-01-17 00:00"  # Tuesday 13 January and three working days
    assert history(play, "hold") == ["started", "suspended", "resumed"]
    assert play.deadline("hold").history[-1]["given_back"] == "P5D"
    assert play.deadline("days").history[-1]["given_back"] == "P3WD"
    play.does("2026-01-22 00:00", "ben", "do", "on")


def test_hours_elapse_and_are_given_back_as_hours(play: Play) -> None:
    play.does("2026-01-07 09:30", "ben", "do", "begin_hours")  # until Friday 9 January 10:00
    play.does("2026-01-08 11:10", "ben", "suspend", "hours", reason="x")
    play.does("2026-01-08 15:50", "ben", "resume", "hours", reason="x")
    assert play.ends("hours") == "2026-01-09 14:00"


def test_a_typed_end_keeps_its_hour_and_what_is_counted_back_stands_still_with_it(play: Play) -> None:
    play.does("2026-01-07 09:00", "ben", "suspend", "window", reason="A review came in")
    assert [play.deadline(name).status for name in ("answers", "deeper")] == ["suspended", "suspended"]
    play.does("2026-01-07 10:00", "al", "do", "bid", new="bid/al")
    assert play.deadline("before_closing", "bid/al") is None
    play.does("2026-01-17 09:00", "ben", "bring", docs=("letter",))
    play.does("2026-01-17 09:00", "ben", "resume", "window", reason="It was dismissed")
    assert play.ends("window") == "2026-03-02 16:00"  # ten days
    assert play.ends("answers") == "2026-02-24 00:00"
    assert play.ends("before_closing", "bid/al") == "2026-03-01 00:00"
    assert history(play, "answers") == ["started", "suspended", "resumed"]


def test_what_stands_still_with_its_anchor_is_mended_by_resuming_the_anchor(tiny: Build) -> None:
    play = tiny("""
    stages: {first: {owner: officer}, end: {final: completed}}
    steps:
      begin: {from: first, to: same, by: officer, starts: window}
      ask: {from: first, to: same, by: officer, already_there: {within: early}}
    deadlines:
      window: {title: Window, kind: open_until, period: 30 days, acts: {suspend: {by: officer}, resume: {by: officer}}}
      questions: {title: Questions, kind: open_until, backwards_from: window, period: 6 days}
      early: {title: Early, kind: open_until, backwards_from: questions, period: 2 days}
    """)
    play.does("2026-01-06 09:00", "ben", "do", "begin")
    play.does("2026-01-07 09:00", "ben", "suspend", "window", reason="x")
    refusal = play.refused("2026-01-08 09:00", "ben", "do", "ask")
    assert blocker(refusal, "deadline-suspended").mend == "resume window first"


def test_a_clock_on_a_track_stands_still_alone_and_by_whoever_speaks_for_it(play: Play) -> None:
    play.does("2026-01-07 10:00", "al", "do", "bid", new="bid/al")
    play.does("2026-01-07 10:00", "bo", "do", "bid", new="bid/bo")
    assert play.refused("2026-01-08 10:00", "bo", "suspend", "own", on="bid/al", reason="x").codes == ("not-yours",)
    outcome = play.does("2026-01-08 10:00", "al", "suspend", "own", on="bid/al", reason="x")
    assert [message.to for message in outcome.messages] == [("track:bid/al",)]
    assert (play.deadline("own", "bid/al").status, play.deadline("own", "bid/bo").status) == ("suspended", "running")
    play.does("2026-01-10 10:00", "ben", "resume", "own", on="bid/al", reason="x")
    assert play.ends("own", "bid/al") == "2026-01-20 00:00"
    assert play.ends("own", "bid/bo") == "2026-01-18 00:00"


def test_nothing_is_suspended_twice_or_resumed_without_it(play: Play) -> None:
    assert play.refused("2026-01-07 09:00", "dora", "resume", "hold", reason="x").codes == ("not-suspended",)
    play.does("2026-01-07 09:00", "dora", "suspend", "hold", reason="x")
    assert play.refused("2026-01-07 09:00", "dora", "suspend", "hold", reason="x").codes == ("deadline-suspended",)
    assert play.refused("2026-01-07 09:00", "ben", "correct", "hold", reason="x").codes == ("deadline-suspended",)
    play.does("2026-01-07 09:00", "dora", "resume", "hold", reason="x")
    assert play.ends("hold") == "2026-01-17 00:00"


def test_a_case_does_not_end_with_a_clock_that_stands_still(tiny: Build) -> None:
    play = tiny("""
    stages: {first: {owner: officer}, end: {final: completed}}
    steps:
      begin: {from: first, to: same, by: officer, starts: hold}
      go: {from: first, to: end, by: officer}
      all: {from: first, to: end, by: officer, ends: everything}
    deadlines:
      hold: {title: Hold, kind: not_before, period: 10 days, acts: {suspend: {by: officer}, resume: {by: officer}}}
    """)
    play.does("2026-01-06 09:00", "ben", "do", "begin")
    play.does("2026-01-06 09:00", "ben", "suspend", "hold", reason="x")
    assert play.refused("2026-01-07 09:00", "ben", "do", "go").codes == ("left-open",)
    assert play.refused("2026-01-07 09:00", "ben", "do", "begin").codes == ("already-running",)
    play.does("2026-01-07 09:00", "ben", "do", "all")
    assert play.deadline("hold").status == "stopped"
    assert play.refused("2026-01-08 09:00", "ben", "resume", "hold", reason="x").codes == ("case-ended",)


# ---------------------------------------------------------------------------------------------- satisfy, stop, restart


def test_a_duty_is_satisfied_outside_the_procedure_even_late_with_its_ground(play: Play) -> None:
    play.does("2026-01-06 09:00", "ben", "do", "begin_duty")
    play.does("2026-01-20 09:00", "dora", "satisfy", "duty", reason="The notice went out by post on 15 January")
    assert history(play, "duty") == ["started", "missed", "met"]
    assert play.deadline("duty").history[-1]["ground"].startswith("The notice went out")
    assert play.refused("2026-01-21 09:00", "dora", "satisfy", "duty", reason="x").codes == ("nothing-to-meet",)


def test_a_clock_is_stopped_with_all_that_is_counted_back_from_it(play: Play) -> None:
    play.does("2026-01-07 09:00", "dora", "stop", "window", reason="The call is withdrawn")
    assert [play.deadline(name).status for name in ("window", "answers", "deeper")] == ["stopped"] * 3
    assert play.refused("2026-01-07 09:00", "dora", "stop", "window", reason="x").codes == ("deadline-not-running",)


def test_a_restart_is_a_new_clock_from_now_on(play: Play) -> None:
    play.does("2026-01-07 09:00", "al", "do", "bid", new="bid/al")
    outcome = play.does("2026-01-14 09:00", "ben", "restart", "hold", reason="The letter was wrong and is sent again")
    assert play.ends("hold") == "2026-01-25 00:00"
    assert history(play, "hold") == ["started", "restarted"]
    assert [message.to for message in outcome.messages] == [("track:bid/al",)]
    play.refused("2026-01-24 09:00", "ben", "do", "on")
    play.does("2026-01-25 00:00", "ben", "do", "on")


def test_a_window_that_is_over_is_opened_again_only_as_a_new_period_with_its_own_minimum(play: Play) -> None:
    def again(until: str) -> object:
        return play(
            "2026-02-23 09:00", "dora", "restart", "window", reason="An express decision", extra={"until": until}
        )

    assert again("2026-03-05").codes == ("below-floor",)  # type: ignore[attr-defined]  # ten whole days from now
    again("2026-03-06")
    assert play.ends("window") == "2026-03-06 16:00"
    assert play.deadline("answers").status == "running"
    assert play.refused(
        "2026-02-24 09:00", "ben", "restart", "hold", reason="x", extra={"until": "2026-04-01"}
    ).codes == ("bad-value",)


def test_nothing_is_done_to_a_clock_that_never_started(play: Play) -> None:
    for kind in ("satisfy", "stop", "extend", "restart"):
        refusal = play.refused("2026-01-07 09:00", "dora", kind, "duty", reason="x", extra={"until": "2026-04-01"})
        assert refusal.codes == ("deadline-not-started",)


# ---------------------------------------------------------------------------------------------- correct


def test_a_wrong_end_is_set_right_in_both_directions_but_never_below_the_minimum(play: Play) -> None:
    for until, end in (("2026-03-02", "2026-03-02 16:00"), ("2026-01-20", "2026-01-20 16:00")):
        play.does("2026-01-07 09:00", "ben", "correct", "window", reason="A slip of the pen", extra={"until": until})
        assert play.ends("window") == end
    assert play.ends("answers") == "2026-01-14 00:00"
    short = {"until": "2026-01-16"}
    assert play.refused("2026-01-07 09:00", "ben", "correct", "window", reason="x", extra=short).codes == (
        "below-floor",
    )
    same = {"until": "2026-01-20"}
    assert play.refused("2026-01-07 09:00", "ben", "correct", "window", reason="x", extra=same).codes == (
        "nothing-to-do",
    )
    assert history(play, "window") == ["started", "corrected", "corrected"]


def test_a_standstill_is_never_corrected_to_less_than_its_period(play: Play) -> None:
    early = {"until": "2026-01-15"}
    refusal = play.refused("2026-01-07 09:00", "ben", "correct", "hold", reason="x", extra=early)
    assert refusal.codes == ("below-floor",)
    play.does("2026-01-07 09:00", "ben", "correct", "hold", reason="x", extra={"until": "2026-01-19"})
    assert play.ends("hold") == "2026-01-20 00:00"


def test_a_correction_leads_to_no_end_that_has_passed(play: Play) -> None:
    past = {"until": "2026-01-20"}
    refusal = play.refused("2026-01-21 09:00", "ben", "correct", "window", reason="x", extra=past)
    assert refusal.codes == ("too-early",)


# ---------------------------------------------------------------------------------------------- later, earlier, undone


def test_an_act_is_annulled_and_the_clock_stands_as_before(play: Play) -> None:
    before = play.deadline("window")
    extend(play, "2026-01-08 09:00", "2026-03-02")
    number = str(play.events[-1].decision)
    play.does("2026-01-09 09:00", "ben", "annul", number, reason="Not decided after all")
    assert play.deadline("window") == before
    assert play.outcomes[-1].messages[0].kind == "correction"


def test_what_rests_on_a_suspension_is_listed_when_it_would_be_annulled(play: Play) -> None:
    play.does("2026-01-08 09:00", "dora", "suspend", "hold", reason="x")
    suspension = str(play.events[-1].decision)
    play.does("2026-01-13 09:00", "dora", "resume", "hold", reason="x")
    resumption = play.events[-1].decision
    refusal = play.refused("2026-01-14 09:00", "ben", "annul", suspension, reason="x")
    assert blocker(refusal, "dependents").about == str(resumption)
    play.does("2026-01-14 09:00", "ben", "annul", suspension, reason="x", extra={"with": [resumption]})
    assert play.ends("hold") == "2026-01-17 00:00"


def test_a_suspension_that_was_written_down_late_takes_effect_at_its_own_moment(play: Play) -> None:
    play.does("2026-01-12 09:00", "ben", "fill", ready="no")
    play.does("2026-01-13 09:00", "ben", "suspend", "days", reason="x", happened=at("2026-01-08 09:00"))
    play.does("2026-01-13 10:00", "ben", "resume", "days", reason="x")
    assert play.deadline("days").history[-1]["given_back"] == "P3WD"


def test_a_suspension_on_a_day_without_hour_gives_back_that_whole_day(play: Play) -> None:
    play.does("2026-01-13 09:00", "ben", "suspend", "days", reason="x", happened=day("2026-01-08"))
    play.does("2026-01-13 10:00", "ben", "resume", "days", reason="x")
    assert play.deadline("days").history[-1]["given_back"] == "P3WD"
    assert play.deadline("days").assumed


def test_an_extension_after_a_suspension_and_a_law_keep_each_other(play: Play) -> None:
    play.does("2026-01-06 09:00", "ben", "do", "begin_duty")
    play.does("2026-01-07 09:00", "dora", "extend", "duty", reason="x", extra={"by_law": "P5D"})
    assert play.ends("duty") == "2026-01-22 00:00"
    play.does("2026-01-08 09:00", "dora", "extend", "duty", reason="x", extra={"until": "2026-01-25"})
    assert play.ends("duty") == "2026-01-26 00:00"
    play.does("2026-01-08 09:00", "dora", "extend", "duty", reason="x", extra={"by_law": "P7D"})
    assert play.ends("duty") == "2026-01-29 00:00"  # 22 days from the start


def test_blockers_are_about_the_deadline_and_carry_its_law(play: Play) -> None:
    refusal = play.refused("2026-01-08 09:00", "ben", "extend", "answers", reason="x")
    assert refusal.codes == ("act-not-declared",)
    assert [one.about for one in refusal.blockers] == ["answers"]
