"""Conditions, as they are written: expressions, guards in plain words, calls of hooks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import core_schema

from inprocap_flow.language.schema.messages import wrong
from inprocap_flow.language.schema.words import (
    EXPRESSION_JSON,
    DeadlineName,
    Doc,
    Expression,
    JsonSchema,
    Names,
    OneOrMore,
    RuleName,
    Scalar,
    Text,
    TrackName,
    Words,
    YesNo,
    key,
    names,
)

StagesOfKey = OneOrMore[Annotated[str, *names("stage", of="<key>")]]
HOOK = r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?\(.*\)"


def _hook(text: str) -> str:
    if not re.fullmatch(HOOK, text, re.DOTALL):
        raise wrong(
            "bad-hook", f"`{text[:60]}` is not a call of a hook.", "Write name(arguments), such as align(price)."
        )
    return text


HookText = Annotated[str, Scalar(_hook, {"type": "string", "pattern": f"^{HOOK}$"}), Names("hook")]


def split_arguments(text: str) -> list[str]:
    """Return the arguments of a call, split at commas outside brackets and quotes."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        depth += (letter in "([") - (letter in ")]") if not quote else 0
        if letter == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


class HookDoc(Doc):
    """A call of a Python function from a workflow file."""

    hook: HookText = key("Hook", "The function and its arguments, which are expressions: `align(price, country)`.")


@dataclass(frozen=True, slots=True)
class TextOr:
    """Lets a map stand where usually an expression stands: a hook call, or a guard in plain words."""

    model: type[Doc]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        texts, maps = handler.generate_schema(Expression), handler.generate_schema(self.model)
        return core_schema.tagged_union_schema({"text": texts, "map": maps}, discriminator=_tag)

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        choices = schema["choices"]
        return {"anyOf": [dict(EXPRESSION_JSON), handler(choices["map"])]}


def _tag(value: Any) -> str:
    return "map" if isinstance(value, dict) else "text"


class AtLeastDoc(Doc):
    """Reads as `at_least: {how_many: 3, supplier: qualified}`: so many tracks of a kind in some stages."""

    model_config = {**Doc.model_config, "extra": "allow"}
    how_many: Expression = key("How many", "A number, or an expression that gives one.")

    @model_validator(mode="after")
    def _one_track(self) -> AtLeastDoc:
        if len(self.model_extra or {}) != 1:
            raise wrong(
                "one-of",
                "Beside `how_many`, exactly one kind of track is named.",
                "Write it as {how_many: 3, supplier: qualified}.",
            )
        return self

    @property
    def track(self) -> str:
        return next(iter(self.model_extra or {}))

    @property
    def stages(self) -> tuple[str, ...]:
        stages = (self.model_extra or {})[self.track]
        return (stages,) if isinstance(stages, str) else tuple(stages)


PLAIN_GUARDS = ("nobody_in", "at_least_one_in", "at_least", "all_finished", "deadline_met", "deadline_over")
TrackKey = Annotated[str, *names("track")]


class PlainGuardDoc(Doc):
    """A condition in plain words. Exactly one key."""

    nobody_in: dict[TrackKey, StagesOfKey] | None = key(
        "Nobody in", "No track of a kind stands in these stages: {supplier: tendered}.", None
    )
    at_least_one_in: dict[TrackKey, StagesOfKey] | None = key(
        "At least one in", "One track of a kind, or more, stands in these stages: {supplier: ranked}.", None
    )
    at_least: AtLeastDoc | None = key(
        "At least", "So many tracks of a kind stand in these stages: {how_many: 3, supplier: qualified}.", None
    )
    all_finished: OneOrMore[TrackName] | None = key(
        "All finished", "Every track of these kinds has come to its end.", None
    )
    deadline_met: OneOrMore[DeadlineName] | None = key(
        "Deadline met", "The deadline neither runs nor was missed.", None
    )
    deadline_over: OneOrMore[DeadlineName] | None = key(
        "Deadline over", "The deadline has run out, or was stopped.", None
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> PlainGuardDoc:
        exactly_one(self, PLAIN_GUARDS)
        return self


def exactly_one(doc: Doc, keys: tuple[str, ...], *, none_too: bool = False) -> str | None:
    """Return which of *keys* is written; raise if it is not exactly one (or, with *none_too*, more than one)."""
    written = [name for name in keys if getattr(doc, name) is not None]
    shown = [name.rstrip("_") for name in keys]
    if len(written) > 1:
        raise wrong(
            "one-of", f"`{'` and `'.join(name.rstrip('_') for name in written)}` stand together.", "Keep one of them."
        )
    if not written and not none_too:
        raise wrong("one-of", f"One of `{'`, `'.join(shown)}` is missing.", f"Write `{shown[0]}:`, for example.")
    return written[0] if written else None


class GuardDoc(PlainGuardDoc):
    """A condition that must hold, with the words that people are told when it does not."""

    holds: Expression | None = key("Holds", "An expression that must be yes.", None)
    hook: HookText | None = key("Hook", "A Python function that must answer yes.", None)
    if_not: Text = key("If not", "What people are told when the condition does not hold. Say what to do.")
    rule: RuleName | None = key("Rule", "The rule of this procedure that the condition carries out.", None)
    cite: Words | None = key("Cite", "The law or the source.", None)
    only_warns: YesNo = key("Only warns", "The step is carried out all the same; a warning is recorded.", default=False)
    only_from: OneOrMore[Annotated[str, *names("stage")]] = key(
        "Only from", "It is asked only where the line stands in one of these stages; without it everywhere.", ()
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> GuardDoc:
        exactly_one(self, ("holds", "hook", *PLAIN_GUARDS))
        return self


Condition = Annotated[Any, TextOr(PlainGuardDoc)]
Computed = Annotated[Any, TextOr(HookDoc)]
