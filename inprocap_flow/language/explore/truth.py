"""Answers that may come out in several ways: sets of yes, no and unknown, and numbers between two bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from math import inf
from typing import NamedTuple

YES, NO, UNKNOWN = 1, 2, 4
EITHER = YES | NO
ANY = YES | NO | UNKNOWN
EACH = (YES, NO, UNKNOWN)
Table = tuple[tuple[int, ...], ...]


class Amount(NamedTuple):
    """A value: its least and its most, if it is a number; ``known`` and ``unknown`` say which of both it may be."""

    least: float = -inf
    most: float = inf
    known: bool = True
    unknown: bool = False


def opposite(answer: int) -> int:
    """Return ``not`` of a set of answers."""
    return (answer & UNKNOWN) | (NO if answer & YES else 0) | (YES if answer & NO else 0)


def both(answers: Iterable[int]) -> int:
    """Return ``and`` of sets of answers, as if they had nothing to do with each other."""
    return _folded(answers, YES, _BOTH)


def one_of(answers: Iterable[int]) -> int:
    """Return ``or`` of sets of answers, as if they had nothing to do with each other."""
    return _folded(answers, NO, _ONE_OF)


def _folded(answers: Iterable[int], start: int, join: Table) -> int:
    result = start
    for answer in answers:
        result = join[result][answer]
    return result


def _and(one: int, other: int) -> int:
    if NO in (one, other):
        return NO
    return UNKNOWN if UNKNOWN in (one, other) else YES


def _or(one: int, other: int) -> int:
    if YES in (one, other):
        return YES
    return UNKNOWN if UNKNOWN in (one, other) else NO


def _table(join: Callable[[int, int], int]) -> Table:
    """Return what any two sets of answers come to when they are joined."""
    return tuple(tuple(_joined(one, other, join) for other in range(ANY + 1)) for one in range(ANY + 1))


def _joined(left: int, right: int, join: Callable[[int, int], int]) -> int:
    found = 0
    for one, other in product(EACH, EACH):
        if left & one and right & other:
            found |= join(one, other)
    return found


_BOTH, _ONE_OF = _table(_and), _table(_or)


def compared(sign: str, left: Amount, right: Amount) -> int:
    """Return the answers that a comparison of two values may give."""
    answer = UNKNOWN if left.unknown or right.unknown else 0
    if left.known and right.known:
        answer |= _ordered(sign, left, right)
    return answer


def _ordered(sign: str, left: Amount, right: Amount) -> int:
    if sign in (">", ">="):
        return _ordered({">": "<", ">=": "<="}[sign], right, left)
    if sign == "!=":
        return opposite(_ordered("==", left, right))
    if sign == "<":
        return (YES if left.least < right.most else 0) | (NO if left.most >= right.least else 0)
    if sign == "<=":
        return (YES if left.least <= right.most else 0) | (NO if left.most > right.least else 0)
    if sign != "==":  # in, not in: about words
        return EITHER
    meets = left.least <= right.most and right.least <= left.most
    same = left.least == left.most == right.least == right.most
    return (YES if meets else 0) | (0 if same else NO)


def computed(sign: str, left: Amount, right: Amount) -> Amount:
    """Return what a sum of two values may come to; other arithmetic may come to anything."""
    known, unknown = left.known and right.known, left.unknown or right.unknown
    if sign == "+" and left.least > -inf and right.least > -inf:
        return Amount(left.least + right.least, left.most + right.most, known, unknown)
    return Amount(known=known, unknown=unknown)
