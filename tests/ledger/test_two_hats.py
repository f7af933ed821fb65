"""Whoever serves buyer and supplier is warned at the act and stands in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.ledger.conftest import House

ROUND, FILE = "case-round", "case-file"


def test_an_officer_who_brings_a_firm_is_warned_at_the_act(house: House) -> None:
    made = house.does("hope", "come", "firm/alpha", role="helper", new=True, name="Alpha")
    (warning,) = made.warnings
    assert (warning.code, warning.about) == ("two-hats", "hope")
    assert "buyer: Officer; supplier: Liaison officer who helps a firm" in warning.reason
    assert house.codes() == ["two-hats"]


def test_whoever_serves_one_side_is_not_warned(house: House) -> None:
    made = house.does("alpha", "come", "firm/alpha", new=True, name="Alpha")
    assert made.warnings == ()
    assert house.does("olga", "invite", "firm/alpha").warnings == ()
    assert "two-hats" not in house.codes()


def test_an_adviser_of_a_firm_in_a_linked_case_is_warned_in_either_order(house: House) -> None:
    assert house.opens(FILE, "firm-file", "otto", round=ROUND).warnings == ()
    made = house.does("otto", "tell_network", papers=("paper",))
    (warning,) = made.warnings
    assert f"supplier: Adviser of the firm in {FILE}" in warning.reason
    assert house.does("otto", "tell_all", papers=("paper",)).warnings == ()  # said once; the ledger keeps it
    assert house.codes() == ["two-hats"]


def test_a_buyer_who_then_helps_a_firm_is_warned_when_its_file_begins(house: House) -> None:
    house.does("otto", "tell_network", papers=("paper",))
    made = house.opens(FILE, "firm-file", "otto", round=ROUND)
    assert [one.code for one in made.warnings] == ["two-hats"]
    assert house.ledger.linked == ((FILE, "firm-file"),)


def test_cases_that_are_not_linked_do_not_matter(house: House) -> None:
    house.does("otto", "tell_network", papers=("paper",))
    assert house.opens(FILE, "firm-file", "otto", round="case-other").warnings == ()
    assert "two-hats" not in house.codes()
