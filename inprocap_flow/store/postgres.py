"""A connection to PostgreSQL: what only PostgreSQL knows of locks and errors. The driver comes in when one is made."""

from __future__ import annotations

from typing import Any

from inprocap_flow.store.connection import Connection, StoreUnavailable, Watch, broken_rule, no_use


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
            return broken_rule(str(wrong), unique="unique constraint", foreign="foreign key constraint")
        return no_use(wrong) if isinstance(wrong, psycopg.Error | UnicodeError) else wrong


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
