"""A request as the record keeps it: enough to decide it again, with sealed values as commitments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.records import MAIN, Event, Handed, Request
from inprocap_flow.engine.case.sealing import commitment, is_sealed, salt_for
from inprocap_flow.language.model import CASE, Field

# What a request may say besides.
KEPT = (
    "by_law", "conflict", "from", "hops", "kept_until", "migration", "not_evidenced", "of", "source", "signed_by",
    "until", "with",
)  # fmt: skip


def describe(work: Work, request: Request) -> dict[str, Any]:
    """Return the request as JSON data without what is empty."""
    late = request.happened is not None and request.happened.last < work.now
    plain: dict[str, Any] = {
        "kind": request.kind,
        "name": request.name,
        "line": request.line if request.line != MAIN else None,
        "role": request.role,
        "new": request.new,
        "parent": request.parent,
        "fields": _fields(work, request),
        "documents": {name: _handed(handed) for name, handed in request.documents.items()},
        "reason": request.reason,
        "evidence": request.evidence,
        "late": late or None,
        "historic": request.historic or None,
        **{name: request.extra.get(name) for name in KEPT},
    }
    return {name: value for name, value in plain.items() if value is not None and value not in ({}, "")}


def _handed(handed: Handed) -> dict[str, Any]:
    return {"sha256": handed.sha256, "filename": handed.filename, "media_type": handed.media_type, "size": handed.size}


def _fields(work: Work, request: Request) -> dict[str, Any]:
    line_id = request.new or request.line
    declared = _declared(work, line_id)
    return {name: _described(work, line_id, declared.get(name), plain) for name, plain in request.fields.items()}


def _declared(work: Work, line_id: str) -> Mapping[str, Field]:
    line = work.case.lines.get(line_id)
    kind = line.kind if line else line_id.partition("/")[0]
    if line is None and (kind == CASE or kind not in work.binding.definition.tracks):
        return {}
    return work.binding.definition.line(kind).fields


def _described(work: Work, line_id: str, declared: Field | None, plain: Any) -> Any:
    if declared is None or declared.sealed_until is None or is_sealed(plain) or plain is None:
        return plain
    known = line_id in work.case.lines
    if work.facts(line_id if known else MAIN).reached(declared.sealed_until):
        return plain
    return {"sealed": commitment(salt_for(work.seed, line_id, declared.name), plain)}


def request_of(described: Mapping[str, Any], first: Event) -> Request:
    """Return the request that led to a recorded decision, as it can be decided again.

    What was signed stands on the line of its event: older records kept a track beside an approval of the case.
    """
    on_own_line = described.get("kind") in ("ask", "sign", "decline", "withdraw")
    return Request(
        kind=str(described.get("kind", "")),
        actor=first.actor,
        name=str(described.get("name", "")),
        line=first.line if on_own_line else str(described.get("line", MAIN)),
        role=described.get("role"),
        new=described.get("new"),
        parent=described.get("parent"),
        fields=described.get("fields", {}),
        documents={name: Handed(**handed) for name, handed in described.get("documents", {}).items()},
        reason=described.get("reason"),
        evidence=described.get("evidence"),
        happened=first.happened,
        historic=bool(described.get("historic", False)),
        extra={name: described[name] for name in KEPT if name in described},
    )
