"""What the value of a field may be: between which bounds, and how a comparison of one that is known comes out."""

from __future__ import annotations

from math import inf

from inprocap_flow.language.explore.truth import EITHER, NO, YES, Amount
from inprocap_flow.language.expressions.tree import Expr, Flag, Listing, Word
from inprocap_flow.language.model import Field


def is_one_of(value: str, sign: str, other: Expr) -> int:
    """Return how a comparison of a value that is known comes out; what it is compared with may be left open."""
    items = other.items if isinstance(other, Listing) else (other,)
    meant = {item.word for item in items if isinstance(item, Word)}
    meant |= {"yes" if item == Flag(True) else "no" for item in items if isinstance(item, Flag)}
    if sign not in ("==", "!=", "in", "not in") or len(meant) < len(set(items)):
        return EITHER
    return YES if (value in meant) == (sign in ("==", "in")) else NO


def bounds(declared: Field) -> Amount:
    """Return the least and the most that a field may hold, if it holds numbers."""
    if declared.type not in ("whole_number", "number"):
        return Amount()
    low = declared.minimum if declared.minimum is not None else declared.above
    return Amount(_number(low, -inf), _number(declared.maximum, inf))


def _number(bound: object, otherwise: float) -> float:
    try:
        return otherwise if bound is None else float(str(bound))
    except ValueError:
        return otherwise
