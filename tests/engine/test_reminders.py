"""Which ladders a case has, when they say something, to whom, and when they are overtaken (decision 0007)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.engine.case.records import Decision, Refusal, Request
from inprocap_flow.engine.decide import decide
from inprocap_flow.engine.reminding.ladder import Ladder
from inprocap_flow.engine.reminding.ladders import changes, ladder_named, ladders
from inprocap_flow.engine.reminding.notes import notes
from inprocap_flow.language.model import MeetingDate, Reminding
from tests.engine.conftest import BERLIN, Build, Play, moment

CLOCK = """
stages:
  first: {owner: officer, title: First}
  second: {owner: unit, title: Second}
  end: {final: completed}
fields:
  until: {type: moment, by: officer, title: Until}
  report_sent: {type: yes_no, by: officer, title: Report sent}
steps:
  go: {from: first, to: same, by: officer, starts: [tenders]}
  later: {from: first, to: same, by: officer, extends: {deadline: tenders, until: until}}
  done: {from: first, to: same, by: officer, meets: [tenders]}
  halt: {from: first, to: same, by: officer, stops: [tenders]}
  on: {from: first, to: second, by: officer}
  finish: {from: [first, second], to: end, by: officer, ends: everything}
deadlines:
  tenders:
    title: Tenders
    kind: KIND
    ends_at: until
    remind:
      - {role: officer, before: 10 working days}
      - {role: officer, before: 2 days}
      - {role: unit, after: 1 day, CONDITION}
      - {role: authority, after: 3 working days, escalation: yes}
"""

WAITING = """
stages: {first: {owner: officer, title: First}, second: {owner: officer, title: Second}, end: {final: completed}}
fields:
  wish: {type: text, by: officer, title: Wish}
  session: {type: meeting, of: board, by: officer, title: Session}
steps:
  on: {from: first, to: second, by: officer, already_there: {approvals: [plan]}}
  finish: {from: [first, second], to: end, by: officer, ends: everything}
approvals:
  plan:
    title: The plan
    void_if_changed: {fields: wish}
    order: together
    MEETING
    signatures:
      - {role: legal, how_many: all, valid_for: 1 month}
      - {role: authority, DUE}
    remind:
      - every: 3 working days
      - {role: board, after: 10 working days, escalation: yes}
      - before_lapse: 5 working days
      GATE
