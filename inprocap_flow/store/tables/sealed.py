"""What must not be seen yet, and the keys of the cases that it is sealed with."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlmodel import SQLModel

from inprocap_flow.store.tables.shapes import CLUSTERED, text_column, text_or_none


class SealedValue(SQLModel, table=True):
    """A value that must not be seen yet, encrypted with the case's key; the events hold its commitment only."""

    __tablename__: ClassVar[Any] = "sealed_values"
    __table_args__: ClassVar[Any] = CLUSTERED

    case_id: str = text_column(key=True)
    commitment: str = text_column(key=True)
    nonce: bytes
    ciphertext: bytes


class CaseKey(SQLModel, table=True):
    """The data key of a case, wrapped by a master key that lies outside the database. Destroyed: it is empty."""

    __tablename__: ClassVar[Any] = "case_keys"
    __table_args__: ClassVar[Any] = CLUSTERED

    case_id: str = text_column(key=True)
    master: str = text_column()
    nonce: bytes
    wrapped: bytes
    created_at: str = text_column()
    destroyed_at: str | None = text_or_none()
