"""The folded state of a case as text, and back. Both are on the hot path, so they are written out by hand.

The text is what `language.canonical` writes (a test compares both ways). What differs is the pace: only those parts
are walked that JSON cannot express, and a text is made from the one before it, of which most parts stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from inprocap_flow.engine.case.records import (
    ApprovalState,
    Case,
    DeadlineState,
    DocumentVersion,
    GivenSignature,
    Interest,
    LineState,
    WatchState,
)
from inprocap_flow.language.canonical import canonical_json
from inprocap_flow.records import default_of, fields_of, filled

Plain = dict[str, Any]

# ---------------------------------------------------------------------------------------------- reading


def read(text: str) -> Case:
    """Return the case that `write` wrote. Raises KeyError, TypeError or ValueError on foreign text."""
    plain: Plain = json.loads(text)
    for name, decode in _PARTS.items():
        if name in plain:
            plain[name] = decode(plain[name])
    return filled(Case, plain)


def _each(decode: Any) -> Any:
    return lambda plain: {key: decode(item) for key, item in plain.items()}


def _line(plain: Plain) -> LineState:
    if "documents" in plain:
        plain["documents"] = {name: _versions(found) for name, found in plain["documents"].items()}
    if "milestones" in plain:
        plain["milestones"] = {name: tuple(found) for name, found in plain["milestones"].items()}
    if "speakers" in plain:
        plain["speakers"] = tuple(plain["speakers"])
    return filled(LineState, plain)


def _versions(found: list[Plain]) -> tuple[DocumentVersion, ...]:
    return tuple([filled(DocumentVersion, version) for version in found])


def _approval(plain: Plain) -> ApprovalState:
    if "signatures" in plain:
        plain["signatures"] = tuple([filled(GivenSignature, signature) for signature in plain["signatures"]])
    return filled(ApprovalState, plain)


def _deadline(plain: Plain) -> DeadlineState:
    if "history" in plain:
        plain["history"] = tuple(plain["history"])
    return filled(DeadlineState, plain)


_PARTS: Mapping[str, Any] = {
    "lines": _each(_line),
    "approvals": _each(_approval),
    "deadlines": _each(_deadline),
    "watches": _each(lambda plain: filled(WatchState, plain)),
    "interests": lambda plain: tuple([filled(Interest, interest) for interest in plain]),
    "acted": _each(tuple),
    "not_evidenced": tuple,
    "findings": tuple,
}

# ---------------------------------------------------------------------------------------------- writing


class Written(NamedTuple):
    """A value, its canonical text, and its parts by name in order: what the next text is made from.

    The text begins with the name, if the value is a part of something. A part is taken over if it is the same object.
    Everything in a case is frozen, so that is: if it says the same.
    """

    value: Any
    text: str
    parts: Mapping[str, Written]


Writer = Callable[[str, Any, Written | None], Written]  # what the text begins with, the value, as it was before
Plan = tuple[tuple[str, ...], Mapping[str, tuple[str, Any, Writer]]]  # names in order; start, default and writer


def write(case: Case) -> str:
    """Return the canonical text of *case*: equal cases give equal text."""
    return written(case).text


def written(case: Case, before: Written | None = None) -> Written:
    """Return *case* with its text, made from that of an earlier state of the same case."""
    return _record("", case, before)


def _leaf(start: str, value: Any, _before: Written | None) -> Written:
    return Written(value, start + canonical_json(value), {})


def _plain_leaf(plain_of: Callable[[Any], Any]) -> Writer:
    return lambda start, value, _before: Written(value, start + canonical_json(plain_of(value)), {})


def _joined(start: str, value: Any, parts: Mapping[str, Written]) -> Written:
    return Written(value, f"{start}{{{','.join([part.text for part in parts.values()])}}}", parts)


def _mapping(writer: Writer) -> Writer:
    """Return what writes a mapping of which single entries change."""

    def of_mapping(start: str, value: Mapping[str, Any], before: Written | None) -> Written:
        old: Mapping[str, Written] = before.parts if before else {}
        if value.keys() == old.keys():  # mostly no other has come; then only what changed is looked at twice
            was, parts = before.value if before else {}, dict(old)
            for key in [key for key in parts if value[key] is not was[key]]:
                parts[key] = writer(f"{encode_basestring(key)}:", value[key], parts[key])
            return _joined(start, value, parts)
        parts = {}
        for key in sorted(value):
            item, known = value[key], old.get(key)
            same = known is not None and known.value is item
            parts[key] = known if known and same else writer(f"{encode_basestring(key)}:", item, known)
        return _joined(start, value, parts)

    return of_mapping


def _record(start: str, record: Any, before: Written | None) -> Written:
    """Write a record without what equals its default."""
    names, plan = _plan(type(record))
    values = record.__dict__
    was = before.value.__dict__ if before else {}
    parts = dict(before.parts) if before else {}
    has_come = False
    for name in [name for name in names if name not in was or values[name] is not was[name]]:
        own, default, writer = plan[name]
        known, value = parts.get(name), values[name]
        if value is default or value == default:
            parts.pop(name, None)
            continue
        has_come = has_come or known is None
        parts[name] = writer(own, value, known)
    if has_come:
        parts = {name: parts[name] for name in names if name in parts}
    return _joined(start, record, parts)


def _plain(record: Any) -> Plain:
    """Return a small record as JSON data without what equals its default; what it holds is JSON already."""
    values, (names, plan) = record.__dict__, _plan(type(record))
    return {name: values[name] for name in names if values[name] != plan[name][1]}


def _plain_all(found: tuple[Any, ...]) -> list[Plain]:
    return [_plain(item) for item in found]


def _plain_approval(state: ApprovalState) -> Plain:
    plain = _plain(state)
    return plain | {"signatures": _plain_all(state.signatures)} if state.signatures else plain


_PLANS: dict[type[Any], Plan] = {}  # how to write each type of record, found once


def _plan(record: type[Any]) -> Plan:
    known = _PLANS.get(record)
    if known is not None:
        return known
    items = sorted(fields_of(record).items())
    writers = _WRITERS.get(record, {})
    plan = {name: (f'"{name}":', default_of(said), writers.get(name, _leaf)) for name, said in items}
    return _PLANS.setdefault(record, (tuple(plan), plan))


_WRITERS: Mapping[type[Any], Mapping[str, Writer]] = {
    Case: {
        "lines": _mapping(_record),
        "approvals": _mapping(_plain_leaf(_plain_approval)),
        "deadlines": _mapping(_plain_leaf(_plain)),
        "watches": _mapping(_plain_leaf(_plain)),
        "interests": _plain_leaf(_plain_all),
    },
    LineState: {"documents": _mapping(_plain_leaf(_plain_all)), "fields": _mapping(_leaf)},
}
