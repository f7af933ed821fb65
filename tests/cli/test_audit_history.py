"""``history`` and ``at``: what happened, with what it changed, and how a case stood on a past day."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Lab


def _decisions(lab: Lab, *words: str) -> dict[str, dict[str, object]]:
    """Return decisions by what was done; the last one of each kind."""
    found = lab.json("03-01 09:00", "history", lab.case, *words)["history"]
    return {entry["what"]: entry for entry in found}


def test_every_decision_is_told_with_who_when_and_what(ready: Lab) -> None:
    said = ready.done("01-07 09:00", "history", ready.case)
    assert "   1  Mon 2026-01-05 09:00  Ada Invented (ada), Requesting unit" in said
    assert "Estimated value: 90 000 EUR" in said
    assert "Specification: spec.pdf, 7 bytes" in said
    assert "Preparation > Drafted -> Preparation > Ready" in said
    assert said.count("nobody was authenticated") == 1


def test_a_changed_field_shows_the_old_and_the_new_value(ready: Lab) -> None:
    ready.done("01-07 09:00", "set", ready.case, "--as", "ben", "value=120000 EUR")
    assert "Estimated value: 90 000 EUR -> 120 000 EUR" in ready.done("01-07 10:00", "history", ready.case)


def test_signatures_deadlines_notices_and_messages_are_told(called: Lab) -> None:
    said = " ".join(called.done("01-09 09:00", "history", called.case, "--full").split())
    assert "signed by Emil Invented (emil) as Budget holder, lasts until" in said
    assert "Launch: used by Send call" in said
    assert "runs until Fri 2026-02-20 16:00" in said
    assert "Told Legal service" in said
    assert "Art. 3(1)" in said  # the rules that gave the deadline, only with --full
    assert "Art. 3(1)" not in called.done("01-09 09:00", "history", called.case)


def test_only_one_line_or_only_since_a_day(bid_in: Lab) -> None:
    entries = bid_in.json("02-11 09:00", "history", bid_in.case, "--line", "bidder/al")["history"]
    assert {entry["line"] for entry in entries} == {"bidder/al"}
    entries = bid_in.json("02-11 09:00", "history", bid_in.case, "--since", "2026-02-01")["history"]
    assert [entry["happened"][:10] for entry in entries] == ["2026-02-10"]


def test_a_line_that_is_not_there_and_a_day_that_is_none_are_refused_in_words(called: Lab) -> None:
    assert "no line of this case" in called("01-09 09:00", "history", called.case, "--line", "bidder/zz").output
    result = called("01-09 09:00", "history", called.case, "--since", "yesterday")
    assert result.exit_code == 1
    assert "--since" in result.output


def test_refusals_stand_between_the_decisions_when_asked_for(ready: Lab) -> None:
    ready.refused("01-07 09:00", "do", ready.case, "send_call", "--as", "ben")
    ready.done("01-07 10:00", "sign", ready.case, "launch", "--as", "dora")
    assert "REFUSED" not in ready.done("01-08 09:00", "history", ready.case)
    said = ready.done("01-08 09:00", "history", ready.case, "--refusals")
    assert said.index("REFUSED: Send call") < said.index("Sign: Launch")
    assert "is not complete" in said


def test_a_track_whose_beginning_was_annulled_still_has_its_history(called: Lab) -> None:
    begins = ("register", "--new", "bidder/cy", "--as", "al", "firm=Cy Ltd")
    called.done("01-20 09:00", "do", called.case, *begins)
    number = str(called.json("01-20 09:30", "history", called.case)["history"][-1]["decision"])
    called.done("01-20 10:00", "annul", called.case, number, "--as", "ben", "--reason", "typed wrongly")
    assert "ANNULLED" in called.done("01-20 11:00", "history", called.case, "--line", "bidder/cy")
    assert called("01-20 11:00", "history", called.case, "--line", "bidder/nobody").exit_code == 1


def test_an_annulled_decision_stays_and_is_marked(ready: Lab) -> None:
    ready.done("01-07 09:00", "set", ready.case, "--as", "ben", "value=120000 EUR")
    number = str(ready.json("01-07 09:30", "history", ready.case)["history"][-1]["decision"])
    ready.done("01-07 10:00", "annul", ready.case, number, "--as", "ben", "--reason", "typed wrongly")
    said = ready.done("01-07 11:00", "history", ready.case)
    assert f"ANNULLED by decision {int(number) + 1}" in said
    assert "typed wrongly" in said
    ready.done("01-07 12:00", "set", ready.case, "--as", "ben", "value=130000 EUR")
    # The value before it is that of the case as it counts, without the annulled one.
    assert "90 000 EUR -> 130 000 EUR" in ready.done("01-07 13:00", "history", ready.case)


def test_a_late_entry_is_marked_with_when_it_was_recorded_and_where_it_counts(called: Lab) -> None:
    late = ("--happened", "2026-01-08 12:00", "--reason", "the system was down", "--evidence", "mail of 8 January")
    called.done("01-12 09:00", "set", called.case, "--as", "ben", "forecast=80000 EUR", *late)
    said = called.done("01-13 09:00", "history", called.case)
    assert "entered late, recorded Mon 2026-01-12 09:00" in said
    assert "evidence: mail of 8 January" in said
    entry = called.json("01-13 09:00", "history", called.case)["history"][-1]
    assert (entry["entered_late"], entry["evidence"]) == (True, "mail of 8 January")


LOOKS = (
    ("history", "CASE"),
    ("history", "CASE", "--json"),
    ("history", "CASE", "--full"),
    ("history", "CASE", "--refusals", "--json"),
    ("history", "CASE", "--as", "june"),
    ("at", "CASE", "2026-02-15"),
    ("at", "CASE", "2026-02-15", "--as-recorded", "--json"),
    ("audit", "verify", "CASE", "--json"),
)


@pytest.mark.parametrize("words", LOOKS, ids=" ".join)
def test_no_sealed_value_is_told_before_its_moment(bid_in: Lab, words: tuple[str, ...]) -> None:
    said = bid_in("02-20 15:59", *(bid_in.case if word == "CASE" else word for word in words)).output
    assert "51234" not in said
    assert "51 234" not in said


def test_a_sealed_value_is_said_to_be_sealed(bid_in: Lab) -> None:
    assert "sealed until bids_closed" in bid_in.done("02-20 15:59", "history", bid_in.case)


def test_a_sealed_value_stands_in_the_history_once_its_moment_has_come(bid_in: Lab) -> None:
    bid_in.done("02-23 08:00", "interest", bid_in.case, "--none", "--as", "gus")
    assert "51 234 EUR" in bid_in.done("02-23 09:00", "history", bid_in.case)
    # On the day before it was sealed, and so it is shown today when asked for that day.
    assert "51 234 EUR" not in bid_in.done("02-23 09:00", "at", bid_in.case, "2026-02-15")


def test_a_history_leaves_out_what_the_person_named_may_not_see(bid_in: Lab) -> None:
    bid_in.done("02-23 08:00", "interest", bid_in.case, "--none", "--as", "gus")
    bid_in.done("02-23 09:00", "attach", bid_in.case, f"report={bid_in.file('report.pdf')}", "--as", "gus")
    assert "report.pdf" in bid_in.done("02-24 09:00", "history", bid_in.case)
    assert "report.pdf" not in bid_in.done("02-24 09:00", "history", bid_in.case, "--as", "al")


# ---------------------------------------------------------------------------------------------- at


def test_a_past_day_shows_the_case_as_it_stood(called: Lab) -> None:
    said = called.done("01-20 09:00", "at", called.case, "2026-01-05")
    assert "Preparation > Drafted" in said
    assert "Bidding" not in said
    assert "after decision 3" in said


def test_the_two_axes_differ_by_what_was_entered_late(called: Lab) -> None:
    late = ("--happened", "2026-01-08 12:00", "--reason", "the system was down", "--evidence", "mail")
    called.done("01-12 09:00", "set", called.case, "--as", "ben", "forecast=80000 EUR", *late)
    assert "80 000 EUR" in called.done("01-13 09:00", "at", called.case, "2026-01-09")
    assert "80 000 EUR" not in called.done("01-13 09:00", "at", called.case, "2026-01-09", "--as-recorded")
    assert "80 000 EUR" in called.done("01-13 09:00", "at", called.case, "2026-01-12", "--as-recorded")


def test_the_record_of_a_past_day_still_shows_its_mistakes(ready: Lab) -> None:
    ready.done("01-07 09:00", "set", ready.case, "--as", "ben", "value=120000 EUR")
    number = str(ready.json("01-07 09:30", "history", ready.case)["history"][-1]["decision"])
    ready.done("01-09 10:00", "annul", ready.case, number, "--as", "ben", "--reason", "typed wrongly")
    assert "90 000 EUR" in ready.done("01-12 09:00", "at", ready.case, "2026-01-08")
    assert "120 000 EUR" in ready.done("01-12 09:00", "at", ready.case, "2026-01-08", "--as-recorded")


def test_before_the_case_began_and_after_now_there_is_nothing_to_show(called: Lab) -> None:
    before = called("01-20 09:00", "at", called.case, "2025-12-31")
    assert before.exit_code == 1
    assert "had not begun" in before.output
    after = called("01-20 09:00", "at", called.case, "2026-01-21", "--json")
    assert after.exit_code == 1
    assert json.loads(after.stdout)["error"]["problems"][0]["code"] == "future"


def test_the_full_history_gives_the_whole_hash_of_the_procedure(drafted: Lab) -> None:
    (mark,) = {
        str(effect["hash"])
        for entry in drafted.json("01-07 09:00", "history", drafted.case)["history"]
        for effect in entry["effects"]
        if effect["hash"]
    }
    short = drafted.done("01-07 09:00", "history", drafted.case)
    full = "".join(drafted.done("01-07 09:00", "history", drafted.case, "--full").split())
    assert f"[{mark[:12]}]" in short
    assert f"[{mark}]" in full


def test_a_signature_that_became_void_is_said_beside_those_that_count(ready: Lab) -> None:
    ready.done("01-07 09:00", "sign", ready.case, "launch", "--as", "dora")
    ready.done("01-07 10:00", "set", ready.case, "--as", "ben", "value=120000 EUR")
    said = ready.done("01-09 09:00", "at", ready.case, "2026-01-08")
    assert "void: Dora Invented (dora), Wed 2026-01-07 09:00" in " ".join(said.split())
    (launch,) = ready.json("01-09 09:00", "at", ready.case, "2026-01-08")["approvals"]
    assert [(one["person"], one["role"]) for one in launch["void"]] == [("dora", "legal")]


def test_a_value_that_is_given_again_is_no_change(ready: Lab) -> None:
    ready.done("01-07 09:00", "set", ready.case, "--as", "ben", "value=90000 EUR", "closing_day=2026-02-20")
    last = ready.done("01-07 10:00", "history", ready.case).split("Fill fields")[-1]
    assert "Last day for bids: Fri 2026-02-20" in last
    assert "Estimated value" not in last


def test_who_gives_again_what_was_there_sees_that_nothing_changed(ready: Lab) -> None:
    ready.done("01-07 09:00", "set", ready.case, "--as", "ben", "value=90000 EUR", "closing_day=")
    last = ready.done("01-07 10:00", "history", ready.case).split("Fill fields")[-1]
    assert "nothing changed: Last day for bids, Estimated value" in last


def test_what_a_past_case_was_opened_with_is_not_told_again_by_the_milestone_that_the_fact_reached(lab: Lab) -> None:
    past = (
        "history: past\nversion: 2026.1\nlanguage: en\ntitle: Past\nprocedure: purchase\norganisation: lab\n"
        'sources:\n  journal: "Invented"\nfacts:\n'
        "  - {at: 2025-03-17, fact: Sent, source: journal, certainty: verified, reaches: call_sent,"
        " values: {closing_day: 2025-05-05}}\n"
    )
    lab.done("01-05 09:00", "replay", lab.file("past.yaml", past))
    (case,) = lab.json("01-05 10:00", "cases")["cases"]
    said = lab.done("01-05 10:00", "history", case["case"])
    assert said.count("Last day for bids") == 1
    assert "Mon 2025-05-05 ->" not in said
