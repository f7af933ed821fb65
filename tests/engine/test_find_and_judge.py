"""Clauses 6.2 and 6.3: a step is found or not offered, then judged: every reason at once, in one order."""

from __future__ import annotations

import pytest

from inprocap_flow.cli.reasons import _mend
from inprocap_flow.engine.case.records import Handed, Refusal, Request
from tests.engine.conftest import Build, Play, blocker, moment

EVERYTHING_MISSING = """
fields:
  number: {type: whole_number, by: officer, minimum: 1, maximum: 9, title: Number}
  amount: {type: money, by: officer, currency: EUR, title: Amount}
  colour: {type: choice, choices: [red, blue], by: officer, title: Colour}
  helper: {type: person, by: officer, title: Helper}
  asked: {type: text, title: Asked}
  note: {type: text, by: officer, fixed_from: begun, title: Note}
documents:
  paper: {title: Paper, by: officer}
  form: {title: Form}
  brief: {title: Brief, by: officer, published_at: begun}
rules: {small: {title: Small, basis: house_rule, cite: House rule 3}}
stages:
  first: {owner: officer, title: First}
  second: {owner: officer, title: Second}
  end: {final: completed}
steps:
  start: {from: first, to: same, by: officer, milestone: begun, starts: [pause, window]}
  go:
    from: first
    to: second
    by: authority
    handed_in: {fields: [asked], documents: [form], reason: yes}
    already_there:
      fields: [amount]
      documents: [paper]
      within: [window]
      after: [pause]
      approvals: [consent]
      that:
        - {holds: number > 3, if_not: The number is too small., rule: small}
        - {holds: number < 5, if_not: The number is rather large., only_warns: yes}
    meets: [reply]
  finish: {from: second, to: end, by: officer, ends: everything}
  back: {from: second, to: first, by: officer}
approvals: {consent: {title: Consent, signatures: [{role: legal}]}}
deadlines:
  pause: {title: Pause, kind: not_before, period: 10 days, cite: Rule of the house}
  window: {title: Window, kind: open_until, period: 5 days}
  reply: {title: Reply, kind: due, period: 5 days}
"""


def test_every_reason_is_named_at_once_and_in_the_order_of_the_language(tiny: Build) -> None:
    play = tiny(EVERYTHING_MISSING)
    play.does("2026-01-06 09:00", "ben", "do", "start")
    play.does("2026-01-12 09:00", "ben", "fill", number="2")
    refusal = play.refused("2026-01-12 10:00", "ada", "do", "go")
    assert refusal.codes == (
        "not-entitled",
        "field-missing",
        "document-missing",
        "reason-missing",
        "field-missing",
        "document-missing",
        "deadline-over",
        "deadline-running",
        "approval-missing",
        "guard",
        "nothing-to-meet",
    )
    assert [b.about for b in refusal.blockers][1:9] == [
        "asked", "form", "reason", "amount", "paper", "window", "pause", "consent",
    ]  # fmt: skip


def test_a_refusal_says_who_can_sign_what_failed_and_from_where_the_rule_comes(tiny: Build) -> None:
    play = tiny(EVERYTHING_MISSING)
    play.does("2026-01-06 09:00", "ben", "do", "start")
    play.does("2026-01-07 09:00", "ben", "fill", number="2")
    refusal = play.refused("2026-01-12 10:00", "june", "do", "go")
    assert blocker(refusal, "approval-missing").who == ("dora", "hana")
    guard = blocker(refusal, "guard")
    assert (guard.about, guard.cite, guard.basis) == ("small", "House rule 3", "house_rule")
    assert "2 is not more than 3" in guard.detail
    running = blocker(refusal, "deadline-running")
    assert running.possible_from == moment("2026-01-17 00:00")
    assert running.cite == "Rule of the house"
    assert refusal.possible_from is None  # waiting alone is not enough


def test_a_guard_on_an_unknown_field_names_the_field(tiny: Build) -> None:
    refusal = tiny(EVERYTHING_MISSING).refused("2026-01-06 10:00", "june", "do", "go")
    assert blocker(refusal, "guard-unknown").about == "number"
    assert {b.about for b in refusal.blockers if b.code == "deadline-not-started"} == {"window", "pause"}


