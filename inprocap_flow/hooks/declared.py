"""How a function becomes a hook: its name, what it reads, its parameters and the type of its answer."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, get_type_hints

from inprocap_flow.errors import FlowError
from inprocap_flow.hooks.failures import HookFailed
from inprocap_flow.hooks.reads import Fields, Lists, Read, Tracks, filled, parameter_in, words
from inprocap_flow.hooks.views import CaseView, Facts, is_a, snapshot
from inprocap_flow.language.values import (
    BadValue,
    Money,
    Percent,
    Period,
    Value,
    decode,
    encode,
    fit,
    in_words,
)

P = ParamSpec("P")
R = TypeVar("R", bound=Value)

PARAMETER_TYPES: Mapping[type, str] = {
    bool: "yes_no",
    str: "text",
    int: "whole_number",
    Decimal: "number",
    Percent: "percent",
    Money: "money",
    date: "date",
    datetime: "moment",
    Period: "period",
}
RETURN_TYPES: Mapping[str, type] = {name: kind for kind, name in PARAMETER_TYPES.items()} | {"country": str}
_NUMBERS = ("whole_number", "number", "percent")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class BadHook(FlowError):
    """A hook is declared in a way that cannot work; raised while its file is loaded."""

    code = "hook-declaration"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a hook, after the view. ``type`` is a word of the language."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Hook(Generic[P, R]):
    """A declared hook. Called like the function it wraps, it enforces what the engine enforces.

    The function sees only what ``reads`` declares, whatever view is given; its answer must be of type ``returns``.
    """

    name: str
    reads: tuple[Read, ...]
    returns: str
    parameters: tuple[Parameter, ...]
    function: Callable[Concatenate[CaseView, P], R]

    def __call__(self, view: CaseView, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the answer on *view*. Raises HookFailed as the engine would see it; other errors pass through."""
        bound = inspect.signature(self.function).bind(view, *args, **kwargs)
        given = dict(list(bound.arguments.items())[1:])
        seen = snapshot(view, self.reads_with(given))
        return _checked(self, self.function(seen, *args, **kwargs))

    def answer(self, facts: Facts | CaseView, arguments: Sequence[Value | None]) -> Value:
        """Return the answer for arguments as expressions give them. Raises HookFailed; other errors pass through."""
        given = self._typed(arguments)
        seen = snapshot(facts, self.reads_with(given))
        function: Callable[..., object] = self.function
        return _checked(self, function(seen, **given))

    def reads_with(self, arguments: Mapping[str, object]) -> tuple[Read, ...]:
        """Return what a call with these arguments reads, every name filled in. Raises HookFailed."""
        return tuple(filled(read, arguments) for read in self.reads)

    def _typed(self, arguments: Sequence[Value | None]) -> dict[str, Value]:
        if len(arguments) != len(self.parameters):
            names = ", ".join(parameter.name for parameter in self.parameters)
            fact = f"it takes {len(self.parameters)} arguments and got {len(arguments)}"
            raise HookFailed(fact, mend=f"Give it: {names}." if names else "Give it none.")
        return {p.name: self._argument(p, value) for p, value in zip(self.parameters, arguments, strict=True)}

    def _argument(self, parameter: Parameter, value: Value | None) -> Value:
        if value is None:
            fact = f"the argument `{parameter.name}` is not known yet"
            raise HookFailed(fact, mend=f"Fill in what `{parameter.name}` is taken from.")
        try:
            return _of_type(parameter.type, value)
        except BadValue as bad:
            fact = f"the argument `{parameter.name}` is no {parameter.type}: {bad.fact}"
            raise HookFailed(fact, mend=bad.mend) from None


