"""The stored form of expression trees: compact JSON, the same for equal expressions."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

from inprocap_flow.language.expressions.functions import FUNCTIONS, OF
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

PlainExpr: TypeAlias = "str | bool | list[PlainExpr] | None"
"""JSON: a name is text, yes and no are true and false, everything else a list that begins with its sign."""


def to_plain(expr: Expr) -> PlainExpr:
    """Return the stored form; equal expressions give equal forms."""
    match expr:
        case Name(name):
            return name
        case Flag(value):
            return value
        case Number():
            return ["#", str(expr)]
        case Word(word):
            return ["'", word]
        case Constant(type_name, text):
            return ["=", type_name, text]
        case Member(owner, name):
            return [".", owner, name]
        case Call(function, arguments, where, of):
            narrowed = None if where is None else to_plain(where)
            # Only where it is said: what was released before keeps its hash.
            return ["()", function, [to_plain(one) for one in arguments], narrowed, *([of] if of else [])]
        case Compare(operands, signs):
            return ["?", list(signs), *(to_plain(one) for one in operands)]
        case Arithmetic(sign, left, right):
            return [sign, to_plain(left), to_plain(right)]
    return [_SIGNS[type(expr)], *(to_plain(one) for one in expr.parts)]


_SIGNS: dict[type[Expr], str] = {Listing: "[]", Not: "not", Negative: "neg", And: "and", Or: "or"}


def from_plain(data: Any) -> Expr:
    """Return the expression of a stored form. Raises ``BadExpression`` for anything else."""
    try:
        return _from_plain(data)
    except (ArithmeticError, TypeError, ValueError, KeyError, IndexError, RecursionError):
        raise BadExpression("This is not a stored expression.", "Release the definition again.") from None


def _from_plain(data: Any) -> Expr:
    if isinstance(data, bool):
        return Flag(data)
    if isinstance(data, str):
        return Name(data)
    sign, *rest = data
    return _LEAVES[sign](*rest) if sign in _LEAVES else _TREES[sign](*rest)


def _number(text: str) -> Number:
    number = Decimal(text)
    return Number(int(number) if number == number.to_integral_value() else number)


def _call(function: str, arguments: list[Any], where: Any, of: str = "") -> Call:
    if function not in FUNCTIONS or of not in ("", *OF):
        raise KeyError(function)
    return Call(function, _all(arguments), None if where is None else _from_plain(where), of)


def _all(data: list[Any] | tuple[Any, ...]) -> tuple[Expr, ...]:
    return tuple(_from_plain(one) for one in data)


_LEAVES: dict[str, Callable[..., Expr]] = {"#": _number, "'": Word, "=": Constant, ".": Member}
_TREES: dict[str, Callable[..., Expr]] = {
    "()": _call,
    "[]": lambda *items: Listing(_all(items)),
    "not": lambda one: Not(_from_plain(one)),
    "neg": lambda one: Negative(_from_plain(one)),
    "and": lambda *several: And(_all(several)),
    "or": lambda *several: Or(_all(several)),
    "?": lambda signs, *several: Compare(_all(several), tuple(signs)),
    **{sign: lambda a, b, sign=sign: Arithmetic(sign, _from_plain(a), _from_plain(b)) for sign in "+-*/"},
}
