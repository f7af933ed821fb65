"""One connection to one database: the only place where SQLite and PostgreSQL differ, and the seam for tests.

A `Watch` sees every statement, ``BEGIN`` and ``COMMIT`` included, before and after it runs. Tests count with it and
raise from it; what it raises is treated like the death of the process: nothing more is sent on that connection.
"""

from __future__ import annotations

import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, cast

from inprocap_flow.errors import FlowError, NotAllowed
from inprocap_flow.store.statement import Statement, Statements

if TYPE_CHECKING:
    from pathlib import Path

Row = tuple[Any, ...]
BUSY_SECONDS = 10  # how long a writer waits for the one before it


class StoreUnavailable(FlowError):
    """The database cannot be reached, is locked for too long, or refuses what it is given."""

    code = "store-unavailable"
    exit_status = 5


class MayOnlyBeRead(StoreUnavailable):
    """Something is to be written into a database that may only be read."""


class AlreadyThere(Exception):
    """A row with this key exists. Never leaves the store."""


class Watch(Protocol):
    """Something that sees each statement. ``executemany`` is one statement."""

    def before(self, sql: str) -> None: ...

    def after(self, sql: str) -> None: ...


class Connection(ABC):
    """A driver's connection in autocommit mode, with transactions begun and ended in the open."""

    dialect = ""
    statements: Statements

    def __init__(self, raw: Any, watch: Watch | None) -> None:
        self.raw = raw
        self._watch = watch

    # ------------------------------------------------------------------------------------------ statements

    def rows(self, statement: Statement, **named: Any) -> list[Row]:
        """Run *statement* and return all its rows."""
        found: list[Row] = self._run(statement.sql, statement.values(named)).fetchall()
        return found

    def row(self, statement: Statement, **named: Any) -> Row | None:
        """Run *statement* and return its first row, if there is one."""
        found: Row | None = self._run(statement.sql, statement.values(named)).fetchone()
        return found

    def settled_rows(self, statement: Statement, **named: Any) -> list[Row]:
        """Return all rows of a statement about releases or people, which are read always and written seldom.

        A database that can tell whether anybody else has written meanwhile may answer from memory.
        """
        return self.rows(statement, **named)

    def settled(self) -> object | None:
        """Return something that is the same object for as long as releases and people are; None: it cannot be told."""
        return None

    def unsettle(self) -> None:  # noqa: B027 - optional, as above
        """Say that this transaction writes releases or people."""

    def look(self, sql: str) -> Row:
        """Run a text that has no parameters and always gives one row, with as little around it as can be."""
        if self._watch is not None:
            return cast("Row", self._run(sql, ()).fetchone())
        try:
            return cast("Row", self.raw.execute(sql).fetchone())
        except Exception as wrong:
            raise self.translated(wrong) from wrong

    def mark_of_changes(self) -> object:
        """Return something that stays the same as long as nobody else changes anything; None: this cannot be told."""
        return None

    def write(self, statement: Statement, named: Mapping[str, Any]) -> int:
        """Run *statement* once and return how many rows it changed."""
        return int(self._run(statement.sql, statement.values(named)).rowcount)

    def write_all(self, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run *statement* for every one of *rows*; nothing is sent for none."""
        values = [statement.values(row) for row in rows]
        if values:
            self._run(statement.sql, values, many=len(values) > 1)

    def run(self, statement: Statement, **named: Any) -> Any:
        """Run *statement* and return the driver's cursor, for rows that are too many to hold."""
        return self._run(statement.sql, statement.values(named))

    def execute(self, sql: str) -> None:
        """Run a text without parameters: transactions, pragmas, DDL."""
        self._run(sql, ())

    def _run(self, sql: str, values: Sequence[Any], *, many: bool = False) -> Any:
        if self._watch is not None:
            self._watch.before(sql)
        try:
            # One row as executemany would be prepared anew for nothing.
            if many:
                cursor = self.raw.cursor()
                cursor.executemany(sql, values)
            else:
                cursor = self.raw.execute(sql, values[0] if isinstance(values, list) else values)
        except Exception as wrong:
            raise self.translated(wrong) from wrong
        if self._watch is not None:
            self._watch.after(sql)
        return cursor

    # ------------------------------------------------------------------------------------------ transactions

    @abstractmethod
    def begin(self, *, writing: bool) -> None:
        """Begin a transaction; who may write says so."""

    def commit(self) -> None:
        self.execute("COMMIT")

    @abstractmethod
    def in_transaction(self) -> bool:
        """Return whether a transaction is open."""

    def give_up(self) -> bool:
        """Roll back without telling the watch; False if the connection is of no more use."""
        try:
            if self.in_transaction():
                self.raw.cursor().execute("ROLLBACK")
        except Exception:  # noqa: BLE001 - whatever it is, the error that led here is the one to be told
            self.close()
            return False
        return True

    def close(self) -> None:
        self.raw.close()

    # ------------------------------------------------------------------------------------------ the rest

    @abstractmethod
    def has_table(self, name: str) -> bool:
        """Return whether there is a table of this name."""

    def forget_for_good(self) -> None:  # noqa: B027 - optional: not every database can
        """Make what this transaction overwrites or deletes unreadable in the files, as far as the database can."""

    def after_forgetting(self) -> None:  # noqa: B027 - optional, as above
        """Finish, after the commit, what `forget_for_good` began."""

    def must_lie_still(self) -> None:  # noqa: B027 - optional: mostly, locks see to it
        """Raise StoreUnavailable if what was read may have been changed meanwhile."""

    def take_turns(self) -> None:  # noqa: B027 - optional: SQLite lets only one write anyway
        """Wait for others who make tables, copy or release, and let them wait until this transaction ends."""

    @staticmethod
    @abstractmethod
    def translated(wrong: Exception) -> Exception:
        """Return the error of our family that a driver's error means, or the error itself."""


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
            return _broken_rule(str(wrong), unique="UNIQUE constraint", foreign="FOREIGN KEY constraint")
        if isinstance(wrong, sqlite3.OperationalError) and "locked" in str(wrong):
            return StoreUnavailable(
                f"the database was locked for more than {BUSY_SECONDS} seconds",
                mend="try again; if it lasts, look for a program that holds the database open",
            )
        return _no_use(wrong) if isinstance(wrong, sqlite3.Error | OverflowError | UnicodeError) else wrong


class PostgresConnection(Connection):
    """PostgreSQL through psycopg: rows are locked where they are read to be changed, readers see one snapshot."""

    dialect = "postgresql"

    def __init__(self, url: str, watch: Watch | None) -> None:
        from inprocap_flow.store.statements import POSTGRES

        super().__init__(_connected(url), watch)
        self.statements = POSTGRES

    def begin(self, *, writing: bool) -> None:
        self.execute("BEGIN" if writing else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def in_transaction(self) -> bool:
        from psycopg.pq import TransactionStatus

        return bool(self.raw.info.transaction_status != TransactionStatus.IDLE)

    def has_table(self, name: str) -> bool:
        return bool(self._run("SELECT to_regclass(%s) IS NOT NULL", (name,)).fetchone()[0])

    def take_turns(self) -> None:
        self.execute("SELECT pg_advisory_xact_lock(727364001)")  # any number, as long as it is always this one

    @staticmethod
    def translated(wrong: Exception) -> Exception:
        import psycopg

        if isinstance(wrong, psycopg.errors.IntegrityError):
            return _broken_rule(str(wrong), unique="unique constraint", foreign="foreign key constraint")
        return _no_use(wrong) if isinstance(wrong, psycopg.Error | UnicodeError) else wrong


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


def _connected(url: str) -> Any:
    try:
        import psycopg
    except ImportError as wrong:
        raise StoreUnavailable(
            "PostgreSQL needs the psycopg package", mend="install inprocap-flow[postgres]"
        ) from wrong
    try:
        return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1), autocommit=True)
    except psycopg.Error as wrong:
        mend = "check the address, that the server runs, and the password"
        raise StoreUnavailable(f"the PostgreSQL database cannot be reached: {wrong}", mend=mend) from wrong


