"""Arithmetic and comparison of values: exact, bounded, and unknown with a reason where there is no answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, Inexact, InvalidOperation, Overflow
from typing import TYPE_CHECKING, TypeAlias, TypeGuard, cast

from inprocap_flow.calendar.bad_values import BadPeriod
from inprocap_flow.calendar.periods import Period, together
from inprocap_flow.errors import Unsupported
from inprocap_flow.language.expressions.facts import Facts, Unknown
from inprocap_flow.language.money import EXACT, MAX_DIGITS, Money, Percent, divided, plain_decimal
from inprocap_flow.language.values import BadValue, CurrencyMismatch, Value, in_words

if TYPE_CHECKING:
    from fractions import Fraction

Answer: TypeAlias = "Value | Fraction | tuple[Value, ...] | Unknown"
"""What a part of an expression gives. Fractions and lists exist only inside an expression."""

_TOO_LONG = Unknown(reasons=(f"A number grew beyond {MAX_DIGITS} digits.",))
_BOUND = 10 ** (2 * MAX_DIGITS)


def compute(sign: str, left: Answer, right: Answer) -> Answer:
    """Return ``left sign right``. Nothing raises: mixed currencies, zero divisors and huge numbers are unknown."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return both_unknown(left, right)
    try:
        return _bounded(_OPERATIONS[sign](left, right))
    except CurrencyMismatch as mixed:
        return Unknown(reasons=(str(mixed),))
    except ZeroDivisionError:
        return Unknown(reasons=(f"{in_words(left)} cannot be divided by 0.",))
    except (BadPeriod, Unsupported) as wrong:
        return Unknown(reasons=(f"{str(wrong).splitlines()[0]}.",))
    except (BadValue, InvalidOperation, Overflow):
        return _TOO_LONG
    except Inexact:
        return _no_end(left, sign, right)
    except (TypeError, AttributeError):
        return Unknown(reasons=(f"{in_words(left)} {sign} {in_words(right)} has no meaning.",))


def both_unknown(*answers: object) -> Unknown:
    """Return what is missing in any of the answers."""
    whole = Unknown()
    for answer in answers:
        if isinstance(answer, Unknown):
            whole |= answer
    return whole


def _no_end(left: object, sign: str, right: object) -> Unknown:
    return Unknown(reasons=(f"{in_words(left)} {sign} {in_words(right)} has no exact amount; nothing is rounded.",))


def _bounded(number: Answer) -> Answer:
    """Return the number in its plain form, or unknown if it is too long to be meant."""
    if isinstance(number, Decimal):
        return Percent(plain_decimal(number)) if isinstance(number, Percent) else plain_decimal(number)
    if isinstance(number, int):
        return number if abs(number) < 10**MAX_DIGITS else _TOO_LONG
    if _is_fraction(number):
        return number if max(abs(number.numerator), number.denominator) < _BOUND else _TOO_LONG
    return number


def _is_fraction(value: object) -> TypeGuard[Fraction]:
    return type(value).__name__ == "Fraction"  # not isinstance: most cases never need to import fractions


def _decimal(value: Answer) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError
    return Decimal(value)


def _fractions(left: Answer, right: Answer) -> tuple[Fraction, Fraction] | None:
    """Return both as fractions if one of them is a fraction; raises ``TypeError`` if the other is no number."""
    if not _is_fraction(left) and not _is_fraction(right):
        return None
    from fractions import Fraction as Exactly

    one, two = (value if _is_fraction(value) else Exactly(_decimal(value)) for value in (left, right))
    return one, two


def _kept(number: Decimal, *terms: Answer) -> Answer:
    """Return a sum as what its terms are: percent if one of them is, whole if all are."""
    if any(isinstance(term, Percent) for term in terms):
        return Percent(number)
    return int(number) if all(isinstance(term, int) for term in terms) else number


def _add(left: Answer, right: Answer) -> Answer:
    if isinstance(left, Money) and isinstance(right, Money | int):
        return left + right
    if isinstance(right, Money) and isinstance(left, int):
        return right + left
    if isinstance(left, Period) and isinstance(right, Period):
        return together(left, right)
    fractions = _fractions(left, right)
    if fractions:
        return fractions[0] + fractions[1]
    return _kept(EXACT.add(_decimal(left), _decimal(right)), left, right)


def _subtract(left: Answer, right: Answer) -> Answer:
    return _add(left, _negated(right))


def _negated(value: Answer) -> Answer:
    if isinstance(value, Money):
        return -value
    if _is_fraction(value):
        opposite: Answer = value * -1
        return opposite
    return _kept(EXACT.minus(_decimal(value)), value)


def _multiply(left: Answer, right: Answer) -> Answer:
    if isinstance(left, Money):
        return _part(left, right)
    if isinstance(right, Money):
        return _part(right, left)
    percents = isinstance(left, Percent) + isinstance(right, Percent)
    fractions = _fractions(left, right)
    if fractions:
        return fractions[0] * fractions[1] / (1, 100, 10_000)[percents]
    product = EXACT.multiply(_decimal(left), _decimal(right))
    if not percents:
        return _kept(product, left, right)
    hundredth = EXACT.divide(product, Decimal(100))
    return Percent(hundredth) if percents == 2 else hundredth