COMES_WITH_A_STEP = """
fields:
  number: {type: whole_number, title: Number}
  size: {type: whole_number, title: Size}
  note: {type: text, by: officer, title: Note}
stages:
  first: {owner: officer, title: First}
  second: {owner: officer, title: Second}
  end: {final: completed}
steps:
  count: {from: first, to: same, by: officer, may_fill: [number]}
  go:
    from: first
    to: second
    by: officer
    may_fill: [size]
    already_there:
      that:
        - {holds: number > 3, if_not: It is too small.}
        - {holds: size > 3, if_not: It is too thin.}
        - {holds: "note != 'no'", if_not: It is noted.}
        - {holds: "note == 'yes' or number > 9", if_not: It is neither.}
  choose:
    from: first
    by: officer
    branches:
      - {when: number > 3, to: second}
      - {otherwise: same}
  finish: {from: second, to: end, by: officer}
"""


def test_what_a_condition_does_not_know_is_mended_by_the_step_with_which_it_comes(tiny: Build) -> None:
    play = tiny(COMES_WITH_A_STEP)
    refusal = play.refused("2026-01-06 10:00", "ben", "do", "go")
    mends = [one.mend for one in refusal.blockers if one.code == "guard-unknown"]
    assert mends == [
        "give number with count",
        "give size with this step",
        "fill note",
        "fill note; give number with count",
    ]
    chosen = play.refused("2026-01-06 10:00", "ben", "do", "choose")
    assert blocker(chosen, "branch-unknown").mend == "give number with count"
    typed = [_mend(one, "3f2a91") for one in refusal.blockers]
    assert typed[0] == "give number with count: do 3f2a91 count number=..."
    assert typed[1] == "give size with this step: size=..."
    assert typed[2] == "fill note: set 3f2a91 note=..."


def test_possible_from_is_the_latest_end_when_only_deadlines_block(standing_still: Play) -> None:
    refusal = standing_still.refused("2026-03-04 09:00", "june", "do", "sign", docs=("contract",))
    assert refusal.codes == ("not-offered",)
    assert refusal.possible_from == moment("2026-03-14 00:00")


def test_what_only_a_review_keeps_back_has_no_moment(standing_still: Play) -> None:
    standing_still.does("2026-03-04 09:00", "bo", "do", "file_review", new="review/one", on="bidder/bo")
    refusal = standing_still.refused("2026-03-05 09:00", "june", "do", "sign", docs=("contract",))
    assert refusal.possible_from is None


def test_a_step_not_offered_is_refused_alone_with_the_step_by_which_the_line_left(called: Play) -> None:
    refusal = called.refused("2026-01-09 09:00", "al", "do", "finish_draft")
    assert refusal.codes == ("not-offered",)
    assert refusal.blockers[0].detail == "finish_draft"


def test_the_step_by_which_a_line_left_is_the_latest_one(tiny: Build) -> None:
    play = tiny("""
    stages: {first: {owner: officer}, second: {owner: officer}, third: {owner: officer}, end: {final: completed}}
    steps:
      go: {from: first, to: second, by: officer}
      jump: {from: second, to: third, by: officer}
      back: {from: third, to: first, by: officer}
      skip: {from: first, to: third, by: officer}
      look: {from: [second, first], to: same, by: officer}
      finish: {from: third, to: end, by: officer}
    """)
    for step in ("go", "jump", "back", "skip"):
        play.does("2026-01-06 09:00", "ben", "do", step)
    assert blocker(play.refused("2026-01-06 10:00", "ben", "do", "look"), "not-offered").detail == "skip"


def test_a_step_of_no_name_lists_what_is_possible(called: Play) -> None:
    refusal = called.refused("2026-01-09 09:00", "ben", "do", "nonsense")
    assert "correct" in refusal.blockers[0].mend
    assert called.refused("2026-01-09 09:00", "ben", "do", "submit", on="bidder/zoe").codes == ("no-such-track",)


def test_a_case_that_stands_elsewhere_says_when_it_will_come_by_itself(bids_in: Play) -> None:
    bids_in.does("2026-02-12 08:00", "gus", "interest")
    refusal = bids_in.refused("2026-02-12 09:00", "gus", "do", "rank", on="bidder/al", rank="1")
    assert refusal.codes == ("case-elsewhere",)
    assert refusal.possible_from == moment("2026-02-20 16:00")


