"""Deeds of scenarios as the requests that a real case would get, at the moment at which they are played."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inprocap_flow.calendar.moments import parse_moment
from inprocap_flow.engine.acts.links import REPORT
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, SYSTEM_ACTOR, Handed, Request, When, stamp
from inprocap_flow.language.model import CASE, CLOCK_ACTS
from inprocap_flow.language.scenarios import Deed
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.typing_in import line_kind, typed_fields

VERBS_OF_ONE_NAME = ("do", "sign", "decline", "withdraw", "ask", "derogate", *CLOCK_ACTS)


def moments_of(deed: Deed, binding: Binding) -> tuple[When | None, datetime]:
    """Return the moment a deed says it happened (None: now), and the now at which it is played."""
    span = parse_moment(deed.at, binding.zone)
    if span.is_exact:
        return None, span.first
    last = span.last
    return When(span.first, last, span.precision), last


def request_of(play: Rehearsal, deed: Deed, binding: Binding, when: When | None) -> Request:
    """Return the request that a deed stands for, as the case stands in *play*. Raises InvalidInput."""
    if deed.verb == "report":
        return _report_of(deed, binding, when)
    values: Mapping[str, str] = deed.values
    documents: tuple[str, ...] = deed.documents
    extra: dict[str, Any] = {}
    kind = deed.verb
    if kind == "do" and play.case is None:
        kind = "open"
    if kind == "fill":
        values = deed.what
    elif kind == "bring":
        documents = tuple(deed.what)
    elif kind == "interest":
        extra["conflict"] = str(deed.what) != "none"
    elif kind == "annul" and isinstance(deed.what, list | tuple):
        extra["with"] = list(deed.what[1:])
    elif kind in CLOCK_ACTS:
        extra = _end(deed, binding)
    if deed.signed_by is not None:
        extra["signed_by"] = deed.signed_by
    name = str(next(iter(deed.what), "") if isinstance(deed.what, list | tuple) else deed.what)
    line_id = deed.on or MAIN
    own_kind = line_kind(binding.definition, deed.new or line_id, play.case)
    return Request(
        kind=kind,
        actor=deed.by,
        name=name if kind in (*VERBS_OF_ONE_NAME, "annul", "open") else "",
        line=MAIN if deed.new else line_id,
        role=deed.role,
        new=deed.new,
        parent=deed.of,
        fields=typed_fields(binding.definition, own_kind, values, binding.organisation.zone),
        documents={doc: Handed(f"{doc}-{play.number}", f"{doc}.pdf", "application/pdf", 1) for doc in documents},
        reason=deed.reason,
        happened=when,
        extra=extra,
    )


def _report_of(deed: Deed, binding: Binding, when: When | None) -> Request:
    """Return what arrives when a linked case reports: `by` is that case, `of` its procedure, else the first one."""
    definition, name = binding.definition, str(deed.what)
    receipt = definition.receives.get(name)
    procedure = deed.of or (receipt.of[0] if receipt else "")
    return Request(
        kind=REPORT,
        actor=SYSTEM_ACTOR,
        name=name,
        fields=typed_fields(definition, receipt.line if receipt else CASE, deed.values, binding.organisation.zone),
        happened=when,
        extra={"from": deed.by, "of": procedure},
    )


def _end(deed: Deed, binding: Binding) -> dict[str, Any]:
    """Return the end that an act on a deadline names: a day, a moment, or by how much a law makes the period longer."""
    extra: dict[str, Any] = {"by_law": deed.by_law} if deed.by_law else {}
    if deed.until:
        span = parse_moment(deed.until, binding.zone)
        extra["until"] = stamp(span.first) if span.is_exact else binding.day(span.first).isoformat()
    return extra
