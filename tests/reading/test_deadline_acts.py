"""What people may do to a deadline is read aloud with its conditions; what is not said nobody may do."""

from __future__ import annotations

from datetime import date

from inprocap_flow import bundled
from inprocap_flow.service.reading.book import Book, open_book
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
        "It takes 3 working days: begin it so long before the end, or it is not safe.",
        '"Notice of change" (change_notice)',
        '"More time for everyone" (extension) is given; it takes:',
        "Told: every supplier file that stands in",
        "Notice: a change of the notice that is already out",
    ):
        assert part in text
    assert "Law: 2014/24/EU Art. 47(3)" in said(_shipped("open"), "tenders", "What people may do to it")


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
        'Restart "Standstill" (standstill).',
    ]
    assert said(open_, "legal", "May do to deadlines") == 'Extend "Keep the file" (record_retention).'
