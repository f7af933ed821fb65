"""The one schema: every table as a SQLModel class. Statements and DDL of the hot path are generated from here.

Conventions: moments are UTC text of fixed width (``2026-07-07T14:00:00.000000Z``), so that they sort; JSON is
canonical text, so that bytes compare; yes and no are 1 and 0, because STRICT tables of SQLite know no booleans.
Only ``people`` and ``sealed_values`` ever hold something personal or sealed, and the second only encrypted.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, Integer, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

_BIG = BigInteger().with_variant(Integer(), "sqlite")  # STRICT knows INTEGER only, which has 64 bits there

STRICT: dict[str, Any] = {"sqlite_strict": True}
# Rows that are always read by their key lie in the key's own tree: one page less to write for each of them.
CLUSTERED: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}


def _text(*, key: bool = False, of: str | None = None) -> Any:
    if of is None:
        return Field(sa_type=Text, primary_key=key)
    return Field(sa_type=Text, primary_key=key, foreign_key=of)


def _none() -> Any:
    return Field(default=None, sa_type=Text)


class Setting(SQLModel, table=True):
    """What this installation knows about itself: its id."""

    __tablename__: ClassVar[Any] = "settings"
    __table_args__: ClassVar[Any] = CLUSTERED

    name: str = _text(key=True)
    value: str = _text()


class Release(SQLModel, table=True):
    """Something released (a procedure, a rulebook), named by the hash of its canonical content. Never changed.

    ``valid_from`` is the local day from which new cases may use it; empty: at once. ``judged`` is what was found out
    before it was released and does not follow from its content (JSON): how far cases were explored, what could not be
    decided, and what was found and overruled, with the reason; whoever released it answers for that. ``number`` counts
    releases as they were recorded: of two in one moment, or on a clock that went back, the higher one came last.
    """

    __tablename__: ClassVar[Any] = "releases"
    __table_args__: ClassVar[Any] = (UniqueConstraint("kind", "name", "version", name="one_content"), STRICT)

    content_hash: str = _text(key=True)
    kind: str = _text()
    name: str = _text()
    version: str = _text()
    content: str = _text()
    released_at: str = _text()
    released_by: str = _text()
    valid_from: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    judged: str = Field(default="{}", sa_type=Text, sa_column_kwargs={"server_default": "{}"})
    number: int = Field(default=0, sa_type=Integer, sa_column_kwargs={"server_default": "0"})


class FindingRow(SQLModel, table=True):
    """What the daily look at an organisation's people, calendars and rates found (ruling 20), once for each finding.

    ``id`` is derived from what it says, without the day from which it says it. ``gone_on`` is the first day on which it
    was not found any more; found again later it counts as new. ``told`` (JSON) maps persons to the key of the letter
    that tells them and, once that was accepted, the moment.
    """

    __tablename__: ClassVar[Any] = "findings"
    __table_args__: ClassVar[Any] = CLUSTERED

    organisation: str = _text(key=True)
    id: str = _text(key=True)
    procedure: str = _text()
    code: str = _text()
    fact: str = _text()
    mend: str = _text()
    first_on: str = _text()
    last_on: str = _text()
    gone_on: str = _text()
    told: str = _text()


class Person(SQLModel, table=True):
    """A person of an organisation; outside every chain, so that an erasure leaves the chains whole (ruling 2)."""

    __tablename__: ClassVar[Any] = "people"
    __table_args__: ClassVar[Any] = CLUSTERED

    organisation: str = _text(key=True)
    id: str = _text(key=True)
    name: str = _text()
    contact: str = _text()
    roles: str = _text()
    absences: str = _text()
    substitute: str | None = _none()
    erased_at: str | None = _none()


class CaseRow(SQLModel, table=True):
    """A case: the snapshot of its folded events, and what lists need of it."""

    __tablename__: ClassVar[Any] = "cases"
    __table_args__: ClassVar[Any] = (Index("cases_by_change", "organisation", "ended", "last_change_at"), STRICT)

    id: str = _text(key=True)
    organisation: str = _text()
    procedure: str = _text()
    procedure_version: str = _text()
    definition_hash: str = _text(of="releases.content_hash")
    title: str = _text()
    stage: str = _text()
    ended: int
    historic: int
    version: int
    event_count: int
    head: str = _text()
    opened_at: str = _text()
    opened_by: str = _text()
    last_change_at: str = _text()
    last_change_by: str = _text()
    state: str = _text()


class EventRow(SQLModel, table=True):
    """An event as it was recorded, with its link in the case's chain. Never changed, never deleted."""

    __tablename__: ClassVar[Any] = "events"
    __table_args__: ClassVar[Any] = CLUSTERED

    case_id: str = _text(key=True, of="cases.id")
    seq: int = Field(primary_key=True, sa_type=Integer)
    outcome: int
    decision: int
    kind: str = _text()
    line: str = _text()
    data: str = _text()
    happened: str = _text()
    recorded_at: str = _text()
    actor: str = _text()
    role: str | None = _none()
    on_behalf_of: str | None = _none()
    request: str | None = _none()
    as_of: int | None = None
    account: str | None = _none()
    event_schema: int
    prev_hash: str = _text()
    hash: str = _text()


