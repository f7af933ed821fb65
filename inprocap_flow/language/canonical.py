"""One canonical JSON form for frozen records: equal records give equal bytes, and bytes give the record back.

Keys are sorted, defaults are left out, text is UTF-8 without escapes, there is no white space. The SHA-256 of
these bytes is what names a released definition. Supported: str, int, bool, None, tuples, mappings with text
keys, nested records, and expressions (which bring their own plain form).
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, Union

from inprocap_flow.language.expressions.stored import from_plain as expr_from_plain
from inprocap_flow.language.expressions.stored import to_plain as expr_to_plain
from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.records import Field, default_of, fields_of

Record = TypeVar("Record")
Plain = Any
Decoder = Callable[[Plain], Any]


_ENCODER = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
)


def _quick() -> Callable[[Plain], str]:
    """Return what writes canonical text: the standard encoder's own machinery, set up once and not for every text."""
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # a Python without the accelerator
        return _ENCODER.encode
    sort_keys, skip_keys, allow_nan = True, False, False
    quote: Any = json.encoder.encode_basestring
    parts = make(None, _ENCODER.default, quote, None, ":", ",", sort_keys, skip_keys, allow_nan)
    return lambda plain: "".join(parts(plain, 0))


_canonical = _quick()


def canonical_json(plain: Plain) -> str:
    """Return *plain* JSON data as canonical text."""
    return _canonical(plain)


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
        return record(**values)

    return decode


def _field_decoder(record: type[Any], name: str) -> Decoder:
    """Return the decoder of one field. Raises KeyError for a name that is no field."""
    for owner in record.__mro__:
        note = owner.__dict__.get("__annotations__", {}).get(name)  # noqa: RUF063 - the text, not what it means
        if note is not None:
            return _noted_decoder(note, owner.__module__)
    raise KeyError(name)


@cache
def _noted_decoder(note: str, module: str) -> Decoder:
    """Return the decoder of an annotation; there are few different ones, and it takes a while to read each."""
    holder = type("_Noted", (), {"__annotations__": {"it": note}, "__module__": module})
    return _decoder(typing.get_type_hints(holder)["it"])


@cache
def _decoder(hint: Any) -> Decoder:
    if hint is Expr:
        return lambda plain: expr_from_plain(plain["expr"])
    if hasattr(hint, "__record_fields__"):
        record: Any = hint
        return _record_decoder(record)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return _choice_decoder(arguments)
    if origin is tuple:
        inner = _decoder(arguments[0])
        return lambda plain: tuple(inner(item) for item in plain)
    if origin is not None and issubclass(origin, Mapping):
        inner = _decoder(arguments[1])
        return lambda plain: {
            key: inner(item) for key, item in (plain.items() if isinstance(plain, Mapping) else plain)
        }
    return lambda plain: plain


def _choice_decoder(options: tuple[Any, ...]) -> Decoder:
    """Decode ``A | B | None``: expressions and tagged records say what they are, at most one other is left."""
    tagged = {option.__name__: _decoder(option) for option in options if getattr(option, "__name__", "") in _TAGGED}
    expression = Expr in options
    rest = [o for o in options if o is not type(None) and o is not Expr and getattr(o, "__name__", "") not in _TAGGED]
    plain_decoder = _decoder(rest[0]) if len(rest) == 1 else (lambda plain: plain)

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
