"""Moving the data keys of cases under another master key. Rare, so its statements are made when they are needed.

What was sealed is not touched: only the small wrapped key of each case is written anew. Each batch is one transaction,
and a key counts as moved by what its row says; so whoever is stopped in the middle goes on where it stopped.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Dialect, Executable, Table, bindparam, func, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite

from inprocap_flow.store import tables, vault
from inprocap_flow.store.connection import Connection
from inprocap_flow.store.generate import compiled
from inprocap_flow.store.statement import Statement
from inprocap_flow.store.vault import KeyRing, WrappedKey
from inprocap_flow.store.writing import WritingTransaction

BATCH = 100
_KEYS: Table = tables.CaseKey.__table__  # type: ignore[attr-defined]  # every table class has one


def masters(work: WritingTransaction) -> dict[str, int]:
    """Return the ids of the master keys that wrap something, and for how many cases; destroyed keys need none."""
    asked = select(_KEYS.c.master, func.count()).where(_alive()).group_by(_KEYS.c.master)
    return {str(name): int(count) for name, count in work.connection.rows(_statement(work, asked))}


def rewrap(work: WritingTransaction, keys: KeyRing, *, most: int = BATCH) -> int:
    """Wrap up to *most* keys of cases, which others hold wrapped, by the current master key; return how many.

    0: all are. Raises NotAllowed if the ring lacks the key of a case, StoreDamaged if one does not open.
    """
    c = _KEYS.c
    asked = select(c.case_id, c.master, c.nonce, c.wrapped).where(_alive(), c.master != bindparam("current"))
    asked = asked.order_by(c.case_id).limit(bindparam("most")).offset(literal_column("0"))
    found = work.connection.rows(_statement(work, asked), current=keys.current, most=most)
    moved = update(_KEYS).where(c.case_id == bindparam("of_case_id"), c.nonce == bindparam("of_nonce"))
    change = _statement(work, moved.values({name: bindparam(name) for name in WrappedKey._fields}))
    if found:
        work.forget()  # whoever has the old master key must not find the old wrapping in the file either
    for case_id, master, nonce, wrapped in found:
        new = vault.rewrap(keys, case_id, WrappedKey(master, bytes(nonce), bytes(wrapped)))
        work.connection.write(change, {**new._asdict(), "of_case_id": case_id, "of_nonce": nonce})
    return len(found)


def _alive() -> ColumnElement[bool]:
    return _KEYS.c.destroyed_at.is_(None)


def _statement(work: WritingTransaction, made: Executable) -> Statement:
    return compiled(made, dialect_of(work.connection))


def dialect_of(connection: Connection) -> Dialect:
    """Return how statements are written that are made for *connection* when they are needed."""
    if connection.dialect == "sqlite":
        return sqlite.dialect(paramstyle="qmark")
    made: Dialect = postgresql.psycopg.dialect(paramstyle="format")  # type: ignore[no-untyped-call]
    return made