"""


def clock(tiny: Build, kind: str = "open_until", condition: str = "") -> Play:
    text = CLOCK.replace("KIND", kind).replace(", CONDITION", f", {condition}" if condition else "")
    play = tiny(text)
    play.does("2026-01-05 10:00", "ben", "fill", until="2026-02-20 16:00")
    play.does("2026-01-05 11:00", "ben", "do", "go")
    return play


def waiting(tiny: Build, *, meeting: str = "", due: str = "", gate: str = "") -> Play:
    text = WAITING.replace("    MEETING\n", meeting).replace(", DUE", due).replace("      GATE\n", gate)
    play = tiny(text)
    play.does("2026-01-05 10:00", "ben", "fill", wish="a pump")
    return play


def all_of(play: Play) -> dict[str, Ladder]:
    return {ladder.name: ladder for ladder in ladders(play.rehearsal.binding, play.case)}


def local(when: datetime) -> str:
    return f"{when.astimezone(BERLIN):%Y-%m-%d %H:%M}"


def moments(ladder: Ladder) -> list[str]:
    return [local(rung.at) for rung in ladder.rungs]


def said(play: Play, name: str, first: str, now: str) -> list[tuple[str, str, bool, int]]:
    """Return recipient, rung, lateness and how many others each note stands for."""
    found = ladder_named(play.rehearsal.binding, play.case, name)
    if found is None:
        return []
    made = notes(play.rehearsal.binding, play.case, found, moment(first), moment(now))
    return [(note.to, note.rung.says, note.late, note.merged) for note in made]


TENDERS = "deadline case tenders"


# ---------------------------------------------------------------------------------------------- deadlines


def test_a_clock_that_runs_has_rungs_before_and_after_its_end(tiny: Build) -> None:
    found = all_of(clock(tiny))[TENDERS]
    assert moments(found) == ["2026-02-06 08:00", "2026-02-18 08:00", "2026-02-23 08:00", "2026-02-25 08:00"]
    first = found.first_from(moment("2026-01-05 11:00"))
    assert first is not None
    assert (first.says, first.to) == ("before P10WD", ("role:officer",))
    following = found.next_after(first.at)
    assert following is not None
    assert following.says == "before P2D"


def test_extending_it_moves_every_rung_and_meeting_it_takes_the_ladder_away(tiny: Build) -> None:
    play = clock(tiny)
    play.does("2026-01-06 09:00", "ben", "fill", until="2026-03-20 16:00")
    play.does("2026-01-06 10:00", "ben", "do", "later")
    assert moments(all_of(play)[TENDERS])[:2] == ["2026-03-06 08:00", "2026-03-18 08:00"]
    play.does("2026-01-07 09:00", "ben", "do", "done")
    assert all_of(play) == {}


def test_stopping_it_takes_the_ladder_away_too(tiny: Build) -> None:
    play = clock(tiny)
    play.does("2026-01-07 09:00", "ben", "do", "halt")
    assert all_of(play) == {}


def test_when_it_is_over_only_what_comes_after_is_left(tiny: Build) -> None:
    play = clock(tiny)
    play.does("2026-02-20 17:00", "ben", "fill", report_sent="yes")
    assert play.deadline("tenders").status == "over"
    assert moments(all_of(play)[TENDERS]) == ["2026-02-23 08:00", "2026-02-25 08:00"]


def test_a_rung_that_lies_behind_when_the_clock_starts_is_due_at_once(tiny: Build) -> None:
    play = tiny(CLOCK.replace("KIND", "open_until").replace(", CONDITION", ""))
    play.does("2026-02-19 10:00", "ben", "fill", until="2026-02-20 16:00")
    play.does("2026-02-19 11:00", "ben", "do", "go")
    first = all_of(play)[TENDERS].first_from(moment("2026-02-19 11:00"))
    assert first is not None
    assert (first.says, local(first.at)) == ("before P2D", "2026-02-19 11:00")
    assert said(play, TENDERS, "2026-02-19 11:00", "2026-02-19 11:00") == [("role:officer", "before P2D", False, 0)]


def test_several_overdue_rungs_of_one_ladder_are_one_message_and_it_says_that_it_is_late(tiny: Build) -> None:
    play = clock(tiny)
    assert said(play, TENDERS, "2026-02-06 08:00", "2026-02-19 09:00") == [("role:officer", "before P2D", True, 1)]


def test_what_comes_within_the_hour_is_not_late(tiny: Build) -> None:
    play = clock(tiny)
    assert said(play, TENDERS, "2026-02-06 08:00", "2026-02-06 09:00") == [("role:officer", "before P10WD", False, 0)]
    assert said(play, TENDERS, "2026-02-06 08:00", "2026-02-06 09:01") == [("role:officer", "before P10WD", True, 0)]


def test_before_an_end_that_has_passed_nothing_is_said_any_more(tiny: Build) -> None:
    play = clock(tiny)
    play.does("2026-02-20 17:00", "ben", "fill", report_sent="yes")
    assert said(play, TENDERS, "2026-02-06 08:00", "2026-02-20 18:00") == []


def test_a_due_date_that_was_missed_goes_to_whoever_stands_above(tiny: Build) -> None:
    play = clock(tiny, "due", "if: not_done")
    play.does("2026-02-20 17:00", "ben", "fill", report_sent="yes")
    assert play.deadline("tenders").status == "missed"
    assert said(play, TENDERS, "2026-02-23 08:00", "2026-02-25 08:00") == [
        ("role:unit", "after P1D", True, 1),
        ("role:authority", "after P3WD", False, 1),
    ]


def test_a_window_that_is_over_was_not_missed(tiny: Build) -> None:
    play = clock(tiny, "open_until", "if: not_done")
    play.does("2026-02-20 17:00", "ben", "fill", report_sent="yes")
    assert said(play, TENDERS, "2026-02-23 08:00", "2026-02-23 08:00") == []


def test_a_condition_is_read_when_the_rung_is_due_and_reminds_while_it_cannot_be_told(tiny: Build) -> None:
    play = clock(tiny, "open_until", 'if: "not report_sent"')
    play.does("2026-02-20 17:00", "ben", "fill", until="2026-02-20 16:00")
    due = ("2026-02-23 08:00", "2026-02-23 08:00")
    assert said(play, TENDERS, *due) == [("role:unit", "after P1D", False, 0)]
    play.does("2026-02-22 17:00", "ben", "fill", report_sent="no")
    assert said(play, TENDERS, *due) == [("role:unit", "after P1D", False, 0)]
    play.does("2026-02-22 18:00", "ben", "fill", report_sent="yes")
    assert said(play, TENDERS, *due) == []


def test_a_late_word_about_what_is_over_is_not_said_once_the_case_has_moved_on(tiny: Build) -> None:
    play = clock(tiny)
    play.does("2026-02-20 17:00", "ben", "do", "on")
    due = ("2026-02-23 08:00", "2026-02-23 08:30")
    assert said(play, TENDERS, *due) == [("role:unit", "after P1D", False, 0)]
    assert said(play, TENDERS, "2026-02-23 08:00", "2026-02-24 12:00") == []


def test_nothing_is_said_about_a_case_that_has_ended(tiny: Build) -> None:
    play = clock(tiny)
    play.does("2026-02-20 17:00", "ben", "do", "finish")
    assert all_of(play) == {}


def test_an_entry_that_comes_late_plans_from_when_it_happened(tiny: Build) -> None:
    play = tiny(CLOCK.replace("KIND", "open_until").replace(", CONDITION", ""))
    play.does("2026-01-05 10:00", "ben", "fill", until="2026-02-20 16:00")
    from tests.engine.conftest import at as happened_at

    play.does("2026-01-05 11:00", "ben", "do", "go", happened=happened_at("2026-01-05 11:00"), now="2026-02-09 09:00",
              reason="forgotten")  # fmt: skip
    found = all_of(play)[TENDERS]
    assert found.begins == moment("2026-01-05 11:00")
    first = found.first_from(found.begins)
    assert first is not None
    assert local(first.at) == "2026-02-06 08:00"  # three days ago: it is said once, and late
    assert said(play, TENDERS, "2026-02-06 08:00", "2026-02-09 09:00") == [("role:officer", "before P10WD", True, 0)]


# ---------------------------------------------------------------------------------------------- approvals


def test_whoever_has_still_to_sign_is_reminded_every_three_working_days(tiny: Build) -> None:
    play = waiting(tiny)
    assert all_of(play) == {}
    play.does("2026-01-08 10:00", "ben", "ask", "plan")  # a Thursday
    found = all_of(play)["approval case plan"]
    assert moments(found) == ["2026-01-22 08:00"]
    (repeat,) = found.repeats
    rungs = islice(repeat.rungs(moment("2026-01-08 10:00")), 3)
    assert [local(rung.at) for rung in rungs] == ["2026-01-13 08:00", "2026-01-16 08:00", "2026-01-21 08:00"]
    due = ("2026-01-13 08:00", "2026-01-13 08:00")
    everybody = ["person:dora", "person:hana", "person:june"]
    assert [to for to, *_ in said(play, "approval case plan", *due)] == everybody
    play.does("2026-01-12 10:00", "dora", "sign", "plan")
    assert [to for to, *_ in said(play, "approval case plan", *due)] == ["person:hana", "person:june"]


def test_signing_changes_who_is_reminded_but_not_when(tiny: Build) -> None:
    play = waiting(tiny)
    play.does("2026-01-08 10:00", "ben", "ask", "plan")
    before = play.case
    play.does("2026-01-12 10:00", "dora", "sign", "plan")
    put, gone = changes(play.rehearsal.binding, before, play.case)
    assert [ladder.name for ladder in put] == ["validity case plan 0 dora"]
    assert gone == []


def test_an_approval_that_waits_too_long_goes_to_whoever_stands_above(tiny: Build) -> None:
    play = waiting(tiny)
    play.does("2026-01-08 10:00", "ben", "ask", "plan")
    found = said(play, "approval case plan", "2026-01-22 08:00", "2026-01-22 08:00")
    assert found == [("role:board", "after P10WD", False, 0)]


def test_once_it_is_given_or_declined_nobody_is_reminded(tiny: Build) -> None:
    play = waiting(tiny)
    play.does("2026-01-08 10:00", "ben", "ask", "plan")
    play.does("2026-01-09 10:00", "dora", "decline", "plan", reason="no")
    assert all_of(play) == {}
    play.does("2026-01-10 10:00", "ben", "ask", "plan")
    for person in ("dora", "hana", "june"):
        play.does("2026-01-12 10:00", person, "sign", "plan")
    assert [name.partition(" ")[0] for name in all_of(play)] == ["validity", "validity"]


def test_whoever_signed_is_told_before_the_signature_lapses(tiny: Build) -> None:
    play = waiting(tiny)
    play.does("2026-01-12 10:00", "dora", "sign", "plan")
    found = all_of(play)["validity case plan 0 dora"]
    assert moments(found) == ["2026-02-05 08:00"]  # it stands until the end of 12 February
    assert said(play, found.name, "2026-02-05 08:00", "2026-02-05 08:00") == [("person:dora", "before P5WD", False, 0)]
    assert said(play, found.name, "2026-02-05 08:00", "2026-02-13 00:00") == []  # it has lapsed
    play.does("2026-01-13 10:00", "dora", "withdraw", "plan", reason="a slip")
    assert all_of(play) == {}


def in_committee(tiny: Build, paper_day: str = "2026-02-16") -> Play:
    play = waiting(tiny, meeting="    meeting: session\n", due=", due_by: papers",
                   gate="      - before: 3 working days\n")  # fmt: skip
    binding = play.rehearsal.binding
    committees = {"board": (MeetingDate("march", "2026-03-02", {"papers": paper_day}),)}
    play.rehearsal.binding = replace(binding, organisation=replace(binding.organisation, committees=committees))
    return play


def test_papers_are_due_by_the_gate_of_the_meeting_that_was_chosen(tiny: Build) -> None:
    play = in_committee(tiny)
    assert all_of(play) == {}
    play.does("2026-01-08 10:00", "ben", "fill", session="march")
    found = all_of(play)["papers case plan 1"]
    assert moments(found) == ["2026-02-11 08:00"]
    due = ("2026-02-11 08:00", "2026-02-11 08:00")
    assert {to for to, *_ in said(play, found.name, *due)} == {"person:dora", "person:hana", "person:june"}
    play.does("2026-01-20 10:00", "dora", "sign", "plan")
    play.does("2026-01-20 10:00", "hana", "sign", "plan")
    play.does("2026-01-20 10:00", "june", "sign", "plan")
    assert said(play, found.name, *due) == []
    play.does("2026-01-21 10:00", "ben", "do", "on")  # it is used, and nothing needs it any more
    assert said(play, found.name, *due) == []


# ---------------------------------------------------------------------------------------------- silence

SILENT = """
stages:
  first:
    owner: officer
    title: Work
    remind:
      - {every: 10 working days}
      - {role: authority, after: 20 working days, escalation: yes}
    stages:
      begun: {title: Begun, remind_after: 5 working days}
      second: {title: Second}
  end: {final: completed}
