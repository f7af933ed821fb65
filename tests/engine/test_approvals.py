"""Approvals in full: order, quorum, four eyes, substitutes, conflicts, validity, void, declined, used once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inprocap_flow.engine.carrying.describe import request_of
from inprocap_flow.engine.case.records import Handed, Refusal, Request
from inprocap_flow.language.model import MeetingDate
from tests.engine.conftest import Build, Play, blocker, moment


def needing(signatures: str, *, more: str = "", sets: str = "") -> str:
    return f"""
fields:
  value: {{type: money, by: officer, title: Value}}
  kept: {{type: money, title: Kept}}
  note: {{type: text, by: officer, title: Note}}
  legal_note: {{type: text, by: legal, title: Note of the legal service}}
documents: {{paper: {{title: Paper, by: officer}}}}
stages: {{first: {{owner: officer}}, second: {{owner: officer}}, end: {{final: completed}}}}
steps:
  go: {{from: first, to: second, by: [officer, legal, authority], already_there: {{approvals: [consent]}}}}
  back: {{from: second, to: first, by: officer}}
  finish: {{from: second, to: end, by: officer}}
approvals:
  consent:
    title: Consent
    {sets}
    {more}
    signatures: {signatures}
"""


def codes(outcome: Any) -> tuple[str, ...]:
    assert isinstance(outcome, Refusal)
    return outcome.codes


def test_signatures_follow_one_another_unless_they_may_come_together(ready: Play) -> None:
    refusal = ready.refused("2026-01-07 09:00", "june", "sign", "launch")
    assert refusal.codes == ("approval-order",)
    assert blocker(refusal, "approval-order").roles == ("legal",)
    ready.does("2026-01-07 09:00", "dora", "sign", "launch")
    assert ready.refused("2026-01-07 09:00", "june", "sign", "launch").codes == ("approval-order",)


def test_together_means_in_any_order(ranked: Play) -> None:
    ranked.does("2026-03-02 09:00", "june", "sign", "award")
    ranked.does("2026-03-02 10:00", "fay", "sign", "award")
    ranked.does("2026-03-02 11:00", "emil", "sign", "award")


@pytest.mark.parametrize(
    ("quorum", "who", "enough"),
    [
        ("how_many: 2", ["kim"], False),
        ("how_many: 2", ["kim", "lee"], True),
        ("how_many: all", ["kim", "lee", "mo"], False),
        ("how_many: all", ["kim", "lee", "mo", "nia"], True),
        ("how_many: 50 percent", ["kim"], False),
        ("how_many: 50 percent", ["kim", "lee"], True),
        ("how_many: 60 percent", ["kim", "lee"], False),
        ("how_many: 60 percent", ["kim", "lee", "mo"], True),
        ("how_many: majority", ["kim", "lee"], False),
        ("how_many: majority", ["kim", "lee", "mo"], True),
    ],
)
def test_a_quorum_is_a_number_all_a_share_or_a_majority(tiny: Build, quorum: str, who: list[str], enough: bool) -> None:
    play = tiny(needing(f"[{{role: board, {quorum}}}]"))
    for person in who:
        play.does("2026-02-01 09:00", person, "sign", "consent")
    assert (play("2026-02-02 09:00", "ben", "do", "go").__class__ is not Refusal) is enough


@pytest.mark.parametrize(
    ("rule", "yes", "no", "carried"),
    [
        ("simple", 2, 1, True),
        ("simple", 2, 2, False),
        ("simple", 1, 2, False),
        ("two_thirds", 2, 1, True),
        ("two_thirds", 2, 2, False),
        ("two_thirds", 3, 0, True),
    ],
)
def test_votes_are_counted_of_those_cast(tiny: Build, rule: str, yes: int, no: int, carried: bool) -> None:
    play = tiny(needing(f"[{{role: board, how_many: majority, majority: {rule}}}]"))
    voters = iter(("kim", "lee", "mo", "nia"))
    for _ in range(no):
        play.does("2026-02-01 09:00", next(voters), "decline", "consent", reason="not convinced")
    for _ in range(yes):
        play.does("2026-02-01 10:00", next(voters), "sign", "consent")
    outcome = play("2026-02-02 09:00", "ben", "do", "go")
    assert isinstance(outcome, Refusal) is not carried


def test_a_lost_vote_can_be_taken_again_after_asking(tiny: Build) -> None:
    play = tiny(needing("[{role: board, how_many: majority}]"))
    for person in ("kim", "lee"):
        play.does("2026-02-01 09:00", person, "decline", "consent", reason="not convinced")
    play.does("2026-02-01 10:00", "mo", "sign", "consent")
    assert play.refused("2026-02-02 09:00", "ben", "do", "go").codes == ("approval-missing",)
    play.does("2026-02-03 09:00", "ben", "ask", "consent")
    for person in ("kim", "lee"):
        play.does("2026-02-03 10:00", person, "sign", "consent")
    play.does("2026-02-03 11:00", "ben", "do", "go")


def test_one_person_never_signs_twice_where_two_are_needed(tiny: Build) -> None:
    play = tiny(needing("[{role: board, how_many: 2}]"))
    play.does("2026-02-01 09:00", "kim", "sign", "consent")
    assert play.refused("2026-02-01 10:00", "kim", "sign", "consent").codes == ("already-signed",)


def test_who_asks_does_not_sign_in_either_order(tiny: Build) -> None:
    play = tiny(needing("[{role: legal, not_same_as: [whoever_asks]}]"))
    play.does("2026-02-01 09:00", "dora", "ask", "consent")
    assert play.refused("2026-02-01 10:00", "dora", "sign", "consent").codes == ("four-eyes",)
    play.does("2026-02-01 10:00", "hana", "sign", "consent")
    other = tiny(needing("[{role: legal, not_same_as: [whoever_asks], how_many: 2}]"))
    other.does("2026-02-01 09:00", "dora", "sign", "consent")
    assert other.refused("2026-02-01 10:00", "dora", "ask", "consent").codes == ("four-eyes",)


def test_a_second_request_does_not_let_the_first_one_who_asked_sign(tiny: Build) -> None:
    play = tiny(needing("[{role: legal, not_same_as: [whoever_asks]}]"))
    play.does("2026-02-01 09:00", "dora", "ask", "consent")
    again = play.refused("2026-02-01 09:30", "ben", "ask", "consent")
    assert "dora" in blocker(again, "already-asked").reason
    assert play.refused("2026-02-01 10:00", "dora", "sign", "consent").codes == ("four-eyes",)
    play.does("2026-02-01 11:00", "hana", "decline", "consent", reason="why?")
    play.does("2026-02-01 12:00", "ben", "ask", "consent")


def test_after_a_change_has_made_signatures_void_it_can_be_asked_for_again(tiny: Build) -> None:
    play = tiny(needing("[{role: legal}, {role: authority}]", more="void_if_changed: {fields: [value]}"))
    play.does("2026-02-01 08:00", "ben", "fill", value="100 EUR")
    play.does("2026-02-01 09:00", "ben", "ask", "consent")
    play.does("2026-02-01 10:00", "dora", "sign", "consent")
    play.does("2026-02-01 11:00", "ben", "fill", value="99 EUR")
    play.does("2026-02-01 12:00", "ben", "ask", "consent")


def test_who_signs_does_not_carry_out(tiny: Build) -> None:
    play = tiny(needing("[{role: authority, not_same_as: [whoever_carries_out]}]"))
    play.does("2026-02-01 09:00", "june", "sign", "consent")
    assert play.refused("2026-02-01 10:00", "june", "do", "go").codes == ("four-eyes",)
    play.does("2026-02-01 10:00", "ben", "do", "go")


def test_two_roles_of_one_approval_can_be_kept_apart(tiny: Build) -> None:
    play = tiny(needing("[{role: evaluator, not_same_as: [legal]}, {role: legal}]", more="order: together"))
    play.does("2026-02-01 09:00", "hana", "sign", "consent", role="evaluator")
    assert play.refused("2026-02-01 10:00", "hana", "sign", "consent", role="legal").codes == ("four-eyes",)
    play.does("2026-02-01 10:00", "dora", "sign", "consent")


def test_who_has_acted_in_the_other_role_since_signing_is_found_when_it_is_used(tiny: Build) -> None:
    play = tiny(needing("[{role: evaluator, not_same_as: [legal]}]"))
    play.does("2026-02-01 09:00", "hana", "sign", "consent", role="evaluator")
    hana = play.refused("2026-02-01 10:00", "hana", "do", "go", role="evaluator")
    assert hana.codes == ("not-entitled",)
    play.does("2026-02-01 11:00", "hana", "interest", role="legal")
    play.does("2026-02-01 11:00", "hana", "fill", raw={"legal_note": "seen"}, role="legal")
    refusal = play.refused("2026-02-01 12:00", "ben", "do", "go")
    assert blocker(refusal, "four-eyes").mend == "hana withdraws, and somebody else signs"
    play.does("2026-02-01 13:00", "hana", "withdraw", "consent", reason="I have advised since")
    play.does("2026-02-01 14:00", "gus", "sign", "consent")
    play.does("2026-02-01 15:00", "ben", "do", "go")


def test_roles_kept_apart_are_apart_in_both_directions(drafted: Play) -> None:
    # hana is evaluator and authority; only the role of evaluator says that it is apart from authority.
    drafted.does("2026-01-06 09:00", "ben", "do", "finish_draft")
    drafted.does("2026-01-06 10:00", "dora", "sign", "launch")
    drafted.does("2026-01-06 11:00", "fay", "sign", "launch")
    drafted.does("2026-01-06 12:00", "hana", "sign", "launch", role="authority")
    drafted.does("2026-01-06 13:00", "hana", "interest")
    assert drafted.refused("2026-01-06 14:00", "hana", "bring", docs=("report",)).codes == ("apart-from",)


def test_a_substitute_signs_for_an_absent_person_and_both_names_are_kept(tiny: Build) -> None:
    play = tiny(needing("[{role: board, how_many: 1}]"))
    assert play.refused("2026-02-27 09:00", "ada", "sign", "consent").codes == ("not-entitled",)
    outcome = play.does("2026-03-02 09:00", "ada", "sign", "consent")
    assert (outcome.events[0].actor, outcome.events[0].on_behalf_of) == ("ada", "nia")
    (given,) = play.approval("consent").signatures
    assert (given.person, given.on_behalf_of) == ("ada", "nia")


def test_a_substitute_and_the_person_are_one(tiny: Build) -> None:
    play = tiny(needing("[{role: board, how_many: 2}]"))
    play.does("2026-03-02 09:00", "ada", "sign", "consent")
    assert play.refused("2026-04-02 09:00", "nia", "sign", "consent").codes == ("already-signed",)


def test_a_declared_conflict_removes_a_person_with_the_signature_given(tiny: Build) -> None:
    play = tiny(needing("[{role: legal}, {role: authority}]"))
    play.does("2026-02-01 09:00", "dora", "sign", "consent")
    play.does("2026-02-01 10:00", "dora", "interest", reason="my brother's firm", extra={"conflict": True})
    refusal = play.refused("2026-02-01 11:00", "dora", "sign", "consent")
    assert refusal.codes == ("conflict-of-interest",)
    missing = blocker(play.refused("2026-02-01 11:00", "ben", "do", "go"), "approval-missing")
    assert missing.who == ("hana", "june")
    assert play.refused("2026-02-01 10:00", "june", "interest", extra={"conflict": True}).codes == ("reason-missing",)


def test_somebody_who_must_declare_interests_does_so_first(bids_in: Play) -> None:
    assert bids_in.refused("2026-02-23 09:00", "gus", "bring", docs=("report",)).codes == ("interest-undeclared",)
    bids_in.does("2026-02-23 09:10", "gus", "interest")
    bids_in.does("2026-02-23 09:20", "gus", "bring", docs=("report",))


def test_a_signature_lapses_on_its_own_day(launched: Play) -> None:
    (legal, holder, authority) = launched.approval("launch").signatures
    assert (legal.valid_until, authority.valid_until) == (None, None)
    assert holder.valid_until is not None
    launched.does("2026-04-07 09:00", "ben", "fill", closing_day="2026-06-30")
    refusal = launched.refused("2026-04-08 09:00", "ben", "do", "send_call", docs=("notice",))
    assert blocker(refusal, "approval-lapsed").who == ("emil", "fay")


def test_a_signature_can_be_withdrawn_with_a_reason_until_it_is_used(launched: Play) -> None:
    assert launched.refused("2026-01-08 09:00", "june", "withdraw", "launch").codes == ("reason-missing",)
    assert launched.refused("2026-01-08 09:00", "ben", "withdraw", "launch", reason="x").codes == ("not-signed",)
    launched.does("2026-01-08 09:00", "june", "withdraw", "launch", reason="wrong file")
    launched.does("2026-01-08 10:00", "ben", "fill", closing_day="2026-02-20")
    assert launched.refused("2026-01-08 11:00", "ben", "do", "send_call", docs=("notice",)).codes == (
        "approval-missing",
    )
    launched.does("2026-01-08 12:00", "june", "sign", "launch")
    launched.does("2026-01-08 13:00", "ben", "do", "send_call", docs=("notice",))
    assert launched.refused("2026-01-08 14:00", "june", "withdraw", "launch", reason="x").codes == ("not-signed",)


def test_declining_sends_back_and_nothing_is_signed_before_it_is_asked_again(ready: Play) -> None:
    ready.does("2026-01-07 08:00", "ben", "ask", "launch")
    ready.does("2026-01-07 09:00", "dora", "sign", "launch")
    assert ready.refused("2026-01-07 10:00", "fay", "decline", "launch").codes == ("reason-missing",)
    ready.does("2026-01-07 10:00", "fay", "decline", "launch", reason="no budget")
    assert [m.to for m in ready.rehearsal.messages if m.subject == "approval_declined"] == [("person:ben",)]
    assert codes(ready("2026-01-07 11:00", "dora", "sign", "launch")) == ("approval-declined",)
    ready.does("2026-01-07 11:30", "ben", "fill", closing_day="2026-02-20")
    refusal = ready.refused("2026-01-07 11:30", "ben", "do", "send_call", docs=("notice",))
    assert "no budget" in blocker(refusal, "approval-declined").reason
    ready.does("2026-01-07 12:00", "ben", "ask", "launch")
    ready.does("2026-01-07 13:00", "dora", "sign", "launch")


def test_sent_back_to_the_same_step_keeps_the_signatures_before(tiny: Build) -> None:
    play = tiny(needing("[{role: legal}, {role: authority}]", more="if_sent_back: same_step"))
    play.does("2026-02-01 09:00", "dora", "sign", "consent")
    play.does("2026-02-01 10:00", "june", "decline", "consent", reason="why?")
    play.does("2026-02-01 11:00", "ben", "ask", "consent")
    play.does("2026-02-01 12:00", "june", "sign", "consent")
    play.does("2026-02-01 13:00", "ben", "do", "go")


@pytest.mark.parametrize("change", ["field", "document"])
def test_a_change_of_what_is_covered_makes_the_approval_void(launched: Play, change: str) -> None:
    if change == "field":
        launched.does("2026-01-08 09:00", "ben", "fill", value="80000 EUR")
    else:
        request = Request("bring", "ada", documents={"specification": Handed("another-hash", "s.pdf")})
        launched.rehearsal.play(request, moment("2026-01-08 09:00"))
    launched.does("2026-01-08 09:30", "ben", "fill", closing_day="2026-02-20")
    refusal = launched.refused("2026-01-08 10:00", "ben", "do", "send_call", docs=("notice",))
    assert refusal.codes == ("approval-void",)


def test_filling_in_the_same_value_voids_nothing(launched: Play) -> None:
    launched.does("2026-01-08 09:00", "ben", "fill", value="90000.00 EUR")
    assert launched.kinds == ["filled"]


def test_a_field_on_which_it_depends_who_signs_is_covered(ranked: Play) -> None:
    assert "award_value" in ranked.rehearsal.binding.definition.main.approvals["award"].void_if_changed_fields


def test_who_signs_can_depend_on_a_value_and_the_limit_is_recorded(tiny: Build) -> None:
    play = tiny(
        needing("[{role: legal}, {role: authority, when: value >= limit('big')}]")
        + """
