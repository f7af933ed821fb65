"""Facts about amounts as people write them: what could mean two things is refused, whatever it was meant to be."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.language.expressions.syntax import BadExpression, parse
from inprocap_flow.language.inspect import check
from inprocap_flow.language.resolve.limits import read_in_unit
from inprocap_flow.language.values import BadValue, Money, parse_value
from inprocap_flow.language.written import parse_written

AMOUNTS = st.integers(1, 10**9)


@given(AMOUNTS, st.integers(0, 999))
def test_an_amount_with_three_digits_behind_a_point_is_refused_and_both_mends_are_taken(whole: int, part: int) -> None:
    text = f"{whole}.{part:03} EUR"
    with pytest.raises(BadValue) as refused:
        parse_written("money", text)
    thousands, decimals = refused.value.mend.removeprefix("Write ").removesuffix(".").split(", or ")
    assert parse_written("money", thousands) == Money(Decimal(f"{whole}{part:03}"), "EUR")
    assert parse_written("money", decimals) == Money(Decimal(f"{whole}.{part:03}"), "EUR")


@given(AMOUNTS, st.sampled_from(["", ".5", ".50", ".1250", " 000"]))
def test_every_other_amount_is_read_as_ever(whole: int, rest: str) -> None:
    text = f"{whole}{rest} EUR"
    assert parse_written("money", text) == parse_value("money", text)


def test_a_part_of_one_and_a_number_that_is_no_money_may_have_three_decimals() -> None:
    assert parse_written("money", "0.134 EUR") == Money(Decimal("0.134"), "EUR")
    assert parse_written("number", "500.125") == Decimal("500.125")


@pytest.mark.parametrize("text", ["500.000", "500.000 EUR"])
def test_a_limit_in_a_currency_with_a_point_between_thousands_is_refused(text: str) -> None:
    said: list[tuple[object, ...]] = []
    read_in_unit(text, "EUR", ("value",), lambda *told, **_: said.append(told))
    assert [told[1] for told in said] == ["bad-value"]
    assert "500 000" in str(said[0][3])


def test_a_limit_that_is_a_number_may_have_three_decimals() -> None:
    said: list[tuple[object, ...]] = []
    assert read_in_unit("1.125", "number", ("value",), lambda *told, **_: said.append(told)) == "1.125"
    assert not said


def test_an_amount_in_an_expression_with_a_point_between_thousands_is_refused() -> None:
    with pytest.raises(BadExpression):
        parse("award_value > money('500.000 EUR')")


def test_a_bound_of_a_field_with_a_point_between_thousands_is_refused_at_its_place(tmp_path: Path) -> None:
    text = (Path(__file__).parents[1] / "engine" / "purchase.yaml").read_text(encoding="utf-8")
    file = tmp_path / "purchase.yaml"
    file.write_text(text.replace("type: money, above: 0,", "type: money, above: 500.000 EUR,"), encoding="utf-8")
    found = next(one for one in check([file]) if one.code == "bad-value")
    assert found.place.line == 61
    assert "500 000 EUR" in found.mend
