"""How a table and its columns are made: two kinds of tables, text that must be there and text that need not."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Integer, Text
from sqlmodel import Field

BIG = BigInteger().with_variant(Integer(), "sqlite")  # STRICT knows INTEGER only, which has 64 bits there

STRICT: dict[str, Any] = {"sqlite_strict": True}
# Rows that are always read by their key lie in the key's own tree: one page less to write for each of them.
CLUSTERED: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}


def text_column(*, key: bool = False, of: str | None = None) -> Any:
    """Return a column of text that is never NULL. *key*: part of the key; *of*: the column it refers to."""
    if of is None:
        return Field(sa_type=Text, primary_key=key)
    return Field(sa_type=Text, primary_key=key, foreign_key=of)


def text_or_none() -> Any:
    """Return a column of text that may be NULL."""
    return Field(default=None, sa_type=Text)
