"""A derogation lifts rules of one case, by a recorded decision that is judged like a step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from inprocap_flow.engine.acts.migrating import request_to_migrate
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.evidence import Fact
from inprocap_flow.engine.case.history import fold
from inprocap_flow.engine.case.records import Decision, Handed, Request
from inprocap_flow.engine.historic import import_fact, open_history
from inprocap_flow.engine.offers import derogation_elsewhere, outlook
from inprocap_flow.language.migrations import Migration
from inprocap_flow.language.model import AlreadyThere, Definition, Derogation, HandedIn, Tell
from tests.engine.conftest import Build, Play, at, blocker, moment

PARTS = """
fields: {surveyed: {type: yes_no, by: officer, title: Surveyed}, again: {type: yes_no, by: officer, title: Again}}
documents: {letter: {title: The letter, by: officer}, decision: {title: The decision}}
rules:
  market_survey: {title: A survey comes first, basis: house_rule, cite: "House rules, 3.2"}
  three_offers: {title: Three offers, basis: custom}
stages:
  first: {title: First, owner: officer}
  second: {title: Second, owner: officer}
  third: {title: Third, owner: officer}
  over: {title: Over, final: completed}
approvals:
  waiver: {title: The waiver, void_if_changed: {documents: [letter]}, signatures: [{role: legal}, {role: authority}]}
steps:
  go:
    from: first
    to: second
    by: officer
    already_there:
      that:
        - {holds: surveyed, rule: market_survey, if_not: "No survey was made."}
  hurry:
    from: second
    to: third
    as_soon_as: lifted('three_offers') and again
  back: {from: second, to: first, by: officer}
  end: {from: [first, second, third], to: over, by: officer}
deadlines:
  window: {title: Window, kind: open_until, period: 5 days}