def test_what_a_track_lacks_is_told_with_the_track_on_which_it_is_given(tiny: Build) -> None:
    play = tiny("""
    stages: {first: {owner: officer}, end: {final: completed}}
    fields: {shared: {type: text, by: officer, title: Shared}}
    steps: {finish: {from: first, to: end, by: officer}}
    tracks:
      bid:
        title: Bid
        fields: {price: {type: money, by: officer, title: Price}}
        documents: {offer: {title: Offer, by: officer}}
        begins: {step: register, by: officer, to: there}
        stages: {there: {owner: officer}, chosen: {final: chosen}}
        steps:
          choose:
            from: there
            to: chosen
            by: officer
            already_there: {fields: [price, shared], documents: [offer]}
    """)
    play.does("2026-01-06 09:00", "ben", "do", "register", new="bid/al")
    refusal = play.refused("2026-01-06 10:00", "ben", "do", "choose", on="bid/al")
    found = {(one.about, one.line) for one in refusal.blockers}
    assert found == {("price", "bid/al"), ("offer", "bid/al"), ("shared", "case")}


def test_a_case_that_has_gone_past_says_that_nothing_leads_it_back(ranked: Play) -> None:
    refusal = ranked.refused("2026-02-25 09:00", "ben", "do", "register", new="bidder/cy", firm="Cy")
    assert blocker(refusal, "case-elsewhere").mend == "nothing mends this: no step leads the case there any more"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("number", "0", "out-of-range"),
        ("number", "10", "out-of-range"),
        ("amount", {"amount": "5", "currency": "CHF"}, "bad-value"),
        ("amount", "5 EUR", "bad-value"),
        ("number", {"amount": "5", "currency": "CHF"}, "bad-value"),
        ("number", [1, 2], "bad-value"),
        ("colour", "green", "bad-value"),
        ("helper", "nobody", "bad-value"),
        ("other", "1", "unknown-field"),
        ("asked", "1", "not-asked-for"),
    ],
)
def test_a_value_that_cannot_be_is_refused(tiny: Build, field: str, value: object, code: str) -> None:
    refusal = tiny(EVERYTHING_MISSING).refused("2026-01-06 10:00", "ben", "fill", raw={field: value})
    assert refusal.codes == (code,)


def test_a_wrong_value_is_told_once_and_nothing_rests_on_it(tiny: Build) -> None:
    play = tiny("""
    fields: {number: {type: whole_number, minimum: 1, title: Number}}
    stages: {first: {owner: officer}, end: {final: completed}}
    steps:
      go:
        from: first
        by: officer
        handed_in: {fields: [number]}
        already_there: {that: [{holds: number > 3, if_not: Too small.}]}
        branches: [{when: number > 5, to: end}, {otherwise: end}]
    """)
    assert play.refused("2026-01-06 10:00", "ben", "do", "go", raw={"number": {"no": "number"}}).codes == ("bad-value",)
    assert play.refused("2026-01-06 10:00", "ben", "do", "go", raw={"number": "0"}).codes == ("out-of-range",)


def test_what_is_fixed_or_published_does_not_change_any_more(tiny: Build) -> None:
    play = tiny(EVERYTHING_MISSING)
    play.does("2026-01-06 09:00", "ben", "fill", note="as said")
    play.does("2026-01-06 09:00", "ben", "bring", docs=("brief",))
    play.does("2026-01-06 10:00", "ben", "do", "start")
    assert play.refused("2026-01-06 11:00", "ben", "fill", note="otherwise").codes == ("fixed",)
    assert play.refused("2026-01-06 11:00", "ben", "fill", raw={"note": None}).codes == ("fixed",)
    play.does("2026-01-06 11:00", "ben", "fill", note="as said")
    assert play.refused("2026-01-06 11:00", "ben", "bring", docs=("brief",)).codes == ("published",)


def test_a_change_notice_brings_a_new_version_of_what_is_published(called: Play) -> None:
    plain = called.refused("2026-01-12 09:00", "ben", "bring", docs=("specification",))
    assert plain.codes == ("published",)
    called.does("2026-01-12 10:00", "ben", "do", "correct", docs=("specification",), reason="a wrong size")
    assert len(called.case.main.documents["specification"]) == 2


def test_a_document_of_no_name_and_one_that_comes_only_with_a_step_are_refused(tiny: Build) -> None:
    play = tiny(EVERYTHING_MISSING)
    assert play.refused("2026-01-06 10:00", "ben", "bring", docs=("nonsense",)).codes == ("unknown-document",)
    assert play.refused("2026-01-06 10:00", "ben", "bring", docs=("form",)).codes == ("not-asked-for",)
    assert play.refused("2026-01-06 10:00", "ben", "bring").codes == ("nothing-to-do",)
    assert play.refused("2026-01-06 10:00", "ben", "fill").codes == ("nothing-to-do",)
    refusal = play.refused("2026-01-06 10:00", "june", "do", "go", docs=("brief",), raw={"note": "x"})
    assert [b.code for b in refusal.blockers[:2]] == ["not-asked-for", "not-asked-for"]


