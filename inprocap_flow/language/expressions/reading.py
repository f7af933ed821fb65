"""Reading one value: of the line, of the track that ``each`` means, of the parent or of a meeting."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from inprocap_flow.language.expressions.facts import Facts, Unknown
from inprocap_flow.language.expressions.operations import Answer
from inprocap_flow.language.expressions.tree import BadExpression, Expr, Member, Name
from inprocap_flow.language.values import Value

Run = Callable[[Facts, Facts | None], Answer]
"""A compiled expression: asks the facts of the line, and of the track that ``each`` means."""
Compile = Callable[[Expr], Run]


def _named(value: Value | Unknown | None, name: str) -> Answer:
    """Return the value; an unknown one carries what is missing."""
    if value is None or (isinstance(value, Unknown) and not value.missing and not value.reasons):
        return Unknown(missing=(name,))
    return value


def reading(expr: Name | Member) -> Run:
    """Return how to read a name. Raises ``BadExpression`` for a placeholder that was never filled."""
    if isinstance(expr, Name):
        return _today if expr.name == "today" else partial(_own, expr.name)
    if expr.owner == "given":
        raise BadExpression(f"`{expr}` was never filled.", "Hand it over where the block is included.",
                            expr.start, expr.width)  # fmt: skip
    return partial(of_each, expr.name) if expr.owner == "each" else partial(_of_owner, expr.owner, expr.name)


def _today(facts: Facts, _each: Facts | None) -> Answer:
    return facts.today()


def _label(facts: Facts, name: str) -> str:
    return f"{facts.label}.{name}" if facts.label else name


def _own(name: str, facts: Facts, _each: Facts | None) -> Answer:
    return _named(facts.field(name), name)


def of_each(name: str, _facts: Facts, each: Facts | None) -> Answer:
    """Return a field of the track that ``each`` means."""
    if each is None:
        return Unknown(reasons=("`each` means no track here.",))
    return _named(each.field(name), _label(each, name))


def _of_owner(owner: str, name: str, facts: Facts, _each: Facts | None) -> Answer:
    return _named(facts.member(owner, name), f"{owner}.{name}")


def truth(answer: Answer) -> bool | Unknown:
    """Return yes, no or unknown; anything else is no condition, and unknown."""
    if isinstance(answer, bool | Unknown):
        return answer
    return Unknown(reasons=("Something that is neither yes nor no stands where a condition is expected.",))
