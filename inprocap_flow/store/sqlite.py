"""A connection to SQLite, a file or a database in memory: what only SQLite knows of locks, logs and errors."""

from __future__ import annotations

import sqlite3
from typing import Any

from inprocap_flow.store.connection import Connection, Row, StoreUnavailable, Watch, broken_rule, no_use
from inprocap_flow.store.statement import Statement

BUSY_SECONDS = 10  # how long a writer waits for the one before it


class SqliteConnection(Connection):
    """SQLite: WAL, synchronous FULL, foreign keys, a busy timeout, and ``BEGIN IMMEDIATE`` for whoever writes.

    A transaction that reads first and writes later would fail at once if someone else commits in between; the
    busy timeout does not help there. So whoever may write says so when it begins.
    """

    dialect = "sqlite"

    def __init__(self, path: str, watch: Watch | None) -> None:
        from inprocap_flow.store.statements import SQLITE

        raw = _opened(path)
        super().__init__(raw, watch)
        self.statements = SQLITE
        self._settled: dict[tuple[Any, ...], list[Row]] = {}
        self._settled_at: int | None = None  # SQLite counts what others have committed; None: not known
        self._is_settled = False  # whether that was looked at in this transaction

    def begin(self, *, writing: bool) -> None:
        self._is_settled = False
        self.execute("BEGIN IMMEDIATE" if writing else "BEGIN")

    def mark_of_changes(self) -> object:
        if self._watch is not None:
            return self.look("PRAGMA data_version")[0]
        try:  # asked before every tick, so without a detour
            return self.raw.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error as wrong:
            raise self.translated(wrong) from wrong

    def settled_rows(self, statement: Statement, **named: Any) -> list[Row]:
        if not self._is_settled:
            self._settle()
        asked = (statement.sql, *named.values())
        found = self._settled.get(asked)
        if found is None:
            found = self.rows(statement, **named)
            if self._settled_at is not None:
                self._settled[asked] = found
        return found

    def settled(self) -> object | None:
        if not self._is_settled:
            self._settle()
        return None if self._settled_at is None else self._settled

    def _settle(self) -> None:
        """Forget what was read in earlier transactions if any other connection has committed anything since."""
        version = self._run("PRAGMA data_version", ()).fetchone()[0]
        if version != self._settled_at:
            self._settled = {}  # another one, for those who go by `settled`
        self._settled_at, self._is_settled = version, True

    def unsettle(self) -> None:
        # What is read from now on may be rolled back, so nothing is kept until the next transaction looks again.
        self._settled = {}
        self._settled_at, self._is_settled = None, True

    def in_transaction(self) -> bool:
        return bool(self.raw.in_transaction)

    def has_table(self, name: str) -> bool:
        found = self._run("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)).fetchone()
        return found is not None

    def forget_for_good(self) -> None:
        self.raw.execute("PRAGMA secure_delete = ON")

    def after_forgetting(self) -> None:
        self.raw.execute("PRAGMA secure_delete = OFF")
        # The log still holds the old pages; with readers about it cannot be emptied now and is later.
        self.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @staticmethod
    def translated(wrong: Exception) -> Exception:
        if isinstance(wrong, sqlite3.IntegrityError):
            return broken_rule(str(wrong), unique="UNIQUE constraint", foreign="FOREIGN KEY constraint")
        if isinstance(wrong, sqlite3.OperationalError) and "locked" in str(wrong):
            return StoreUnavailable(
                f"the database was locked for more than {BUSY_SECONDS} seconds",
                mend="try again; if it lasts, look for a program that holds the database open",
            )
        return no_use(wrong) if isinstance(wrong, sqlite3.Error | OverflowError | UnicodeError) else wrong


def _opened(path: str) -> sqlite3.Connection:
    """Open a file, or the ``file:`` URI of a memory database."""
    try:
        raw = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=path.startswith("file:")
        )
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error as wrong:
        mend = "check that the folder exists and may be written, and that the file is a database of this program"
        raise StoreUnavailable(f"the database {path} cannot be opened: {wrong}", mend=mend) from wrong
    return raw
