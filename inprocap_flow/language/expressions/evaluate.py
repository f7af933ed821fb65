"""Expressions compiled to closures and evaluated with three values: yes, no, unknown.

Nothing raises and nothing loops but over the tracks of a case: the time is at most (parts of the expression) times
(tracks), as counts do not stand inside each other.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING

from inprocap_flow.language.expressions.calls import compile_call
from inprocap_flow.language.expressions.facts import UNKNOWN, Facts, Unknown
from inprocap_flow.language.expressions.operations import Answer, both_unknown, compare, compute, negate, settle
from inprocap_flow.language.expressions.reading import Run, reading, truth
from inprocap_flow.language.expressions.tracks import Standing, standing
from inprocap_flow.language.expressions.tree import (
    And,
    Arithmetic,
    BadExpression,
    Call,
    Compare,
    Constant,
    Expr,
    Flag,
    Listing,
    Member,
    Name,
    Negative,
    Not,
    Number,
    Or,
    Word,
)
from inprocap_flow.language.values import Value, parse_value
from inprocap_flow.records import field, record

if TYPE_CHECKING:
    from inprocap_flow.language.expressions.failing import Failing


@record
class Result:
    """What an expression gives. If ``value`` is ``UNKNOWN``, ``missing`` names the fields to fill, such as ``rank``
    or ``supplier/alpha.rank``, and ``reasons`` says what else stands in the way (no rate, mixed currencies).
    """

    value: Value | Unknown
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the answer is yes; neither no nor unknown is."""
        return self.value is True


@record
class Compiled:
    """An expression ready to be asked."""

    expr: Expr
    run: Run = field(repr=False, compare=False)

    def __call__(self, facts: Facts, each: Facts | None = None) -> Result:
        """Return the result; *each* is the track that a bare ``each`` means (in ``moves`` and ``creates``)."""
        answer = settle(self.run(facts, each))
        if isinstance(answer, Unknown):
            return Result(UNKNOWN, answer.missing, answer.reasons)
        return Result(answer)

    def failing(self, facts: Facts, each: Facts | None = None) -> tuple[Failing, ...]:
        """Return the smallest parts that make this no or unknown, with the values read; none if it holds."""
        from inprocap_flow.language.expressions.failing import failing

        return failing(self.expr, facts, each)


def evaluate(expr: Expr, facts: Facts, each: Facts | None = None) -> Result:
    """Return the result of *expr*; compiled once and remembered."""
    known = _ASKED.get(id(expr))
    if known is None or known.expr is not expr:
        if len(_ASKED) >= MOST_ASKED:
            _ASKED.clear()
        known = _ASKED[id(expr)] = compile_expression(expr)
        if known.expr is not expr:  # an equal one was compiled before
            known = _ASKED[id(expr)] = Compiled(expr, known.run)
    return known(facts, each)


# By identity, because the hash of an expression is that of all its parts. What is kept keeps its identity.
MOST_ASKED = 8192
_ASKED: dict[int, Compiled] = {}


@lru_cache(maxsize=8192)
def compile_expression(expr: Expr) -> Compiled:
    """Return *expr* as closures. It should have passed ``check``.

    Raises ``BadExpression`` for a placeholder that was never filled and for arguments that no call can have.
    """
    return Compiled(expr, _compile(expr))


def _compile(expr: Expr) -> Run:
    if isinstance(expr, And | Or | Not | Compare):
        return _condition(expr)
    match expr:
        case Number(value) | Flag(value) | Word(value):
            return partial(_constant, value)
        case Constant(type_name, text):
            return partial(_constant, parse_value(type_name, text))
        case Listing(items):
            return partial(_constant, tuple(_literal(item) for item in items))
        case Name() | Member():
            return reading(expr)
        case Negative(operand):
            return _negative(_compile(operand))
        case Arithmetic(sign, left, right):
            return _arithmetic(sign, _compile(left), _compile(right))
        case Call():
            return compile_call(expr, _compile)
    raise BadExpression(f"{type(expr).__name__} cannot be evaluated.", "", expr.start, expr.width)


def _condition(expr: And | Or | Not | Compare) -> Run:
    if isinstance(expr, Not):
        return partial(_negation, _compile(expr.operand))
    operands = tuple(map(_compile, expr.operands))
    if isinstance(expr, Compare):
        return partial(_chain, operands, expr.signs)
    return partial(_junction, operands, isinstance(expr, Or))


def _constant(value: Answer, _facts: Facts, _each: Facts | None) -> Answer:
    return value


def _literal(item: Expr) -> Value:
    if isinstance(item, Number | Word):
        return item.value if isinstance(item, Number) else item.word
    raise BadExpression(f"`{item}` is not a literal.", "A list holds quoted words or numbers.", item.start, item.width)


def _junction(operands: tuple[Run, ...], decides: bool, facts: Facts, each: Facts | None) -> Answer:
    """Return ``and`` (*decides* is no) or ``or`` (yes): one deciding operand settles it, else unknown wins."""
    unknown: list[Unknown] = []
    for run in operands:
        answer = truth(run(facts, each))
        if isinstance(answer, Unknown):
            unknown.append(answer)
        elif answer is decides:
            return decides
    return both_unknown(*unknown) if unknown else not decides


def _negation(operand: Run, facts: Facts, each: Facts | None) -> Answer:
    answer = truth(operand(facts, each))
    return answer if isinstance(answer, Unknown) else not answer


def _chain(operands: tuple[Run, ...], signs: tuple[str, ...], facts: Facts, each: Facts | None) -> Answer:
    """Return whether every link of a comparison holds; links are joined as by ``and``."""
    values = [run(facts, each) for run in operands]
    links = [compare(sign, left, right, facts) for sign, left, right in zip(signs, values, values[1:], strict=False)]
    if any(link is False for link in links):
        return False
    unknown = [link for link in links if isinstance(link, Unknown)]
    return both_unknown(*unknown) if unknown else True


def _negative(operand: Run) -> Run:
    return lambda facts, each: negate(operand(facts, each))


def _arithmetic(sign: str, left: Run, right: Run) -> Run:
    return lambda facts, each: compute(sign, left(facts, each), right(facts, each))


def tracks_of(call: Call) -> Standing:
    """Return which tracks a call looks at, for those who tell people about it."""
    return standing(call, _compile)
