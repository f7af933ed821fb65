"""The folded state of a case as text, and back. Reading is on the hot path, so it is written out by hand.

The text is what `language.canonical` writes (a test compares both ways); reading builds only those records anew
that JSON cannot express, which is several times faster than walking the type hints.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
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
from inprocap_flow.language.canonical import canonical_json, to_plain

Plain = dict[str, Any]


def write(case: Case) -> str:
    """Return the canonical text of *case*: equal cases give equal text."""
    return canonical_json(to_plain(case))


def read(text: str) -> Case:
    """Return the case that `write` wrote. Raises KeyError, TypeError or ValueError on foreign text."""
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
