"""How statements name tables and compare columns; for the modules that generate them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, bindparam
from sqlmodel import SQLModel


def table_of(row: type[SQLModel]) -> Table:
    """Return the table of a SQLModel class."""
    found: Table = row.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table
    return found


def where(table: Table, *names: str) -> Iterator[Any]:
    """Compare columns with parameters of the same name, written ``of_<name>`` as SQLAlchemy asks of updates."""
    return (table.c[name] == bindparam(f"of_{name}") for name in names)
