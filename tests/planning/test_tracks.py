"""Tracks of a case in its plan: which of them is followed, and to which of its ends."""

from __future__ import annotations

from datetime import date

import pytest

from inprocap_flow.service.planning.living import CasePlan
from inprocap_flow.service.rehearsal import Rehearsal
from tests.planning.conftest import bound_to_house
from tests.planning.test_living import Story, row


@pytest.fixture
def invoiced() -> Story:
    """Work with two invoices: one of the 1st of March, checked, and one of the 8th, which nobody has looked at."""
    story = Story(Rehearsal(bound_to_house("works"))).tell("2027-02-01 10:00", "open", name="begin_work")
    story.tell("2027-03-01 10:00", "do", name="send_invoice", new="invoice/one")
    story.tell("2027-03-08 10:00", "do", name="send_invoice", new="invoice/two")
    return story.tell("2027-03-09 10:00", "do", name="check_invoice", line="invoice/one")


def titles(made: CasePlan) -> list[str]:
    return [one.title for one in made.rows]


def test_a_track_goes_on_to_the_end_that_keeps_its_duty_and_not_to_the_nearest(invoiced: Story) -> None:
    made = invoiced.plan("2027-03-10 09:00")
    assert "Pay" in titles(made)
    assert "Take the invoice back" not in titles(made)


def test_the_track_that_has_furthest_to_go_is_named_and_keeps_its_own_deadline(invoiced: Story) -> None:
    made = invoiced.plan("2027-03-10 09:00")
    assert "Invoice (invoice/two): Received" in titles(made)
    assert row(made, "deadline invoice/one invoice_due").now == date(2027, 3, 31)
    assert row(made, "deadline invoice/two invoice_due").now == date(2027, 4, 7)
    assert row(made, "step invoice.check_invoice").now == date(2027, 3, 15)
    assert row(made, "step invoice.pay").now == date(2027, 3, 22)
    assert made.breaks == ()


def test_a_track_that_is_paid_too_late_by_its_own_deadline_is_said_to_be(invoiced: Story) -> None:
    made = invoiced.plan("2027-03-10 09:00", assume=("invoice.checked=5 weeks",))
    assert [one.text for one in made.breaks] == [
        '"Pay" on Mon 2027-04-19 comes after the end of Payment (invoice/two) (Wed 2027-04-07).'
    ]


def test_work_that_waits_for_its_invoices_ends_with_the_last_of_them(invoiced: Story) -> None:
    made = invoiced.plan("2027-03-10 09:00", assume=("invoice.checked=5 weeks",))
    assert row(made, "step finish").now == date(2027, 4, 19)


def test_an_invoice_whose_time_is_over_is_still_in_the_plan(invoiced: Story) -> None:
    invoiced.tell("2027-04-12 09:00", "time", actor="system")
    made = invoiced.plan("2027-04-12 10:00")
    assert row(made, "deadline invoice/one invoice_due").now == date(2027, 3, 31)
    assert [one.text for one in made.breaks] == [
        '"Pay" on Mon 2027-04-19 comes after the end of Payment (invoice/two) (Wed 2027-04-07).',
        "Payment (invoice/one) ended on Wed 2027-03-31 and is not met.",
    ]
