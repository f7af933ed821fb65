"""The values of a question as symbols of the solver z3: how each is counted, and between which bounds it lies.

Numbers are exact rationals, money an amount with its currency, days whole numbers, moments minutes, words numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from inprocap_flow.language.expressions.tree import Constant, Word, walk
from inprocap_flow.language.guards.question import Question, Symbol
from inprocap_flow.language.money import Money, Percent
from inprocap_flow.language.values import Value, parse_value

EPOCH = date(2026, 1, 1)
MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition: the formulas for "it is yes" and "it is no"; unknown is neither."""

    yes: Any
    no: Any


@dataclass(frozen=True, slots=True)
class Term:
    """A value: its formula, whether it is known, its sort, and of money the currency as a number."""

    value: Any
    known: Any
    sort: str
    currency: Any = None


class Symbols:
    """The symbols of one question, and constants counted as they are."""

    def __init__(self, question: Question) -> None:
        import z3

        self.z3 = z3
        self.question = question
        self.words: dict[str, int] = {}
        self.currencies: dict[str, int] = {}
        self.terms: dict[str, Term] = {}
        self._read_constants()
        for symbol in question.symbols:
            self.terms[symbol.name] = self._declared(symbol)

    def _read_constants(self) -> None:
        for symbol in self.question.symbols:
            named = [*symbol.currencies, *(one.currency for one in symbol.values if isinstance(one, Money))]
            for currency in named:
                self.currencies.setdefault(currency, len(self.currencies))
            for word in symbol.values:
                if isinstance(word, str):
                    self.words.setdefault(word, len(self.words))
        exprs = [*(expr for expr, _ in self.question.wanted), *self.question.axioms]
        for part in (part for expr in exprs for part in walk(expr)):
            if isinstance(part, Constant) and part.type_name == "money":
                money = parse_value("money", part.text)
                assert isinstance(money, Money)
                self.currencies.setdefault(money.currency, len(self.currencies))
            elif isinstance(part, Word):
                self.words.setdefault(part.word, len(self.words))
        if not self.currencies:
            self.currencies["EUR"] = 0

    def _declared(self, symbol: Symbol) -> Term:
        z3, name = self.z3, symbol.name
        known = z3.Bool(f"{name} known") if symbol.may_be_unknown else z3.BoolVal(True)
        if symbol.sort == "yes_no":
            return Term(z3.Bool(name), known, "yes_no")
        if symbol.sort == "money":
            return Term(z3.Real(name), known, "money", z3.Int(f"{name} currency"))
        if symbol.sort in ("number", "percent"):
            return Term(z3.Real(name), known, symbol.sort)
        return Term(z3.Int(name), known, symbol.sort)

    def _range(self, symbol: Symbol) -> list[Any]:
        z3, term = self.z3, self.terms[symbol.name]
        found: list[Any] = []
        if symbol.sort == "word":
            others = sum(one.sort == "word" for one in self.question.symbols)
            size = len(self.words) + others
            found += [term.value >= 0, term.value < size] if not symbol.values else []
        if symbol.sort == "money":
            allowed = symbol.currencies or tuple(self.currencies)
            found.append(z3.Or([term.currency == self.currencies[one] for one in allowed]))
        if symbol.values:
            found.append(z3.Or([self._is(term, value) for value in symbol.values]))
        for bound, keeps in ((symbol.least, "ge"), (symbol.above, "gt"), (symbol.most, "le")):
            if bound is not None:
                limit = self._plain(bound)
                found.append({"ge": term.value >= limit, "gt": term.value > limit, "le": term.value <= limit}[keeps])
        return found

    def _is(self, term: Term, value: Value) -> Any:
        same = term.value == self._plain(value)
        if isinstance(value, Money):
            return self.z3.And(same, term.currency == self.currencies[value.currency])
        return same

    def _plain(self, value: Value) -> Any:
        """Return a constant as the solver counts it: without currency, days and minutes from a fixed day."""
        z3 = self.z3
        if isinstance(value, bool):
            return z3.BoolVal(value)
        if isinstance(value, Money):
            return self._rational(value.amount)
        if isinstance(value, int | Decimal):
            return self._rational(value)
        if isinstance(value, datetime):
            return z3.IntVal(round((value.astimezone(UTC) - moment(0)).total_seconds() / 60))
        if isinstance(value, date):
            return z3.IntVal((value - EPOCH).days)
        return z3.IntVal(self.words[str(value)])

    def _rational(self, number: int | Decimal) -> Any:
        exact = Fraction(number)
        return (
            self.z3.RealVal(f"{exact.numerator}/{exact.denominator}")
            if exact.denominator != 1
            else self.z3.IntVal(exact.numerator)
        )

    def _comparable(self, one: Term, two: Term) -> Any:
        z3 = self.z3
        known = z3.And(one.known, two.known)
        if one.currency is None or two.currency is None:
            return known
        return z3.And(known, z3.Or(one.currency == two.currency, one.value == 0, two.value == 0))

    def _scaled(self, one: Term, two: Term) -> tuple[Any, Any]:
        """Return both values; a moment beside a day as its day."""
        if {one.sort, two.sort} == {"date", "moment"}:
            return self._day(one), self._day(two)
        return one.value, two.value

    def _day(self, term: Term) -> Any:
        return term.value / MINUTES if term.sort == "moment" else term.value

    def _constant(self, value: Value) -> Term:
        known = self.z3.BoolVal(True)
        if isinstance(value, Money):
            return Term(self._plain(value), known, "money", self.z3.IntVal(self.currencies[value.currency]))
        return Term(self._plain(value), known, "percent" if isinstance(value, Percent) else "number")


def moment(minutes: int) -> datetime:
    """Return the moment so many *minutes* after the fixed day begins."""
    return datetime(EPOCH.year, EPOCH.month, EPOCH.day, tzinfo=UTC) + timedelta(minutes=minutes)