limits:
  big:
    says: Big
    basis: house_rule
    direction: threshold
    unit: EUR
    values: [{from: 2020-01-01, value: 100, source: House rules, confirmed_on: never}]
"""
    )
    assert "field-missing" in play.refused("2026-02-01 09:00", "ben", "do", "go").codes
    play.does("2026-02-01 09:00", "dora", "sign", "consent")
    assert play.refused("2026-02-01 09:30", "june", "sign", "consent").codes == ("field-missing",)
    play.does("2026-02-01 10:00", "ben", "fill", value="100 EUR")
    assert play.refused("2026-02-01 11:00", "ben", "do", "go").blockers[0].roles == ("legal", "authority")
    play.does("2026-02-01 12:00", "dora", "sign", "consent")
    outcome = play.does("2026-02-01 13:00", "june", "sign", "consent")
    assert outcome.events[0].data["used"]["limits"]["big"]["source"] == "House rules"
    play.does("2026-02-01 14:00", "ben", "fill", value="99 EUR")
    play.does("2026-02-01 15:00", "dora", "sign", "consent")
    play.does("2026-02-01 16:00", "ben", "do", "go")


def test_an_approval_is_used_once(tiny: Build) -> None:
    play = tiny(needing("[{role: legal}]"))
    play.does("2026-02-01 09:00", "dora", "sign", "consent")
    play.does("2026-02-01 10:00", "ben", "do", "go")
    play.does("2026-02-01 11:00", "ben", "do", "back")
    assert play.refused("2026-02-01 12:00", "ben", "do", "go").codes == ("approval-missing",)


def test_signing_is_possible_only_where_a_step_needs_it(tiny: Build) -> None:
    play = tiny(needing("[{role: legal}]"))
    play.does("2026-02-01 09:00", "dora", "sign", "consent")
    assert play.refused("2026-02-01 09:30", "dora", "sign", "consent").codes[0] == "already-given"
    assert play.refused("2026-02-01 09:30", "ben", "ask", "consent").codes == ("already-given",)
    play.does("2026-02-01 10:00", "ben", "do", "go")
    for act in ("sign", "ask"):
        assert play.refused("2026-02-01 11:00", "dora", act, "consent").codes == ("not-signable",)
    assert play.refused("2026-02-01 11:00", "dora", "sign", "nothing").codes == ("unknown-approval",)


def test_what_the_approval_covers_must_be_there_before_it_is_signed(tiny: Build) -> None:
    play = tiny(needing("[{role: legal}]", more="void_if_changed: {fields: [value], documents: [paper]}"))
    for person, act in (("dora", "sign"), ("ben", "ask")):
        refusal = play.refused("2026-02-01 09:00", person, act, "consent")
        assert refusal.codes == ("field-missing", "document-missing")
        assert [found.mend for found in refusal.blockers] == ["fill value", "bring paper"]


def test_an_empty_field_is_signed_for_too_and_filling_it_later_makes_the_signature_void(tiny: Build) -> None:
    play = tiny(needing("[{role: legal}]", more="void_if_changed: {fields: [value, note]}"))
    play.does("2026-02-01 08:00", "ben", "fill", value="100 EUR")
    play.does("2026-02-01 09:00", "dora", "sign", "consent")
    play.does("2026-02-01 10:00", "ben", "fill", note="Half of it is research")
    assert [s.status for s in play.case.approvals["case consent"].signatures] == ["void"]


def test_an_approval_sets_its_fields_when_given_or_is_refused_for_want_of_them(tiny: Build) -> None:
    play = tiny(needing("[{role: legal}]", sets="sets: {kept: value}"))
    assert play.refused("2026-02-01 09:00", "dora", "sign", "consent").codes == ("field-missing",)
    play.does("2026-02-01 10:00", "ben", "fill", value="5 EUR")
    play.does("2026-02-01 11:00", "dora", "sign", "consent")
    assert play.case.main.fields["kept"] == {"amount": "5", "currency": "EUR"}


def test_asking_is_for_those_who_may_do_anything(tiny: Build) -> None:
    play = tiny(needing("[{role: legal}]"))
    assert play.refused("2026-02-01 09:00", "ilo", "ask", "consent").codes == ("not-entitled",)
    assert play.refused("2026-02-01 09:00", "nobody", "ask", "consent").codes == ("not-entitled",)
    outcome = play.does("2026-02-01 09:00", "ada", "ask", "consent", reason="please")
    assert outcome.messages[0].to == ("person:dora", "person:hana")


def test_what_was_asked_in_vain_ends_with_the_move_that_needs_it_no_more(ready: Play) -> None:
    ready.does("2026-01-07 09:00", "ben", "ask", "launch")
    assert ready.approval("launch").open
    outcome = ready.does("2026-01-07 10:00", "ben", "do", "redraft", reason="new need")
    assert outcome.events[-1].kind == "approval_ended"
    assert not ready.approval("launch").open


def test_a_barred_role_does_not_sign(tiny: Build) -> None:
    play = tiny(needing("[{role: watcher}]"))
    assert play.refused("2026-02-01 09:00", "ilo", "sign", "consent").codes == ("not-entitled",)


def test_signatures_on_paper_are_recorded_with_whose_they_are(tiny: Build) -> None:
    play = tiny(needing("[{role: board, how_many: 2, recorded_by: officer}]"))
    assert play.refused("2026-02-01 09:00", "ben", "sign", "consent").codes == ("signer-missing",)
    assert play.refused("2026-02-01 09:00", "ben", "sign", "consent", extra={"signed_by": "dora"}).codes == (
        "signer-missing",
    )
    play.does("2026-02-01 09:00", "ben", "sign", "consent", extra={"signed_by": "kim"})
    again = play.refused("2026-02-01 09:00", "ben", "sign", "consent", extra={"signed_by": "kim"})
    assert again.codes == ("already-signed",)
    play.does("2026-02-01 09:00", "ben", "sign", "consent", extra={"signed_by": "lee"})
    assert [(s.person, s.recorded_by) for s in play.approval("consent").signatures] == [("kim", "ben"), ("lee", "ben")]
    play.does("2026-02-01 10:00", "ben", "do", "go")


def test_a_gate_of_the_meeting_bounds_when_a_committee_signs(tiny: Build) -> None:
    play = tiny(
        needing("[{role: legal, due_by: papers}, {role: board, meets_on: meets}]", more="meeting: session").replace(
            "fields:", "fields:\n  session: {type: meeting, of: board, by: officer, title: Session}", 1
        )
    )
    binding = play.rehearsal.binding
    meetings = {"board": (MeetingDate("spring", "2026-03-10", {"papers": "2026-02-20"}),)}
    play.rehearsal.binding = replace(binding, organisation=replace(binding.organisation, committees=meetings))
    assert play.refused("2026-02-01 09:00", "dora", "sign", "consent").codes == ("field-missing",)
    assert play.refused("2026-02-01 09:00", "ben", "fill", session="autumn").codes == ("bad-value",)
    play.does("2026-02-01 09:00", "ben", "fill", session="spring")
    late = play.refused("2026-02-21 09:00", "dora", "sign", "consent")
    assert late.codes == ("gate-over",)
    assert late.blockers[0].reason == "The last day for it (papers) before the meeting spring was Fri 2026-02-20."
    play.does("2026-02-21 09:00", "ben", "fill", note="moved the papers")
    later = {"board": (MeetingDate("spring", "2026-03-10", {"papers": "2026-02-28"}),)}
    play.rehearsal.binding = replace(binding, organisation=replace(binding.organisation, committees=later))
    play.does("2026-02-21 10:00", "dora", "sign", "consent")
    early = play.refused("2026-03-09 09:00", "kim", "sign", "consent")
    assert early.codes == ("gate-not-yet",)
    assert early.blockers[0].reason == "The meeting spring is only on Tue 2026-03-10."
    assert early.possible_from == moment("2026-03-10 00:00")
    play.does("2026-03-10 09:00", "kim", "sign", "consent")


@pytest.mark.parametrize("act", ["sign", "ask", "decline", "withdraw"])
def test_an_approval_of_the_whole_case_is_not_given_for_one_track(bids_in: Play, act: str) -> None:
    refusal = bids_in.refused("2026-02-23 09:00", "dora", act, "award", on="bidder/al", reason="so")
    found = blocker(refusal, "unknown-approval")
    assert refusal.codes == ("unknown-approval",)
    assert "for the whole case" in found.reason
    assert "leave the track out" in found.mend


def test_an_approval_of_a_track_asked_of_the_case_names_the_tracks(bids_in: Play) -> None:
    refusal = bids_in.refused("2026-02-23 09:00", "dora", "sign", "rejection")
    assert blocker(refusal, "unknown-approval").mend.endswith("say for which with --on bidder/NAME")


def test_what_was_once_signed_beside_a_track_is_decided_again_for_the_case(launched: Play) -> None:
    signed = next(event for event in launched.events if event.kind == "approval_signed")
    assert request_of({**(signed.request or {}), "line": "bidder/al"}, signed).line == "case"