def test_a_warning_is_recorded_with_the_move_and_stops_nothing(tiny: Build) -> None:
    play = tiny("""
    fields: {number: {type: whole_number, by: officer, title: Number}}
    stages: {first: {owner: officer}, end: {final: completed}}
    steps:
      go:
        from: first
        to: end
        by: officer
        already_there:
          that:
            - {holds: number < 5, if_not: Rather large., only_warns: yes}
            - {holds: known(number), if_not: No number., only_warns: yes}
    """)
    outcome = play.does("2026-01-06 10:00", "ben", "do", "go")
    assert [warning.code for warning in outcome.warnings] == ["guard-unknown", "guard"]
    assert outcome.events[-1].data["warned"][1] == "guard: No number."


def test_an_unknown_branch_is_refused_and_never_otherwise(tiny: Build) -> None:
    play = tiny("""
    fields: {number: {type: whole_number, by: officer, title: Number}}
    stages: {first: {owner: officer}, end: {final: completed}, other: {final: cancelled}}
    steps: {go: {from: first, by: officer, branches: [{when: number > 5, to: end}, {otherwise: other}]}}
    """)
    assert play.refused("2026-01-06 10:00", "ben", "do", "go").codes == ("branch-unknown",)
    play.does("2026-01-06 10:00", "ben", "fill", number="5")
    play.does("2026-01-06 10:00", "ben", "do", "go")
    assert play.stage == "other"


def test_nobody_asks_for_what_the_system_does(called: Play) -> None:
    refusal = called.refused("2026-01-09 09:00", "ben", "do", "close_bidding")
    assert refusal.codes == ("not-entitled",)


def test_beginning_a_track_lists_every_reason_too(called: Play) -> None:
    refusal = called.refused("2026-01-09 09:00", "gus", "do", "register", new="bidder/x y")
    assert refusal.codes == ("bad-name", "not-entitled")
    called.does("2026-01-09 09:00", "al", "do", "register", new="bidder/al", firm="al")
    again = called.refused("2026-01-09 09:10", "al", "do", "register", new="bidder/al", firm="al")
    assert again.codes == ("track-exists",)
    unknown = called.rehearsal.play(Request("do", "al", new="nonsense/1"), moment("2026-01-09 09:10"))
    assert isinstance(unknown, Refusal)
    assert unknown.codes == ("no-such-track",)
    orphan = called.refused("2026-01-09 09:10", "al", "do", "ask", new="question/1", asked="Why?")
    assert "no-such-track" in orphan.codes
    other = called.refused(
        "2026-01-09 09:10", "al", "do", "file_review", new="question/1", on="bidder/al", asked="Why?"
    )
    assert other.codes == ("not-offered",)
    lacking = called.refused("2026-01-09 09:10", "bo", "do", "ask", new="question/1", on="bidder/al")
    assert lacking.codes == ("not-yours", "field-missing")


def test_an_ended_case_takes_nothing_more_but_declarations(standing_still: Play) -> None:
    play = standing_still
    play.does("2026-03-16 09:00", "june", "do", "sign", docs=("contract",))
    play.does("2026-03-20 09:00", "ben", "do", "send_notice")
    play.does("2026-06-01 09:00", "ada", "do", "finish")
    assert play.refused("2026-06-02 09:00", "ben", "fill", forecast="1 EUR").codes == ("case-ended",)
    assert play.refused("2026-06-02 09:00", "june", "sign", "overrun").codes == ("case-ended",)
    assert play.refused("2026-06-02 09:00", "ada", "do", "finish").codes == ("not-offered",)
    play.does("2026-06-02 09:00", "gus", "interest")


def test_the_same_document_again_changes_nothing(launched: Play) -> None:
    launched.does("2026-01-08 09:00", "ada", "bring", docs=("specification",))
    assert "approval_voided" not in launched.kinds
    other = Request("bring", "ada", documents={"specification": Handed("another-hash", "s.pdf")})
    launched.rehearsal.play(other, moment("2026-01-08 10:00"))
    assert launched.events[-1].kind == "approval_voided"
