"""The everyday commands as people type them: what they answer when all is well."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from inprocap_flow.calendar.zones import zone_data_version
from inprocap_flow.cli import layout
from inprocap_flow.cli.outlooks import Shared, _held_part
from inprocap_flow.engine.carrying.judge import GONE_BY
from inprocap_flow.engine.case.records import Blocker
from tests.cli.conftest import Lab


def test_opening_a_case_says_what_it_is_called_and_what_to_type_next(lab: Lab) -> None:
    answer = lab.done("01-05 09:00", "open", "purchase", "--as", "ada", "need=A pump")
    assert "Case opened under purchase 2026.1." in answer
    assert "inprocap-flow next" in answer


def test_opening_for_a_rehearsal_leaves_nothing_behind(lab: Lab) -> None:
    assert "nothing is recorded" in lab.done("01-05 09:00", "open", "purchase", "--as", "ada", "need=x", "--dry-run")
    assert lab.json("01-05 09:00", "cases") == {"cases": []}


def test_a_list_of_cases_says_where_each_stands(drafted: Lab) -> None:
    (entry,) = drafted.json("01-05 09:00", "cases")["cases"]
    assert (entry["title"], entry["stage"], entry["ended"]) == ("Cooling", "Preparation > Drafted", False)
    listed = drafted.done("01-05 09:00", "cases")
    assert entry["short"] in listed
    assert "Preparation > Drafted" in listed


def test_cases_can_be_narrowed_to_those_that_wait_for_signatures(ready: Lab) -> None:
    assert ready.json("01-06 09:30", "cases", "--waiting") == {"cases": []}
    ready.done("01-06 10:00", "ask", ready.case, "launch", "--as", "ben")
    assert "waits: Launch (launch), asked for Tue 2026-01-06 10:00" in ready.done("01-06 11:00", "cases", "--waiting")


def test_ended_cases_are_listed_apart(drafted: Lab) -> None:
    drafted.done("01-06 09:00", "do", drafted.case, "stop", "--as", "june", "--reason", "no money")
    assert drafted.json("01-06 10:00", "cases") == {"cases": []}
    assert len(drafted.json("01-06 10:00", "cases", "--ended")["cases"]) == 1
    assert len(drafted.json("01-06 10:00", "cases", "--all", "--procedure", "purchase")["cases"]) == 1


@pytest.mark.parametrize("cut", [slice(0, None), slice(-6, None), slice(0, 20), slice(5, 20)])
def test_a_case_is_named_by_as_little_of_its_id_as_nobody_else_has(drafted: Lab, cut: slice) -> None:
    assert drafted.json("01-05 09:00", "show", drafted.case[cut])["case"] == drafted.case


def test_next_says_who_can_do_what_with_what_and_what_waits(ready: Lab) -> None:
    answer = ready.done("01-06 10:00", "next", ready.case)
    assert "Stands in  Preparation > Ready, since Tue 2026-01-06 09:00" in answer
    assert "by        Procurement officer: Ben Invented (ben)" in answer
    assert "bring     --reason TEXT" in answer
    assert "Launch (launch): not asked for yet; 0 of 3 done" in answer
    assert f"mend      fill closing_day: set {ready.case}" in answer


def test_next_for_oneself_leaves_out_what_is_for_others(ready: Lab) -> None:
    found = ready.json("01-06 10:00", "next", ready.case, "--mine", "--as", "june")
    assert [offer["step"] for offer in found["open"]] == ["stop"]
    assert [approval["approval"] for approval in found["approvals"]] == ["launch"]


def test_next_names_only_those_who_speak_for_a_track(bid_in: Lab) -> None:
    offers = bid_in.json("02-10 10:00", "next", bid_in.case)["open"]
    assert [offer["who"] for offer in offers if offer["step"] == "submit"] == [["bo"]]


def test_next_puts_tracks_together_where_nothing_but_the_track_differs(called: Lab) -> None:
    for number in range(4):
        words = ("do", called.case, "register", "--new", f"bidder/b{number}", "--as", "ben", "firm=x")
        called.done("01-20 09:00", *words)
    answer = called.done("01-20 10:00", "next", called.case)
    assert answer.count("submit  on bidder/b0, bidder/b1, bidder/b2, bidder/b3") == 1


def test_next_lets_time_pass_without_recording_it(bid_in: Lab) -> None:
    found = bid_in.json("02-20 16:30", "next", bid_in.case)
    assert found["state"] == "bidding.over"
    assert bid_in.json("02-20 15:00", "show", bid_in.case)["state"] == "bidding.running"


def test_why_and_do_give_the_same_reasons(ready: Lab) -> None:
    told = ready.json("01-06 10:00", "why", ready.case, "send_call")["blockers"]
    refused = ready.json("01-06 10:00", "do", ready.case, "send_call", "--as", "ben")["blockers"]
    assert [b["code"] for b in told] == ["field-missing", "approval-missing"]
    assert [b for b in refused if b["about"] != "notice"] == told


def test_why_says_that_a_step_can_be_carried_out(ready: Lab) -> None:
    assert "redraft can be carried out now" in ready.done("01-06 10:00", "why", ready.case, "redraft")


def test_why_says_from_when_waiting_alone_will_do(called: Lab) -> None:
    found = called.json("01-20 09:00", "why", called.case, "rank_all")
    assert found["possible_from"] == "2026-02-20T15:00:00Z"
    answer = called.done("01-20 09:00", "why", called.case, "rank_all")
    assert "Possible from Fri 2026-02-20 16:00" in answer


def test_why_says_why_a_track_cannot_begin(ready: Lab) -> None:
    found = ready.json("01-06 10:00", "why", ready.case, "register")
    assert [b["code"] for b in found["blockers"]] == ["case-elsewhere"]


def test_what_the_case_has_gone_past_is_one_line_and_no_not_yet() -> None:
    gone = Blocker("case-elsewhere", "The case stands in award.", about="award", mend=GONE_BY)
    offers = [SimpleNamespace(step=SimpleNamespace(name=name), blockers=(gone,)) for name in ("submit", "rank")]
    said = _held_part(cast("Any", None), [Shared(cast("Any", offer), ("bidder/al",)) for offer in offers])
    assert " ".join(said) == "Past, for no step leads the case back to where they were possible: submit, rank."


def test_a_dry_run_says_what_would_happen_and_records_nothing(ready: Lab) -> None:
    before = ready.json("01-06 10:00", "show", ready.case)["version"]
    answer = ready.done("01-06 10:00", "do", ready.case, "redraft", "--as", "ben", "--reason", "x", "--dry-run")
    assert answer.startswith("This would happen; nothing is recorded:")
    assert ready.json("01-06 10:00", "show", ready.case)["version"] == before


def test_the_same_key_again_gives_the_first_answer(ready: Lab) -> None:
    words = ("sign", ready.case, "launch", "--as", "dora", "--key", "k-1")
    first = ready.json("01-07 09:00", *words)
    again = ready.json("01-07 09:05", *words)
    assert (first["outcome"], again["outcome"], again["version"]) == ("done", "repeated", first["version"])


def test_an_approval_is_asked_for_signed_declined_and_withdrawn(ready: Lab) -> None:
    assert "Asked for: Launch (launch)." in ready.done("01-07 08:00", "ask", ready.case, "launch", "--as", "ben")
    assert "as Legal service." in ready.done("01-07 09:00", "sign", ready.case, "launch", "--as", "dora")
    withdrawn = ready.done("01-07 09:30", "withdraw", ready.case, "launch", "--as", "dora", "--reason", "too early")
    assert "Signature withdrawn: Launch (launch). Reason: too early" in withdrawn
    declined = ready.done("01-07 10:00", "decline", ready.case, "launch", "--as", "dora", "--reason", "not yet")
    assert "Declined: Launch (launch). Reason: not yet" in declined
    assert "declined by Dora Invented (dora): not yet" in ready.done("01-07 11:00", "show", ready.case)


def test_a_substitute_signs_for_somebody_absent_and_both_are_named(ready: Lab) -> None:
    ready.done("02-05 09:00", "sign", ready.case, "launch", "--as", "dora")
    ready.done("02-05 10:00", "absence", "emil", "--from", "2026-02-01", "--until", "2026-02-28", "--as", "ben")
    assert "fay" in str(ready.json("02-05 11:00", "next", ready.case)["approvals"][0]["who"])


def test_a_conflict_of_interest_is_declared_with_its_reason(called: Lab) -> None:
    answer = called.done("02-01 09:00", "interest", called.case, "--conflict", "--as", "gus", "--reason", "my cousin")
    assert "Gus Invented (gus) declared a conflict of interest: my cousin." in answer


def test_an_annulment_can_be_tried_before_it_is_made(drafted: Lab) -> None:
    drafted.done("01-05 10:00", "set", drafted.case, "--as", "ben", "value=90000 EUR")
    words = ("annul", drafted.case, "2", "--as", "ben", "--reason", "wrong case")
    assert "nothing is recorded" in drafted.done("01-05 11:00", *words, "--dry-run")
    assert "Estimated value" in drafted.done("01-05 11:00", "show", drafted.case)
    assert "Annulled: 2. Reason: wrong case" in drafted.done("01-05 11:00", *words)
    assert "Estimated value" not in drafted.done("01-05 11:00", "show", drafted.case)


def test_what_other_decisions_rest_on_is_annulled_only_with_them(drafted: Lab) -> None:
    drafted.done("01-05 10:00", "set", drafted.case, "--as", "ben", "value=90000 EUR")
    drafted.done("01-05 11:00", "attach", drafted.case, "--as", "ada", f"specification={drafted.file('s.pdf')}")
    drafted.done("01-06 09:00", "do", drafted.case, "finish_draft", "--as", "ben")
    words = ("annul", drafted.case, "2", "--as", "ben", "--reason", "wrong")
    assert "4: do finish_draft" in drafted.refused("01-07 09:00", *words)
    drafted.done("01-07 09:00", *words, "--with", "4")
    assert drafted.json("01-07 10:00", "show", drafted.case)["state"] == "preparation.drafted"


def test_tracks_are_listed_and_shown_one_by_one(bid_in: Lab) -> None:
    listed = bid_in.done("02-10 10:00", "track", bid_in.case)
    assert "Bidder: 1 Bid is in, 1 Registered" in listed
    one = bid_in.json("02-10 10:00", "track", bid_in.case, "bidder/bo")
    assert (one["stage"], one["fields"]["firm"]) == ("Registered", {"value": "bo Ltd"})


def test_a_deadline_is_explained_rule_by_rule_as_a_note_for_the_file(called: Lab) -> None:
    answer = called.done("01-20 10:00", "deadlines", called.case, "--explain", "--name", "bids")
    assert answer.splitlines()[4:] == [
        "Receipt of bids (bids)",
        "  says       open until Fri 2026-02-20 16:00, in 31 days",
        "  started    Thu 2026-01-08 09:00",
        "  typed      The end was typed by a person.",
        "  rests on   bid_minimum = 35 days; An invented act, Art. 3 (law) [not",
        "             confirmed]",
        "  counting   Regulation (EEC, Euratom) No 1182/71",
        f"  zone       Europe/Berlin, time-zone data {zone_data_version()}",
        "  calendar   example-lab, version 2026.1 [not confirmed]",
        "",
        "  How the lawful minimum was counted:",
        "    R0    The event at Thu 2026-01-08 09:00 +01:00 falls on the local day",
        "          Thu 2026-01-08 of Europe/Berlin. [convention]",
        "    R1    The event day is not counted: day 1 is Fri 2026-01-09. [Reg. 1182/71",
        "          Art. 3(1) second subpara.]",
        "    R2    Day 35 is Thu 2026-02-12. [Reg. 1182/71 Art. 3(2)(b)]",
        "    R7    Thu 2026-02-12 is a working day and stays the last day. [Reg. 1182/71",
        "          Art. 3(4) first subpara.]",
        "    R8    At least two working days lie in the period: Fri 2026-01-09,",
        "          Mon 2026-01-12. [Reg. 1182/71 Art. 3(5)]",
        "    End   The whole of Thu 2026-02-12 belongs to the period, which is over at",
        "          Fri 2026-02-13 00:00 +01:00. [convention]",
        "",
        "  [not confirmed] Nobody has compared these provisions with the Official",
        "  Journal: Reg. 1182/71 Art. 3(1) second subpara., Art. 3(2)(b), Art. 3(4) first",
        "  subpara., Art. 3(5).",
        "",
    ]


def test_deadlines_of_all_cases_are_listed_the_earliest_first(called: Lab) -> None:
    found = called.json("01-20 10:00", "deadlines")["deadlines"]
    assert [entry["name"] for entry in found] == ["answers", "bids"]
    assert "Fri 2026-02-20 16:00 (Europe/Berlin)  Receipt of bids (bids), open" in called.done(
        "01-20 10:00", "deadlines"
    )


def test_a_deadline_that_is_over_and_not_recorded_yet_is_not_listed_as_if_it_ran(called: Lab) -> None:
    past = {
        at: {one["name"]: one["past"] for one in called.json(at, "deadlines")["deadlines"]}["bids"]
        for at in ("02-20 15:59", "02-20 16:00")
    }
    assert past == {"02-20 15:59": False, "02-20 16:00": True}
    said = called.done("02-21 10:00", "deadlines")
    expected = "2026-02-20 16:00 (Europe/Berlin)  Receipt of bids (bids), OVER by now, to be recorded"
    assert expected in said.replace("\n    ", " ")


def test_show_gives_fields_documents_deadlines_approvals(called: Lab) -> None:
    answer = called.done("01-20 10:00", "show", called.case)
    for part in ("90 000 EUR  (value)", "spec.pdf", "Receipt of bids (bids): open until", "given, and used by"):
        assert part in answer


def test_an_act_entered_late_keeps_both_moments(called: Lab) -> None:
    late = ("--happened", "2026-02-02 10:00", "--evidence", "letter in the file", "--reason", "holiday")
    done = called.json("02-05 09:00", "interest", called.case, "--none", "--as", "ben", *late)
    event = done["events"][-1]
    assert (event["happened"], event["recorded_at"]) == ("2026-02-02T09:00:00Z", "2026-02-05T08:00:00Z")


def test_who_asks_for_an_approval_is_told_who_can_sign_it_and_how(ready: Lab) -> None:
    said = ready.done("01-06 10:00", "ask", ready.case, "launch", "--as", "ben")
    assert "Who signs:" in said
    assert "may sign: Dora Invented (dora)" in said
    assert f"inprocap-flow sign {ready.case} launch --as PERSON" in " ".join(said.split())


def test_what_was_asked_for_is_the_first_that_waits_for_signatures(ready: Lab) -> None:
    ready.done("01-06 10:00", "ask", ready.case, "launch", "--as", "ben")
    first, *_ = ready.json("01-06 11:00", "next", ready.case)["approvals"]
    assert first["approval"] == "launch"


def test_an_annulment_says_what_it_takes_away(ready: Lab) -> None:
    ready.done("01-06 10:00", "set", ready.case, "--as", "ben", "forecast=80000 EUR")
    number = str(ready.json("01-06 11:00", "history", ready.case)["history"][-1]["decision"])
    for more in (("--dry-run",), ()):
        said = ready.done("01-06 12:00", "annul", ready.case, number, "--as", "ben", "--reason", "typed wrongly", *more)
        assert f"- {number}: Fill fields, Tue 2026-01-06 10:00, by Ben Invented (ben)" in said
        assert "Field: Forecast: 80 000 EUR" in said


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("do", "CASE", "finish_daft", "--as", "ben"), "finish_draft"),
        (("sign", "CASE", "lunch", "--as", "dora"), "launch"),
    ],
)
def test_a_mistyped_name_gets_a_suggestion(drafted: Lab, words: tuple[str, ...], meant: str) -> None:
    said = drafted.refused("01-06 09:00", *(drafted.case if word == "CASE" else word for word in words))
    assert f"did you mean {meant}?" in said


def test_moments_of_conflicts_and_of_people_are_in_the_zone_of_the_organisation(drafted: Lab) -> None:
    late = drafted("01-06 09:00", "set", drafted.case, "--as", "ben", "value=1 EUR", "--expect", "9")
    assert late.exit_code == 4
    assert "was changed by ada at 2026-01-05 09:00: it" in " ".join(late.output.split())
    drafted.done("01-06 09:00", "people", "erase", "gus", "--yes", "--as", "ben")
    assert "erased  Tue 2026-01-06 09:00" in drafted.done("01-07 09:00", "people", "show", "gus")


def test_a_case_of_another_organisation_than_the_named_one_is_not_shown(drafted: Lab) -> None:
    for command, *more in (("show",), ("next",), ("why", "stop"), ("history",)):
        answer = drafted("01-06 10:00", command, drafted.case, *more, "--organisation", "nope")
        assert answer.exit_code == 1, answer.output
        assert f"{drafted.case} is a case of lab, not of nope" in " ".join(answer.stderr.split())
    assert drafted("01-06 10:00", "show", drafted.case, "--organisation", "lab").exit_code == 0


def test_a_long_label_is_broken_into_lines_too() -> None:
    title = "What the house asks for as turnover of firms, more than twice the value of what is bought, with reasons"
    lines = layout.pairs([(title, "no  (turnover_reasons)"), ("Short", "yes")])
    assert max(map(len, lines)) <= layout.NARROW
    assert " ".join(" ".join(lines).split()) == f"{title} no (turnover_reasons) Short yes"


def test_whoever_registers_a_firm_is_told_that_no_message_reaches_it(called: Lab) -> None:
    by_officer = called.done(
        "01-20 09:00", "do", called.case, "register", "--new", "bidder/cy", "--as", "ben", "firm=C"
    )
    assert "Mind: nobody who speaks for bidder/cy is known here" in " ".join(by_officer.split())
    itself = called.done("01-20 10:00", "do", called.case, "register", "--new", "bidder/al", "--as", "al", "firm=Al")
    assert "Mind" not in itself