class ApprovalRow(SQLModel, table=True):
    """An approval as the case's state has it: a projection, for lists."""

    __tablename__: ClassVar[Any] = "approvals"
    __table_args__: ClassVar[Any] = (
        Index("approvals_waiting", "asked_at", sqlite_where=text("open = 1"), postgresql_where=text("open = 1")),
        CLUSTERED,
    )

    case_id: str = _text(key=True, of="cases.id")
    line: str = _text(key=True)
    name: str = _text(key=True)
    round: int
    open: int
    asked_by: str | None = _none()
    asked_at: str | None = _none()
    declined_by: str | None = _none()
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

    case_id: str = _text(key=True, of="cases.id")
    line: str = _text(key=True)
    name: str = _text(key=True)
    status: str = _text()
    end_at: str | None = _none()
    last_day: str | None = _none()
    provisional: int
    assumed: int


class DocumentRow(SQLModel, table=True):
    """A filed version of a document: a projection. ``mark`` is its SHA-256 or, while sealed, its commitment."""

    __tablename__: ClassVar[Any] = "documents"
    __table_args__: ClassVar[Any] = (Index("documents_by_mark", "mark"), CLUSTERED)

    case_id: str = _text(key=True, of="cases.id")
    line: str = _text(key=True)
    name: str = _text(key=True)
    number: int = Field(primary_key=True, sa_type=Integer)
    mark: str = _text()
    filename: str = _text()
    media_type: str = _text()
    size: int = Field(sa_type=_BIG)
    filed_by: str = _text()
    filed_at: str = _text()
    sealed_until: str | None = _none()


class SealedValue(SQLModel, table=True):
    """A value that must not be seen yet, encrypted with the case's key; the events hold its commitment only."""

    __tablename__: ClassVar[Any] = "sealed_values"
    __table_args__: ClassVar[Any] = CLUSTERED

    case_id: str = _text(key=True)
    commitment: str = _text(key=True)
    nonce: bytes
    ciphertext: bytes


class CaseKey(SQLModel, table=True):
    """The data key of a case, wrapped by a master key that lies outside the database. Destroyed: it is empty."""

    __tablename__: ClassVar[Any] = "case_keys"
    __table_args__: ClassVar[Any] = CLUSTERED

    case_id: str = _text(key=True)
    master: str = _text()
    nonce: bytes
    wrapped: bytes
    created_at: str = _text()
    destroyed_at: str | None = _none()


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

    id: str = _text(key=True)
    case_id: str = _text(of="cases.id")
    seq: int
    kind: str = _text()
    recipient: str = _text()
    subject: str = _text()
    about: str = _text()
    line: str = _text()
    created_at: str = _text()
    state: str = _text()
    detail: str = Field(default="{}", sa_type=Text, sa_column_kwargs={"server_default": "{}"})


class ReminderRow(SQLModel, table=True):
    """The next rung of one ladder of a case, kept in order of its moment so that a sweep reads what is due and no more.

    A ladder is named by what it reminds of (``deadline case tenders``). The row is claimed by changing it only where it
    still says the same moment; whoever changes it writes the message in the same transaction.
    """

    __tablename__: ClassVar[Any] = "reminders"
    __table_args__: ClassVar[Any] = (Index("reminders_by_ladder", "case_id", "ladder", unique=True), CLUSTERED)

    due_at: str = _text(key=True)
    case_id: str = _text(key=True, of="cases.id")
    ladder: str = _text(key=True)
    rung: str = _text()


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

    id: str = _text(key=True)
    message_id: str = _text(of="outbox.id")
    case_id: str = _text()
    organisation: str = _text()
    recipient: str = _text()
    channel: str = _text()
    state: str = _text()
    bundle: str | None = _none()
    attempts: int
    next_at: str = _text()
    last_error: str | None = _none()
    created_at: str = _text()
    sent_at: str | None = _none()


class RefusalRow(SQLModel, table=True):
    """A refusal with every reason; the same one within a minute is counted, not repeated. Outside the chain."""

    __tablename__: ClassVar[Any] = "refusals"
    __table_args__: ClassVar[Any] = (Index("refusals_by_case", "case_id", "first_at"), STRICT)

    id: str = _text(key=True)  # hash of case, actor, request, codes and minute
    case_id: str = _text()
    actor: str = _text()
    role: str | None = _none()
    kind: str = _text()
    name: str = _text()
    line: str = _text()
    request: str = _text()  # what was asked, without any value
    codes: str = _text()
    blockers: str = _text()
    first_at: str = _text()
    last_at: str = _text()
    times: int


class AnswerRow(SQLModel, table=True):
    """The first answer to a request with an idempotency key."""

    __tablename__: ClassVar[Any] = "answers"
    __table_args__: ClassVar[Any] = CLUSTERED

    key: str = _text(key=True)
    case_id: str = _text()
    version: int
    fingerprint: str = _text()  # of the request, without any value: `store.fingerprints`
    answered_at: str = _text()
    response: str = _text()


class Checkpoint(SQLModel, table=True):
    """A link of an organisation's chain of checkpoints (ruling 8)."""

    __tablename__: ClassVar[Any] = "checkpoints"
    __table_args__: ClassVar[Any] = CLUSTERED

    organisation: str = _text(key=True)
    number: int = Field(primary_key=True, sa_type=Integer)
    taken_at: str = _text()
    prev_hash: str = _text()
    hash: str = _text()


class CheckpointEntry(SQLModel, table=True):
    """The head of one case at a checkpoint; a case that has not moved since the last one is not repeated."""

    __tablename__: ClassVar[Any] = "checkpoint_entries"
    __table_args__: ClassVar[Any] = (Index("checkpoint_entries_by_head", "case_id", "head"), CLUSTERED)

    organisation: str = _text(key=True)
    number: int = Field(primary_key=True, sa_type=Integer)
    case_id: str = _text(key=True)
    event_count: int
    head: str = _text()
