"""Plain guards (``nobody_in: {supplier: tendered}``) as the expressions an author would write."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from inprocap_flow.language.expressions.syntax import parse
from inprocap_flow.language.expressions.tree import (
    And,
    BadExpression,
    Call,
    Compare,
    Expr,
    Listing,
    Member,
    Not,
    Number,
    Word,
)

_ZERO = Number(0)


def plain_guard(key: str, argument: object) -> Expr:
    """Return the expression that a plain guard stands for.

    ``nobody_in`` and ``at_least_one_in`` take ``{kind of track: stage or stages}``, ``at_least`` also ``how_many`` (a
    number, a field or a limit), ``all_finished`` one kind or several, ``deadline_met`` and ``deadline_over`` one
    deadline or several. Several mean all of them. *argument* is plain data: text, lists and maps.
    Raises ``BadExpression``.
    """
    if key not in PLAIN_GUARDS:
        raise BadExpression(f"`{key}` is not a plain guard.", f"They are {', '.join(PLAIN_GUARDS)}.")
    return PLAIN_GUARDS[key](argument)


def _nobody_in(argument: object) -> Expr:
    return _all([Compare((count, _ZERO), ("==",)) for count in _counts("nobody_in", argument)])


def _at_least_one_in(argument: object) -> Expr:
    return _all([Compare((count, Number(1)), (">=",)) for count in _counts("at_least_one_in", argument)])


def _at_least(argument: object) -> Expr:
    form = "Write `at_least: {how_many: 3, supplier: qualified}`."
    if not isinstance(argument, Mapping) or not isinstance(argument.get("how_many"), str):
        raise BadExpression("`at_least` does not say how many.", form)
    counts = _counts("at_least", {kind: stages for kind, stages in argument.items() if kind != "how_many"})
    return _all([Compare((count, parse(str(argument["how_many"]))), (">=",)) for count in counts])


def _counts(key: str, argument: object) -> list[Expr]:
    if not isinstance(argument, Mapping) or not argument:
        raise BadExpression(f"`{key}` does not say who stands where.", f"Write `{key}: {{supplier: tendered}}`.")
    return [Call("count", (Word(kind), _stages(stages))) for kind, stages in argument.items()]


def _stages(stages: object) -> Expr:
    words = tuple(_stage(stage) for stage in _several(stages))
    return words[0] if len(words) == 1 else Listing(words)


def _stage(stage: str) -> Expr:
    """Return a stage, or the placeholder of one; nothing else has the owner ``given``."""
    return Member("given", stage.removeprefix("given.")) if stage.startswith("given.") else Word(stage)


def _several(argument: object) -> list[str]:
    items = [argument] if isinstance(argument, str) else list(argument) if isinstance(argument, list | tuple) else []
    if not items or not all(isinstance(item, str) and item for item in items):
        raise BadExpression("A name or a list of names is expected.", "Write one word, or `[one, another]`.")
    return items


def _all_finished(argument: object) -> Expr:
    return _all([Compare((_call("unfinished", kind), _ZERO), ("==",)) for kind in _several(argument)])


def _deadline_met(argument: object) -> Expr:
    """Met is what neither runs nor was missed; a deadline that never started holds nothing up either."""
    return _all([part for name in _several(argument) for part in (_not("running", name), _not("missed", name))])


def _deadline_over(argument: object) -> Expr:
    return _all([_call("over", name) for name in _several(argument)])


def _call(function: str, name: str) -> Expr:
    return Call(function, (_stage(name),))


def _not(function: str, name: str) -> Expr:
    return Not(_call(function, name))


def _all(conditions: list[Expr]) -> Expr:
    return conditions[0] if len(conditions) == 1 else And(tuple(conditions))


PLAIN_GUARDS: dict[str, Callable[[object], Expr]] = {
    "nobody_in": _nobody_in,
    "at_least_one_in": _at_least_one_in,
    "at_least": _at_least,
    "all_finished": _all_finished,
    "deadline_met": _deadline_met,
    "deadline_over": _deadline_over,
}
"""The plain guards by their key."""
