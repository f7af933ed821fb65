"""What a procurement officer asked of the shipped pre-commercial procurement: `read` answers, with file and line.

The questions are those of a first reader; four of them were read wrongly in the files alone.
"""

from __future__ import annotations

from inprocap_flow.service.reading.book import Book
from inprocap_flow.service.reading.finding import read_one
from inprocap_flow.service.reading.mentioning import mentions
from tests.reading.conftest import Said


def _place(book: Book, name: str, starts: str) -> str:
    """Return the file and the source line of the first sentence that begins like this."""
    for section in read_one(book, name):
        for one in section.sentences():
            if one.text.startswith(starts) and one.place is not None:
                source = book.library.sources[one.place.file]
                return f"{one.place.file.rpartition('/')[2]}: {source.line(one.place.line).strip()}"
    raise AssertionError(f"{name} does not say {starts!r}")


# 1 What must be there to send the call?


def test_one_step_shows_what_is_handed_in_what_is_there_and_who_signs_in_one_place(pcp: Book, said: Said) -> None:
    assert "(call_notice)" in said(pcp, "send_call", "Handed in with it")
    there = said(pcp, "send_call", "Already there")
    assert "(estimated_value)" in there
    assert "The numbers must fall" in there
    signed = said(pcp, "send_call", "Signed")
    assert signed.index("1. Legal service") < signed.index("2. Budget holder") < signed.index("3. Approving authority")
    assert "Grant authority; only if" in signed


def test_launch_signatures_of_the_call_stand_with_the_file_that_declares_them(pcp: Book) -> None:
    assert _place(pcp, "send_call", "1. Legal service").startswith("preparation.yaml: - {role: legal")
    assert _place(pcp, "send_call", "2. Budget holder").startswith("preparation.yaml: - {role: budget_holder")


# 2 Who is "the requester"?


def test_four_eyes_are_said_without_a_role_that_nobody_has(pcp: Book, said: Said) -> None:
    signed = said(pcp, "launch", "Who signs")
    assert "not whoever asked for the approval, whoever carries out the step" in signed
    assert "requester" not in signed


# 3 What happens at the closing?


def test_the_closing_hour_itself_is_too_late_and_the_system_closes(pcp: Book, said: Said) -> None:
    text = said(pcp, "tenders")
    assert "It ends at 16:00 local time of the day" in text
    assert "16:00:00 itself is too late" in text
    assert "the system carries out" in text
    opened = said(pcp, "open_tenders")  # who had entered nothing by then, is out with the opening
    assert "Every supplier file that stands in" in opened
    assert "sealed: nobody can read it before" in said(pcp, "supplier.tender")


# 4 Who picks the closing day?


def test_the_officer_sets_the_closing_day_and_the_period_is_a_proposal(pcp: Book, said: Said) -> None:
    ends = said(pcp, "tenders", "When it ends")
    assert "The Procurement officer sets that day." in ends
    assert "is a proposal only" in ends
    assert "limit tender_minimum" in ends
    assert "[not confirmed]" in ends


# 5 Who signs the award, and who again?


def test_an_award_is_signed_again_when_value_or_report_change_and_when_the_step_comes_again(
    pcp: Book, said: Said
) -> None:
    text = said(pcp, "award", "How long a signature lasts")
    assert "becomes void when one of these changes" in text
    assert "(award_value)" in text
    assert "(evaluation_report)" in text
    assert "used once: by the step that it lets through" in text


def test_a_budget_holders_signature_lasts_ninety_days_and_is_used_once(pcp: Book, said: Said) -> None:
    assert "Budget holder; this signature lasts 90 days and lapses after that" in said(pcp, "send_call", "Signed")
    assert "are used up" in said(pcp, "send_call", "What happens then")


# 6 What happens to a supplier that is dropped?


def test_who_fails_a_phase_gets_two_answers_a_letter_and_is_told(pcp: Book, said: Said) -> None:
    text = said(pcp, "supplier.phase_1_judge")
    assert "(phase_1_satisfactory)" in text
    assert "(phase_1_successful)" in text
    assert "Told: this supplier" in text


# 7 What stops signing?


