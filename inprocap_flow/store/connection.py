"""One connection to one database, and the seam for tests. What differs between databases is in `sqlite` and `postgres`.

A `Watch` sees every statement, ``BEGIN`` and ``COMMIT`` included, before and after it runs. Tests count with it and
raise from it; what it raises is treated like the death of the process: nothing more is sent on that connection.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, cast

from inprocap_flow.errors import FlowError
from inprocap_flow.store.statement import Statement, Statements

Row = tuple[Any, ...]


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


def broken_rule(text: str, *, unique: str, foreign: str) -> Exception:
    """Return the error of a row that breaks a rule of its table; *unique*, *foreign*: how the driver tells which."""
    if unique in text:
        return AlreadyThere(text)
    if foreign in text:
        return StoreUnavailable(
            f"a row names something that is not there ({text})", mend="release the definition before a case uses it"
        )
    return StoreUnavailable(f"the database refuses a value: {text}")


def no_use(wrong: Exception) -> StoreUnavailable:
    """Return the error of a statement that the database refuses, with what most likely lies behind it."""
    text = str(wrong)
    if "no such table" in text or "does not exist" in text:
        mend = "release a procedure first (inprocap-flow release open), or name another database"
        return StoreUnavailable(f"this is not a database of this program: {text}", mend=mend)
    if "readonly" in text or "read-only" in text:
        return may_only_be_read(text)
    mend = "make room on the disk of the database, then do the same again" if "is full" in text else ""
    return StoreUnavailable(f"the database refuses: {text}", mend=mend)


def may_only_be_read(why: str) -> MayOnlyBeRead:
    """Return the error of whoever would write into a database that may only be read."""
    mend = "let its file and its folder be written by you, or work on a copy"
    return MayOnlyBeRead(f"the database may only be read, and this is to be written: {why}", mend=mend)
