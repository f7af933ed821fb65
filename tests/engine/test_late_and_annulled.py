"""Two axes of time and corrections by adding: backdating, late entries, annulment with what rests on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inprocap_flow.engine.annul import _correction
from inprocap_flow.engine.case.history import fold
from inprocap_flow.engine.case.records import Decision, Event, Refusal, Request, When
from inprocap_flow.engine.decide import decide
from inprocap_flow.language.model import Absence
from tests.engine.conftest import Build, Play, at, blocker, day, moment


def number_of(play: Play, kind: str, name: str = "") -> str:
    """Return the number of the last decision of that kind and name."""
    requests = [(e.decision, e.request) for e in play.events if e.request and e.request["kind"] == kind]
    found = [number for number, request in requests if name in (request.get("name", ""), "")]
    return str(found[-1])


def test_nothing_is_recorded_before_it_happens(called: Play) -> None:
    refusal = called.refused(
        "2026-01-09 09:00", "ben", "fill", new_closing="2026-03-20", happened=at("2026-01-10 09:00")
    )
    assert refusal.codes == ("future",)


def test_backdating_takes_a_role_a_reason_and_evidence(called: Play) -> None:
    early = at("2026-01-08 12:00")
    kim = called.refused("2026-01-12 09:00", "kim", "interest", happened=early, evidence=None)
    assert kim.codes == ("backdating", "reason-missing", "evidence-missing")
    ben = called.does("2026-01-12 09:00", "ben", "fill", happened=early, reason="x", new_closing="2026-03-20")
    assert ben.events[0].request is not None
    assert ben.events[0].request["late"] is True
    assert (ben.events[0].happened, ben.events[0].recorded_at) == (early, moment("2026-01-12 09:00"))


def test_a_supplier_never_enters_anything_late(called: Play) -> None:
    called.does("2026-01-12 09:00", "al", "do", "register", new="bidder/al", firm="al")
    outcome = called.refused(
        "2026-01-14 09:00", "al", "do", "submit", on="bidder/al", docs=("bid",), price="5 EUR",
        happened=at("2026-01-13 09:00"), reason="x",
    )  # fmt: skip
    assert outcome.codes == ("backdating",)


def test_an_imprecise_moment_is_no_way_round_the_privilege(called: Play) -> None:
    called.does("2026-01-12 09:00", "al", "do", "register", new="bidder/al", firm="al")
    # "Some time today", said after the closing: the tender would be in time by the reading that permits.
    today = day("2026-02-20")
    outcome = called.refused(
        "2026-02-20 18:00",
        "al",
        "do",
        "submit",
        on="bidder/al",
        docs=("bid",),
        price="5 EUR",
        happened=today,
        reason="x",
    )
    assert "backdating" in outcome.codes
    officer = called.refused(
        "2026-02-20 18:00",
        "ben",
        "do",
        "submit",
        on="bidder/al",
        docs=("bid",),
        price="5 EUR",
        happened=today,
        reason="x",
    )
    assert blocker(officer, "backdating").about == "bids"


def test_a_window_that_is_over_now_takes_nothing_late(bids_in: Play) -> None:
    bids_in.does("2026-02-23 08:00", "gus", "interest")
    refusal = bids_in.refused(
        "2026-02-23 09:00", "ben", "do", "take_back", on="bidder/al", happened=at("2026-02-19 09:00"), reason="x"
    )
    assert refusal.codes == ("backdating",)


def test_a_case_is_not_opened_in_the_past_without_the_privilege(tiny: Build) -> None:
    play = tiny("""
    stages: {first: {owner: officer}, end: {final: completed}}
    steps: {go: {from: first, to: end, by: officer}}
    """, open_at=None)  # fmt: skip
    early = at("2025-01-05 09:00")
    assert play.refused("2026-01-05 09:00", "ben", "open", "open_case", happened=early).codes == ("reason-missing",)
    assert (
        "backdating" in play.refused("2026-01-05 09:00", "ada", "open", "open_case", happened=early, reason="x").codes
    )
    assert play.refused("2026-01-05 09:00", "ben", "do", "go").codes == ("no-such-case",)
    assert play.refused("2026-01-05 09:00", "ben", "open", "go").codes == ("not-offered",)
    late = at("2026-02-05 09:00")
    assert play.refused("2026-01-05 09:00", "ben", "open", "open_case", happened=late, historic=True).codes == (
        "future",
    )
    play.does("2026-01-05 09:00", "ben", "open", "open_case")
    assert play.refused("2026-01-05 09:00", "ben", "open", "open_case").codes == ("already-open",)
    assert play.refused("2026-01-05 10:00", "ben", "dance").codes == ("unknown-act",)
    assert play.refused("2026-01-05 10:00", "ben", "mark").codes == ("not-historic",)


def test_a_late_entry_takes_effect_in_its_place_and_keeps_what_came_after(called: Play) -> None:
    called.does("2026-01-12 09:00", "al", "do", "register", new="bidder/al", firm="al")
    called.does("2026-01-13 09:00", "bo", "do", "register", new="bidder/bo", firm="bo")
    outcome = called.does(
        "2026-01-14 09:00", "ben", "fill", new_closing="2026-03-20", happened=at("2026-01-12 12:00"), reason="x"
    )
    (event,) = outcome.events
    register = next(e for e in called.events if e.line == "bidder/al")
    assert event.as_of == register.decision
    assert called.case.main.fields["new_closing"] == "2026-03-20"


def test_a_late_entry_that_would_change_something_later_is_out_of_order(called: Play) -> None:
    called.does("2026-01-12 09:00", "ben", "fill", new_closing="2026-03-20")
    called.does("2026-01-13 09:00", "ben", "do", "extend", reason="x")
    refusal = called.refused(
        "2026-01-14 09:00", "ben", "fill", new_closing="2026-04-20", happened=at("2026-01-12 12:00"), reason="x"
    )
    assert refusal.codes == ("out-of-order",)
    assert "extend" in refusal.blockers[0].reason


def test_a_step_cannot_use_a_signature_given_after_it(ready: Play) -> None:
    ready.does("2026-01-07 08:00", "ben", "fill", closing_day="2026-02-20")
    for hour, who in enumerate(("dora", "emil", "june"), 9):
        ready.does(f"2026-01-07 {hour:02}:00", who, "sign", "launch")
    refusal = ready.refused(
        "2026-01-07 15:00", "ben", "do", "send_call", docs=("notice",), happened=at("2026-01-07 10:30"), reason="x"
    )
    assert refusal.codes == ("approval-missing",)


def test_nothing_happens_before_the_case_was_opened(called: Play) -> None:
    refusal = called.refused(
        "2026-01-12 09:00", "ben", "fill", new_closing="2026-03-20", happened=at("2026-01-04 12:00"), reason="x"
    )
    assert refusal.codes == ("out-of-order",)


def test_two_late_entries_keep_the_order_of_their_moments(called: Play) -> None:
    called.does("2026-01-12 09:00", "al", "do", "register", new="bidder/al", firm="al")
    for when, value in (("2026-01-10 09:00", "1 EUR"), ("2026-01-11 09:00", "2 EUR"), ("2026-01-09 09:00", "3 EUR")):
        called.does("2026-01-14 09:00", "ben", "fill", forecast=value, happened=at(when), reason="x")
    assert called.case.main.fields["forecast"]["amount"] == "2"


def test_annulling_takes_a_role_a_reason_and_a_number_that_counts(called: Play) -> None:
    assert called.refused("2026-01-12 09:00", "kim", "annul", "4", reason="x").codes == ("not-entitled",)
    assert called.refused("2026-01-12 09:00", "ben", "annul", "4").codes == ("reason-missing",)
    for name in ("", "x", "999", "²"):
        assert called.refused("2026-01-12 09:00", "ben", "annul", name, reason="x").codes == ("no-such-decision",)
    assert called.refused("2026-01-12 09:00", "ben", "annul", "1", reason="x").codes == ("not-annullable",)


def test_an_annulled_decision_leaves_the_state_but_not_the_record(called: Play) -> None:
    called.does("2026-01-12 09:00", "ben", "fill", forecast="1 EUR")
    number = number_of(called, "fill")
    called.does("2026-01-13 09:00", "al", "do", "register", new="bidder/al", firm="al")
    called.does("2026-01-14 09:00", "ben", "annul", number, reason="a slip")
    assert "forecast" not in called.case.main.fields
    assert "bidder/al" in called.case.lines
    assert any(event.data.get("fields", {}).get("forecast") for event in called.events)
    assert called.refused("2026-01-15 09:00", "ben", "annul", number, reason="again").codes == ("no-such-decision",)


def test_what_rests_on_it_is_listed_and_can_be_annulled_with_it(called: Play) -> None:
    called.does("2026-01-12 09:00", "ben", "fill", new_closing="2026-03-20")
    number = number_of(called, "fill")
    called.does("2026-01-13 09:00", "ben", "do", "extend", reason="x")
    extension = number_of(called, "do")
    refusal = called.refused("2026-01-14 09:00", "ben", "annul", number, reason="a slip")
    assert blocker(refusal, "dependents").about == extension
    called.does("2026-01-14 09:00", "ben", "annul", number, reason="a slip", extra={"with": [int(extension)]})
    assert called.ends("bids") == "2026-02-20 16:00"


def test_annulling_the_call_lists_all_that_followed_from_it(bids_in: Play) -> None:
    send = number_of(bids_in, "do", "send_call")
    later = sorted({e.decision for e in bids_in.events if e.decision > int(send)})
    refusal = bids_in.refused("2026-02-11 09:00", "ben", "annul", send, reason="x")
    assert blocker(refusal, "dependents").about == ", ".join(map(str, later))


@pytest.mark.parametrize(
    ("kind", "data", "to"),
    [
        ("told", {"to": ["role:legal", "track:bidder/al"], "step": "award"}, ("role:legal", "track:bidder/al")),
        ("published", {"names": ["notice"], "step": "award"}, ("public",)),
        ("noticed", {"notice": {"title": "Award"}, "step": "award"}, ("publisher",)),
    ],
)
def test_a_correction_goes_where_the_message_went(kind: str, data: dict[str, Any], to: tuple[str, ...]) -> None:
    def event(seq: int, kind: str, data: dict[str, Any]) -> Event:
        return Event(seq, seq, seq, kind, "case", data, at("2026-02-11 09:00"), moment("2026-02-11 09:00"), "ben")

    message = _correction(event(9, "annulled", {}), event(3, kind, data))
    assert (message.kind, message.to, message.about) == ("correction", to, ("3",))


def test_who_was_told_gets_a_correction(bids_in: Play) -> None:
    bids_in.does("2026-02-11 09:00", "ben", "do", "correct", docs=("specification",), reason="size")
    outcome = bids_in.does("2026-02-12 09:00", "ben", "annul", number_of(bids_in, "do"), reason="wrong file")
    (message,) = outcome.messages
    assert (message.kind, message.to) == ("correction", ("track:bidder/al", "track:bidder/bo"))


def test_time_passes_before_something_is_annulled(bids_in: Play) -> None:
    bids_in.does("2026-02-11 09:00", "ben", "fill", forecast="1 EUR")
    outcome = bids_in.does("2026-02-23 09:00", "ben", "annul", number_of(bids_in, "fill"), reason="x")
    assert bids_in.stage == "bidding.over"
    assert outcome.events[-1].kind == "annulled"


def test_a_new_release_of_the_calendar_makes_nothing_a_dependent(called: Play) -> None:
    called.does("2026-01-12 09:00", "ben", "fill", forecast="1 EUR")
    number = number_of(called, "fill")
    called.does("2026-01-13 09:00", "ben", "fill", new_closing="2026-03-20")
    called.does("2026-01-13 10:00", "ben", "do", "extend", reason="x")
    binding = called.rehearsal.binding
    plain = {**dict(binding.organisation.calendars["holidays"]), "version": "2"}  # type: ignore[call-overload]
    newer = replace(binding.organisation, version="2", calendars={"holidays": plain})
    called.rehearsal.binding = replace(binding, organisation=newer)
    called.does("2026-01-14 09:00", "ben", "annul", number, reason="a slip")


def test_an_annulled_expiry_comes_again_by_itself(called: Play) -> None:
    called.does("2026-02-23 08:00", "gus", "interest")
    over = next(e.decision for e in called.events if e.kind == "deadline_over")
    called.does("2026-02-23 09:00", "ben", "annul", str(over), reason="x", extra={"with": [over + 1]})
    assert called.stage == "bidding.running"
    called.does("2026-02-24 08:00", "hana", "interest")
    assert called.stage == "bidding.over"


def test_a_past_state_is_the_same_fold_stopped_earlier(standing_still: Play) -> None:
    cut = next(n for n, e in enumerate(standing_still.events) if e.kind == "moved" and e.data["to"] == "bidding.over")
    assert fold(standing_still.events[: cut + 1]).main.state == "bidding.over"


def test_events_survive_their_plain_form(standing_still: Play) -> None:
    assert [Event.from_plain(event.to_plain()) for event in standing_still.events] == standing_still.events


def test_a_person_who_is_away_that_day_is_stood_in_for_then_and_not_now(called: Play) -> None:
    people = dict(called.rehearsal.binding.organisation.people)
    people["ben"] = replace(people["ben"], absent=(Absence("2026-01-12", "2026-01-12"),), substitute="ada")
    binding = called.rehearsal.binding
    called.rehearsal.binding = replace(binding, organisation=replace(binding.organisation, people=people))
    outcome = called.does("2026-01-12 09:00", "ada", "fill", forecast="1 EUR")
    assert outcome.events[0].on_behalf_of == "ben"
    assert called.refused("2026-01-13 09:00", "ada", "fill", forecast="2 EUR").codes == ("not-entitled",)


@pytest.mark.parametrize("kind", ["fill", "do", "interest"])
def test_deciding_twice_gives_the_same(bids_in: Play, kind: str) -> None:
    request = Request(kind, "ben", "correct", fields={"forecast": {"amount": "1", "currency": "EUR"}}, reason="x")
    first, second = (
        decide(bids_in.rehearsal.binding, bids_in.case, request, moment("2026-03-01 09:00")) for _ in range(2)
    )
    assert first == second
    assert isinstance(first, Decision | Refusal)
    assert When.exactly(moment("2026-03-01 09:00")).is_exact


def test_where_no_role_may_enter_late_or_annul_the_refusal_says_so_and_what_mends_it(tiny: Build) -> None:
    play = tiny("""
    fields: {note: {type: text, by: officer, title: Note}}
    stages: {first: {owner: officer}, end: {final: completed}}
    steps: {finish: {from: first, to: end, by: officer}}
    """)
    binding = play.rehearsal.binding
    definition = replace(binding.definition, may_backdate=())
    play.rehearsal.binding = replace(binding, machine=replace(binding.machine, definition=definition))
    play.does("2026-01-06 09:00", "ben", "fill", note="x")
    annulling = play.refused("2026-01-06 10:00", "ben", "annul", number_of(play, "fill"), reason="x")
    late = play.refused("2026-01-06 10:00", "ben", "fill", note="y", happened=at("2026-01-05 12:00"), reason="x")
    for found in (blocker(annulling, "not-entitled"), blocker(late, "backdating")):
        assert "nobody" not in found.mend
        assert "the procedure names no role under `may_backdate`" in found.reason
    assert "next version" in blocker(late, "backdating").mend
