"""Which part of a condition does not hold, and with which values: what a refusal tells."""

from __future__ import annotations

from datetime import date, tzinfo

from inprocap_flow.language.expressions.evaluate import compile_expression, tracks_of
from inprocap_flow.language.expressions.facts import Facts, Unknown
from inprocap_flow.language.expressions.functions import AGGREGATES
from inprocap_flow.language.expressions.tree import (
    And,
    Call,
    Compare,
    Expr,
    Flag,
    Listing,
    Member,
    Name,
    Not,
    Number,
    Or,
    Word,
    walk,
)
from inprocap_flow.language.values import Value, in_words
from inprocap_flow.records import record

MOST_TRACKS = 10


@record
class Failing:
    """A part that is no (``known``) or unknown. ``values`` are what it read, ``tracks`` those that it counted.

    ``str()`` is a sentence for a refusal: ``places_3 >= limit('suppliers_last_phase'): 1 is not at least 2``.
    """

    expr: Expr
    known: bool
    fact: str
    values: tuple[tuple[str, Value], ...] = ()
    tracks: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.expr}: {self.fact}" + (f" ({', '.join(self.tracks)})" if self.tracks else "")


def failing(expr: Expr, facts: Facts, each: Facts | None = None, zone: tzinfo | None = None) -> tuple[Failing, ...]:
    """Return the smallest parts that make *expr* no or unknown; none if it holds.

    Of ``a and b and c`` these are the operands that do not hold; of ``a or b``, if neither holds, the whole.
    Moments are told by the clocks of *zone*, without one in UTC.
    """
    result = compile_expression(expr)(facts, each)
    if result.value is True:
        return ()
    smaller = _conjuncts(expr)
    if smaller:
        return tuple(found for part in smaller for found in failing(part, facts, each, zone))
    if isinstance(result.value, Unknown):
        fact = _unknown_fact(result.missing, result.reasons)
        return (Failing(expr, False, fact, (), (), result.missing, result.reasons),)
    return (Failing(expr, True, _fact(expr, facts, each, zone), _read(expr, facts, each), _tracks(expr, facts)),)


def _conjuncts(expr: Expr) -> tuple[Expr, ...]:
    """Return conditions that all must hold for *expr* to hold; none if it has no such parts."""
    if isinstance(expr, And):
        return expr.operands
    if isinstance(expr, Not) and isinstance(expr.operand, Or):
        return tuple(Not(operand) for operand in expr.operand.operands)
    if isinstance(expr, Not) and isinstance(expr.operand, Not):
        return (expr.operand.operand,)
    if isinstance(expr, Compare) and len(expr.signs) > 1:
        pairs = zip(expr.operands, expr.operands[1:], strict=False)
        return tuple(Compare(pair, (sign,)) for sign, pair in zip(expr.signs, pairs, strict=True))
    return ()


def _unknown_fact(missing: tuple[str, ...], reasons: tuple[str, ...]) -> str:
    facts = [f"{name} is not known" for name in missing] + [reason.rstrip(".") for reason in reasons]
    return "; ".join(facts) or "it is not known"


def _fact(expr: Expr, facts: Facts, each: Facts | None, zone: tzinfo | None) -> str:
    if isinstance(expr, Compare):
        left, right = (_value(operand, facts, each, zone) for operand in expr.operands)
        return f"{left} {_denial(expr.signs[0], expr.operands[0], facts, each)} {right}"
    if isinstance(expr, Not):
        return "it is so"
    if isinstance(expr, Or):
        return "neither is so" if len(expr.operands) == 2 else "none of them is so"
    return "no" if isinstance(expr, Name | Member | Flag) else "it is not so"


_DENIALS = {
    "==": "is not", "!=": "is the same as", "in": "is not one of", "not in": "is one of",
    "<": "is not less than", "<=": "is not at most", ">": "is not more than", ">=": "is not at least",
}  # fmt: skip
_DATED = {
    "<": "is not before", "<=": "is not on or before", ">": "is not after", ">=": "is not on or after",
}  # fmt: skip


def _denial(sign: str, left: Expr, facts: Facts, each: Facts | None) -> str:
    dated = isinstance(compile_expression(left)(facts, each).value, date)
    return (_DATED if dated else {}).get(sign, _DENIALS[sign])


def _value(expr: Expr, facts: Facts, each: Facts | None, zone: tzinfo | None) -> str:
    if isinstance(expr, Listing):
        return ", ".join(_value(item, facts, each, zone) for item in expr.items)
    value = compile_expression(expr)(facts, each).value
    return str(expr) if isinstance(value, Unknown) else in_words(value, zone)  # a fraction has no value of its own


def _read(expr: Expr, facts: Facts, each: Facts | None) -> tuple[tuple[str, Value], ...]:
    """Return what the condition read outside of counts: fields, and the results of calls."""
    if isinstance(expr, Name | Member | Call):
        value = compile_expression(expr)(facts, each).value
        return () if isinstance(value, Unknown) else ((str(expr), value),)
    if isinstance(expr, Number | Word | Flag | Listing):
        return ()
    read = [pair for part in expr.parts for pair in _read(part, facts, each)]
    return tuple(dict(read).items())


def _tracks(expr: Expr, facts: Facts) -> tuple[str, ...]:
    """Return the labels of the tracks that the counts in *expr* counted, at most ten."""
    found: dict[str, None] = {}
    for call in walk(expr):
        if isinstance(call, Call) and call.function in AGGREGATES:
            found.update(dict.fromkeys(_labels(call, facts)))
    return tuple(found)[:MOST_TRACKS]


def _labels(call: Call, facts: Facts) -> list[str]:
    where = tracks_of(call)
    if call.function == "unfinished":
        return [track.label for track in where.all(facts) if not track.finished]
    if call.function == "stands":
        return [track.label for track in facts.tracks(where.kind, None, "above")]
    if call.function == "every":
        return _exceptions(call, facts)
    chosen = where.chosen(facts)
    return [] if isinstance(chosen, Unknown) else [track.label for track in chosen]


def _exceptions(call: Call, facts: Facts) -> list[str]:
    """Return the tracks that are not as ``every`` wants them."""
    where = tracks_of(call)
    if where.where is None:
        there = {track.label for track in where.there(facts)}
        return [track.label for track in where.all(facts) if track.label not in there]
    return [t.label for t in where.there(facts) if where.where(facts, t) is False]
