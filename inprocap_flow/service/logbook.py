"""Log lines about outcomes: one for each thing that happened, and one for the request that led to it. Ids only."""

from __future__ import annotations

from typing import Any, Final

from inprocap_flow import logs
from inprocap_flow.engine.case.records import MAIN, Decision, Event, Refusal, Request
from inprocap_flow.store.records import Answer

# Event kind -> the word of the log, and the part of the event that is its subject (with the name of that field).
WORDS: Final = {
    "opened": (logs.CASE_BEGUN, "procedure", "procedure"),
    "began": (logs.TRACK_BEGUN, "", ""),
    "moved": (logs.CASE_MOVED, "trigger", "step"),
    "filled": (logs.FIELDS_SET, "", ""),
    "brought": (logs.DOCUMENT_ATTACHED, "document", "document"),
    "approval_asked": (logs.APPROVAL_ASKED, "approval", "approval"),
    "approval_signed": (logs.APPROVAL_SIGNED, "approval", "approval"),
    "approval_given": (logs.APPROVAL_GIVEN, "approval", "approval"),
    "approval_declined": (logs.APPROVAL_DECLINED, "approval", "approval"),
    "approval_withdrawn": (logs.APPROVAL_WITHDRAWN, "approval", "approval"),
    "deadline_over": (logs.DEADLINE_EXPIRED, "deadline", "deadline"),
    "deadline_missed": (logs.DEADLINE_EXPIRED, "deadline", "deadline"),
    "deadline_extended": (logs.DEADLINE_MOVED, "deadline", "deadline"),
    "deadline_recomputed": (logs.DEADLINE_MOVED, "deadline", "deadline"),
    "protected_data_destroyed": (logs.PROTECTED_DATA_DESTROYED, "", ""),
    "annulled": (logs.EVENT_ANNULLED, "", ""),
}


def write(case_id: str, request: Request, outcome: Decision | Refusal | Answer, stopwatch: logs.Stopwatch) -> None:
    """Write what came of *request*, with case, actor, request and duration on every line."""
    if not logs.is_written("info"):
        return
    with logs.bound(case=case_id, actor=request.actor, request=request.kind, duration_ms=stopwatch.duration_ms):
        if isinstance(outcome, Answer):
            logs.happened(logs.REQUEST_REPEATED)
            return
        for event in outcome.events:
            _happened(event)
        if isinstance(outcome, Decision):
            logs.happened(logs.REQUEST_RECORDED, count=len(outcome.events))
        else:
            logs.happened(logs.REQUEST_REFUSED, code=outcome.codes[0] if outcome.codes else "none")


def _happened(event: Event) -> None:
    known = WORDS.get(event.kind)
    if known is None:
        return
    word, field, part = known
    details: dict[str, Any] = {"sequence": event.seq, "actor": event.actor}
    if event.line != MAIN:
        details["track"] = event.line
    if field:
        details[field] = event.data[part]
    if event.kind == "moved":
        details["to_state"] = event.data["to"]
    logs.happened(word, **details)
