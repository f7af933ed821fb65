"""Deciding a question with the solver z3 (extra `analysis`): three-valued conditions as two formulas, yes and no.

What evaluation cannot write down (a third, forty digits) is a value here and unknown there: so an answer "impossible"
holds, and an example counts only after the evaluator has agreed to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal, Inexact
from fractions import Fraction
from importlib.util import find_spec
from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.language.expressions.facts import UNKNOWN, Unknown
from inprocap_flow.language.guards.enumeration import example_of
from inprocap_flow.language.guards.formulas import Formulas
from inprocap_flow.language.guards.question import IMPOSSIBLE, POSSIBLE, UNDECIDED, Answer, Question, Symbol
from inprocap_flow.language.guards.symbols import EPOCH, moment
from inprocap_flow.language.guards.worlds import is_answered_by
from inprocap_flow.language.money import EXACT, Money, Percent
from inprocap_flow.language.values import Value

WHO = "solver"
PATIENCE = 1000
"""Milliseconds for one question, at most."""
EFFORT = 3_000_000
"""Steps of the solver for one question: the same on every machine, and mostly less than the milliseconds."""


INSTALL = "Install a solver (python -m pip install z3-solver, our extra `analysis`), and check again."
"""What somebody does who has no solver. It is told only to them."""


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


class _Problem(Formulas):
    """A question as formulas, and a model of them as a state."""

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
            return EPOCH + timedelta(days=number)
        return moment(number) if symbol.sort == "moment" else number

    def _true(self, model: Any, formula: Any) -> bool:
        return bool(self.z3.is_true(model.eval(formula, model_completion=True)))


def _fraction(number: Any) -> Fraction:
    if hasattr(number, "as_fraction"):
        return Fraction(number.as_fraction())
    if hasattr(number, "as_long"):
        return Fraction(number.as_long())
    raise ValueError("an irrational number")


def _decimal(number: Fraction) -> Decimal:
    return EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))
