"""What nobody of a role can carry out, but somebody may record for it, is told with who that is."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Lab


@pytest.fixture
def by_letter(called: Lab) -> Lab:
    """A bidder whom the officer registered: nobody here speaks for it."""
    registers = ("register", "--new", "bidder/cy", "--as", "ben", "firm=Cy Ltd")
    called.done("01-20 09:00", "do", called.case, *registers)
    return called


def test_next_names_who_may_record_what_a_firm_did_elsewhere(by_letter: Lab) -> None:
    told = " ".join(by_letter.done("01-21 09:00", "next", by_letter.case).split())
    assert "by Supplier: nobody of this organisation; recorded by Procurement officer: Ben" in told


def test_a_program_reads_them_apart_from_those_who_act_themselves(by_letter: Lab) -> None:
    found = by_letter.json("01-21 09:00", "next", by_letter.case)["open"]
    submit = next(offer for offer in found if offer["step"] == "submit" and offer["line"] == "bidder/cy")
    assert submit["who"] == []
    assert submit["recorded_by"] == ["ben"]


def test_where_somebody_can_act_the_recorder_is_not_named(bid_in: Lab) -> None:
    found = bid_in.json("02-11 09:00", "next", bid_in.case)["open"]
    submit = next(offer for offer in found if offer["step"] == "submit" and offer["line"] == "bidder/bo")
    assert (submit["who"], submit["recorded_by"]) == (["bo"], ["ben"])
    assert "recorded by" not in bid_in.done("02-11 09:00", "next", bid_in.case)
