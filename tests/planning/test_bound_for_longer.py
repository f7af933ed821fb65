"""A plan of a case whose tenders bind no longer says who has agreed to be bound for longer."""

from __future__ import annotations

import pytest

from inprocap_flow.engine.case.records import Decision, Handed, Request
from inprocap_flow.service.planning.assuming import read_given
from inprocap_flow.service.planning.breaking import Break
from inprocap_flow.service.planning.instead import stand_ins
from inprocap_flow.service.planning.living import plan_case
from inprocap_flow.service.planning.plans import Question
from inprocap_flow.service.rehearsal import Rehearsal
from tests.engine.conftest import moment
from tests.planning.conftest import bound_to_house
from tests.planning.test_stories import stories
from tests.planning.test_validity import WHERE_TENDERS_COME_IN

SAYS = (
    '"The first contract is signed" on Mon 2027-01-04 comes after the end of Validity of the tenders (Fri 2026-10-30).'
)


@pytest.fixture(scope="module")
def signed() -> Rehearsal:
    """A case whose award is signed; its tenders bind until the 30th of October 2026."""
    return stories("open")["award_signed"]


def agrees(play: Rehearsal, until: str) -> Rehearsal:
    """Let the firm with the first rank agree to be bound until a later day."""
    play = play.copy()
    paper = Handed("c" * 64, "consent.pdf", "application/pdf", 1)
    asked = Request(
        "do", "bo", "stay_bound", line="supplier/beta", fields={"bound_until": until},
        documents={"longer_validity": paper}, reason="The committee meets later",
    )  # fmt: skip
    assert isinstance(play.play(asked, moment("2026-10-20 09:00")), Decision)
    return play


def broken(play: Rehearsal, at: str, *what_if: str) -> tuple[Break, ...]:
    binding = play.binding
    change = read_given(binding.definition, binding.organisation.zone, what_if=what_if) if what_if else None
    assert play.case is not None
    return plan_case(binding, play.case, Question(), moment(at), change).breaks


def test_where_nobody_agreed_the_plan_says_that_tenders_bind_no_longer(signed: Rehearsal) -> None:
    assert [one.text for one in broken(signed, "2026-11-20 09:00")] == [SAYS]


def test_it_is_said_too_once_the_system_has_recorded_that_they_bind_no_longer(signed: Rehearsal) -> None:
    play = signed.copy()
    play.play(Request("time", "system"), moment("2026-11-02 09:00"))
    assert play.case is not None
    assert play.case.deadlines["case tenders_bind"].status == "missed"
    assert [one.text for one in broken(play, "2026-11-20 09:00")] == [SAYS]


def test_a_firm_that_agreed_until_later_is_named_beside_it(signed: Rehearsal) -> None:
    texts = [one.text for one in broken(agrees(signed, "2027-06-30"), "2026-11-20 09:00")]
    assert texts == [f"{SAYS} Instead of it: Longer validity of this tender, supplier/beta, until Wed 2027-06-30."]


def test_a_firm_that_agreed_for_too_short_a_time_is_not(signed: Rehearsal) -> None:
    assert [one.text for one in broken(agrees(signed, "2026-12-15"), "2026-11-20 09:00")] == [SAYS]


def test_a_what_if_that_comes_after_the_end_says_so(signed: Rehearsal) -> None:
    assert broken(signed, "2026-07-01 09:00") == ()
    texts = [
        one.text for one in broken(signed, "2026-07-01 09:00", "award.evidence_checked +4 months") if not one.before
    ]
    assert any("comes after the end of Validity of the tenders" in text for text in texts)


@pytest.mark.parametrize("procedure", WHERE_TENDERS_COME_IN)
def test_every_procedure_in_which_tenders_bind_knows_what_stands_in_for_it(procedure: str) -> None:
    assert ("supplier", "stays_bound") in stand_ins(bound_to_house(procedure).definition, "tenders_bind")
