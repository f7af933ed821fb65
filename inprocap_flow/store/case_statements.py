"""The statements of cases: chains, projections, messages, answers and seals. Part of what `generate` writes down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    Dialect,
    Executable,
    Table,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    null,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from inprocap_flow.store import tables
from inprocap_flow.store.columns import delete, table_of, upsert, where

CASES, EVENTS = table_of(tables.CaseRow), table_of(tables.EventRow)
APPROVALS, DEADLINES = table_of(tables.ApprovalRow), table_of(tables.DeadlineRow)
DOCUMENTS, OUTBOX = table_of(tables.DocumentRow), table_of(tables.OutboxRow)
REFUSALS, ANSWERS = table_of(tables.RefusalRow), table_of(tables.AnswerRow)
SEALED, KEYS = table_of(tables.SealedValue), table_of(tables.CaseKey)
_ONE: Any = literal_column("1")  # a number would become one more parameter
# What never changes about a case is not written again with every move.
_FIXED = ("id", "organisation", "procedure", "opened_at", "opened_by")


def statements(dialect: Dialect) -> dict[str, tuple[str, Executable]]:
    """Return name, purpose and statement, in the order in which a reader meets them."""
    return {**_of_cases(), **_of_projections(dialect), **_of_answers(dialect), **_of_seals()}


def _of_cases() -> dict[str, tuple[str, Executable]]:
    c = CASES.c
    load = select(*_head_columns()).where(*where(CASES, "id"))
    moved = update(CASES).where(*where(CASES, "id", "version"))
    return {
        "load_case": ("read a case", load),
        "lock_case": ("read a case that is about to change; where rows can be locked, it is", load.with_for_update()),
        "add_case": ("open a case", insert(CASES)),
        "move_case": (
            "change a case if nobody else has",
            moved.values({column.name: bindparam(column.name) for column in c if column.name not in _FIXED}),
        ),
        "who_changed": (
            "say who was faster",
            select(c.version, c.last_change_by, c.last_change_at).where(*where(CASES, "id")),
        ),
        "add_event": ("append to a chain", insert(EVENTS)),
        "case_events": (
            "read a chain",
            select(EVENTS).where(*where(EVENTS, "case_id")).order_by(EVENTS.c.seq),
        ),
    }


def _head_columns() -> list[Any]:
    c = CASES.c
    # The state is most of the row; whoever knows it already says by which head.
    state = case((c.head == bindparam("known_head"), null()), else_=c.state).label("state")
    return [state, c.version, c.event_count, c.head, c.definition_hash]


def _of_projections(dialect: Dialect) -> dict[str, tuple[str, Executable]]:
    return {
        "put_approval": ("project an approval", upsert(APPROVALS, dialect)),
        "drop_approval": ("an annulment may take an approval away", delete(APPROVALS)),
        "put_deadline": ("project a deadline", upsert(DEADLINES, dialect)),
        "drop_deadline": ("an annulment may take a deadline away", delete(DEADLINES)),
        "put_document": ("project a filed document", upsert(DOCUMENTS, dialect)),
        "drop_document": ("an annulment may take a filing away", delete(DOCUMENTS)),
        "add_message": ("put a message into the outbox", insert(OUTBOX)),
    }


def _of_answers(dialect: Dialect) -> dict[str, tuple[str, Executable]]:
    return {
        "add_answer": ("remember the first answer", insert(ANSWERS)),
        "find_answer": ("return the first answer", select(ANSWERS).where(*where(ANSWERS, "key"))),
        "forget_values": (
            "leave of the requests of a case what is no value",
            update(ANSWERS)
            .where(*where(ANSWERS, "case_id"))
            .values(fingerprint=func.substr(ANSWERS.c.fingerprint, _ONE, literal_column("64"))),
        ),
        "count_refusal": ("record a refusal, or count the same one of this minute", _count_refusal(dialect)),
    }


def _count_refusal(dialect: Dialect) -> Executable:
    make: Callable[[Table], Any] = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
    adding = make(REFUSALS)
    done: Executable = adding.on_conflict_do_update(
        index_elements=["id"], set_={"times": REFUSALS.c.times + _ONE, "last_at": adding.excluded.last_at}
    )
    return done


def _of_seals() -> dict[str, tuple[str, Executable]]:
    return {
        "add_sealed": ("keep a sealed value, encrypted", insert(SEALED)),
        "find_sealed": (
            "read a sealed value, encrypted",
            select(SEALED.c.nonce, SEALED.c.ciphertext).where(*where(SEALED, "case_id", "commitment")),
        ),
        "add_key": ("keep the wrapped key of a case", insert(KEYS)),
        "find_key": ("read the wrapped key of a case", select(KEYS).where(*where(KEYS, "case_id"))),
        "destroy_key": (
            "make what a case has sealed unreadable for ever",
            update(KEYS)
            .where(*where(KEYS, "case_id"), KEYS.c.destroyed_at.is_(None))
            .values(nonce=bindparam("nonce"), wrapped=bindparam("wrapped"), destroyed_at=bindparam("destroyed_at")),
        ),
    }
