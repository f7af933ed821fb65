"""The values of a symbol at which a condition can turn: each constant, what lies beside it, the ends of its range."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from itertools import pairwise

from inprocap_flow.language.expressions.facts import UNKNOWN, Unknown
from inprocap_flow.language.expressions.tree import (
    Arithmetic,
    Call,
    Compare,
    Constant,
    Expr,
    Listing,
    Name,
    Number,
    Word,
    walk,
)
from inprocap_flow.language.guards.question import COUNT, NUMERIC, WORDY, Question, Symbol
from inprocap_flow.language.money import Money, Percent, plain_decimal
from inprocap_flow.language.values import Value, parse_value

SOME_DAY = date(2026, 3, 2)
"""A day to count from where no condition names one; that it is a Monday means nothing."""
OTHER = "other"
"""A word that no condition names; it stands for all of them."""
UNIT = Decimal("0.01")
MOST_COUNTED = 6
"""Sums of counts are compared with numbers up to this one; beyond it, trying does not decide."""


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The values to try for each symbol, and whether trying all of them decides the question."""

    values: dict[str, tuple[Value | Unknown, ...]]
    complete: bool
    why: str = ""


def boundaries(question: Question) -> Boundaries:
    """Return what to try for *question*.

    It decides where conditions only compare, add up counts against fixed numbers, and join: there, only the order of
    the values matters, and every order is among them. It does not where values are computed.
    """
    exprs = [*(expr for expr, _ in question.wanted), *question.axioms]
    why = _why_incomplete(exprs, question)
    constants = _Constants.of(exprs, question.symbols, computing=bool(why))
    alike: dict[Symbol, tuple[Value | Unknown, ...]] = {}  # symbols that differ in their names only, by one of them
    values = {}
    for symbol in question.symbols:
        plain = replace(symbol, name="", says="")
        if plain not in alike:
            alike[plain] = tuple(_values(symbol, constants, question))
        values[symbol.name] = alike[plain]
    return Boundaries(values, not why, why)


@dataclass(frozen=True, slots=True)
class _Constants:
    numbers: tuple[Decimal, ...]
    days: tuple[date, ...]
    words: tuple[str, ...]
    currencies: tuple[str, ...]

    @classmethod
    def of(cls, exprs: Sequence[Expr], symbols: Sequence[Symbol], *, computing: bool = False) -> _Constants:
        numbers: set[Decimal] = set()
        days: set[date] = set()
        words: dict[str, None] = {}
        currencies: dict[str, None] = {}
        found: list[object] = [value for expr in exprs for value in _literals(expr)]
        for symbol in symbols:
            found += [symbol.least, symbol.above, symbol.most, *symbol.values]
            currencies.update(dict.fromkeys(symbol.currencies))
        for value in found:
            if isinstance(value, Money):
                numbers.add(value.amount)
                currencies[value.currency] = None
            elif isinstance(value, int | Decimal) and not isinstance(value, bool):
                numbers.add(Decimal(value))
            elif isinstance(value, date):
                days.add(value.date() if isinstance(value, datetime) else value)
            elif isinstance(value, str):
                words[value] = None
        # Nothing can be compared with any currency, so conditions turn there; where values are computed, too.
        if len(currencies) > 1 or computing:
            numbers.add(Decimal(0))
        return cls(tuple(sorted(numbers)), tuple(sorted(days)), tuple(words), tuple(currencies))


def _literals(expr: Expr) -> Iterator[object]:
    for part in walk(expr):
        if isinstance(part, Number):
            yield part.value
        elif isinstance(part, Constant):
            yield parse_value(part.type_name, part.text)
        elif isinstance(part, Word):
            yield part.word


def _values(symbol: Symbol, constants: _Constants, question: Question) -> Iterator[Value | Unknown]:
    yield from symbol.values or _of_sort(symbol, constants, question)
    if symbol.may_be_unknown:
        yield UNKNOWN


def _of_sort(symbol: Symbol, constants: _Constants, question: Question) -> Iterator[Value]:
    if symbol.sort == "yes_no":
        yield from (True, False)
    elif symbol.sort == WORDY:
        open_ones = sum(one.sort == WORDY and not one.values for one in question.symbols)
        yield from (*constants.words, *(f"{OTHER}{number or ''}" for number in range(open_ones)))
    elif symbol.sort in ("date", "moment"):
        yield from _days(symbol, constants, question)
    else:
        rivals = sum(one.sort in NUMERIC or one.sort == "money" for one in question.symbols)
        yield from _numbers(symbol, constants, max(1, rivals))


def _numbers(symbol: Symbol, constants: _Constants, rivals: int) -> Iterator[Value]:
    whole = symbol.sort in ("whole_number", COUNT)
    most = max(constants.numbers, default=Decimal(0))
    turning = _whole(constants.numbers) if whole else constants.numbers
    numbers = set(_around(turning, rivals, whole=whole))
    if _is_count(symbol):  # small, and sums of counts must come out
        numbers |= {Decimal(number) for number in range(min(int(most) + 2, MOST_COUNTED + 2))}
    for number in sorted(numbers, key=lambda one: (one < 0, abs(one))):
        if _in_range(symbol, number) and (not whole or number == int(number)):
            currencies = symbol.currencies or constants.currencies or ("EUR",)
            yield from _typed(symbol.sort, number, currencies if symbol.sort == "money" else ())