fields: {note: {type: text, by: officer, title: Note}}
steps:
  on: {from: first.begun, to: first.second, by: officer}
  finish: {from: first, to: end, by: officer, ends: everything}
tracks:
  bid:
    title: Bid
    begins: {step: register, by: firm, to: open}
    stages: {open: {owner: firm, title: Open, remind_after: 4 days}, left: {final: left}}
    steps: {leave: {from: open, to: left, by: firm}}
    if_case_ends: left
"""


def test_whoever_owns_the_stage_is_reminded_when_nothing_happens(tiny: Build) -> None:
    play = tiny(SILENT)
    found = all_of(play)["silence case"]
    assert moments(found) == ["2026-01-12 08:00", "2026-02-02 08:00"]
    due = ("2026-01-12 08:00", "2026-01-12 08:00")
    assert said(play, "silence case", *due) == [("role:officer", "after P5WD", False, 0)]


def test_any_event_begins_the_count_anew(tiny: Build) -> None:
    play = tiny(SILENT)
    play.does("2026-01-08 09:00", "ben", "fill", note="hm")
    assert moments(all_of(play)["silence case"])[0] == "2026-01-15 08:00"
    play.does("2026-01-09 09:00", "ben", "do", "on")
    assert moments(all_of(play)["silence case"]) == ["2026-02-06 08:00"]  # this stage has only what stands around it


def test_something_on_the_same_day_changes_nothing(tiny: Build) -> None:
    play = tiny(SILENT)
    before = play.case
    play.does("2026-01-05 17:00", "ben", "fill", note="hm")
    assert changes(play.rehearsal.binding, before, play.case) == ([], [])


def test_a_track_has_a_ladder_of_its_own_and_its_speakers_are_told(tiny: Build) -> None:
    play = tiny(SILENT)
    play.does("2026-01-05 17:00", "al", "do", "register", new="bid/al")
    assert said(play, "silence bid/al", "2026-01-09 08:00", "2026-01-09 08:00") == [
        ("track:bid/al", "after P4D", False, 0)
    ]
    play.does("2026-01-06 17:00", "al", "do", "leave", on="bid/al")
    assert set(all_of(play)) == {"silence case"}


# ---------------------------------------------------------------------------------------------- the whole


def test_changes_are_what_two_full_looks_differ_in(bids_in: Play) -> None:
    binding = bids_in.rehearsal.binding
    old = None
    known: dict[str, Ladder] = {}
    for outcome in bids_in.outcomes:
        if outcome.case is None:
            continue
        put, gone = changes(binding, old, outcome.case)
        known |= {ladder.name: ladder for ladder in put}
        for name in gone:
            del known[name]
        old = outcome.case
        assert known == {ladder.name: ladder for ladder in ladders(binding, old)}


def test_an_organisation_sets_its_hour_and_its_quiet_days(tiny: Build) -> None:
    play = clock(tiny)
    binding = play.rehearsal.binding
    holidays = Calendar("lab", "2", holidays={datetime(2026, 2, 18, tzinfo=BERLIN).date(): "A feast"}).to_plain()
    wishes = Reminding(hour="06:30", quiet_days=("holidays",))
    own = replace(binding.organisation, reminders=wishes, calendars={"holidays": holidays})
    play.rehearsal.binding = replace(binding, organisation=own)
    assert moments(all_of(play)[TENDERS])[:3] == ["2026-02-05 06:30", "2026-02-17 06:30", "2026-02-21 06:30"]


def test_time_passes_by_the_request_of_the_system_alone(called: Play) -> None:
    decided = decide(called.rehearsal.binding, called.case, Request("time", "system"), moment("2026-02-23 09:00"))
    assert isinstance(decided, Decision)
    ends = [event.kind for event in decided.events if event.kind.startswith("deadline_")]
    assert ends == ["deadline_met", "deadline_over"]
    over = decided.events[0]
    assert (over.actor, over.recorded_at) == ("system", moment("2026-02-23 09:00"))
    assert over.happened.first < moment("2026-02-23 09:00") - timedelta(days=2)
    again = decide(called.rehearsal.binding, decided.case, Request("time", "system"), moment("2026-02-23 09:00"))
    assert isinstance(again, Decision)
    assert (again.events, again.case) == ((), decided.case)


def test_nobody_can_ask_for_time_to_pass(called: Play) -> None:
    refused = decide(called.rehearsal.binding, called.case, Request("time", "ben"), moment("2026-02-10 09:00"))
    assert isinstance(refused, Refusal)
    assert refused.codes == ("not-entitled",)


def test_what_time_does_is_what_the_next_request_would_have_done(called: Play) -> None:
    at_once = called.rehearsal.binding, called.case, moment("2026-02-23 09:00")
    alone = decide(at_once[0], at_once[1], Request("time", "system"), at_once[2])
    asked = decide(at_once[0], at_once[1], Request("interest", "gus"), at_once[2])
    assert isinstance(asked, Decision)
    plain: list[Any] = [event.to_plain() for event in alone.events]
    assert plain == [event.to_plain() for event in asked.events][: len(plain)]


# ---------------------------------------------------------------------------------------------- safe to extend until

SAFE = """
stages: {first: {owner: officer, title: First}, end: {final: completed}}
fields: {until: {type: moment, by: officer, title: Until}}
steps:
  go: {from: first, to: same, by: officer, starts: [tenders]}
  finish: {from: first, to: end, by: officer, ends: everything}
