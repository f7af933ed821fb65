"""Bring a database to the newest schema, in one transaction that others wait for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from inprocap_flow.store.connection import Connection, MayOnlyBeRead, StoreUnavailable
from inprocap_flow.store.statements import REVISION

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

_STAMP = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, PRIMARY KEY (version_num))"


def bring_up_to_date(connection: Connection) -> None:
    """Make all tables in an empty database, run what is missing in an older one, leave a current one alone."""
    if revision(connection) == REVISION:
        return
    _begin(connection)
    connection.take_turns()
    found = revision(connection)  # somebody may have been faster
    if found is None:
        create_fresh(connection)
    elif found != REVISION:
        _must_be_older(found)
        if found:  # else nothing was ever written into it
            keep_as_it_was(connection, found)
        upgrade(connection)
    if connection.row(connection.statements.find_setting, of_name="installation") is None:
        name = {"name": "installation", "value": f"installation-{os.urandom(16).hex()}"}
        connection.write(connection.statements.add_setting, name)
    connection.commit()


def _must_be_older(found: str) -> None:
    """Raise StoreUnavailable for a schema that this program does not know."""
    from alembic.script import ScriptDirectory

    from inprocap_flow.store.migrations import HERE

    if found and found not in {one.revision for one in ScriptDirectory(str(HERE)).walk_revisions()}:
        raise StoreUnavailable(
            f"this database was made by a newer version: its schema is {found[:32]}, and this version of "
            f"inprocap-flow knows none after {REVISION}",
            mend="use that version, or a newer one; a copy from before it was brought up to date may stand beside it",
        )


def keep_as_it_was(connection: Connection, found: str) -> Path | None:
    """Copy a SQLite file, whose schema is *found*, to ``FILE.schema-FOUND`` beside it, before its schema changes.

    A copy that is there already stays, and this one gets a number. The way back is to put the copy in the place of the
    file. Returns where it stands; None for a database in memory or on a server, whose operators have backups of their
    own. Raises StoreUnavailable if it cannot be written: then nothing is changed.
    """
    if connection.dialect != "sqlite":
        return None
    import sqlite3
    from contextlib import closing
    from itertools import count
    from pathlib import Path

    from inprocap_flow import logs

    file = connection.raw.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()[0]
    if not file:
        return None
    names = (Path(f"{file}.schema-{found}{f'-{number}' if number else ''}") for number in count())
    copy = next(name for name in names if not name.exists())
    try:
        # By another connection: this one has begun to write, and a copy has to end in a file that is whole.
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        copy.chmod(Path(file).stat().st_mode & 0o777)
    except (OSError, sqlite3.Error) as wrong:
        copy.unlink(missing_ok=True)
        raise StoreUnavailable(
            f"the database is to be brought up to date, and a copy of it as it is cannot be written: {wrong}",
            mend=f"make room for {copy}, or allow it to be written",
        ) from wrong
    logs.happened(logs.DATABASE_UPGRADED, level="warning", version=f"{found}-{REVISION}", copy=copy.name)
    return copy


def _begin(connection: Connection) -> None:
    try:
        connection.begin(writing=True)
    except MayOnlyBeRead as wrong:
        raise StoreUnavailable(
            "the database was made by another version of this program and is to be brought up to date, but may not be "
            "written to",
            mend="copy it with its documents into a folder that you may write to, and name that copy",
        ) from wrong


def revision(connection: Connection) -> str | None:
    """Return the last migration that this database has had, "" before the first, None without any tables.

    Raises StoreUnavailable for tables that do not say which version they are.
    """
    if connection.has_table("alembic_version"):
        found = connection.row(connection.statements.find_revision)
        return "" if found is None else str(found[0])
    if connection.has_table("cases"):
        raise StoreUnavailable("there are tables, but no record of their version", mend="restore the database")
    return None


def create_fresh(connection: Connection) -> None:
    """Run the generated DDL and stamp it with the newest migration; a test proves that both give the same."""
    for sql in connection.statements.ddl:
        connection.execute(sql)
    connection.execute(_STAMP)
    connection.execute(f"INSERT INTO alembic_version (version_num) VALUES ('{REVISION}')")  # noqa: S608 - our constant


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run the migrations up to *to* on this connection, inside the caller's transaction. Imports Alembic."""
    from alembic import command
    from alembic.config import Config

    from inprocap_flow.store.migrations import HERE

    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    with _lent(connection).connect() as lent:
        config.attributes["connection"] = lent
        command.upgrade(config, to)


def _lent(connection: Connection) -> Engine:
    """Return an engine around this one connection that leaves its transaction to us."""
    from sqlalchemy import create_engine, pool

    url = "sqlite://" if connection.dialect == "sqlite" else "postgresql+psycopg://"
    engine = create_engine(url, creator=lambda: connection.raw, poolclass=pool.StaticPool)
    for end in ("do_commit", "do_rollback", "do_close"):
        setattr(engine.dialect, end, lambda _connection: None)
    return engine
