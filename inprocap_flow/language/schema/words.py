"""The words that keys take: names, texts, periods, yes and no. Every scalar arrives as text and gets its type here.

Each type knows three things: how to read the text (with a message in plain words), what an editor may accept for it
(JSON Schema), and, through `Names`, which kind of thing a name stands for. Expansion of blocks and the search for
unknown names both follow `Names`, so that a new key needs no second list anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.periods import parse_offset, parse_period
from inprocap_flow.language import values

RESERVED = frozenset(
    "any same system whoever_asks whoever_carries_out given each this today unset none case".split()  # noqa: SIM905
)
NAME = r"[a-z][a-z0-9_]*"
ID = r"[a-z][a-z0-9_-]*"
ADDRESS = rf"{NAME}(\.{NAME})*"
GIVEN = rf"given\.{NAME}"
LONGEST_NAME = 80
LONGEST_EXPRESSION = 300

T = TypeVar("T")
JsonSchema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """Marks a text as the name of something. ``of`` is the key beside it (or ``<key>``) that says in which track.

    ``line`` is ``own`` (the line in which it stands) or ``case``; ``declares`` marks the place where the name is made.
    """

    kind: str
    of: str | None = None
    line: str = "own"
    declares: bool = False


def wrong(code: str, fact: str, mend: str = "") -> PydanticCustomError:
    """Return the error of a value: stable code, fact, mend."""
    # The braces of PydanticCustomError's templates would read `{` in a fact as a place holder, so facts go in whole.
    return PydanticCustomError(code, "{fact}", {"fact": fact, "mend": mend})


def short(text: str) -> str:
    """Return *text* cut to what fits into a message."""
    return text if len(text) <= 60 else text[:57] + "..."


def did_you_mean(word: str, known: list[str] | tuple[str, ...]) -> str:
    """Return the mend for an unknown word: the nearest known one, or all of them when they are few."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"Known here: {', '.join(sorted(known))}." if known and len(known) <= 12 else ""


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


def sentence(text: str) -> str:
    """Return *text* beginning with a capital letter and ending in a full stop."""
    text = text[:1].upper() + text[1:]
    return text if not text or text[-1] in ".?!" else text + "."


def shape(value: Any) -> str:
    """Return what a piece of data is called in messages."""
    return "map" if isinstance(value, dict) else "list" if isinstance(value, list | tuple) else "single value"


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


def _name(text: str) -> str:
    if text in RESERVED:
        raise wrong("reserved-name", f"`{text}` has a meaning of its own in the language.", "Choose another name.")
    return _matching(
        NAME, text, "bad-name", "is not a name", "Write small letters, digits and _, beginning with a letter."
    )


def _id(text: str) -> str:
    return _matching(
        ID, text, "bad-name", "is not a name", "Write small letters, digits, - and _, beginning with a letter."
    )


def _address(text: str) -> str:
    return _matching(
        ADDRESS,
        text,
        "bad-name",
        "is not a name",
        "Write small letters, digits and _; dots between the parts of an address.",
    )


def _matching(pattern: str, text: str, code: str, fact: str, mend: str) -> str:
    if len(text) > LONGEST_NAME:
        raise wrong(code, f"A name of {len(text)} characters is too long.", f"At most {LONGEST_NAME} are allowed.")
    if not re.fullmatch(pattern, text):
        raise wrong(code, f"`{short(text)}` {fact}.", mend)
    return text


def _words(text: str) -> str:
    if not text.strip():
        raise wrong("empty-text", "Nothing is written here.", "Write a text, or remove the key.")
    return text


def _expression(text: str) -> str:
    if len(text) > LONGEST_EXPRESSION:
        raise wrong(
            "expression-too-long",
            f"The expression has {len(text)} characters.",
            f"At most {LONGEST_EXPRESSION} are read; set a field with a part of it.",
        )
    return _words(text)


def _yes_no(text: str) -> bool:
    if text in ("yes", "no"):
        return text == "yes"
    meant = {"true": "yes", "on": "yes", "false": "no", "off": "no"}.get(text.lower())
    mend = f"Write {meant}." if meant else "Write yes or no."
    raise wrong("not-yes-or-no", f"`{short(text)}` is neither yes nor no.", mend)