deadlines:
  tenders:
    title: Tenders
    kind: open_until
    ends_at: until
    acts:
      extend: {by: [officer, authority], takes: 6 working days}
"""


def test_whoever_may_extend_is_told_before_it_is_too_late_to_do_so_safely(tiny: Build) -> None:
    play = tiny(SAFE)
    play.does("2026-01-05 10:00", "ben", "fill", until="2026-02-20 16:00")
    play.does("2026-01-05 11:00", "ben", "do", "go")
    found = all_of(play)["safety case tenders"]
    assert found.end == moment("2026-02-12 00:00")
    assert moments(found) == ["2026-02-09 08:00"]
    due = ("2026-02-09 08:00", "2026-02-09 08:00")
    assert [to for to, *_ in said(play, found.name, *due)] == ["role:officer", "role:authority"]
    assert said(play, found.name, "2026-02-09 08:00", "2026-02-12 09:00") == []  # it would be too late by now


def test_a_clock_that_ends_too_soon_to_be_extended_safely_warns_nobody(tiny: Build) -> None:
    play = tiny(SAFE)
    play.does("2026-02-17 10:00", "ben", "fill", until="2026-02-20 16:00")
    play.does("2026-02-17 11:00", "ben", "do", "go")
    found = all_of(play)["safety case tenders"]
    assert found.first_from(moment("2026-02-17 11:00")) is None


def test_while_a_clock_stands_still_nobody_is_reminded_of_its_end(tiny: Build) -> None:
    acts = "{extend: {by: officer}, suspend: {by: officer}, resume: {by: officer}}"
    play = tiny(CLOCK.replace("KIND", "open_until").replace(", CONDITION", "") + f"    acts: {acts}\n")
    play.does("2026-01-05 10:00", "ben", "fill", until="2026-02-20 16:00")
    play.does("2026-01-05 11:00", "ben", "do", "go")
    play.does("2026-01-07 09:00", "ben", "suspend", "tenders", reason="a review")
    assert all_of(play) == {}
    play.does("2026-01-09 09:00", "ben", "resume", "tenders", reason="dismissed")
    assert moments(all_of(play)[TENDERS])[0] == "2026-02-09 08:00"  # it ends on Monday the 23rd now


def test_a_signature_may_lapse_unsaid_where_the_case_has_ended(tiny: Build) -> None:
    play = waiting(tiny)
    play.does("2026-01-12 10:00", "dora", "sign", "plan")
    name = "validity case plan 0 dora"
    before = play.case
    play.does("2026-01-13 10:00", "ben", "do", "finish")
    assert all_of(play) == {}
    assert changes(play.rehearsal.binding, before, play.case) == ([], [name])


def test_a_later_reminder_of_somebody_else_takes_none_away_that_came_too_late(tiny: Build) -> None:
    text = CLOCK.replace("KIND", "open_until").replace(", CONDITION", "")
    play = tiny(text.replace("{role: officer, before: 2 days}", "{role: legal, before: 2 days}"))
    play.does("2026-01-05 10:00", "ben", "fill", until="2026-01-09 16:00")
    play.does("2026-01-05 11:00", "ben", "do", "go")
    assert said(play, TENDERS, "2026-01-05 11:00", "2026-01-05 11:00") == [("role:officer", "before P10WD", False, 0)]
    assert said(play, TENDERS, "2026-01-07 08:00", "2026-01-07 08:00") == [("role:legal", "before P2D", False, 0)]