def _broken_rule(text: str, *, unique: str, foreign: str) -> Exception:
    if unique in text:
        return AlreadyThere(text)
    if foreign in text:
        return StoreUnavailable(
            f"a row names something that is not there ({text})", mend="release the definition before a case uses it"
        )
    return StoreUnavailable(f"the database refuses a value: {text}")


def _no_use(wrong: Exception) -> StoreUnavailable:
    text = str(wrong)
    if "no such table" in text or "does not exist" in text:
        mend = "release a procedure first (inprocap-flow release open), or name another database"
        return StoreUnavailable(f"this is not a database of this program: {text}", mend=mend)
    if "readonly" in text or "read-only" in text:
        return may_only_be_read(text)
    return StoreUnavailable(f"the database refuses: {text}")


def may_only_be_read(why: str) -> MayOnlyBeRead:
    """Return the error of whoever would write into a database that may only be read."""
    mend = "let its file and its folder be written by you, or work on a copy"
    return MayOnlyBeRead(f"the database may only be read, and this is to be written: {why}", mend=mend)


def sqlite_path(url: str) -> Path | None:
    """Return the file that *url* names, None for a database in memory. Raises NotAllowed, StoreUnavailable."""
    from pathlib import Path

    file = sqlite_file(url)
    return None if file is None else Path(file)


def sqlite_file(url: str) -> str | None:
    """Return what `sqlite_path` does, as text: a path costs more than a connection when a program starts anew."""
    if url in ("sqlite://", "sqlite:///:memory:", ":memory:"):
        return None
    name = url.removeprefix("sqlite:///")
    if "://" in name or not name:
        raise NotAllowed(f"{url!r} names no database known", mend="write sqlite:///FILE or postgresql+psycopg://...")
    if "\0" in name:
        raise StoreUnavailable("the name of the database holds a character that no file name may")
    if os.path.normpath(name) == name:  # as nearly all are; then a path would say the same
        return os.path.join(os.getcwd(), name)  # noqa: PTH109, PTH118
    from pathlib import Path

    return str(Path(name).absolute())
