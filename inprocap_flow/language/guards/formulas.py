"""Conditions and values as formulas of the solver z3: a condition as two of them, yes and no."""

from __future__ import annotations

from typing import Any

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
)
from inprocap_flow.language.guards.symbols import Symbols, Term, Truth
from inprocap_flow.language.values import parse_value

_RELATIONS = {
    "==": lambda one, two: one == two, "!=": lambda one, two: one != two,
    "<": lambda one, two: one < two, "<=": lambda one, two: one <= two,
    ">": lambda one, two: one > two, ">=": lambda one, two: one >= two,
}  # fmt: skip


class Formulas(Symbols):
    """The expressions of one question as formulas over its symbols."""

    # ------------------------------------------------------------------------------------------- conditions

    def truth(self, expr: Expr) -> Truth:
        """Return a condition as two formulas."""
        z3 = self.z3
        match expr:
            case Flag(value):
                return Truth(z3.BoolVal(value), z3.BoolVal(not value))
            case Not(operand):
                inner = self.truth(operand)
                return Truth(inner.no, inner.yes)
            case And(operands):
                every = [self.truth(one) for one in operands]
                return Truth(z3.And([one.yes for one in every]), z3.Or([one.no for one in every]))
            case Or(operands):
                every = [self.truth(one) for one in operands]
                return Truth(z3.Or([one.yes for one in every]), z3.And([one.no for one in every]))
            case Compare(operands, signs):
                return self._chain(operands, signs)
            case Call("known", (argument,)):
                known = self.term(argument).known
                return Truth(known, z3.Not(known))
        term = self.term(expr)
        return Truth(z3.And(term.known, term.value), z3.And(term.known, z3.Not(term.value)))

    def _chain(self, operands: tuple[Expr, ...], signs: tuple[str, ...]) -> Truth:
        z3 = self.z3
        links = [self._link(sign, operands[n], operands[n + 1]) for n, sign in enumerate(signs)]
        return Truth(z3.And([link.yes for link in links]), z3.Or([link.no for link in links]))

    def _link(self, sign: str, left: Expr, right: Expr) -> Truth:
        z3 = self.z3
        if isinstance(right, Listing):
            one = self._any(self.term(left), right)
            return one if sign == "in" else Truth(one.no, one.yes)
        if self._is_condition(left) and self._is_condition(right):
            return self._same(self.truth(left), self.truth(right), equal=sign == "==")
        one_term, two_term = self.term(left), self.term(right)
        known = self._comparable(one_term, two_term)
        holds = _RELATIONS[sign](*self._scaled(one_term, two_term))
        return Truth(z3.And(known, holds), z3.And(known, z3.Not(holds)))

    def _is_condition(self, expr: Expr) -> bool:
        if isinstance(expr, Name):
            return self.terms[expr.name].sort == "yes_no"
        return isinstance(expr, Flag | Not | And | Or | Compare) or (
            isinstance(expr, Call) and expr.function == "known"
        )

    def _same(self, one: Truth, two: Truth, *, equal: bool) -> Truth:
        z3 = self.z3
        same = z3.Or(z3.And(one.yes, two.yes), z3.And(one.no, two.no))
        differ = z3.Or(z3.And(one.yes, two.no), z3.And(one.no, two.yes))
        return Truth(same, differ) if equal else Truth(differ, same)

    def _any(self, left: Term, items: Listing) -> Truth:
        links = []
        for item in items.items:
            right = self.term(item)
            known = self._comparable(left, right)
            same = _RELATIONS["=="](*self._scaled(left, right))
            links.append((self.z3.And(known, same), self.z3.And(known, self.z3.Not(same))))
        return Truth(self.z3.Or([yes for yes, _ in links]), self.z3.And([no for _, no in links]))

    # ------------------------------------------------------------------------------------------------ values

    def term(self, expr: Expr) -> Term:
        """Return a value as a formula."""
        z3 = self.z3
        match expr:
            case Name(name):
                return self.terms[name]
            case Number(value):
                return Term(self._rational(value), z3.BoolVal(True), "number")
            case Word(word):
                return Term(self._plain(word), z3.BoolVal(True), "word")
            case Constant(type_name, text):
                return self._constant(parse_value(type_name, text))
            case Negative(operand):
                return self._arithmetic("-", Term(z3.IntVal(0), z3.BoolVal(True), "number"), self.term(operand))
            case Arithmetic(sign, left, right):
                return self._arithmetic(sign, self.term(left), self.term(right))
            case Call("days_between", (first, second)):
                one, two = self.term(first), self.term(second)
                return Term(self._day(two) - self._day(one), z3.And(one.known, two.known), "whole_number")
            case Call("min" | "max", arguments):
                return self._extreme(expr.function, [self.term(one) for one in arguments])
        truth = self.truth(expr)
        return Term(truth.yes, z3.Or(truth.yes, truth.no), "yes_no")

    def _extreme(self, function: str, terms: list[Term]) -> Term:
        z3 = self.z3
        best = terms[0]
        for term in terms[1:]:
            known = self._comparable(best, term)
            one, two = self._scaled(best, term)
            better = two < one if function == "min" else two > one
            currency = best.currency if best.currency is None else z3.If(better, term.currency, best.currency)
            best = Term(z3.If(better, term.value, best.value), known, best.sort, currency)
        return best

    def _arithmetic(self, sign: str, left: Term, right: Term) -> Term:
        z3 = self.z3
        known = z3.And(left.known, right.known)
        if sign in "+-":
            value = left.value + right.value if sign == "+" else left.value - right.value
            if "money" in (left.sort, right.sort):
                return Term(value, self._comparable(left, right), "money", self._currency(left, right))
            return Term(value, known, "percent" if "percent" in (left.sort, right.sort) else "number")
        if sign == "*":
            return self._product(left, right, known)
        quotient = z3.ToReal(left.value) if z3.is_int(left.value) else left.value
        safe = z3.And(known, self._comparable(left, right), right.value != 0)
        percent = left.sort == "percent" and right.sort in ("number", "whole_number")
        return Term(quotient / right.value, safe, "percent" if percent else "number")

    def _product(self, left: Term, right: Term, known: Any) -> Term:
        percents = (left.sort == "percent") + (right.sort == "percent")
        value = left.value * right.value
        if percents:
            value = value * self.z3.RealVal("1/100")
        if "money" in (left.sort, right.sort):
            return Term(value, known, "money", left.currency if left.currency is not None else right.currency)
        return Term(value, known, "percent" if percents == 2 else "number")

    def _currency(self, left: Term, right: Term) -> Any:
        if left.currency is None or right.currency is None:
            return right.currency if left.currency is None else left.currency
        return self.z3.If(left.value == 0, right.currency, left.currency)