"""

URGENT = Derogation(
    "urgent",
    {"en": "It cannot wait"},
    lifts=("market_survey",),
    by=("officer",),
    while_case=("first",),
    handed_in=HandedIn(documents=("decision",), reason=True),
    already_there=AlreadyThere(documents=("letter",), approvals=("waiver",)),
    tells=(Tell(role="unit"),),
    cite="House rules, 3.9",
)
WIDE = Derogation("wide", {"en": "By the council"}, lifts=("market_survey", "three_offers"), by=("authority",))

WithDerogations = Callable[..., Play]


@pytest.fixture
def lab(tiny: Build) -> WithDerogations:
    """Return a play of a procedure with derogations, as an overlay would have brought them."""

    def build(*derogations: Derogation) -> Play:
        play = tiny(PARTS)
        machine = play.rehearsal.binding.machine
        known = {one.name: one for one in derogations or (URGENT, WIDE)}
        play.rehearsal.binding = replace(
            play.rehearsal.binding,
            machine=replace(machine, definition=replace(machine.definition, derogations=known)),
        )
        return play

    return build


def granted(play: Play) -> Decision:
    """Let everything that `urgent` needs be there, and grant it."""
    play.does("2026-01-05 10:00", "ben", "bring", docs=("letter",))
    play.does("2026-01-05 11:00", "ben", "ask", "waiver")
    play.does("2026-01-05 12:00", "dora", "sign", "waiver")
    play.does("2026-01-05 13:00", "june", "sign", "waiver")
    return play.does("2026-01-05 14:00", "ben", "derogate", "urgent", docs=("decision",), reason="The roof leaks")


def test_a_derogation_needs_what_a_step_would_need(lab: WithDerogations) -> None:
    outcome = lab().refused("2026-01-05 10:00", "ben", "derogate", "urgent")
    assert outcome.codes == ("document-missing", "reason-missing", "document-missing", "approval-missing")


def test_only_who_is_named_may_grant_it(lab: WithDerogations) -> None:
    play = lab()
    outcome = play.refused("2026-01-05 10:00", "ben", "derogate", "wide")
    assert outcome.codes == ("not-entitled",)
    assert blocker(outcome, "not-entitled").who == ("june",)
    play.does("2026-01-05 10:00", "june", "derogate", "wide")


def test_it_records_what_came_the_signatures_used_the_rules_and_who_is_told(lab: WithDerogations) -> None:
    play = lab()
    outcome = granted(play)
    assert [event.kind for event in outcome.events] == ["brought", "approval_used", "lifted", "told"]
    lifted = play.find("lifted")[0]
    assert lifted.data == {
        "derogation": "urgent",
        "rules": ["market_survey"],
        "reason": "The roof leaks",
        "cite": "House rules, 3.9",
    }
    assert (lifted.actor, lifted.role) == ("ben", "officer")
    assert play.case.lifted == {"market_survey": "urgent"}
    assert [message.to for message in outcome.messages] == [("role:unit",)]
    assert play.stage == "first"


def test_a_condition_whose_rule_is_lifted_counts_as_held_and_the_decision_says_by_what(lab: WithDerogations) -> None:
    play = lab()
    assert play.refused("2026-01-05 10:00", "ben", "do", "go").codes == ("guard-unknown",)
    granted(play)
    moved = play.does("2026-01-06 09:00", "ben", "do", "go").events[0]
    assert moved.data["used"] == {"lifted": {"market_survey": "urgent"}}


def test_a_decision_that_meets_no_lifted_rule_says_nothing_of_it(lab: WithDerogations) -> None:
    play = lab()
    granted(play)
    moved = play.does("2026-01-06 09:00", "ben", "do", "end").events[0]
    assert "used" not in moved.data


def test_what_is_lifted_is_not_lifted_twice(lab: WithDerogations) -> None:
    play = lab()
    granted(play)
    again = play.refused("2026-01-05 15:00", "ben", "derogate", "urgent", docs=("decision",), reason="Once more")
    assert again.codes == ("already-lifted",)
    assert "by urgent" in again.blockers[0].reason


def test_a_wider_derogation_may_follow_and_the_first_keeps_its_rule(lab: WithDerogations) -> None:
    play = lab()
    granted(play)
    play.does("2026-01-05 15:00", "june", "derogate", "wide")
    assert play.case.lifted == {"market_survey": "urgent", "three_offers": "wide"}
    assert play.find("lifted")[-1].data["rules"] == ["market_survey", "three_offers"]


def test_while_says_where_the_case_must_stand(lab: WithDerogations) -> None:
    play = lab()
    play.does("2026-01-05 10:00", "ben", "fill", surveyed="yes")
    play.does("2026-01-05 11:00", "ben", "do", "go")
    outcome = play.refused("2026-01-05 12:00", "ben", "derogate", "urgent", docs=("decision",), reason="Late")
    assert "case-elsewhere" in outcome.codes


def test_nothing_is_lifted_in_a_case_that_has_ended(lab: WithDerogations) -> None:
    play = lab()
    play.does("2026-01-05 10:00", "ben", "do", "end")
    assert play.refused("2026-01-05 12:00", "june", "derogate", "wide").codes == ("case-ended",)


def test_an_unknown_derogation_names_those_there_are(lab: WithDerogations, tiny: Build) -> None:
    found = blocker(lab().refused("2026-01-05 10:00", "ben", "derogate", "sudden"), "unknown-derogation")
    assert found.mend == "choose of: urgent, wide"
    none = blocker(tiny(PARTS).refused("2026-01-05 10:00", "ben", "derogate", "sudden"), "unknown-derogation")
    assert "overlay" in none.mend


def test_what_waits_for_a_lifted_rule_follows_by_itself(lab: WithDerogations) -> None:
    play = lab()
    play.does("2026-01-05 10:00", "ben", "fill", surveyed="yes", again="yes")
    play.does("2026-01-05 11:00", "ben", "do", "go")
    outcome = play.does("2026-01-05 12:00", "june", "derogate", "wide")
    assert [event.kind for event in outcome.events] == ["lifted", "moved"]
    assert outcome.events[1].actor == "system"
    assert play.stage == "third"


def test_signatures_for_a_derogation_are_possible_only_while_it_could_be_granted(lab: WithDerogations) -> None:
    play = lab()
    play.does("2026-01-05 09:30", "ben", "bring", docs=("letter",))
    play.does("2026-01-05 10:00", "ben", "ask", "waiver")
    play.does("2026-01-05 11:00", "ben", "fill", surveyed="yes")
    outcome = play.does("2026-01-05 12:00", "ben", "do", "go")
    assert "approval_ended" in [event.kind for event in outcome.events]
    assert play.refused("2026-01-05 13:00", "dora", "sign", "waiver").codes == ("not-signable",)


def test_a_change_of_what_its_signatures_cover_makes_them_void(lab: WithDerogations) -> None:
    play = lab()
    play.does("2026-01-05 10:00", "ben", "bring", docs=("letter",))
    play.does("2026-01-05 12:00", "dora", "sign", "waiver")
    play.does("2026-01-05 13:00", "june", "sign", "waiver")
    other = Request("bring", "ben", documents={"letter": Handed("another", "letter.pdf")})
    assert isinstance(play.rehearsal.play(other, moment("2026-01-05 14:00")), Decision)
    outcome = play.refused("2026-01-05 15:00", "ben", "derogate", "urgent", docs=("decision",), reason="Now")
    assert outcome.codes == ("approval-void",)


# ---------------------------------------------------------------------------------------------- next and why


def test_next_offers_what_could_be_granted_where_the_case_stands(lab: WithDerogations) -> None:
    play = lab()
    found = outlook(play.rehearsal.binding, play.case, moment("2026-01-05 10:00"))
    offered = {offer.step.name: offer for offer in found.derogations}
    assert set(offered) == {"urgent", "wide"}
    assert offered["wide"].is_open
    assert offered["wide"].who == ("june",)
    assert offered["wide"].lifts == ("market_survey", "three_offers")
    assert [one.about for one in offered["urgent"].hand_in] == ["decision", "reason"]
    assert [one.code for one in offered["urgent"].blockers] == ["document-missing", "approval-missing"]
    assert not any(offer.step.name == "urgent" for offer in found.offers)


def test_next_offers_no_derogation_that_is_granted_or_elsewhere(lab: WithDerogations) -> None:
    play = lab()
    granted(play)
    binding = play.rehearsal.binding
    assert [o.step.name for o in outlook(binding, play.case, moment("2026-01-05 16:00")).derogations] == ["wide"]
    lifted = derogation_elsewhere(binding, play.case, "urgent", moment("2026-01-05 16:00"))
    assert lifted is not None
    assert [one.code for one in lifted.blockers] == ["already-lifted"]
    assert derogation_elsewhere(binding, play.case, "wide", moment("2026-01-05 16:00")) is None


def test_why_not_is_the_same_as_what_asking_gets(lab: WithDerogations) -> None:
    play = lab(URGENT, replace(WIDE, while_case=("third",)))
    said = derogation_elsewhere(play.rehearsal.binding, play.case, "wide", moment("2026-01-05 16:00"))
    assert said is not None
    assert said.blockers == play.refused("2026-01-05 16:00", "june", "derogate", "wide").blockers
    play.does("2026-01-06 10:00", "ben", "do", "end")
    ended = derogation_elsewhere(play.rehearsal.binding, play.case, "wide", moment("2026-01-06 11:00"))
    assert ended is not None
    assert [one.code for one in ended.blockers] == ["case-ended"]


def test_approvals_asked_for_a_derogation_are_among_those_that_wait(lab: WithDerogations) -> None:
    play = lab()
    play.does("2026-01-05 09:30", "ben", "bring", docs=("letter",))
    play.does("2026-01-05 10:00", "ben", "ask", "waiver")
    waiting = outlook(play.rehearsal.binding, play.case, moment("2026-01-05 10:00")).approvals
    assert [found.approval.name for found, _ in waiting] == ["waiver"]


# ---------------------------------------------------------------------------------------------- corrections


def test_a_derogation_on_which_nothing_rests_can_be_annulled(lab: WithDerogations) -> None:
    play = lab()
    number = granted(play).events[0].decision
    play.does("2026-01-06 09:00", "ben", "annul", str(number), reason="Granted for another case")
    assert play.case.lifted == {}
    assert play.refused("2026-01-06 10:00", "ben", "do", "go").codes == ("guard-unknown",)


def test_what_rests_on_a_derogation_must_be_annulled_with_it(lab: WithDerogations) -> None:
    play = lab()
    number = granted(play).events[0].decision
    moved = play.does("2026-01-06 09:00", "ben", "do", "go").events[0].decision
    refused = play.refused("2026-01-06 10:00", "ben", "annul", str(number), reason="Wrong case")
    assert blocker(refused, "dependents").about == str(moved)
    play.does(
        "2026-01-06 11:00", "ben", "annul", str(number), reason="Wrong case", extra={"with": [str(number), str(moved)]}
    )
    assert (play.stage, play.case.lifted) == ("first", {})


def test_a_signature_given_for_it_is_no_ground_once_annulled(lab: WithDerogations) -> None:
    play = lab()
    granted(play)
    signed = play.find("approval_signed")[-1].decision
    refused = play.refused("2026-01-06 10:00", "ben", "annul", str(signed), reason="A slip")
    assert "derogate urgent" in blocker(refused, "dependents").reason


def test_a_derogation_may_be_entered_late_by_who_may_backdate(lab: WithDerogations) -> None:
    play = lab(replace(WIDE, by=("officer",)))
    play.does("2026-01-07 09:00", "ben", "bring", docs=("letter",))
    outcome = play.does(
        "2026-01-08 09:00", "ben", "derogate", "wide", reason="Decided orally", happened=at("2026-01-06 09:00")
    )
    assert outcome.events[0].as_of is not None
    assert play.case.lifted == {"market_survey": "wide", "three_offers": "wide"}


def test_no_derogation_is_entered_late_through_a_window_that_is_over(tiny: Build) -> None:
    parts = PARTS.replace(
        "  back: {from: second",
        "  start: {from: first, to: same, by: officer, starts: [window]}\n  back: {from: second",
    )
    play = tiny(parts)
    machine = play.rehearsal.binding.machine
    within = replace(WIDE, by=("officer",), already_there=AlreadyThere(within=("window",)))
    definition = replace(machine.definition, derogations={"wide": within})
    play.rehearsal.binding = replace(play.rehearsal.binding, machine=replace(machine, definition=definition))
    play.does("2026-01-05 10:00", "ben", "do", "start")
    late = play.refused(
        "2026-01-20 09:00", "ben", "derogate", "wide", reason="It was said", happened=at("2026-01-06 09:00")
    )
    assert late.codes == ("backdating",)


def test_an_act_on_a_deadline_that_passes_a_lifted_rule_says_by_what_it_was_lifted(tiny: Build) -> None:
    parts = PARTS.replace(
        "period: 5 days}",
        "period: 5 days, acts: {suspend: {by: officer, requires: {that: "
        "[{holds: surveyed, rule: market_survey, if_not: No survey was made.}]}}}}",
    ).replace(
        "  back: {from: second",
        "  start: {from: first, to: same, by: officer, starts: [window]}\n  back: {from: second",
    )
    play = tiny(parts)
    machine = play.rehearsal.binding.machine
    definition = replace(machine.definition, derogations={"wide": WIDE})
    play.rehearsal.binding = replace(play.rehearsal.binding, machine=replace(machine, definition=definition))
    play.does("2026-01-05 10:00", "ben", "do", "start")
    assert "guard-unknown" in play.refused("2026-01-05 11:00", "ben", "suspend", "window", reason="A strike").codes
    play.does("2026-01-05 12:00", "june", "derogate", "wide")
    play.does("2026-01-05 13:00", "ben", "suspend", "window", reason="A strike")
    (suspended,) = play.find("deadline_suspended")
    assert suspended.data["used"] == {"lifted": {"market_survey": "wide"}}
    assert suspended.data["ground"] == "A strike"


# ---------------------------------------------------------------------------------------------- past cases


def past(binding: Binding, *facts: Fact) -> tuple[Any, list[Any]]:
    now = moment("2026-07-01 09:00")
    decision = open_history(binding, "case-1", "A past case", facts[0], now, {"history": "past", "version": "1"})
    events = list(decision.events)
    for fact in facts:
        decision = import_fact(binding, decision.case, fact, now)
        events += decision.events
    return decision.case, events


def test_a_past_case_holds_a_derogation_and_marks_what_nobody_tells_of_it(lab: WithDerogations) -> None:
    binding = lab().rehearsal.binding
    opened = Fact(at("2020-01-06 09:00"), "Begun", "minutes", "verified")
    lifted = Fact(at("2020-01-09 09:00"), "No survey", "minutes", "verified", derogations=("urgent",))
    case, events = past(binding, opened, lifted)
    assert case.lifted == {"market_survey": "urgent"}
    assert fold(events) == case
    assert {entry["what"] for entry in case.not_evidenced} == {"document-missing", "approval-missing"}
    assert not case.findings


def test_a_condition_that_a_derogation_lifted_is_neither_open_nor_contradicted_in_a_past_case(
    lab: WithDerogations, tiny: Build
) -> None:
    play = tiny(
        PARTS.replace(
            "to: second\n    by: officer\n    already", "to: second\n    by: officer\n    milestone: gone\n    already"
        )
    )
    machine = play.rehearsal.binding.machine
    definition = replace(machine.definition, derogations={"wide": WIDE})
    binding = replace(play.rehearsal.binding, machine=replace(machine, definition=definition))
    opened = Fact(at("2020-01-06 09:00"), "Begun", "minutes", "verified")
    went = Fact(at("2020-01-09 09:00"), "Went on", "minutes", "verified", reaches="gone")
    without, _ = past(binding, opened, went)
    assert [entry["what"] for entry in without.not_evidenced].count("guard") == 1
    lifted, _ = past(binding, opened, replace(went, derogations=("wide",)))
    assert [entry["what"] for entry in lifted.not_evidenced].count("guard") == 0
    assert not lifted.findings


def _over(play: Play, change: Callable[[Definition], Definition]) -> None:
    """Bring the case over to a version that is otherwise in what *change* makes of it."""
    old = play.rehearsal.binding
    old = replace(old, machine=replace(old.machine, definition=replace(old.definition, may_backdate=("officer",))))
    newer = replace(old.machine, definition=change(replace(old.definition, version="2")), content_hash="f" * 64)
    known = {old.machine.content_hash: old, newer.content_hash: replace(old, machine=newer)}

    def version(content_hash: str) -> Binding:
        return replace(known[content_hash], version=version)

    play.rehearsal.binding = version(old.machine.content_hash)
    name, was = old.definition.name, old.definition.version
    plan = Migration(name, was, "2", old.machine.content_hash, newer.content_hash)
    request = request_to_migrate(plan, play.case.id, actor="ben", role=None, reason="New rules")
    outcome = play.rehearsal.play(request, moment("2026-01-06 09:00"))
    assert isinstance(outcome, Decision), outcome


def test_a_lifted_rule_stays_lifted_in_a_version_where_the_same_derogation_lifts_it(lab: WithDerogations) -> None:
    play = lab()
    granted(play)
    _over(play, lambda definition: definition)
    assert play.case.lifted == {"market_survey": "urgent"}
    assert "holds_again" not in play.find("migrated")[0].data


@pytest.mark.parametrize(
    "change",
    [
        lambda new: replace(new, derogations={}),
        lambda new: replace(new, derogations={"wide": WIDE}),
        lambda new: replace(new, derogations={"urgent": replace(URGENT, lifts=("three_offers",))}),
        lambda new: replace(
            new, derogations={}, rules={**new.rules, "market_survey": replace(new.rules["market_survey"], basis="law")}
        ),
    ],
    ids=["no derogation", "another derogation", "it lifts something else", "it is law"],
)
def test_a_lifted_rule_holds_again_in_a_version_that_does_not_let_it_be_lifted_so(
    lab: WithDerogations, change: Callable[[Definition], Definition]
) -> None:
    play = lab()
    granted(play)
    _over(play, change)
    assert play.find("migrated")[0].data["holds_again"] == ["market_survey"]
    assert play.case.lifted == {}
    assert play.refused("2026-01-07 09:00", "ben", "do", "go").codes == ("guard-unknown",)
