"""Expressions of a document: read, typed, and with their places when something is wrong."""

from __future__ import annotations

from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.errors import Problem
from inprocap_flow.language.expressions.check import check, type_of
from inprocap_flow.language.expressions.syntax import BadExpression, Expr, parse, words_in
from inprocap_flow.language.expressions.types import Type
from inprocap_flow.language.marks import NodePath, ScalarNode
from inprocap_flow.language.model import HookCall
from inprocap_flow.language.resolve.desk import Desk
from inprocap_flow.language.schema.guards import HookDoc, split_arguments
from inprocap_flow.language.schema.messages import sentence
from inprocap_flow.language.schema.report import locate


def expression(
    desk: Desk,
    text: str,
    path: NodePath,
    line: str,
    expected: Type | str | None,
    *,
    each: str | None = None,
    today: bool = False,
) -> Expr | None:
    """Return the expression *text*, or None after saying everything that is wrong with it.

    *expected* is the type it must have (None: any; ``day``: a date or a moment), *each* the track that ``each``
    means, *today* whether the word may stand here.
    """
    try:
        expr = parse(text)
    except BadExpression as bad:
        say_bad(desk, path, bad)
        return None
    note_limits(desk, expr)
    scope = desk.scopes[line].with_today() if today else desk.scopes[line]
    wanted = None if expected == "day" else expected
    for finding in check(expr, scope, wanted, each=each):
        say_bad(desk, path, finding)
    if expected == "day" and type_of(expr, scope, each=each).name not in ("date", "moment", "any"):
        desk.say(
            path, "types-differ", f"`{text}` is neither a day nor a moment.", "Name a field of type date or moment."
        )
    return expr


def note_limits(desk: Desk, expr: Expr) -> None:
    """Remember every limit that *expr* names."""
    for use in words_in(expr):
        if use.kind == "limit":
            desk.limits.setdefault(use.word)


def length(desk: Desk, text: str | None, path: NodePath, line: str) -> Expr | str | None:
    """Return a period: its code if it is written out, else the expression that gives one."""
    if text is None:
        return None
    if text[:1].isdigit() or text[:1] == "P":
        try:
            return parse_period(text).code
        except BadValue as bad:
            desk.say(path, "bad-value", sentence(bad.fact), sentence(bad.mend))
            return None
    return expression(desk, text, path, line, "period")


def computed(
    desk: Desk, value: str | HookDoc, path: NodePath, line: str, expected: Type | str | None
) -> Expr | HookCall | None:
    """Return what gives a value: an expression, or the call of a hook."""
    if isinstance(value, HookDoc):
        return hook_call(desk, value.hook, (*path, "hook"), line, expected)
    return expression(desk, value, path, line, expected)


def hook_call(desk: Desk, text: str, path: NodePath, line: str, expected: Type | str | None) -> HookCall | None:
    """Return the call of a hook; the function must be known and give the *expected* type."""
    name, _, rest = text.partition("(")
    info = desk.hook_lookup(name)
    if info is None:
        desk.say(
            path,
            "unknown-hook",
            f"No workflow file offers the hook `{name}`.",
            "Add it to a file under workflows/, or allow the folder it is in.",
        )
        return None
    wanted = expected.name if isinstance(expected, Type) else expected
    if wanted not in (None, "any", info.result) and not (wanted == "day" and info.result in ("date", "moment")):
        desk.say(path, "types-differ", f"The hook `{name}` gives {info.result}, not {wanted}.", "Use another hook.")
    arguments = split_arguments(rest.rstrip()[:-1])
    if info.parameters is not None and len(arguments) != len(info.parameters):
        desk.say(path, "bad-hook", f"`{name}` takes {len(info.parameters)} arguments, not {len(arguments)}.", "")
        return None
    types: tuple[str | None, ...] = info.parameters or (None,) * len(arguments)
    read = [expression(desk, one, path, line, kind) for one, kind in zip(arguments, types, strict=True)]
    desk.hooks[name] = info.file_hash
    return HookCall(name, tuple(one for one in read if one is not None), info.result)


def say_bad(desk: Desk, path: NodePath, bad: BadExpression) -> None:
    """Say what is wrong with the expression at *path*, under the part of it that is."""
    node: Any = desk.node(path)
    place, width = locate(desk.root, path)
    if isinstance(node, ScalarNode):
        place, width = node.within(bad.start, bad.width)
    desk.problems.append(Problem(place, bad.code, bad.fact, bad.mend, width=width))
