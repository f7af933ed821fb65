"""What the overlay of CERN changes in the pre-commercial procurement is said where it happens (question 13 and 14)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from inprocap_flow.service.reading.book import Book, open_book
from inprocap_flow.service.reading.finding import read_one

DEFINITIONS = Path(__file__).parents[2] / "definitions"


@pytest.fixture(scope="module")
def book() -> Book:
    overlay = DEFINITIONS / "overlays" / "cern.yaml"
    return open_book(DEFINITIONS / "pcp.yaml", (DEFINITIONS,), overlays=[overlay], day=date(2026, 11, 23))


def said(book: Book, name: str) -> str:
    return "\n".join(
        one.text for section in read_one(book, name) for part in section.walk() for one in part.sentences()
    )


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("send_call", 'From "Advance information > Announced".'),
        ("advance_information_closes", 'before the day of the meeting in "Meeting of the Finance Committee aimed at"'),
        ("begin_alignment", "in CHF is more than the limit alignment_value"),
        ("decide_award", 'The approval "Approval of the award by the house" (committee) is given'),
        ("phase_2_award", 'The approval "The house agrees to the next phase" (next_phase) is given'),
        ("supplier.submit", '"Established in" (country) is on the list member_states.'),
        ("supplier.submit", 'In one case it can be lifted: derogation "Paid by a European grant'),
        ("propose_award", 'is more than the day of the "Meeting of the Finance Committee aimed at"'),
        ("own_rules_off", 'Asked for when "Paid in part by a European grant" (eu_funded) is yes and the rule'),
        ("own_rules_off", "(own_rules_off_agreed) becomes yes."),
        ("eu_funded", "Grant agreement"),
    ],
)
def test_a_reader_finds_what_the_house_asks_beside_the_procedure(book: Book, name: str, sentence: str) -> None:
    assert sentence in said(book, name)


def test_the_later_phases_do_not_go_to_the_committee(book: Book) -> None:
    assert "committee" not in said(book, "phase_2_award").replace("Evaluation committee", "").lower()


def test_a_house_rule_is_not_cited_as_law(book: Book) -> None:
    text = said(book, "supplier.submit")
    assert "After CERN, Procurement Strategy and Policy." in text
    assert "Law: CERN" not in text
