"""Money, percent and exact numbers: decimals that are never rounded and never floating point."""

from __future__ import annotations

from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from importlib import import_module
from typing import TYPE_CHECKING

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.records import record

if TYPE_CHECKING:
    from fractions import Fraction

MAX_DIGITS = 40
"""Digits of the longest number, before and after the point; longer ones are refused."""

# Digits enough for any sum or product of two numbers of 40 digits before and 40 after the point; a result that
# would have to be rounded raises instead.
EXACT = Context(prec=200, traps=[Inexact, InvalidOperation, Overflow, DivisionByZero])


class CurrencyMismatch(ValueError):
    """Two amounts in different currencies were added or compared; neither is zero."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other} do not mix; use in_currency.")
        self.one = one
        self.other = other


class Percent(Decimal):
    """A share of one hundred: ``Percent(50)`` is one half. A number like any other, but times money it takes a part."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Percent('{self}')"


@record
class Money:
    """A decimal amount in one currency (three capital letters). Arithmetic is exact or raises.

    ``==`` asks whether two values are the same as recorded (``0 EUR`` is not ``0 CHF``); ``compare`` asks which is
    more, and there zero compares with any currency.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not (
            len(self.currency) == 3 and self.currency.isascii() and self.currency.isalpha() and self.currency.isupper()
        ):
            raise BadValue(f"`{self.currency}` is not a currency.", "Write three capital letters, such as EUR.")
        object.__setattr__(self, "amount", plain_decimal(self.amount))

    def __str__(self) -> str:
        return f"{number_text(self.amount)} {self.currency}"

    def __add__(self, other: Money | int) -> Money:
        currency, one, two = _meet(self, other)
        return Money(EXACT.add(one, two), currency)

    __radd__ = __add__

    def __sub__(self, other: Money | int) -> Money:
        currency, one, two = _meet(self, other)
        return Money(EXACT.subtract(one, two), currency)

    def __neg__(self) -> Money:
        return Money(EXACT.minus(self.amount), self.currency)

    def __mul__(self, factor: int | Decimal) -> Money:
        """Return the amount times a number; times a ``Percent`` it is that part."""
        return Money(EXACT.multiply(self.amount, _factor(factor)), self.currency)

    __rmul__ = __mul__

    def __truediv__(self, other: Money) -> Decimal | Fraction:
        """Return how often *other* fits; exact, so a fraction where decimals do not end.

        Raises ``ZeroDivisionError`` and ``CurrencyMismatch``.
        """
        _, one, two = _meet(self, other)
        return divided(one, two)

    def compare(self, other: Money | int | Decimal) -> int:
        """Return -1, 0 or 1. A zero of any currency, or the number 0, compares with everything.

        Raises ``CurrencyMismatch`` for two currencies and ``TypeError`` for a number other than 0.
        """
        _, one, two = _meet(self, other)
        return (one > two) - (one < two)

    def __lt__(self, other: Money | int | Decimal) -> bool:
        return self.compare(other) < 0

    def __le__(self, other: Money | int | Decimal) -> bool:
        return self.compare(other) <= 0

    def __gt__(self, other: Money | int | Decimal) -> bool:
        return self.compare(other) > 0

    def __ge__(self, other: Money | int | Decimal) -> bool:
        return self.compare(other) >= 0


def _meet(money: Money, other: Money | int | Decimal) -> tuple[str, Decimal, Decimal]:
    """Return the currency that both share and the two amounts."""
    if not isinstance(other, Money):
        if other != 0:
            raise TypeError(f"{money} and the number {other} do not mix")
        return money.currency, money.amount, Decimal(0)
    if money.currency == other.currency or not other.amount:
        return money.currency, money.amount, other.amount
    if not money.amount:
        return other.currency, money.amount, other.amount
    raise CurrencyMismatch(money.currency, other.currency)


def _factor(factor: int | Decimal) -> Decimal:
    return EXACT.divide(factor, Decimal(100)) if isinstance(factor, Percent) else Decimal(factor)


def divided(one: int | Decimal, two: int | Decimal) -> Decimal | Fraction:
    """Return the exact quotient: a decimal if it ends, else a fraction. Raises ``ZeroDivisionError``."""
    if not two:
        raise ZeroDivisionError("division by zero")
    try:
        return plain_decimal(Decimal(EXACT.divide(Decimal(one), Decimal(two))))
    except (Inexact, BadValue):
        fractions = import_module("fractions")  # only now: its import costs as much as this whole module
        quotient: Fraction = fractions.Fraction(Decimal(one)) / fractions.Fraction(Decimal(two))
        return quotient


def plain_decimal(number: int | Decimal) -> Decimal:
    """Return the number without superfluous zeros; raises ``BadValue`` for more than 40 digits, infinity and NaN."""
    number = Decimal(number)
    if not number.is_finite():
        raise BadValue("This is not a finite number.", "Write digits.")
    if not number:
        return Decimal(0)
    if number.adjusted() >= MAX_DIGITS or len(number.as_tuple().digits) > 4 * MAX_DIGITS:
        raise BadValue(f"The number has more than {MAX_DIGITS} digits.", "Write a shorter one.")
    number = number.normalize(EXACT)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MAX_DIGITS:
        raise BadValue(f"The number has more than {MAX_DIGITS} digits after the point.", "Write a shorter one.")
    return number


def number_text(number: int | Decimal) -> str:
    """Return the one spelling of a number: no exponent, no superfluous zeros."""
    return f"{plain_decimal(number):f}"