def _part(money: Money, factor: Answer) -> Answer:
    if isinstance(factor, int | Decimal) and not isinstance(factor, bool):
        return money * factor
    if not _is_fraction(factor):
        raise TypeError
    amount = factor * factor.__class__(money.amount)
    return Money(EXACT.divide(Decimal(amount.numerator), Decimal(amount.denominator)), money.currency)


def _divide(left: Answer, right: Answer) -> Answer:
    if isinstance(left, Money) and isinstance(right, Money):
        return left / right
    fractions = _fractions(left, right)
    quotient = fractions[0] / fractions[1] if fractions else divided(_decimal(left), _decimal(right))
    if isinstance(left, Percent) and not isinstance(right, Percent) and isinstance(quotient, Decimal):
        return Percent(quotient)
    return quotient


_OPERATIONS: dict[str, Callable[[Answer, Answer], Answer]] = {
    "+": _add, "-": _subtract, "*": _multiply, "/": _divide,
}  # fmt: skip


def negate(value: Answer) -> Answer:
    """Return minus the value."""
    return compute("-", 0, value)


def order(left: Answer, right: Answer, facts: Facts) -> int | Unknown:
    """Return -1, 0 or 1. A day and a moment compare by the moment's local day; what has no order is unknown."""
    try:
        return _order(left, right, facts)
    except CurrencyMismatch as mixed:
        return Unknown(reasons=(str(mixed),))
    except (TypeError, AttributeError, ValueError, ArithmeticError):
        return Unknown(reasons=(f"{in_words(left)} and {in_words(right)} do not compare.",))


def _order(left: Answer, right: Answer, facts: Facts) -> int:
    if isinstance(left, Money) and isinstance(right, Money | int | Decimal):
        return left.compare(right)
    if isinstance(right, Money) and isinstance(left, int | Decimal):
        return -right.compare(left)
    if isinstance(left, date) and isinstance(right, date):
        first, second = _days(left, right, facts)
        return (first > second) - (first < second)
    one, two = _fractions(left, right) or (_decimal(left), _decimal(right))
    return (one > two) - (one < two)


def _days(left: date, right: date, facts: Facts) -> tuple[date, date]:
    """Return two instants, or two days if one of them is only a day."""
    if isinstance(left, datetime) and isinstance(right, datetime):
        return left.astimezone(UTC), right.astimezone(UTC)
    return local_day(left, facts), local_day(right, facts)


def local_day(value: date, facts: Facts) -> date:
    """Return the day of a day or moment."""
    return facts.local_day(value) if isinstance(value, datetime) else value


def same(left: Answer, right: Answer, facts: Facts) -> bool | Unknown:
    """Return whether two values are equal; words, codes and yes_no compare as they are."""
    if isinstance(left, str | bool) or isinstance(right, str | bool):
        return type(left) is type(right) and left == right
    found = order(left, right, facts)
    return found if isinstance(found, Unknown) else found == 0


def compare(sign: str, left: Answer, right: Answer, facts: Facts) -> bool | Unknown:
    """Return whether the comparison holds, or unknown."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return both_unknown(left, right)
    if sign in ("in", "not in"):
        return _within(left, right, facts, found=sign == "in")
    if sign in ("==", "!="):
        equal = same(left, right, facts)
        return equal if isinstance(equal, Unknown) else equal == (sign == "==")
    if isinstance(left, str | bool) or isinstance(right, str | bool):
        return Unknown(reasons=(f"{in_words(left)} and {in_words(right)} have no order.",))
    found = order(left, right, facts)
    return found if isinstance(found, Unknown) else _ORDERS[sign](found)


_ORDERS: dict[str, Callable[[int], bool]] = {
    "<": lambda found: found < 0,
    "<=": lambda found: found <= 0,
    ">": lambda found: found > 0,
    ">=": lambda found: found >= 0,
}


def _within(left: Answer, items: Answer, facts: Facts, *, found: bool) -> bool | Unknown:
    if not isinstance(items, tuple):
        return Unknown(reasons=("There is no list to look in.",))
    equal = [same(left, item, facts) for item in items]
    if any(one is True for one in equal):
        return found
    unknown = [one for one in equal if isinstance(one, Unknown)]
    return both_unknown(*unknown) if unknown else not found


def best(sign: str, values: list[Answer], facts: Facts) -> Answer:
    """Return the smallest (``<``) or largest (``>``); unknown if one of them is, or if two do not compare."""
    found, *others = values
    for value in others:
        better = compare(sign, value, found, facts)
        if isinstance(better, Unknown):
            return both_unknown(better, *values)
        found = value if better else found
    return found


def settle(answer: Answer) -> Value | Unknown:
    """Return the value of a whole expression; a fraction without decimal end is no value, as nothing is rounded."""
    if isinstance(answer, tuple):
        return Unknown(reasons=("A list is no value.",))
    if not _is_fraction(answer):
        return cast("Value | Unknown", answer)
    try:
        return plain_decimal(EXACT.divide(Decimal(answer.numerator), Decimal(answer.denominator)))
    except (Inexact, BadValue):
        return Unknown(reasons=(f"{answer} has no exact decimal; nothing is rounded.",))
