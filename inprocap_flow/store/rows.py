"""Records as rows and rows as records: one function for each table, no SQL and no state."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from inprocap_flow.engine.case.records import (
    ApprovalState,
    Blocker,
    Case,
    DeadlineState,
    DocumentVersion,
    Event,
    Message,
    Request,
    When,
    stamp,
    unstamp,
)
from inprocap_flow.language.canonical import canonical_json, digest, to_plain
from inprocap_flow.store import chain
from inprocap_flow.store.chain import Link
from inprocap_flow.store.moments import sortable
from inprocap_flow.store.records import Answer, Person

Named = dict[str, Any]
WHOLE_SECONDS = len("2026-07-07T14:00:00Z")
REFUSALS_COUNT_FOR = len("2026-07-07T14:00")  # the same refusal within one minute of the clock is one row


def _sortable(text: str | None) -> str | None:
    """Return a stamp of the engine in the width that sorts; what is no stamp (an imprecise moment) stays."""
    if not text:
        return text
    if len(text) == WHOLE_SECONDS and text[10] == "T" and text[-1] == "Z":  # as nearly all are
        return f"{text[:-1]}.000000Z"
    try:
        return sortable(unstamp(text))
    except ValueError:
        return text


# ---------------------------------------------------------------------------------------------- cases and events


def of_case(case: Case, state: str, *, event_count: int, head: str) -> Named:
    """Return the row of *case*, whose text is *state*."""
    return {
        "id": case.id,
        "organisation": case.organisation,
        "procedure": case.procedure,
        "procedure_version": case.procedure_version,
        "definition_hash": case.definition_hash,
        "title": case.title,
        "stage": case.main.state,
        "ended": int(case.main.ended),
        "historic": int(case.historic),
        "version": case.version,
        "event_count": event_count,
        "head": head,
        "opened_at": _sortable(case.opened_at),
        "opened_by": case.opened_by,
        "last_change_at": _sortable(case.last_change_at),
        "last_change_by": case.last_change_by,
        "state": state,
    }


def of_event(case_id: str, link: Link) -> Named:
    """Return the row of an event between the hash before it and its own."""
    event, texts = link.event, link.texts or chain.texts_of(link.event)
    return {
        "case_id": case_id,
        "seq": event.seq,
        "outcome": event.outcome,
        "decision": event.decision,
        "kind": event.kind,
        "line": event.line,
        "data": texts.data,
        "happened": texts.happened,
        "recorded_at": sortable(event.recorded_at),
        "actor": event.actor,
        "role": event.role,
        "on_behalf_of": event.on_behalf_of,
        "request": texts.request,
        "as_of": event.as_of,
        "account": event.account,
        "event_schema": event.schema,
        "prev_hash": link.prev,
        "hash": link.hash,
    }


def event(row: tuple[Any, ...]) -> tuple[Event, str, str]:
    """Return the event of a row of ``events``, with the hash before it and its own."""
    (_, seq, outcome, decision, kind, line, data, happened, recorded_at, actor, *rest) = row
    role, on_behalf_of, request, as_of, account, schema, prev, own = rest
    made = Event(
        seq=seq,
        outcome=outcome,
        decision=decision,
        kind=kind,
        line=line,
        data=json.loads(data),
        happened=When.from_plain(json.loads(happened)),
        recorded_at=unstamp(recorded_at),
        actor=actor,
        role=role,
        on_behalf_of=on_behalf_of,
        request=None if request is None else json.loads(request),
        as_of=as_of,
        account=account,
        schema=schema,
    )
    return made, prev, own


# ---------------------------------------------------------------------------------------------- projections


def of_approval(case_id: str, state: ApprovalState) -> Named:
    """Return the row of an approval."""
    return {
        "case_id": case_id,
        "line": state.line,
        "name": state.name,
        "round": state.round,
        "open": int(state.open),
        "asked_by": state.asked_by,
        "asked_at": _sortable(state.asked_at),
        "declined_by": state.declined_by,
        "signed": sum(signature.status == "standing" for signature in state.signatures),
    }


def of_deadline(case_id: str, state: DeadlineState) -> Named:
    """Return the row of a deadline."""
    return {
        "case_id": case_id,
        "line": state.line,
        "name": state.name,
        "status": state.status,
        "end_at": _sortable(state.end),
        "last_day": state.last_day,
        "provisional": int(state.provisional),
        "assumed": int(state.assumed),
    }


def of_documents(case_id: str, line: str, name: str, versions: tuple[DocumentVersion, ...]) -> Iterator[Named]:
    """Return one row for each filed version of the document *name* of a line."""
    for number, version in enumerate(versions, start=1):
        yield _of_document(case_id, line, name, number, version)


def _of_document(case_id: str, line: str, name: str, number: int, version: DocumentVersion) -> Named:
    return {
        "case_id": case_id,
        "line": line,
        "name": name,
        "number": number,
        "mark": version.sha256,
        "filename": version.filename,
        "media_type": version.media_type,
        "size": version.size,
        "filed_by": version.by,
        "filed_at": _sortable(version.at),
        "sealed_until": version.sealed_until,
    }


# ---------------------------------------------------------------------------------------------- messages, refusals


def of_messages(case_id: str, message: Message, now: datetime) -> Iterator[Named]:
    """Return one row for each recipient group of *message*, still without an id."""
    for recipient in message.to:
        yield {
            "case_id": case_id,
            "seq": message.seq,
            "kind": message.kind,
            "recipient": recipient,
            "subject": message.subject,
            "about": canonical_json(list(message.about)),
            "line": message.line,
            "created_at": sortable(now),
            "state": "pending",
            "detail": "{}",
        }


def without_values(request: Request) -> Named:
    """Return what was asked without anything that may be sealed or personal: names of fields, hashes of documents."""
    plain: Named = to_plain(
        {
            "kind": request.kind,
            "actor": request.actor,
            "name": request.name,
            "line": request.line,
            "role": request.role,
            "new": request.new,
            "parent": request.parent,
            "fields": sorted(request.fields),
            "documents": {name: handed.sha256 for name, handed in request.documents.items()},
            "happened": None if request.happened is None else request.happened.to_plain(),
            "historic": request.historic,
            "extra": sorted(request.extra),
        }
    )
    return {key: value for key, value in plain.items() if value not in (None, [], {}, "", False)}


def of_blocker(blocker: Blocker) -> Named:
    """Return a blocker as JSON data."""
    plain: Named = to_plain(blocker)
    if blocker.possible_from is not None:
        plain["possible_from"] = stamp(blocker.possible_from)
    return plain


def of_refusal(case_id: str, request: Request, blockers: tuple[Blocker, ...], now: datetime) -> Named:
    """Return the row of a refusal; its id is the same for the same refusal within one minute."""
    asked = without_values(request)
    codes = canonical_json([blocker.code for blocker in blockers])
    at = sortable(now)
    return {
        "id": digest([case_id, asked, codes, at[:REFUSALS_COUNT_FOR]]),
        "case_id": case_id,
        "actor": request.actor,
        "role": request.role,
        "kind": request.kind,
        "name": request.name,
        "line": request.line,
        "request": canonical_json(asked),
        "codes": codes,
        "blockers": canonical_json([of_blocker(blocker) for blocker in blockers]),
        "first_at": at,
        "last_at": at,
        "times": 1,
    }


# ---------------------------------------------------------------------------------------------- answers and people


def fingerprint(request: Request) -> str:
    """Return what tells one request from another without saying any value.

    Documents count by name, file name and size: one that is sealed gets another mark each time it is taken in, and
    whoever sends a request again after a crash takes its files in again.
    """
    files = {name: [handed.filename, handed.size] for name, handed in sorted(request.documents.items())}
    from hashlib import sha256  # not at the start: whoever only reads hashes nothing

    return sha256(canonical_json(without_values(request) | {"documents": files}).encode()).hexdigest()


def answer(row: tuple[Any, ...]) -> Answer:
    """Return the answer of a row of ``answers``."""
    key, case_id, version, mark, answered_at, text = row
    response: Mapping[str, Any] = json.loads(text)
    refused = tuple(blocker["code"] for blocker in response.get("blockers", ()))
    return Answer(key, case_id, version, answered_at, refused, response, mark)


def of_person(organisation: str, person: Person) -> Named:
    """Return the row of a person."""
    return {
        "organisation": organisation,
        "id": person.id,
        "name": person.name,
        "contact": canonical_json(person.contact),
        "roles": canonical_json(list(person.roles)),
        "absences": canonical_json(list(person.absences)),
        "substitute": person.substitute,
        "erased_at": person.erased_at,
    }


def person(row: tuple[Any, ...]) -> Person:
    """Return the person of a row of ``people``."""
    _, person_id, name, contact, roles, absences, substitute, erased_at = row
    return Person(
        id=person_id,
        name=name,
        contact=json.loads(contact),
        roles=tuple(json.loads(roles)),
        absences=tuple(json.loads(absences)),
        substitute=substitute,
        erased_at=erased_at,
    )
