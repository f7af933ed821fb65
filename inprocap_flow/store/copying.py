"""Copying an installation to another database, such as from SQLite to PostgreSQL: all rows, all documents, or nothing.

The rows are read in one view of the source and written in one transaction of the target, which ends with an audit of
what has arrived; only then is it committed. Whoever is stopped on the way leaves an empty target, and document files
that the next try finds and does not copy again. Nothing of the source is changed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Table, func, insert, select
from sqlmodel import SQLModel

from inprocap_flow.errors import NotAllowed, StoreDamaged
from inprocap_flow.store import tables
from inprocap_flow.store.audit import audit
from inprocap_flow.store.connection import Connection
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.documents import CHUNK, Documents
from inprocap_flow.store.generate import compiled
from inprocap_flow.store.rekeying import dialect_of
from inprocap_flow.store.statement import Statement

ROWS = 500  # at once
SETTINGS = tables.Setting.__tablename__
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Copied:
    """What has arrived. ``rows`` by table; ``files`` were copied now, ``files_there`` were there already."""

    rows: dict[str, int]
    files: int
    files_there: int
    cases: int
    events: int
    not_checked: tuple[str, ...]


def copy_all(source: DatabaseStore, target: DatabaseStore, *, tell: Tell = lambda _what, _done, _of: None) -> Copied:
    """Copy everything of *source* to *target*, which must be empty. *tell* hears what is copied, how much, of how much.

    Both are brought to the newest schema first. Raises NotAllowed for a target in which anything was recorded,
    StoreDamaged if what arrives does not verify (the source then does not either), or differs in number.
    """
    source.create()
    target.create()
    with source.reading() as view, target.writing() as work:
        work.connection.take_turns()
        _must_be_empty(work.connection)
        counts = {table.name: _count(view.connection, table) for table in SQLModel.metadata.sorted_tables}
        # After the view was taken: every file that a row of it names is there by now, as files are only ever added.
        files, there = _copy_files(source.files_or_none(), target.files_or_none(), tell)
        for table in SQLModel.metadata.sorted_tables:
            _copy_rows(view.connection, work.connection, table, counts[table.name], tell)
        report = audit(work, target.files_or_none())
        if not report.ok:
            first, many = report.findings[0], len(report.findings)
            raise StoreDamaged(
                f"what arrived does not verify: {many} findings, the first: {first.case_id} {first.fact}",
                mend="run audit verify on the database that is to be copied; nothing was copied",
            )
    return Copied(counts, files, there, report.cases, report.events, report.not_checked)


# ---------------------------------------------------------------------------------------------- rows


def _must_be_empty(connection: Connection) -> None:
    for table in SQLModel.metadata.sorted_tables:
        if table.name != SETTINGS and (count := _count(connection, table)):
            raise NotAllowed(
                f"the target is not empty: {count} rows in {table.name}", mend="make an empty database, and name that"
            )


def _count(connection: Connection, table: Table) -> int:
    found = connection.row(_made(connection, select(func.count()).select_from(table)))
    return int(found[0]) if found else 0


def _copy_rows(source: Connection, target: Connection, table: Table, total: int, tell: Tell) -> None:
    if table.name == SETTINGS:
        # Settings say which installation this is: the copy is the same one, so its own new name makes way.
        target.write(_made(target, table.delete()), {})
    adding, done = _made(target, insert(table)), 0
    for rows in _read(source, table):
        target.write_all(adding, rows)
        done += len(rows)
        tell(table.name, done, total)
    if done != total or _count(target, table) != total:
        raise StoreDamaged(f"{done} of {total} rows of {table.name} arrived", mend="try again; nothing was copied")


def _read(source: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    names = [column.name for column in table.columns]
    asked = _made(source, select(table).order_by(*table.primary_key.columns))
    cursor = source.run(asked)
    while rows := cursor.fetchmany(ROWS):
        yield [dict(zip(names, row, strict=True)) for row in rows]


def _made(connection: Connection, statement: Any) -> Statement:
    return compiled(statement, dialect_of(connection))


# ---------------------------------------------------------------------------------------------- documents


def _copy_files(source: Documents | None, target: Documents | None, tell: Tell) -> tuple[int, int]:
    """Copy every document that is not there yet; return how many were copied, and how many were there.

    Raises NotAllowed if there are documents and no folder for them, StoreDamaged for one that is not what it was.
    """
    found = [] if source is None else [(mark, path) for mark, path in source.marks() if mark]
    if found and target is None:
        raise NotAllowed(
            f"there are {len(found)} documents, and the target has no folder for them", mend="name one with --documents"
        )
    copied = 0
    for number, (mark, path) in enumerate(found, start=1):
        assert target is not None
        place = target.path(mark, sealed=path.suffix == ".sealed")
        if not (place.exists() and place.stat().st_size == path.stat().st_size):
            _copy_file(path, place, mark)
            copied += 1
        tell("documents", number, len(found))
    return copied, len(found) - copied


def _copy_file(path: Path, place: Path, mark: str) -> None:
    """Copy a file so that it is there whole or not at all. A sealed one is checked by the audit that follows."""
    place.parent.mkdir(parents=True, exist_ok=True)
    beside, whole = place.with_name(f".{uuid4().hex}"), hashlib.sha256()
    try:
        with path.open("rb") as old, beside.open("xb") as new:
            while chunk := old.read(CHUNK):
                whole.update(chunk)
                new.write(chunk)
            new.flush()
            os.fsync(new.fileno())
        if path.suffix != ".sealed" and whole.hexdigest() != mark:
            raise StoreDamaged(f"document {mark[:12]} is not what was filed", mend="take it back from a backup first")
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