def test_signing_waits_for_the_standstill_every_review_and_the_signatures(pcp: Book, said: Said) -> None:
    text = said(pcp, "supplier.sign")
    assert 'The deadline "Standstill" (standstill) is over, or was stopped (even before it started).' in text
    assert "Every review file is finished" in text
    assert "1. Legal service" in text


# 8 A waived standstill, which never ran


def test_a_waived_standstill_holds_nothing_up_even_if_it_never_started(pcp: Book, said: Said) -> None:
    assert "even if it never started" in said(pcp, "standstill", "What ends it sooner")


# 9 A review is upheld


def test_an_upheld_review_is_not_finished_and_so_blocks_signing(pcp: Book, said: Said) -> None:
    upheld = next(one for one in read_one(pcp, "upheld") if one.kind == "stage")
    assert "Final" not in "\n".join(one.text for one in upheld.sentences())
    assert "which ends it (remedied)" in said(pcp, "review.record_remedy")


# 10 What does cancelling end?


def test_cancelling_says_what_survives_and_that_its_own_clocks_run_on(pcp: Book, said: Said) -> None:
    text = said(pcp, "cancel", "What happens then")
    assert "but not: review and reasons" in text
    assert "The deadlines that this step starts run on" in text


# 11 Until when may a question be asked?


def test_the_last_question_must_come_before_midnight_whatever_the_hour_of_the_closing(pcp: Book, said: Said) -> None:
    text = said(pcp, "questions_until", "When it ends")
    assert "It ends at 00:00 of the day that lies 14 days before the day of" in text
    assert "on that day itself it is too late, whatever the hour" in text
    assert "moves and stops with" in text


# 12 What does legal_agrees_if_fewer_than do?


def test_a_number_that_stops_nothing_says_so_where_it_is_used(pcp: Book, said: Said) -> None:
    text = said(pcp, "phase_1_start", "Signed")
    assert "Legal service; only if the number of supplier files" in text
    assert "legal_agrees_if_fewer_than is places_2 here. This number stops nothing" in text


# 14 Is a grant enough to change who signs?


def test_the_funder_signs_only_where_a_grant_pays(pcp: Book, said: Said) -> None:
    assert 'Grant authority; only if "Paid in part by a European grant" (eu_funded) is yes' in said(pcp, "buyers")


# Five changes: where is it?


def test_the_last_question_is_changed_where_the_procedure_hands_it_over(pcp: Book) -> None:
    place = _place(pcp, "questions_until", "It ends at 00:00")
    assert place == "pcp.yaml: last_question_before_closing: 14 days"


def test_the_number_of_suppliers_in_the_last_phase_leads_to_the_rulebook(pcp: Book, said: Said) -> None:
    text = said(pcp, "send_call", "Already there")
    assert "The limit suppliers_last_phase is 2" in text
    assert _place(pcp, "send_call", "The limit suppliers_last_phase").startswith("horizon-pcp.yaml:")


def test_launch_documents_are_changed_where_the_procedure_lists_them(pcp: Book) -> None:
    assert _place(pcp, "launch", '"Challenge brief"').startswith("pcp.yaml: launch_documents:")


def test_each_inclusion_of_a_block_names_its_own_place(pcp: Book) -> None:
    first = _place(pcp, "phase_1_start", "legal_agrees_if_fewer_than")
    second = _place(pcp, "phase_2_start", "legal_agrees_if_fewer_than")
    assert (first, second) == (
        "pcp.yaml: legal_agrees_if_fewer_than: places_2",
        "pcp.yaml: legal_agrees_if_fewer_than: places_3",
    )


def test_where_lists_every_file_that_says_standstill_the_rulebook_too(pcp: Book) -> None:
    files = {one.place.file.rpartition("/")[2] for one in mentions(pcp, "standstill")}
    assert {"award_and_signing.yaml", "horizon-pcp.yaml"} <= files


def test_where_says_one_sentence_for_each_line(pcp: Book) -> None:
    found = mentions(pcp, "signature")
    lines = [(one.place.file, one.place.line) for one in found]
    assert len(lines) == len(set(lines)) > 10
    assert lines == sorted(lines)
