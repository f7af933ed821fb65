"""The words that keys take: names, texts, periods, yes and no. Every scalar arrives as text and gets its type here.

Each type knows three things: how to read the text (with a message in plain words), what an editor may accept for it
(JSON Schema), and, through `Names`, which kind of thing a name stands for. Expansion of blocks and the search for
unknown names both follow `Names`, so that a new key needs no second list anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.language.schema.messages import did_you_mean, sentence, shape, short, wrong
from inprocap_flow.language.schema.readers import (
    ADDRESS,
    GIVEN,
    ID,
    LONGEST_EXPRESSION,
    NAME,
    read_address,
    read_country,
    read_currency,
    read_day,
    read_day_or_never,
    read_expression,
    read_hour,
    read_hour_or_off,
    read_id,
    read_id_or_file,
    read_moment,
    read_name,
    read_offset,
    read_period,
    read_period_or_never,
    read_quorum,
    read_whole,
    read_words,
    read_yes_no,
)

T = TypeVar("T")
JsonSchema = dict[str, Any]


NAMES_KEY = "x-names"
"""Stands in a schema only while it is made: the kind of thing that a text names."""


@dataclass(frozen=True, slots=True)
class Names:
    """Marks a text as the name of something. ``of`` is the key beside it (or ``<key>``) that says in which track.

    ``line`` is ``own`` (the line in which it stands) or ``case``; ``declares`` marks the place where the name is made.
    """

    kind: str
    of: str | None = None
    line: str = "own"
    declares: bool = False

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        """Say in the schema which kind of thing is named; `schema.suggest` turns that into what an editor offers."""
        return {**handler(schema), NAMES_KEY: ("new " if self.declares else "") + self.kind}


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text with a reader. `given.x` passes every reader: what stands there is read once a block is included."""

    read: Callable[[str], Any]
    json: JsonSchema = field(hash=False, compare=False)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return dict(self.json)

    def _validate(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise wrong("wrong-shape", f"A {shape(value)} stands where a single value is expected.", "Write one value.")
        if re.fullmatch(GIVEN, value):
            return value
        try:
            return self.read(value)
        except BadValue as bad:
            raise wrong("bad-value", sentence(bad.fact), sentence(bad.mend)) from None


@dataclass(frozen=True, slots=True)
class ListOfOne:
    """Lets a list of one stand without brackets."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(_as_list, handler(source))

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        plain = handler(schema)
        return {"anyOf": [plain["items"], plain]} if "items" in plain else plain


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


OneOrMore = Annotated[tuple[T, ...], ListOfOne()]


def _text(**more: Any) -> JsonSchema:
    # An editor reads 2026.1 as a number and, under YAML 1.1, NO as false; both are text to us.
    return {"type": ["string", "number", "boolean"], **more}


def _pattern(pattern: str) -> JsonSchema:
    return {"type": "string", "pattern": f"^({pattern})$"}


def _or_given(json: JsonSchema) -> JsonSchema:
    return {"anyOf": [json, {"type": "string", "pattern": f"^{GIVEN}$"}]}


_PERIOD_JSON = _pattern(r"\d+ +(working +)?[a-z]+|PT?\d+(WD|[DWMYH])" + f"|{GIVEN}")

Name = Annotated[str, Scalar(read_name, _pattern(NAME))]
Id = Annotated[str, Scalar(read_id, _pattern(ID))]
IdOrFile = Annotated[str, Scalar(read_id_or_file, _pattern(rf"{ID}|.+\.yaml"))]
Words = Annotated[str, Scalar(read_words, _text())]
EXPRESSION_JSON = _text(maxLength=LONGEST_EXPRESSION)
Expression = Annotated[str, Scalar(read_expression, EXPRESSION_JSON), Names("expression")]
YesNo = Annotated[bool, Scalar(read_yes_no, _or_given({"enum": ["yes", "no", True, False]}))]
Whole = Annotated[int, Scalar(read_whole, _or_given({"type": "integer", "minimum": 0}))]
Number = Annotated[str, Scalar(read_words, {"type": ["string", "number"]})]
Value = Annotated[str, Scalar(read_words, _text())]
PeriodText = Annotated[str, Scalar(read_period, _PERIOD_JSON)]
PeriodOrNever = Annotated[
    str, Scalar(read_period_or_never, _pattern(r"\d+ +(working +)?[a-z]+|PT?\d+(WD|[DWMYH])" + f"|never|{GIVEN}"))
]
Offset = Annotated[str, Scalar(read_offset, _PERIOD_JSON)]
PeriodOrExpression = Annotated[str, Scalar(read_expression, EXPRESSION_JSON), Names("length")]
Day = Annotated[str, Scalar(read_day, _pattern(r"\d{4}-\d\d-\d\d"))]
DayOrNever = Annotated[str, Scalar(read_day_or_never, _pattern(r"\d{4}-\d\d-\d\d|never"))]
MomentText = Annotated[str, Scalar(read_moment, _text())]
Hour = Annotated[str, Scalar(read_hour, {"type": ["string", "integer"]})]
HourOrOff = Annotated[str, Scalar(read_hour_or_off, {"type": ["string", "integer"]})]
Currency = Annotated[str, Scalar(read_currency, _pattern("[A-Z]{3}|" + GIVEN))]
Country = Annotated[
    str, Scalar(read_country, {"anyOf": [{"type": "string", "pattern": "^[A-Z]{2}$"}, {"const": False}]})
]
Quorum = Annotated[str, Scalar(read_quorum, {"type": ["string", "integer"]})]


def word(*choices: str) -> Scalar:
    """Return the reader of one of some words."""

    def read(text: str) -> str:
        if text not in choices:
            raise wrong(
                "unknown-word",
                f"`{short(text)}` is not known here.",
                did_you_mean(text, choices) or f"Known here: {', '.join(choices)}.",
            )
        return text

    return Scalar(read, {"enum": list(choices)})


_ADDRESS_JSON = _pattern(f"{ADDRESS}")


def names(kind: str, *, of: str | None = None, line: str = "own") -> Any:
    """Return the metadata of a reference to something of *kind*."""
    return Scalar(read_address, _ADDRESS_JSON), Names(kind, of=of, line=line)


StageName = Annotated[str, *names("stage")]
CaseStageName = Annotated[str, *names("stage", line="case")]
FieldName = Annotated[str, *names("field")]
DocumentName = Annotated[str, *names("document")]
PaperName = Annotated[str, *names("document or field")]
ApprovalName = Annotated[str, *names("approval")]
DeadlineName = Annotated[str, *names("deadline")]
AnchorName = Annotated[str, *names("deadline or field")]
StepName = Annotated[str, *names("step")]
TrackName = Annotated[str, *names("track")]
RoleName = Annotated[str, *names("role")]
RuleName = Annotated[str, *names("rule")]
MilestoneName = Annotated[str, *names("milestone")]
CalendarName = Annotated[str, *names("calendar")]
LinesAndClocks = Annotated[str, *names("track or deadline")]


def declared(kind: str) -> Any:
    """Return the metadata of a key that makes a name of *kind*. In a block the name may be given by who includes it."""
    return Scalar(read_name, _pattern(f"{NAME}|{GIVEN}")), Names(kind, declares=True)


@dataclass(frozen=True, slots=True)
class TextForPeople:
    """Text in the file's language, or a map from language code to text. A plain text is kept under the code ``""``."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(_text_for_people)

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        text = {"type": ["string", "number", "boolean"]}
        codes = {"pattern": LANGUAGE}
        by_language = {"type": "object", "propertyNames": codes, "minProperties": 1, "additionalProperties": text}
        return {"anyOf": [text, by_language]}


LANGUAGE = "^[a-z]{2,3}(-[A-Z]{2})?$"


def _text_for_people(value: Any) -> dict[str, str]:
    if isinstance(value, str):
        return {"": read_words(value)}
    if not isinstance(value, dict) or not value:
        raise wrong(
            "wrong-shape",
            f"A {shape(value)} stands where a text is expected.",
            "Write a text, or a map such as {en: ..., de: ...}.",
        )
    for code, text in value.items():
        if not re.fullmatch(LANGUAGE, code):
            raise wrong(
                "bad-language",
                f"`{short(code)}` is not a language code.",
                "Write two small letters, such as en; a text with a colon needs quotes.",
            )
        if not isinstance(text, str) or not text.strip():
            raise wrong("empty-text", f"There is no text for `{code}`.", "Write one, or remove the language.")
    return value


Text = Annotated[dict[str, str], TextForPeople(), Names("text")]


class Doc(BaseModel):
    """Something written in a file. Unknown keys are refused; what is read cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False, hide_input_in_errors=True)

    keys_there_never_are: ClassVar[dict[str, str]] = {}
    """What somebody may look for here, which the language does not have on purpose, and what to do instead."""


def key(title: str, says: str, default: Any = ..., *, alias: str | None = None) -> Any:
    """Return the description of a key; ``default=...`` makes it mandatory."""
    return Field(default, title=title, description=says, alias=alias)
