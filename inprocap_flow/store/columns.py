"""How statements name tables, compare columns and overwrite rows; for the modules that generate them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Dialect, Executable, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel


def table_of(row: type[SQLModel]) -> Table:
    """Return the table of a SQLModel class."""
    found: Table = row.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table
    return found


def where(table: Table, *names: str) -> Iterator[Any]:
    """Compare columns with parameters of the same name, written ``of_<name>`` as SQLAlchemy asks of updates."""
    return (table.c[name] == bindparam(f"of_{name}") for name in names)


def upsert(table: Table, dialect: Dialect, *, keep: str = "") -> Executable:
    """Insert or, where the key is there, overwrite; a row whose column *keep* is filled stays as it is."""
    make: Callable[[Table], Any] = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
    adding = make(table)
    keys = [column.name for column in table.primary_key]
    rest = {column.name: adding.excluded[column.name] for column in table.c if column.name not in keys}
    unless = table.c[keep].is_(None) if keep else None
    done: Executable = adding.on_conflict_do_update(index_elements=keys, set_=rest, where=unless)
    return done


def delete(table: Table) -> Executable:
    """Delete the row with this key."""
    return table.delete().where(*where(table, *(column.name for column in table.primary_key)))
