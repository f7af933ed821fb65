"""Lists and reports, through SQLModel sessions. Imported only when a list is asked for (SQLModel takes a while).

Every list is one statement, so it shows one moment. Nothing is written here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Engine, ExceptionContext, create_engine, event, pool
from sqlmodel import Session, SQLModel, col, select

from inprocap_flow.errors import FlowError
from inprocap_flow.store.connection import Connection
from inprocap_flow.store.entries import (
    ApprovalEntry,
    CaseEntry,
    DeadlineEntry,
    DeliveryEntry,
    DocumentEntry,
    MessageEntry,
    RefusalEntry,
)
from inprocap_flow.store.moments import sortable
from inprocap_flow.store.postgres import PostgresConnection
from inprocap_flow.store.sqlite import SqliteConnection
from inprocap_flow.store.tables.cases import ApprovalRow, CaseRow, DeadlineRow, DocumentRow, EventRow, RefusalRow
from inprocap_flow.store.tables.messages import DeliveryRow, OutboxRow

_AFTER = "inprocap_flow_after"  # the option of an engine: what is called once a list was read


def engine(dialect: str, connect: Callable[[], Connection], after: Callable[[], None]) -> Engine:
    """Return an engine whose connections are set up as all others are; *after* each list, it may be refused."""
    url = "sqlite://" if dialect == "sqlite" else "postgresql+psycopg://"
    made = create_engine(url, creator=lambda: connect().raw, poolclass=pool.NullPool, execution_options={_AFTER: after})
    kind = SqliteConnection if dialect == "sqlite" else PostgresConnection
    event.listen(made, "handle_error", partial(_told, kind))
    return made


def _told(kind: type[Connection], context: ExceptionContext) -> Exception | None:
    """Return the error of our family that an error of the driver means, to be raised instead; None for any other."""
    wrong = context.original_exception
    meant = kind.translated(wrong) if isinstance(wrong, Exception) else wrong
    return meant if isinstance(meant, FlowError) else None


def cases(on: Engine, organisation: str | None, *, ended: bool | None) -> tuple[CaseEntry, ...]:
    """Return cases, the one changed last first."""
    asked = select(CaseRow).order_by(col(CaseRow.last_change_at).desc(), col(CaseRow.id))
    if organisation is not None:
        asked = asked.where(CaseRow.organisation == organisation)
    if ended is not None:
        asked = asked.where(CaseRow.ended == int(ended))
    return tuple(_case(row) for row in _all(on, asked))


def _case(row: CaseRow) -> CaseEntry:
    return CaseEntry(**_named(row, CaseEntry, "ended", "historic"), ended=bool(row.ended), historic=bool(row.historic))


def deadlines(
    on: Engine, organisation: str | None, *, case_id: str | None, status: str | None, until: datetime | None
) -> tuple[DeadlineEntry, ...]:
    """Return deadlines, the earliest first; those without a date last."""
    asked = select(DeadlineRow, CaseRow).join(CaseRow, col(CaseRow.id) == col(DeadlineRow.case_id))
    if organisation is not None:
        asked = asked.where(CaseRow.organisation == organisation)
    if case_id is not None:
        asked = asked.where(DeadlineRow.case_id == case_id)
    if status is not None:
        asked = asked.where(DeadlineRow.status == status)
    if until is not None:
        asked = asked.where(col(DeadlineRow.end_at) <= sortable(until))
    ordered = asked.order_by(
        col(DeadlineRow.end_at).is_(None),
        col(DeadlineRow.end_at),
        DeadlineRow.case_id,
        DeadlineRow.line,
        DeadlineRow.name,
    )
    return tuple(_deadline(row, case) for row, case in _all(on, ordered))


def _deadline(row: DeadlineRow, case: CaseRow) -> DeadlineEntry:
    own = _named(row, DeadlineEntry, "provisional", "assumed", "title", "organisation")
    return DeadlineEntry(
        **own,
        provisional=bool(row.provisional),
        assumed=bool(row.assumed),
        title=case.title,
        organisation=case.organisation,
    )


def approvals_waiting(on: Engine, organisation: str | None, *, case_id: str | None) -> tuple[ApprovalEntry, ...]:
    """Return approvals that were asked for and are neither given nor declined, the longest waiting first."""
    asked = select(ApprovalRow, CaseRow).join(CaseRow, col(CaseRow.id) == col(ApprovalRow.case_id))
    asked = asked.where(ApprovalRow.open == 1)
    if organisation is not None:
        asked = asked.where(CaseRow.organisation == organisation)
    if case_id is not None:
        asked = asked.where(ApprovalRow.case_id == case_id)
    ordered = asked.order_by(col(ApprovalRow.asked_at), ApprovalRow.case_id, ApprovalRow.line, ApprovalRow.name)
    return tuple(
        ApprovalEntry(
            **_named(row, ApprovalEntry, "title", "organisation"), title=case.title, organisation=case.organisation
        )
        for row, case in _all(on, ordered)
    )


def outbox(on: Engine, *, case_id: str | None, state: str | None) -> tuple[MessageEntry, ...]:
    """Return messages in the order in which they were written."""
    asked = select(OutboxRow).order_by(col(OutboxRow.id))
    if case_id is not None:
        asked = asked.where(OutboxRow.case_id == case_id)
    if state is not None:
        asked = asked.where(OutboxRow.state == state)
    return tuple(
        MessageEntry(**_named(row, MessageEntry, "about"), about=tuple(json.loads(row.about)))
        for row in _all(on, asked)
    )


def deliveries(
    on: Engine, organisation: str | None, *, case_id: str | None, states: tuple[str, ...]
) -> tuple[DeliveryEntry, ...]:
    """Return deliveries in the order in which they were planned."""
    asked = select(DeliveryRow, OutboxRow).join(OutboxRow, col(OutboxRow.id) == col(DeliveryRow.message_id))
    if organisation is not None:
        asked = asked.where(DeliveryRow.organisation == organisation)
    if case_id is not None:
        asked = asked.where(DeliveryRow.case_id == case_id)
    if states:
        asked = asked.where(col(DeliveryRow.state).in_(states))
    keys = (DeliveryRow.created_at, DeliveryRow.message_id, DeliveryRow.recipient, DeliveryRow.channel)
    ordered = asked.order_by(*map(col, keys))
    return tuple(
        DeliveryEntry(
            **_named(row, DeliveryEntry, "kind", "to", "subject", "line"),
            kind=message.kind,
            to=message.recipient,
            subject=message.subject,
            line=message.line,
        )
        for row, message in _all(on, ordered)
    )


def refusals(on: Engine, case_id: str) -> tuple[RefusalEntry, ...]:
    """Return the refusals of a case in time; of no case ("") those of openings."""
    asked = select(RefusalRow).where(RefusalRow.case_id == case_id)
    ordered = asked.order_by(col(RefusalRow.first_at), col(RefusalRow.id))
    return tuple(
        RefusalEntry(
            **_named(row, RefusalEntry, "codes", "blockers", "request"),
            codes=tuple(json.loads(row.codes)),
            blockers=tuple(json.loads(row.blockers)),
            request=json.loads(row.request),
        )
        for row in _all(on, ordered)
    )


def documents(on: Engine, case_id: str | None) -> tuple[DocumentEntry, ...]:
    """Return the filed versions of documents of one case, or of all."""
    asked = select(DocumentRow)
    if case_id is not None:
        asked = asked.where(DocumentRow.case_id == case_id)
    keys = (DocumentRow.case_id, DocumentRow.line, DocumentRow.name, DocumentRow.number)
    return tuple(DocumentEntry(**_named(row, DocumentEntry)) for row in _all(on, asked.order_by(*map(col, keys))))


def marks_in_events(on: Engine) -> frozenset[str]:
    """Return the marks of all documents that any event names, annulled ones included."""
    found = _all(on, select(EventRow.data).where(EventRow.kind == "brought"))
    return frozenset(json.loads(data)["version"]["sha256"] for data in found)


def _all(on: Engine, asked: Any) -> Sequence[Any]:
    with Session(on) as session:
        found: Sequence[Any] = session.exec(asked).all()
    on.get_execution_options()[_AFTER]()
    return found


def _named(row: SQLModel, record: type[Any], *but: str) -> dict[str, Any]:
    """Return the columns of *row* that *record* has under the same name."""
    return {name: getattr(row, name) for name in record.__dataclass_fields__ if name not in but}
