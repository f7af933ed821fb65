"""Calls of functions that ask for one thing: a deadline, a milestone, a limit, a list, an amount."""

from __future__ import annotations

from collections.abc import Callable

from inprocap_flow.language.expressions.functions import FUNCTIONS
from inprocap_flow.language.expressions.reading import Compile, Run
from inprocap_flow.language.expressions.tracks import over_tracks
from inprocap_flow.language.expressions.tree import BadExpression, Call


def compile_call(call: Call, compiled: Compile) -> Run:
    """Return a call as a closure; *compiled* does the arguments. Raises ``BadExpression`` for one that cannot be."""
    function = FUNCTIONS[call.function]
    if not function.fewest <= len(call.arguments) <= function.most or (call.where and not function.where):
        raise BadExpression(f"`{call.function}` is not called like this.", f"Write {function.spelling}.",
                            call.start, call.width)  # fmt: skip
    if function.parameters[0].kind == "track":
        return over_tracks(call, compiled)
    if call.function in _BY_VALUE:
        dict[str, Callable[[Call, Compile], Run]] = {
            "known": _known,
            "listed": _listed,
            "in_currency": _in_currency,
            "days_between": _days_between,
            "min": _extreme,
            "max": _extreme,
        }