def hook(
    *, name: str | None = None, reads: Sequence[Read] = (), returns: str
) -> Callable[[Callable[Concatenate[CaseView, P], R]], Hook[P, R]]:
    """Make a function a hook, called in a definition by *name* (default: its own).

    *reads* lists `Fields`, `Tracks` and `Lists`; *returns* is a word of the language (``yes_no``, ``text``,
    ``whole_number``, ``number``, ``percent``, ``money``, ``date``, ``moment``, ``period``, ``country``). The first
    parameter is the view, every other one is annotated with the type of its value. Raises BadHook.
    """

    def declare(function: Callable[Concatenate[CaseView, P], R]) -> Hook[P, R]:
        said = name or function.__name__
        if not _NAME.fullmatch(said):
            raise BadHook(f"`{said}` is no name for a hook", mend="use small letters, digits and _")
        hints = get_type_hints(function)
        declared = Hook(said, tuple(reads), returns, _parameters(said, function, hints), function)
        _check_returns(declared, hints)
        _check_reads(declared)
        return declared

    return declare


def _parameters(hook_name: str, function: Callable[..., object], hints: Mapping[str, Any]) -> tuple[Parameter, ...]:
    every = list(inspect.signature(function).parameters.values())
    if not every or hints.get(every[0].name) is not CaseView:
        raise BadHook(f"the first parameter of `{hook_name}` is not the view", mend="write `view: CaseView` first")
    others = every[1:]
    for parameter in others:
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD or parameter.default is not parameter.empty:
            raise BadHook(
                f"`{parameter.name}` of `{hook_name}` is no plain parameter",
                mend="write it as name: Type, without default",
            )
        if hints.get(parameter.name) not in PARAMETER_TYPES:
            types = ", ".join(kind.__name__ for kind in PARAMETER_TYPES)
            fact = f"`{parameter.name}` of `{hook_name}` has no type of the language"
            raise BadHook(fact, mend=f"annotate it with one of: {types}")
    return tuple(Parameter(p.name, PARAMETER_TYPES[hints[p.name]]) for p in others)


def _check_returns(declared: Hook[Any, Any], hints: Mapping[str, Any]) -> None:
    expected = RETURN_TYPES.get(declared.returns)
    if expected is None:
        fact = f"`{declared.name}` returns `{declared.returns}`, which no hook can"
        raise BadHook(fact, mend=f"write one of: {', '.join(RETURN_TYPES)}")
    if hints.get("return") is not expected:
        fact = f"`{declared.name}` declares {declared.returns}, its annotation says something else"
        raise BadHook(fact, mend=f"annotate it with -> {expected.__name__}")


def _check_reads(declared: Hook[Any, Any]) -> None:
    texts = {parameter.name for parameter in declared.parameters if parameter.type == "text"}
    for read in declared.reads:
        if not isinstance(read, Fields | Tracks | Lists):
            raise BadHook(f"`{declared.name}` reads {read!r}", mend="list Fields(...), Tracks(...) and Lists(...)")
        for word in words(read):
            parameter = parameter_in(word)
            if parameter not in texts and (parameter is not None or not _NAME.fullmatch(word)):
                mend = "write a name, or {parameter} for a text parameter"
                raise BadHook(f"`{declared.name}` reads `{word}`, which names nothing", mend=mend)


def _of_type(type_name: str, value: Value) -> Value:
    """Return *value* as the function's annotation promises it. Raises BadValue."""
    if type_name in _NUMBERS:
        return fit(type_name, value)
    if not is_a(value, RETURN_TYPES[type_name]):
        raise BadValue(f"it is {in_words(value)}.", f"Give it a {type_name}.")
    return value


def _checked(declared: Hook[Any, R], answer: object) -> R:
    """Return the answer in its one spelling. Raises HookFailed if it is none of the declared type."""
    try:
        if declared.returns == "moment" and isinstance(answer, datetime) and answer.tzinfo is None:
            raise BadValue("it has no zone", "Return an aware moment.")
        of_type = _of_type(declared.returns, answer)  # type: ignore[arg-type]  # what is no value is refused there
        decoded: Any = decode(declared.returns, encode(of_type))
    except BadValue as bad:
        fact = f"its answer is no {declared.returns}: {bad.fact}"
        raise HookFailed(fact, mend="Mend the hook and release a new version.") from None
    result: R = decoded
    return result