def _whole(text: str) -> int:
    return int(str(values.parse_value("whole_number", text)))


def _period(text: str) -> str:
    return parse_period(text).code


def _offset(text: str) -> str:
    return parse_offset(text).code


def _day(text: str) -> str:
    return str(values.parse_value("date", text))


def _day_or_never(text: str) -> str:
    return text if text == "never" else _day(text)


def _hour(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise wrong("bad-value", f"`{short(text)}` is not a time of day.", 'Write it in quotes, such as "16:00".')
    return text


def _currency(text: str) -> str:
    if not re.fullmatch("[A-Z]{3}", text):
        raise wrong("bad-value", f"`{short(text)}` is not a currency.", "Write three capital letters, such as EUR.")
    return text


def _country(text: str) -> str:
    return str(values.parse_value("country", text))


def _quorum(text: str) -> str:
    if text in ("all", "majority") or re.fullmatch(r"[1-9]\d{0,2}|(100|[1-9]\d?) percent", text):
        return text
    raise wrong(
        "bad-value",
        f"`{short(text)}` does not say how many signatures.",
        "Write a number, `50 percent`, `all` or `majority`.",
    )


def _text(**more: Any) -> JsonSchema:
    # An editor reads 2026.1 as a number and, under YAML 1.1, NO as false; both are text to us.
    return {"type": ["string", "number", "boolean"], **more}


def _pattern(pattern: str) -> JsonSchema:
    return {"type": "string", "pattern": f"^({pattern})$"}


def _or_given(json: JsonSchema) -> JsonSchema:
    return {"anyOf": [json, {"type": "string", "pattern": f"^{GIVEN}$"}]}


_PERIOD_JSON = _pattern(r"\d+ +(working +)?[a-z]+|PT?\d+(WD|[DWMYH])" + f"|{GIVEN}")

Name = Annotated[str, Scalar(_name, _pattern(NAME))]
Id = Annotated[str, Scalar(_id, _pattern(ID))]
Words = Annotated[str, Scalar(_words, _text())]
EXPRESSION_JSON = _text(maxLength=LONGEST_EXPRESSION)
Expression = Annotated[str, Scalar(_expression, EXPRESSION_JSON), Names("expression")]
YesNo = Annotated[bool, Scalar(_yes_no, _or_given({"enum": ["yes", "no", True, False]}))]
Whole = Annotated[int, Scalar(_whole, _or_given({"type": "integer", "minimum": 0}))]
Number = Annotated[str, Scalar(_words, {"type": ["string", "number"]})]
Value = Annotated[str, Scalar(_words, _text())]
PeriodText = Annotated[str, Scalar(_period, _PERIOD_JSON)]
Offset = Annotated[str, Scalar(_offset, _PERIOD_JSON)]
PeriodOrExpression = Annotated[str, Scalar(_expression, EXPRESSION_JSON), Names("length")]
Day = Annotated[str, Scalar(_day, _pattern(r"\d{4}-\d\d-\d\d"))]
DayOrNever = Annotated[str, Scalar(_day_or_never, _pattern(r"\d{4}-\d\d-\d\d|never"))]
Hour = Annotated[str, Scalar(_hour, {"type": ["string", "integer"]})]
Currency = Annotated[str, Scalar(_currency, _pattern("[A-Z]{3}|" + GIVEN))]
Country = Annotated[str, Scalar(_country, {"anyOf": [{"type": "string", "pattern": "^[A-Z]{2}$"}, {"const": False}]})]
Quorum = Annotated[str, Scalar(_quorum, {"type": ["string", "integer"]})]


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
    return Scalar(_address, _ADDRESS_JSON), Names(kind, of=of, line=line)


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
    """Return the metadata of a key that makes a name of *kind*."""
    return Scalar(_name, _pattern(NAME)), Names(kind, declares=True)


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
        return {"": _words(value)}
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


def key(title: str, says: str, default: Any = ..., *, alias: str | None = None) -> Any:
    """Return the description of a key; ``default=...`` makes it mandatory."""
    return Field(default, title=title, description=says, alias=alias)
