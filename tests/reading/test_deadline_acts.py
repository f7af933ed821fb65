"""What people may do to a deadline is read aloud with its conditions; what is not said nobody may do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from click.testing import CliRunner

from inprocap_flow import bundled
from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.service.reading.book import Book, open_book
from inprocap_flow.service.reading.ends import end_sentences
from inprocap_flow.service.reading.speech import Speech
from tests.reading.conftest import Said


def _shipped(name: str) -> Book:
    folder = bundled.root("definitions")
    return open_book(folder / f"{name}.yaml", (folder,), day=date(2026, 7, 1))


def test_an_act_is_read_with_who_what_is_signed_who_is_told_and_its_law(pcp: Book, said: Said) -> None:
    text = said(pcp, "tenders", "What people may do to it")
    assert text.startswith(
        "The Procurement officer may move its end to a later moment, as long as it runs; a reason must"
    )
    for part in (
        'The end is "New closing, day and hour" (new_closing); another one is refused.',
        "It takes 3 working days before the end. Nothing stops a later extension; this is a caution: begin it by then",
        'The step "Give everyone more time" (extend_closing) moves it too, which may bring new versions of documents.',
        '"Notice of change" (change_notice)',
        '"More time for everyone" (extension) is given; it takes:',
        "Told: every supplier file that stands in",
        "Notice: a change of the notice that is already out",
    ):
        assert part in text
    assert "Law: 2014/24/EU Art. 47(3)" in said(_shipped("open"), "tenders", "What people may do to it")


def test_a_step_names_the_act_that_moves_the_same_deadline(pcp: Book, said: Said) -> None:
    text = said(pcp, "extend_closing", "What happens then")
    assert "The Procurement officer may also move it by the act extend of that deadline, without this step." in text
    assert "by the act extend" not in said(pcp, "send_call", "What happens then")


def test_a_law_that_is_only_a_pattern_for_the_length_of_a_deadline_is_not_read_as_law(pcp: Book, said: Said) -> None:
    text = said(pcp, "standstill")
    assert "After 89/665/EEC Art. 2a(2); here the length rests on custom." in text
    assert "Law: 89/665/EEC" not in text
    assert "Law: 89/665/EEC Art. 2a(2)" in said(_shipped("open"), "standstill", "What it rests on")


def test_a_proposal_that_is_the_floor_itself_is_not_read_as_binding_nobody(said: Said) -> None:
    book = _shipped("open")
    tenders = book.definition.main.deadlines["tenders"]
    assert "is a proposal only, and binds nobody." in said(book, "tenders", "When it ends")
    floor = replace(tenders, proposes=tenders.at_least)
    texts = [one.text for one in end_sentences(Speech(book), floor)]
    assert not [one for one in texts if "proposal" in one]
    assert [one for one in texts if one.startswith("At least")]


def test_who_asked_is_read_with_what_asking_is(pcp: Book, said: Said) -> None:
    assert "Signing needs no request, unless somebody declined: asking is a message" in said(pcp, "launch", "Who signs")


def test_a_name_that_several_things_share_is_told_apart_in_the_first_line() -> None:
    now = ("--now", "2026-07-01T09:00:00+02:00")
    shared = CliRunner().invoke(inprocap_flow, ["read", "pcp", "award", *now]).stdout.splitlines()
    steps = sum(line.startswith("step ") for line in shared)
    assert steps > 1
    assert shared[0] == f"award is a stage ({steps} steps) and an approval."
    assert any(line.startswith("approval award") for line in shared)
    alone = CliRunner().invoke(inprocap_flow, ["read", "pcp", "launch", *now]).stdout.splitlines()
    assert alone[0].startswith("===")


def test_a_limit_says_which_length_of_a_deadline_it_is(pcp: Book, said: Said) -> None:
    used = said(pcp, "standstill", "Where it is used")
    assert 'The deadline "Standstill" (standstill): its length is the limit standstill.' in used
    used = said(pcp, "tender_minimum", "Where it is used")
    assert "the least time from its start to its end is the limit tender_minimum." in used


def test_no_limit_of_a_shipped_procedure_is_read_as_yes(said: Said) -> None:
    for name in ("pcp", "open", "innovation-partnership", "iter-review"):
        book = _shipped(name)
        assert book.definition.needed_limits
        for limit in book.definition.needed_limits:
            assert f"the limit {limit} is yes" not in said(book, limit, "Where it is used")


def test_a_standstill_is_restarted_only_while_nobody_has_signed(said: Said) -> None:
    text = said(_shipped("open"), "standstill", "What people may do to it")
    assert "may start it anew from then on, by the same rules" in text
    assert 'If not, it is refused: "A contract is signed already.' in text


def test_a_deadline_that_nobody_may_change_says_nothing_of_it(said: Said) -> None:
    assert said(_shipped("open"), "award_notice", "What people may do to it").strip() == ""


def test_a_role_reads_what_its_holders_may_do_to_deadlines(said: Said) -> None:
    open_ = _shipped("open")
    assert sorted(said(open_, "procurement_officer", "May do to deadlines").splitlines()) == [
        'Extend "Receipt of tenders" (tenders).',
        'Restart "Payment" (payment_due).',
        'Restart "Standstill" (standstill).',
    ]
    assert said(open_, "legal", "May do to deadlines") == 'Extend "Keep the file" (record_retention).'


def test_the_gates_of_a_meeting_are_read_as_days_of_it() -> None:
    words = ["read", "cern-invitation-to-tender", "approve_award", "--organisation", "cern"]
    result = CliRunner().invoke(inprocap_flow, words)
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert 'it is due by the day "department reading" of the meeting' in text
    assert "not before the day of the meeting" in text