def _whole(numbers: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Return the whole numbers at which whole ones pass *numbers*: 1 and 2 for 1.5."""
    found = {number.to_integral_value(way) for number in numbers for way in (ROUND_FLOOR, ROUND_CEILING)}
    return tuple(sorted(found))


def _around(numbers: Sequence[Decimal], rivals: int, *, whole: bool) -> Iterator[Decimal]:
    """Yield every number, and as many values as there are rivals below them, between two of them, and above.

    Of whole numbers these are the next ones on both sides; there may be fewer between two.
    """
    if not numbers:
        yield from map(Decimal, range(rivals + 1))
        return
    yield from numbers
    for step in range(1, rivals + 1):
        yield from (numbers[0] - step, numbers[-1] + step)
        if whole:
            yield from (number + way * step for number in numbers for way in (1, -1))
    parts = 2 ** rivals.bit_length()
    for one, two in () if whole else pairwise(numbers):
        near = UNIT if two - one > UNIT else (two - one) / 2
        yield from (one + near, two - near)
        yield from (one + (two - one) * part / parts for part in range(1, rivals + 1))


def _in_range(symbol: Symbol, number: Decimal) -> bool:
    least, above, most = (_amount(one) for one in (symbol.least, symbol.above, symbol.most))
    return (least is None or number >= least) and (above is None or number > above) and (most is None or number <= most)


def _amount(bound: Value | None) -> Decimal | None:
    if isinstance(bound, Money):
        return bound.amount
    return Decimal(bound) if isinstance(bound, int | Decimal) and not isinstance(bound, bool) else None


@lru_cache(4096)
def _typed(sort: str, number: Decimal, currencies: tuple[str, ...]) -> tuple[Value, ...]:
    if sort == "money":
        return tuple(Money(number, currency) for currency in currencies)
    if sort in ("whole_number", COUNT):
        return (int(number),)
    return (Percent(number) if sort == "percent" else plain_decimal(number),)


def _days(symbol: Symbol, constants: _Constants, question: Question) -> Iterator[Value]:
    rivals = sum(one.sort in ("date", "moment") for one in question.symbols)
    days = {
        day + timedelta(days=step) for day in (constants.days or (SOME_DAY,)) for step in range(-rivals, rivals + 1)
    }
    for day in sorted(days, key=lambda one: abs((one - SOME_DAY).days)):
        if symbol.sort == "date":
            if _keeps(symbol, day):
                yield day
        else:
            yield from (
                moment for hour in range(8, 8 + rivals)
                if _keeps(symbol, moment := datetime(day.year, day.month, day.day, hour, tzinfo=UTC))
            )  # fmt: skip


def _keeps(symbol: Symbol, day: date) -> bool:
    return all(
        bound is None or isinstance(bound, date) is False or type(bound) is not type(day) or kept
        for bound, kept in (
            (symbol.least, _not_before(day, symbol.least)),
            (symbol.most, _not_before(symbol.most, day)),
            (symbol.above, _not_before(day, symbol.above) and day != symbol.above),
        )
    )


def _not_before(one: Value | None, other: Value | None) -> bool:
    if isinstance(one, date) and isinstance(other, date) and type(one) is type(other):
        return one >= other
    return True


# ------------------------------------------------------------------------------------------------- completeness


def _why_incomplete(exprs: Sequence[Expr], question: Question) -> str:
    """Return why trying the boundaries does not decide; empty if it does."""
    pools = {sort: {symbol.sort for symbol in question.symbols if symbol.sort in sorts}
             for sort, sorts in {"number": NUMERIC, "day": ("date", "moment")}.items()}  # fmt: skip
    mixed = next((pool for pool, sorts in pools.items() if len(sorts) > 1), None)
    if mixed:
        return "values of different kinds are compared"
    for expr in exprs:
        for part in walk(expr):
            if isinstance(part, Call) and part.function in ("days_between", "in_currency"):
                return f"`{part.function}` computes"
            if isinstance(part, Compare):
                why = _of_comparison(part, question)
                if why:
                    return why
    return ""


def _of_comparison(part: Compare, question: Question) -> str:
    """Return why one comparison is more than an order of values: something is computed, or counts meet no number."""
    sides = [side for side in part.operands if not isinstance(side, Listing)]
    if not any(_is_computed(side) or _counts(side, question) for side in sides):
        return ""
    if all(_is_sum_of_counts(side, question) or isinstance(side, Number) for side in sides):
        limits = [side.value for side in sides if isinstance(side, Number)]
        if len(limits) >= len(sides) - 1 and all(limit <= MOST_COUNTED for limit in limits):
            return ""
        return "" if _is_plain_order(sides, question) else "counts are compared with each other or with large numbers"
    return "values are computed or counts are compared with values"


def _is_plain_order(sides: Sequence[Expr], question: Question) -> bool:
    """Return whether a part of counts is compared with its whole, which the axioms do."""
    return all(isinstance(side, Name) and _counts(side, question) for side in sides) and len(sides) == 2


def _is_computed(side: Expr) -> bool:
    return any(not isinstance(part, Name | Number | Constant | Word | Call) for part in walk(side))


def _counts(side: Expr, question: Question) -> bool:
    names = [part.name for part in walk(side) if isinstance(part, Name)]
    symbols = question.by_name
    return any(name in symbols and _is_count(symbols[name]) for name in names)


def _is_sum_of_counts(side: Expr, question: Question) -> bool:
    if isinstance(side, Arithmetic):
        return side.sign == "+" and all(_is_sum_of_counts(one, question) for one in side.parts)
    symbol = question.by_name.get(side.name) if isinstance(side, Name) else None
    return symbol is not None and _is_count(symbol)


def _is_count(symbol: Symbol) -> bool:
    return symbol.sort == COUNT
