"""What the value of a field may be: between which bounds, and how a comparison of one that is known comes out."""

from __future__ import annotations

from math import ceil, floor, inf

from inprocap_flow.language.explore.truth import EITHER, NO, YES, Amount
from inprocap_flow.language.expressions.tree import Expr, Flag, Listing, Word
from inprocap_flow.language.model import Field

MOST_NUMBERS = 20


def each_value(declared: Field) -> tuple[str, ...]:
    """Return every value that a field may have, if it can be said: a yes or no, a choice, a whole number in bounds."""
    if declared.type == "yes_no":
        return ("yes", "no")
    if declared.type != "whole_number":
        return declared.choices if declared.type == "choice" else ()
    least, most = _number(declared.minimum, -inf), _number(declared.maximum, inf)
    if declared.minimum is None and declared.above is not None:
        least = floor(_number(declared.above, -inf)) + 1 if _number(declared.above, -inf) > -inf else -inf
    if most - least >= MOST_NUMBERS:
        return ()
    return tuple(str(number) for number in range(ceil(least), floor(most) + 1))


def as_number(value: str) -> float | None:
    """Return the whole number that a value is; None if it is a word."""
    return float(value) if value.removeprefix("-").isdecimal() else None


def is_word(value: str | None) -> bool:
    """Return whether there is a value, and it is no number."""
    return value is not None and as_number(value) is None


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
