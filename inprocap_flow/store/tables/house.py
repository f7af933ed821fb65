"""What an installation keeps beside its cases: settings, releases, people, and what the daily look found."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Integer, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from inprocap_flow.store.tables.shapes import CLUSTERED, STRICT, text_column, text_or_none


class Setting(SQLModel, table=True):
    """What this installation knows about itself: its id."""

    __tablename__: ClassVar[Any] = "settings"
    __table_args__: ClassVar[Any] = CLUSTERED

    name: str = text_column(key=True)
    value: str = text_column()


class Release(SQLModel, table=True):
    """Something released (a procedure, a rulebook), named by the hash of its canonical content. Never changed.

    ``valid_from`` is the local day from which new cases may use it; empty: at once. ``judged`` is what was found out
    before it was released and does not follow from its content (JSON): how far cases were explored, what could not be
    decided, and what was found and overruled, with the reason; whoever released it answers for that. ``number`` counts
    releases as they were recorded: of two in one moment, or on a clock that went back, the higher one came last.
    """

    __tablename__: ClassVar[Any] = "releases"
    __table_args__: ClassVar[Any] = (UniqueConstraint("kind", "name", "version", name="one_content"), STRICT)

    content_hash: str = text_column(key=True)
    kind: str = text_column()
    name: str = text_column()
    version: str = text_column()
    content: str = text_column()
    released_at: str = text_column()
    released_by: str = text_column()
    valid_from: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    judged: str = Field(default="{}", sa_type=Text, sa_column_kwargs={"server_default": "{}"})
    number: int = Field(default=0, sa_type=Integer, sa_column_kwargs={"server_default": "0"})


class FindingRow(SQLModel, table=True):
    """What the daily look at an organisation's people, calendars and rates found (ruling 20), once for each finding.

    ``id`` is derived from what it says, without the day from which it says it. ``gone_on`` is the first day on which it
    was not found any more; found again later it counts as new. ``told`` (JSON) maps persons to the key of the letter
    that tells them and, once that was accepted, the moment.
    """

    __tablename__: ClassVar[Any] = "findings"
    __table_args__: ClassVar[Any] = CLUSTERED

    organisation: str = text_column(key=True)
    id: str = text_column(key=True)
    procedure: str = text_column()
    code: str = text_column()
    fact: str = text_column()
    mend: str = text_column()
    first_on: str = text_column()
    last_on: str = text_column()
    gone_on: str = text_column()
    told: str = text_column()


class Person(SQLModel, table=True):
    """A person of an organisation; outside every chain, so that an erasure leaves the chains whole (ruling 2)."""

    __tablename__: ClassVar[Any] = "people"
    __table_args__: ClassVar[Any] = CLUSTERED

    organisation: str = text_column(key=True)
    id: str = text_column(key=True)
    name: str = text_column()
    contact: str = text_column()
    roles: str = text_column()
    absences: str = text_column()
    substitute: str | None = text_or_none()
    erased_at: str | None = text_or_none()
