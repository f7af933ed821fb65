"""What people are told: messages, the reminders that will be due, and deliveries to one recipient each."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from inprocap_flow.store.tables.shapes import CLUSTERED, STRICT, text_column, text_or_none


class OutboxRow(SQLModel, table=True):
    """A message to one recipient group, written with the events that caused it and delivered afterwards.

    ``state``: pending, handed (its deliveries are made), carried_out (a report to another case), withdrawn. A reminder
    has no event of its own: ``seq`` is then the last event of the case, and ``detail`` (JSON) says which rung of which
    ladder it is, and whether late.
    """

    __tablename__: ClassVar[Any] = "outbox"
    __table_args__: ClassVar[Any] = (
        Index(
            "outbox_pending",
            "id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        STRICT,
    )

    id: str = text_column(key=True)
    case_id: str = text_column(of="cases.id")
    seq: int
    kind: str = text_column()
    recipient: str = text_column()
    subject: str = text_column()
    about: str = text_column()
    line: str = text_column()
    created_at: str = text_column()
    state: str = text_column()
    detail: str = Field(default="{}", sa_type=Text, sa_column_kwargs={"server_default": "{}"})


class ReminderRow(SQLModel, table=True):
    """The next rung of one ladder of a case, kept in order of its moment so that a sweep reads what is due and no more.

    A ladder is named by what it reminds of (``deadline case tenders``). The row is claimed by changing it only where it
    still says the same moment; whoever changes it writes the message in the same transaction.
    """

    __tablename__: ClassVar[Any] = "reminders"
    __table_args__: ClassVar[Any] = (Index("reminders_by_ladder", "case_id", "ladder", unique=True), CLUSTERED)

    due_at: str = text_column(key=True)
    case_id: str = text_column(key=True, of="cases.id")
    ladder: str = text_column(key=True)
    rung: str = text_column()


class DeliveryRow(SQLModel, table=True):
    """One message on its way to one recipient over one channel. Ids only: addresses are looked up when it is sent.

    ``state``: pending, sending (``next_at`` is then the end of the lease), sent, dead, withdrawn. ``bundle`` is the key
    that the receiver sees; it is written before the first try, so that every further try carries the same.
    """

    __tablename__: ClassVar[Any] = "deliveries"
    __table_args__: ClassVar[Any] = (
        Index(
            "deliveries_due",
            "next_at",
            sqlite_where=text("state IN ('pending', 'sending')"),
            postgresql_where=text("state IN ('pending', 'sending')"),
        ),
        Index("deliveries_by_message", "message_id"),
        STRICT,
    )

    id: str = text_column(key=True)
    message_id: str = text_column(of="outbox.id")
    case_id: str = text_column()
    organisation: str = text_column()
    recipient: str = text_column()
    channel: str = text_column()
    state: str = text_column()
    bundle: str | None = text_or_none()
    attempts: int
    next_at: str = text_column()
    last_error: str | None = text_or_none()
    created_at: str = text_column()
    sent_at: str | None = text_or_none()
