"""The folded state of a case as text, and back. Both are on the hot path, so they are written out by hand.

The text is what `language.canonical` writes (a test compares both ways). What differs is the pace: only those parts
are walked that JSON cannot express, and what was read last is remembered by its text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import lru_cache
from operator import attrgetter
from typing import Any

from inprocap_flow.engine.records import (
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

Plain = dict[str, Any]
Plan = tuple[Callable[[Any], tuple[Any, ...]], tuple[tuple[str, Any, Any], ...]]
REMEMBERED = 64  # cases; a process that serves many people reads the same ones again and again

# ---------------------------------------------------------------------------------------------- reading


@lru_cache(maxsize=REMEMBERED)
def read(text: str) -> Case:
    """Return the case that `write` wrote. Raises KeyError, TypeError or ValueError on foreign text.

    The same text gives the same object: a case is frozen, and nobody may change what its mappings hold.
    """
    plain: Plain = json.loads(text)
    for name, decode in _PARTS.items():
        if name in plain:
            plain[name] = decode(plain[name])
    return Case(**plain)


def _each(decode: Any) -> Any:
    return lambda plain: {key: decode(item) for key, item in plain.items()}


def _line(plain: Plain) -> LineState:
    if "documents" in plain:
        plain["documents"] = {name: _versions(found) for name, found in plain["documents"].items()}
    if "milestones" in plain:
        plain["milestones"] = {name: tuple(found) for name, found in plain["milestones"].items()}
    if "speakers" in plain:
        plain["speakers"] = tuple(plain["speakers"])
    return LineState(**plain)


def _versions(found: list[Plain]) -> tuple[DocumentVersion, ...]:
    return tuple(DocumentVersion(**version) for version in found)


def _approval(plain: Plain) -> ApprovalState:
    if "signatures" in plain:
        plain["signatures"] = tuple(GivenSignature(**signature) for signature in plain["signatures"])
    return ApprovalState(**plain)


def _deadline(plain: Plain) -> DeadlineState:
    if "history" in plain:
        plain["history"] = tuple(plain["history"])
    return DeadlineState(**plain)


_PARTS: Mapping[str, Any] = {
    "lines": _each(_line),
    "approvals": _each(_approval),
    "deadlines": _each(_deadline),
    "watches": _each(lambda plain: WatchState(**plain)),
    "interests": lambda plain: tuple(Interest(**interest) for interest in plain),
    "lifted": tuple,
    "acted": _each(tuple),
    "not_evidenced": tuple,
}

# ---------------------------------------------------------------------------------------------- writing


def write(case: Case) -> str:
    """Return the canonical text of *case*: equal cases give equal text."""
    return canonical_json(_plain(case))


_PLANS: dict[type[Any], Plan] = {}  # how to write each type of record, found once


def _plain(record: Any) -> Plain:
    """Return a record as JSON data without what equals its default; what it holds is JSON already, or in `_INNER`."""
    values, plan = _PLANS.get(type(record)) or _plan(type(record))
    return {
        name: value if inner is None else inner(value)
        for value, (name, default, inner) in zip(values(record), plan, strict=True)
        if value != default
    }


def _plan(record: type[Any]) -> Plan:
    names = [item.name for item in fields(record)]
    inner = _INNER.get(record, {})
    plan = tuple((item.name, _default(item), inner.get(item.name)) for item in fields(record))
    return _PLANS.setdefault(record, (attrgetter(*names), plan))


def _default(item: Any) -> Any:
    # A field without a default compares with MISSING, which nothing equals.
    return item.default_factory() if item.default_factory is not MISSING else item.default


def _plain_each(found: Mapping[str, Any]) -> Plain:
    return {key: _plain(item) for key, item in found.items()}


def _plain_all(found: tuple[Any, ...]) -> list[Plain]:
    return [_plain(item) for item in found]


_INNER: Mapping[type[Any], Mapping[str, Any]] = {
    Case: {
        "lines": _plain_each,
        "approvals": _plain_each,
        "deadlines": _plain_each,
        "watches": _plain_each,
        "interests": _plain_all,
    },
    LineState: {"documents": lambda found: {name: _plain_all(versions) for name, versions in found.items()}},
    ApprovalState: {"signatures": _plain_all},
}
