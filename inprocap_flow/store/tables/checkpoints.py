"""The chain of checkpoints of an organisation (ruling 8)."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Index, Integer
from sqlmodel import Field, SQLModel

from inprocap_flow.store.tables.shapes import CLUSTERED, text_column


class Checkpoint(SQLModel, table=True):
    """A link of an organisation's chain of checkpoints (ruling 8)."""

    __tablename__: ClassVar[Any] = "checkpoints"
    __table_args__: ClassVar[Any] = CLUSTERED

    organisation: str = text_column(key=True)
    number: int = Field(primary_key=True, sa_type=Integer)
    taken_at: str = text_column()
    prev_hash: str = text_column()
    hash: str = text_column()


class CheckpointEntry(SQLModel, table=True):
    """The head of one case at a checkpoint; a case that has not moved since the last one is not repeated."""

    __tablename__: ClassVar[Any] = "checkpoint_entries"
    __table_args__: ClassVar[Any] = (Index("checkpoint_entries_by_head", "case_id", "head"), CLUSTERED)

    organisation: str = text_column(key=True)
    number: int = Field(primary_key=True, sa_type=Integer)
    case_id: str = text_column(key=True)
    event_count: int
    head: str = text_column()
