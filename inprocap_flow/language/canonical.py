"""One canonical JSON form for frozen records: equal records give equal bytes, and bytes give the record back.

Keys are sorted, defaults are left out, text is UTF-8 without escapes, there is no white space. The SHA-256 of
these bytes is what names a released definition. Supported: str, int, bool, None, tuples, mappings with text
keys, nested records, and expressions (which bring their own plain form).
"""

from __future__ import annotations

import json
import sys
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from inprocap_flow.language.expressions.stored import from_plain as expr_from_plain
from inprocap_flow.language.expressions.stored import to_plain as expr_to_plain
from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.records import Field, default_of, fields_of, filled

Record = TypeVar("Record")
Plain = Any
Decoder = Callable[[Plain], Any]


_ENCODER = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
)


_quote: Callable[[str], str] = json.encoder.encode_basestring
_WORDS = {True: "true", False: "false", None: "null"}


def _quick() -> Callable[[Plain], str]:
    """Return what writes canonical text: the standard encoder's own machinery, set up once and not for every text."""
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # a Python without the accelerator
        return _ENCODER.encode
    sort_keys, skip_keys, allow_nan = True, False, False
    parts = make(None, _ENCODER.default, _quote, None, ":", ",", sort_keys, skip_keys, allow_nan)
    return lambda plain: "".join(parts(plain, 0))


_canonical = _quick()


def canonical_json(plain: Plain) -> str:
    """Return *plain* JSON data as canonical text."""
    kind = type(plain)
    if kind is str:
        return _quote(plain)
    if kind is int:
        return str(plain)
    return _WORDS[plain] if kind is bool or plain is None else _canonical(plain)


def digest(plain: Plain) -> str:
    """Return the SHA-256 of the canonical text of *plain*, in hexadecimal."""
    from hashlib import sha256  # not at the start: whoever only reads hashes nothing

    return sha256(canonical_json(plain).encode()).hexdigest()


def to_plain(value: Any, *, ordered: bool = False) -> Plain:
    """Return *value* (a record, or a tree of them) as JSON data, leaving out defaults and what is not compared.

    With *ordered* a mapping becomes a list of pairs, so that the order of writing survives sorted keys and counts
    for the hash: in a definition it has a meaning (which automatic step is tried first).
    """
    if isinstance(value, Expr):
        return {"expr": expr_to_plain(value)}
    if hasattr(value, "__record_fields__") and not isinstance(value, type):
        plain = {
            name: to_plain(getattr(value, name), ordered=ordered)
            for name, said in fields_of(value).items()
            if (not isinstance(said, Field) or said.compare) and getattr(value, name) != default_of(said)
        }
        return {"is": type(value).__name__, **plain} if type(value).__name__ in _TAGGED else plain
    if isinstance(value, Mapping):
        pairs = [(key, to_plain(item, ordered=ordered)) for key, item in value.items()]
        return [[key, item] for key, item in pairs] if ordered else dict(pairs)
    if isinstance(value, tuple | list):
        return [to_plain(item, ordered=ordered) for item in value]
    return value


_TAGGED = frozenset({"HookCall"})  # stands where an expression may stand, so it says what it is


def from_plain(record: type[Record], plain: Plain) -> Record:
    """Return the record of type *record* that `to_plain` wrote. Raises KeyError or TypeError on foreign data."""
    hint: Any = record
    return typing.cast("Record", _decoder(hint)(plain))


@cache
def _record_decoder(record: type[Any]) -> Decoder:
    decoders: dict[str, Decoder] = {}  # filled on first use: records may nest in themselves, and few fields are used

    def decode(plain: Plain) -> Any:
        values = {}
        for key, value in plain.items():
            if key == "is":
                continue
            decoder = decoders.get(key)
            if decoder is None:
                decoder = decoders[key] = _field_decoder(record, key)
            values[key] = decoder(value)
        return filled(record, values)

    return decode


def _field_decoder(record: type[Any], name: str) -> Decoder:
    """Return the decoder of one field. Raises KeyError for a name that is no field."""
    for owner in record.__mro__:
        note = owner.__dict__.get("__annotations__", {}).get(name)  # noqa: RUF063 - the text, not what it means
        if note is not None:
            return _noted_decoder(note, owner.__module__)
    raise KeyError(name)


def _as_it_is(plain: Plain) -> Plain:
    return plain


def _value(plain: Plain) -> Plain:
    """Return a value of the language. An amount is a mapping, and that is pairs where the order of writing counts."""
    if isinstance(plain, list) and plain and all(isinstance(pair, list) and len(pair) == _PAIR for pair in plain):
        return dict(plain)
    return plain


_PAIR = 2
_AS_IT_IS = frozenset({"str", "int", "bool", "None", "Any"})


@cache
def _noted_decoder(note: str, module: str) -> Decoder:
    """Return the decoder of an annotation, which is read as text: to have Python read it takes twenty times as long.

    What a record may hold is written in few ways: a name, ``A | B``, ``tuple[A, ...]``, ``Mapping[str, A]``.
    """
    options = _split(note, "|")
    if len(options) > 1:
        return _choice_decoder(tuple(option for option in options if option != "None"), module)
    name, _, inside = note.partition("[")
    if name in _AS_IT_IS or name == "Literal":
        return _as_it_is
    if name == "object":
        return _value
    arguments = _split(inside.removesuffix("]"), ",")
    if name == "tuple":
        return _tuple_decoder(_noted_decoder(arguments[0], module))
    if name == "Mapping":
        return _mapping_decoder(_noted_decoder(arguments[1], module))
    return _decoder(getattr(sys.modules[module], name))


def _split(text: str, sign: str) -> list[str]:
    """Return the parts of an annotation between *sign*, but not inside brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == sign and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


@cache
def _decoder(hint: Any) -> Decoder:
    """Return the decoder of a type, or of what a name stands for that was given to one."""
    if hint is Expr:
        return lambda plain: expr_from_plain(plain["expr"])
    if hasattr(hint, "__record_fields__"):
        record: Any = hint
        return _record_decoder(record)
    origin = typing.get_origin(hint)
    if origin is tuple:
        return _tuple_decoder(_decoder(typing.get_args(hint)[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_decoder(_decoder(typing.get_args(hint)[1]))
    return _as_it_is


def _tuple_decoder(inner: Decoder) -> Decoder:
    if inner is _as_it_is:
        return tuple
    return lambda plain: tuple([inner(item) for item in plain])


def _mapping_decoder(inner: Decoder) -> Decoder:
    if inner is _as_it_is:
        return dict

    def decode(plain: Plain) -> Any:
        return {key: inner(item) for key, item in (plain.items() if isinstance(plain, dict) else plain)}

    return decode


def _choice_decoder(options: tuple[str, ...], module: str) -> Decoder:
    """Decode ``A | B | None``: expressions and tagged records say what they are, at most one other is left."""
    tagged = {option: _noted_decoder(option, module) for option in options if option in _TAGGED}
    expression = "Expr" in options
    rest = [option for option in options if option != "Expr" and option not in _TAGGED]
    plain_decoder = _noted_decoder(rest[0], module) if len(rest) == 1 else _as_it_is
    if not tagged and not expression and plain_decoder is _as_it_is:
        return _as_it_is

    def decode(plain: Plain) -> Any:
        if plain is None:
            return None
        if isinstance(plain, dict):
            if expression and "expr" in plain:
                return expr_from_plain(plain["expr"])
            if plain.get("is") in tagged:
                return tagged[plain["is"]](plain)
        return plain_decoder(plain)

    return decode
