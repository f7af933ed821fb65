"""Facts about values: how people write them, how they are stored, and that money is exact."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.calendar.periods import Period
from inprocap_flow.language.values import (
    TYPES,
    BadValue,
    CurrencyMismatch,
    Money,
    Percent,
    Value,
    decode,
    encode,
    fit,
    in_words,
    parse_value,
)

READ = [
    ("yes_no", "yes", True, "yes"),
    ("yes_no", "no", False, "no"),
    ("whole_number", "1 000", 1000, "1000"),
    ("whole_number", "-3", -3, "-3"),
    ("whole_number", "3.0", 3, "3"),
    ("number", "1.500", Decimal("1.5"), "1.5"),
    ("number", "1_200.25", Decimal("1200.25"), "1200.25"),
    ("percent", "50", Percent(50), "50 percent"),
    ("percent", "12.5 percent", Percent("12.5"), "12.5 percent"),
    ("percent", "12.5%", Percent("12.5"), "12.5 percent"),
    ("money", "900000 EUR", Money(Decimal(900000), "EUR"), "900 000 EUR"),
    ("money", "1 200 000.50 CHF", Money(Decimal("1200000.5"), "CHF"), "1 200 000.5 CHF"),
    ("money", "1_000 EUR", Money(Decimal(1000), "EUR"), "1 000 EUR"),
    ("money", "-5 EUR", Money(Decimal(-5), "EUR"), "-5 EUR"),
    ("date", "2026-07-31", date(2026, 7, 31), "2026-07-31"),
    ("moment", "2026-07-31 16:00 +02:00", datetime(2026, 7, 31, 14, tzinfo=UTC), "2026-07-31 16:00 +02:00"),
    ("moment", "2026-07-31T14:00:00Z", datetime(2026, 7, 31, 14, tzinfo=UTC), "2026-07-31 14:00 +00:00"),
    ("period", "10 working days", Period(10, "working days"), "10 working days"),
    ("choice", "technical", "technical", "technical"),
    ("country", "NO", "NO", "NO"),
    ("person", "m.meier@example.org", "m.meier@example.org", "m.meier@example.org"),
    ("meeting", "2026-12", "2026-12", "2026-12"),
    ("case", "pcp-7", "pcp-7", "pcp-7"),
    ("text", "as it is ", "as it is ", "as it is "),
]


@pytest.mark.parametrize(("type_name", "text", "value", "words"), READ)
def test_a_value_is_read_as_people_write_it(type_name: str, text: str, value: Value, words: str) -> None:
    read = parse_value(type_name, text)
    assert read == value
    assert type(read) is type(value)
    assert in_words(read) == words


def test_every_type_of_the_language_is_read_in_the_table_above() -> None:
    assert {row[0] for row in READ} == set(TYPES)


REFUSED = [
    ("yes_no", "true", "yes or no"),
    ("yes_no", "Yes", "yes or no"),
    ("whole_number", "3.5", "decimals"),
    ("number", "1,5", "point"),
    ("number", "1e9", "digits"),
    ("number", "inf", "digits"),
    ("number", "NaN", "digits"),
    ("number", "0x10", "digits"),
    ("number", "٣", "digits"),
    ("number", "9" * 41, "shorter"),
    ("number", "0." + "0" * 40 + "1", "shorter"),
    ("number", "9" * 5000, "shorter"),
    ("number", "", "digits"),
    ("money", "900000", "900000 EUR"),
    ("money", "EUR 900000", "900000 EUR"),
    ("money", "900.000,00 EUR", "point"),
    ("money", "900000 eur", "900000 EUR"),
    ("date", "31.7.2026", "year-month-day"),
    ("date", "2026-02-30", "another day"),
    ("date", "20260730", "year-month-day"),
    ("date", "0206-07-31", "year"),
    ("moment", "2026-07-31", "day and time"),
    ("moment", "2026-07-31 24:30Z", "Hours"),
    ("moment", "2026-07-31 16:00", "+02:00"),
    ("period", "10", "days"),
    ("period", "60 weeks and 2 days", "number"),
    ("country", "ch", "CH"),
    ("country", "Switzerland", "two capital letters"),
    ("person", "two words", "letters"),
    ("text", "a\x00b", "Remove"),
    ("text", "x" * 100_001, "document"),
]


@pytest.mark.parametrize(("type_name", "text", "mend"), REFUSED)
def test_what_is_no_value_is_refused_with_a_mend(type_name: str, text: str, mend: str) -> None:
    with pytest.raises(BadValue) as raised:
        parse_value(type_name, text)
    assert raised.value.fact
    assert mend.lower() in raised.value.mend.lower()


def test_a_choice_must_be_one_of_the_choices_and_a_near_miss_is_named() -> None:
    with pytest.raises(BadValue) as raised:
        parse_value("choice", "tehcnical", choices=["technical", "price"])
    assert raised.value.mend == "Did you mean technical?"


def test_a_moment_without_offset_is_meant_in_the_zone() -> None:
    assert parse_value("moment", "2026-07-07 16:00", zone="Europe/Brussels") == datetime(2026, 7, 7, 14, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-03-29 02:30", "2026-10-25 02:30"])
def test_an_hour_that_the_clocks_skip_or_show_twice_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_value("moment", text, zone="Europe/Brussels")


# ------------------------------------------------------------------------------------------------ stored forms

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=6)
MOMENTS = st.datetimes(datetime(1901, 1, 1), datetime(2999, 1, 1)).flatmap(  # noqa: DTZ001 - the offset is drawn
    lambda bare: st.integers(-840, 840).map(lambda minutes: bare.replace(tzinfo=timezone(timedelta(minutes=minutes))))
)
STORED: dict[str, st.SearchStrategy[Value]] = {
    "yes_no": st.booleans(),
    "whole_number": st.integers(-(10**30), 10**30),
    "number": NUMBERS,
    "percent": NUMBERS.map(Percent),
    "money": st.builds(Money, NUMBERS, st.sampled_from(["EUR", "CHF"])),
    "date": st.dates(date(1900, 1, 1), date(8999, 12, 31)),
    "moment": MOMENTS,
    "period": st.builds(Period, st.integers(1, 9999), st.sampled_from(["days", "working days", "months", "hours"])),
    "text": st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))),
    "country": st.from_regex("[A-Z]{2}", fullmatch=True),
    "person": st.from_regex("[a-z][a-z0-9.]{0,9}", fullmatch=True),
}


@pytest.mark.parametrize("type_name", STORED)
@given(data=st.data())
def test_a_stored_value_comes_back_the_same_and_is_plain_json(type_name: str, data: st.DataObject) -> None:
    value = data.draw(STORED[type_name])
    plain = json.loads(json.dumps(encode(value)))
    back = decode(type_name, plain)
    assert back == value
    assert encode(back) == plain


@given(NUMBERS, st.integers(0, 5))
def test_equal_numbers_are_stored_alike_however_they_were_written(number: Decimal, zeros: int) -> None:
    longer = number.quantize(Decimal(1).scaleb(-6 - zeros))
    assert encode(number) == encode(longer)
    if number == number.to_integral_value():
        assert encode(int(number)) == encode(number)


def test_a_moment_is_stored_in_utc_whatever_its_offset() -> None:
    zoned = datetime(2026, 7, 7, 16, tzinfo=timezone(timedelta(hours=2)))
    assert encode(zoned) == encode(zoned.astimezone(UTC)) == "2026-07-07T14:00:00Z"


@pytest.mark.parametrize("plain", [3, ["x"], {"amount": "1"}, True])
def test_what_is_no_stored_number_is_refused(plain: object) -> None:
    with pytest.raises(BadValue):
        decode("number", plain)


def test_no_value_is_stored_as_nothing() -> None:
    assert encode(None) is None
    assert decode("money", None) is None


# ------------------------------------------------------------------------------------------------------- money


def euro(amount: str | int) -> Money:
    return Money(Decimal(amount), "EUR")


def test_a_tenth_added_ten_times_is_exactly_one() -> None:
    assert sum([euro("0.1")] * 10, start=euro(0)) == euro(1)


def test_money_times_a_percent_is_that_part_of_it() -> None:
    assert euro(900) * Percent("12.5") == euro("112.5")
    assert euro(900) * Decimal("1.1") == euro(990)


def test_money_divided_by_money_is_an_exact_number() -> None:
    assert euro(1) / euro(4) == Decimal("0.25")
    assert euro(1) / euro(3) == Fraction(1, 3)


def test_two_currencies_neither_add_nor_compare() -> None:
    for mix in (lambda: euro(1) + Money(Decimal(1), "CHF"), lambda: euro(1) < Money(Decimal(1), "CHF")):
        with pytest.raises(CurrencyMismatch):
            mix()


def test_zero_compares_with_any_currency_and_so_does_the_number_zero() -> None:
    assert euro(1) > Money(Decimal(0), "CHF")
    assert Money(Decimal(0), "CHF").compare(euro(0)) == 0
    assert euro(-1) < 0
    assert Money(Decimal(0), "CHF") + euro(2) == euro(2)


def test_an_amount_does_not_compare_with_a_number_other_than_zero() -> None:
    with pytest.raises(TypeError):
        euro(5).compare(5)


@pytest.mark.parametrize("currency", ["eur", "EURO", "", "€"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(BadValue):
        Money(Decimal(1), currency)


CENTS = st.integers(-(10**14), 10**14).map(lambda cents: Decimal(cents).scaleb(-2))


@given(CENTS, CENTS, CENTS)
def test_money_adds_and_multiplies_as_fractions_do(one: Decimal, two: Decimal, factor: Decimal) -> None:
    assert Fraction((euro(0) + euro(str(one)) - euro(str(two))).amount) == Fraction(one) - Fraction(two)
    assert Fraction((euro(str(one)) * factor).amount) == Fraction(one) * Fraction(factor)
    assert (euro(str(one)) < euro(str(two))) == (one < two)


@given(CENTS, CENTS)
def test_a_ratio_of_money_times_the_divisor_is_the_dividend(one: Decimal, two: Decimal) -> None:
    if two:
        assert Fraction(euro(str(one)) / euro(str(two))) * Fraction(two) == Fraction(one)


# --------------------------------------------------------------------------------------------------------- fit


def test_the_result_of_an_expression_fits_its_field_or_is_refused() -> None:
    assert fit("money", 0, currency="EUR") == euro(0)
    assert fit("whole_number", Decimal("3.0")) == 3
    assert isinstance(fit("percent", 5), Percent)
    for type_name, value in [("money", 0), ("money", 3), ("whole_number", Decimal("3.5")), ("number", "3")]:
        with pytest.raises(BadValue):
            fit(type_name, value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("2027-02-30", "There is no day 2027-02-30: that month ends on 2027-02-28."),
        ("2028-02-30", "There is no day 2028-02-30: that month ends on 2028-02-29."),
        ("2027-06-31", "There is no day 2027-06-31: that month ends on 2027-06-30."),
        ("2027-13-01", "`2027-13-01` is not a day."),
        ("30.2.2027", "`30.2.2027` is not a day."),
    ],
)
def test_a_day_that_no_month_has_is_told_with_the_last_day_of_that_month(text: str, fact: str) -> None:
    with pytest.raises(BadValue) as wrong:
        parse_value("date", text)
    assert wrong.value.fact == fact
