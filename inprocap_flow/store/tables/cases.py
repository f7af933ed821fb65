"""A case: its snapshot, its events, the projections for lists, and what was answered or refused."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Index, Integer, text
from sqlmodel import Field, SQLModel

from inprocap_flow.store.tables.shapes import BIG, CLUSTERED, STRICT, text_column, text_or_none


class CaseRow(SQLModel, table=True):
    """A case: the snapshot of its folded events, and what lists need of it."""

    __tablename__: ClassVar[Any] = "cases"
    __table_args__: ClassVar[Any] = (Index("cases_by_change", "organisation", "ended", "last_change_at"), STRICT)

    id: str = text_column(key=True)
    organisation: str = text_column()
    procedure: str = text_column()
    procedure_version: str = text_column()
    definition_hash: str = text_column(of="releases.content_hash")
    title: str = text_column()
    stage: str = text_column()
    ended: int
    historic: int
    version: int
    event_count: int
    head: str = text_column()
    opened_at: str = text_column()
    opened_by: str = text_column()
    last_change_at: str = text_column()
    last_change_by: str = text_column()
    state: str = text_column()


class EventRow(SQLModel, table=True):
    """An event as it was recorded, with its link in the case's chain. Never changed, never deleted."""

    __tablename__: ClassVar[Any] = "events"
    __table_args__: ClassVar[Any] = CLUSTERED

    case_id: str = text_column(key=True, of="cases.id")
    seq: int = Field(primary_key=True, sa_type=Integer)
    outcome: int
    decision: int
    kind: str = text_column()
    line: str = text_column()
    data: str = text_column()
    happened: str = text_column()
    recorded_at: str = text_column()
    actor: str = text_column()
    role: str | None = text_or_none()
    on_behalf_of: str | None = text_or_none()
    request: str | None = text_or_none()
    as_of: int | None = None
    account: str | None = text_or_none()
    event_schema: int
    prev_hash: str = text_column()
    hash: str = text_column()


class ApprovalRow(SQLModel, table=True):
    """An approval as the case's state has it: a projection, for lists."""

    __tablename__: ClassVar[Any] = "approvals"
    __table_args__: ClassVar[Any] = (
        Index("approvals_waiting", "asked_at", sqlite_where=text("open = 1"), postgresql_where=text("open = 1")),
        CLUSTERED,
    )

    case_id: str = text_column(key=True, of="cases.id")
    line: str = text_column(key=True)
    name: str = text_column(key=True)
    round: int
    open: int
    asked_by: str | None = text_or_none()
    asked_at: str | None = text_or_none()
    declined_by: str | None = text_or_none()
    signed: int


class DeadlineRow(SQLModel, table=True):
    """A deadline as the case's state has it: a projection, for lists and for the scheduler."""

    __tablename__: ClassVar[Any] = "deadlines"
    __table_args__: ClassVar[Any] = (
        Index(
            "deadlines_running",
            "end_at",
            sqlite_where=text("status = 'running'"),
            postgresql_where=text("status = 'running'"),
        ),
        CLUSTERED,
    )

    case_id: str = text_column(key=True, of="cases.id")
    line: str = text_column(key=True)
    name: str = text_column(key=True)
    status: str = text_column()
    end_at: str | None = text_or_none()
    last_day: str | None = text_or_none()
    provisional: int
    assumed: int


class DocumentRow(SQLModel, table=True):
    """A filed version of a document: a projection. ``mark`` is its SHA-256 or, while sealed, its commitment."""

    __tablename__: ClassVar[Any] = "documents"
    __table_args__: ClassVar[Any] = (Index("documents_by_mark", "mark"), CLUSTERED)

    case_id: str = text_column(key=True, of="cases.id")
    line: str = text_column(key=True)
    name: str = text_column(key=True)
    number: int = Field(primary_key=True, sa_type=Integer)
    mark: str = text_column()
    filename: str = text_column()
    media_type: str = text_column()
    size: int = Field(sa_type=BIG)
    filed_by: str = text_column()
    filed_at: str = text_column()
    sealed_until: str | None = text_or_none()


class RefusalRow(SQLModel, table=True):
    """A refusal with every reason; the same one within a minute is counted, not repeated. Outside the chain."""

    __tablename__: ClassVar[Any] = "refusals"
    __table_args__: ClassVar[Any] = (Index("refusals_by_case", "case_id", "first_at"), STRICT)

    id: str = text_column(key=True)  # hash of case, actor, request, codes and minute
    case_id: str = text_column()
    actor: str = text_column()
    role: str | None = text_or_none()
    kind: str = text_column()
    name: str = text_column()
    line: str = text_column()
    request: str = text_column()  # what was asked, without any value
    codes: str = text_column()
    blockers: str = text_column()
    first_at: str = text_column()
    last_at: str = text_column()
    times: int


class AnswerRow(SQLModel, table=True):
    """The first answer to a request with an idempotency key."""

    __tablename__: ClassVar[Any] = "answers"
    __table_args__: ClassVar[Any] = CLUSTERED

    key: str = text_column(key=True)
    case_id: str = text_column()
    version: int
    fingerprint: str = text_column()  # of the request, without any value: `store.fingerprints`
    answered_at: str = text_column()
    response: str = text_column()
