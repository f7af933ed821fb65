"""Deciding a question with the solver z3 (extra `analysis`): three-valued conditions as two formulas, yes and no.

Numbers are exact rationals, money an amount with its currency, days whole numbers, moments minutes, words numbers.
What evaluation cannot write down (a third, forty digits) is a value here and unknown there: so an answer "impossible"
holds, and an example counts only after the evaluator has agreed to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, Inexact
from fractions import Fraction
from importlib.util import find_spec
from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.language.expressions.facts import UNKNOWN, Unknown
from inprocap_flow.language.expressions.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Constant,
    Expr,
    Flag,
    Listing,
    Name,
    Negative,
    Not,
    Number,
    Or,
    Word,
    walk,
)
from inprocap_flow.language.guards.enumeration import example_of
from inprocap_flow.language.guards.question import IMPOSSIBLE, POSSIBLE, UNDECIDED, Answer, Question, Symbol
from inprocap_flow.language.guards.worlds import is_answered_by
from inprocap_flow.language.money import EXACT, Money, Percent
from inprocap_flow.language.values import Value, parse_value

WHO = "solver"
PATIENCE = 1000
"""Milliseconds for one question, at most."""
EFFORT = 3_000_000
"""Steps of the solver for one question: the same on every machine, and mostly less than the milliseconds."""
_EPOCH = date(2026, 1, 1)
_MINUTES = 24 * 60


def is_installed() -> bool:
    """Return whether the solver can be asked at all."""
    return find_spec("z3") is not None


def solve(question: Question, patience: int = PATIENCE) -> Answer:
    """Return whether a state answers *question*; ``undecided`` if *patience* (milliseconds) runs out."""
    import z3

    problem = _Problem(question)
    solver = z3.Solver()
    solver.set("timeout", patience)
    solver.set("rlimit", EFFORT)
    solver.set("random_seed", 0)
    solver.add(*problem.formulas())
    for nicer in ((), problem.in_hundredths()):
        solver.add(*nicer)
        found = solver.check()
        if found == z3.unsat and not nicer:
            return Answer(IMPOSSIBLE, WHO)
        if found != z3.sat:
            return Answer(UNDECIDED, WHO, why="the solver gave up" if found == z3.unknown else "no exact example")
        state = problem.state(solver.model())
        if state is not None and is_answered_by(question, state):
            return Answer(POSSIBLE, WHO, example_of(question, state))
    return Answer(UNDECIDED, WHO, why="the solver's example has no exact decimals")


@dataclass(frozen=True, slots=True)
class _Truth:
    """A condition: the formulas for "it is yes" and "it is no"; unknown is neither."""

    yes: Any
    no: Any


@dataclass(frozen=True, slots=True)
class _Term:
    """A value: its formula, whether it is known, its sort, and of money the currency as a number."""

    value: Any
    known: Any
    sort: str
    currency: Any = None


class _Problem:
    """A question as formulas, and a model of them as a state."""

    def __init__(self, question: Question) -> None:
        import z3

        self.z3 = z3
        self.question = question
        self.words: dict[str, int] = {}
        self.currencies: dict[str, int] = {}
        self.terms: dict[str, _Term] = {}
        self._read_constants()
        for symbol in question.symbols:
            self.terms[symbol.name] = self._declared(symbol)

    # ---------------------------------------------------------------------------------------------- symbols

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

    def _declared(self, symbol: Symbol) -> _Term:
        z3, name = self.z3, symbol.name
        known = z3.Bool(f"{name} known") if symbol.may_be_unknown else z3.BoolVal(True)
        if symbol.sort == "yes_no":
            return _Term(z3.Bool(name), known, "yes_no")
        if symbol.sort == "money":
            return _Term(z3.Real(name), known, "money", z3.Int(f"{name} currency"))
        if symbol.sort in ("number", "percent"):
            return _Term(z3.Real(name), known, symbol.sort)
        return _Term(z3.Int(name), known, symbol.sort)

    def formulas(self) -> list[Any]:
        """Return what a state must be like."""
        found = [formula for symbol in self.question.symbols for formula in self._range(symbol)]
        found += [self.truth(axiom).yes for axiom in self.question.axioms]
        for expr, wanted in self.question.wanted:
            truth = self.truth(expr)
            if wanted is None:
                found += [self.z3.Not(truth.yes), self.z3.Not(truth.no)]
            else:
                found.append(truth.yes if wanted else truth.no)
        return found

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

    def _is(self, term: _Term, value: Value) -> Any:
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
            return z3.IntVal(round((value.astimezone(UTC) - _moment(0)).total_seconds() / 60))
        if isinstance(value, date):
            return z3.IntVal((value - _EPOCH).days)
        return z3.IntVal(self.words[str(value)])

    def _rational(self, number: int | Decimal) -> Any:
        exact = Fraction(number)
        return (
            self.z3.RealVal(f"{exact.numerator}/{exact.denominator}")
            if exact.denominator != 1
            else self.z3.IntVal(exact.numerator)
        )

    # ------------------------------------------------------------------------------------------- conditions

    def truth(self, expr: Expr) -> _Truth:
        """Return a condition as two formulas."""
        z3 = self.z3
        match expr:
            case Flag(value):
                return _Truth(z3.BoolVal(value), z3.BoolVal(not value))
            case Not(operand):
                inner = self.truth(operand)
                return _Truth(inner.no, inner.yes)
            case And(operands):
                every = [self.truth(one) for one in operands]
                return _Truth(z3.And([one.yes for one in every]), z3.Or([one.no for one in every]))
            case Or(operands):
                every = [self.truth(one) for one in operands]
                return _Truth(z3.Or([one.yes for one in every]), z3.And([one.no for one in every]))
            case Compare(operands, signs):
                return self._chain(operands, signs)
            case Call("known", (argument,)):
                known = self.term(argument).known
                return _Truth(known, z3.Not(known))
        term = self.term(expr)
        return _Truth(z3.And(term.known, term.value), z3.And(term.known, z3.Not(term.value)))

    def _chain(self, operands: tuple[Expr, ...], signs: tuple[str, ...]) -> _Truth:
        z3 = self.z3
        links = [self._link(sign, operands[n], operands[n + 1]) for n, sign in enumerate(signs)]
        return _Truth(z3.And([link.yes for link in links]), z3.Or([link.no for link in links]))

    def _link(self, sign: str, left: Expr, right: Expr) -> _Truth:
        z3 = self.z3
        if isinstance(right, Listing):
            one = self._any(self.term(left), right)
            return one if sign == "in" else _Truth(one.no, one.yes)
        if self._is_condition(left) and self._is_condition(right):
            return self._same(self.truth(left), self.truth(right), equal=sign == "==")
        one_term, two_term = self.term(left), self.term(right)
        known = self._comparable(one_term, two_term)
        holds = _RELATIONS[sign](*self._scaled(one_term, two_term))
        return _Truth(z3.And(known, holds), z3.And(known, z3.Not(holds)))

    def _is_condition(self, expr: Expr) -> bool:
        if isinstance(expr, Name):
            return self.terms[expr.name].sort == "yes_no"
        return isinstance(expr, Flag | Not | And | Or | Compare) or (
            isinstance(expr, Call) and expr.function == "known"
        )

    def _same(self, one: _Truth, two: _Truth, *, equal: bool) -> _Truth:
        z3 = self.z3
        same = z3.Or(z3.And(one.yes, two.yes), z3.And(one.no, two.no))
        differ = z3.Or(z3.And(one.yes, two.no), z3.And(one.no, two.yes))
        return _Truth(same, differ) if equal else _Truth(differ, same)

    def _any(self, left: _Term, items: Listing) -> _Truth:
        links = []
        for item in items.items:
            right = self.term(item)
            known = self._comparable(left, right)
            same = _RELATIONS["=="](*self._scaled(left, right))
            links.append((self.z3.And(known, same), self.z3.And(known, self.z3.Not(same))))
        return _Truth(self.z3.Or([yes for yes, _ in links]), self.z3.And([no for _, no in links]))

    def _comparable(self, one: _Term, two: _Term) -> Any:
        z3 = self.z3
        known = z3.And(one.known, two.known)
        if one.currency is None or two.currency is None:
            return known
        return z3.And(known, z3.Or(one.currency == two.currency, one.value == 0, two.value == 0))

    def _scaled(self, one: _Term, two: _Term) -> tuple[Any, Any]:
        """Return both values; a moment beside a day as its day."""
        if {one.sort, two.sort} == {"date", "moment"}:
            return self._day(one), self._day(two)
        return one.value, two.value

    def _day(self, term: _Term) -> Any:
        return term.value / _MINUTES if term.sort == "moment" else term.value

    # ------------------------------------------------------------------------------------------------ values

    def term(self, expr: Expr) -> _Term:
        """Return a value as a formula."""
        z3 = self.z3
        match expr:
            case Name(name):
                return self.terms[name]
            case Number(value):
                return _Term(self._rational(value), z3.BoolVal(True), "number")
            case Word(word):
                return _Term(self._plain(word), z3.BoolVal(True), "word")
            case Constant(type_name, text):
                return self._constant(parse_value(type_name, text))
            case Negative(operand):
                return self._arithmetic("-", _Term(z3.IntVal(0), z3.BoolVal(True), "number"), self.term(operand))
            case Arithmetic(sign, left, right):
                return self._arithmetic(sign, self.term(left), self.term(right))
            case Call("days_between", (first, second)):
                one, two = self.term(first), self.term(second)
                return _Term(self._day(two) - self._day(one), z3.And(one.known, two.known), "whole_number")
            case Call("min" | "max", arguments):
                return self._extreme(expr.function, [self.term(one) for one in arguments])
        truth = self.truth(expr)
        return _Term(truth.yes, z3.Or(truth.yes, truth.no), "yes_no")

    def _constant(self, value: Value) -> _Term:
        known = self.z3.BoolVal(True)
        if isinstance(value, Money):
            return _Term(self._plain(value), known, "money", self.z3.IntVal(self.currencies[value.currency]))
        return _Term(self._plain(value), known, "percent" if isinstance(value, Percent) else "number")

    def _extreme(self, function: str, terms: list[_Term]) -> _Term:
        z3 = self.z3
        best = terms[0]
        for term in terms[1:]:
            known = self._comparable(best, term)
            one, two = self._scaled(best, term)
            better = two < one if function == "min" else two > one
            currency = best.currency if best.currency is None else z3.If(better, term.currency, best.currency)
            best = _Term(z3.If(better, term.value, best.value), known, best.sort, currency)
        return best

    def _arithmetic(self, sign: str, left: _Term, right: _Term) -> _Term:
        z3 = self.z3
        known = z3.And(left.known, right.known)
        if sign in "+-":
            value = left.value + right.value if sign == "+" else left.value - right.value
            if "money" in (left.sort, right.sort):
                return _Term(value, self._comparable(left, right), "money", self._currency(left, right))
            return _Term(value, known, "percent" if "percent" in (left.sort, right.sort) else "number")
        if sign == "*":
            return self._product(left, right, known)
        quotient = z3.ToReal(left.value) if z3.is_int(left.value) else left.value
        safe = z3.And(known, self._comparable(left, right), right.value != 0)
        percent = left.sort == "percent" and right.sort in ("number", "whole_number")
        return _Term(quotient / right.value, safe, "percent" if percent else "number")

    def _product(self, left: _Term, right: _Term, known: Any) -> _Term:
        percents = (left.sort == "percent") + (right.sort == "percent")
        value = left.value * right.value
        if percents:
            value = value * self.z3.RealVal("1/100")
        if "money" in (left.sort, right.sort):
            return _Term(value, known, "money", left.currency if left.currency is not None else right.currency)
        return _Term(value, known, "percent" if percents == 2 else "number")

    def _currency(self, left: _Term, right: _Term) -> Any:
        if left.currency is None or right.currency is None:
            return right.currency if left.currency is None else left.currency
        return self.z3.If(left.value == 0, right.currency, left.currency)

    # ------------------------------------------------------------------------------------------------- models

    def in_hundredths(self) -> tuple[Any, ...]:
        """Return that numbers and amounts have at most two decimals, so that an example can be written down."""
        z3 = self.z3
        return tuple(
            z3.IsInt(term.value * 100) for term in self.terms.values() if term.sort in ("number", "percent", "money")
        )

    def state(self, model: Any) -> Mapping[str, Value | Unknown] | None:
        """Return a model as values; None if one of them cannot be written as a decimal."""
        try:
            return {symbol.name: self._value(model, symbol) for symbol in self.question.symbols}
        except (Inexact, BadValue, OverflowError, ValueError):
            return None

    def _value(self, model: Any, symbol: Symbol) -> Value | Unknown:
        term = self.terms[symbol.name]
        if symbol.may_be_unknown and not self._true(model, term.known):
            return UNKNOWN
        if symbol.sort == "yes_no":
            return self._true(model, term.value)
        number = _fraction(model.eval(term.value, model_completion=True))
        if symbol.sort == "money":
            code = model.eval(term.currency, model_completion=True).as_long()
            return Money(_decimal(number), next(one for one, index in self.currencies.items() if index == code))
        if symbol.sort in ("number", "percent"):
            return Percent(_decimal(number)) if symbol.sort == "percent" else _decimal(number)
        return self._counted(symbol, int(number))

    def _counted(self, symbol: Symbol, number: int) -> Value:
        if symbol.sort == "word":
            return next((word for word, index in self.words.items() if index == number), f"other{number}")
        if symbol.sort == "date":
            return _EPOCH + timedelta(days=number)
        return _moment(number) if symbol.sort == "moment" else number

    def _true(self, model: Any, formula: Any) -> bool:
        return bool(self.z3.is_true(model.eval(formula, model_completion=True)))


_RELATIONS = {
    "==": lambda one, two: one == two, "!=": lambda one, two: one != two,
    "<": lambda one, two: one < two, "<=": lambda one, two: one <= two,
    ">": lambda one, two: one > two, ">=": lambda one, two: one >= two,
}  # fmt: skip


def _moment(minutes: int) -> datetime:
    return datetime(_EPOCH.year, _EPOCH.month, _EPOCH.day, tzinfo=UTC) + timedelta(minutes=minutes)


def _fraction(number: Any) -> Fraction:
    if hasattr(number, "as_fraction"):
        return Fraction(number.as_fraction())
    if hasattr(number, "as_long"):
        return Fraction(number.as_long())
    raise ValueError("an irrational number")


def _decimal(number: Fraction) -> Decimal:
    return EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))
