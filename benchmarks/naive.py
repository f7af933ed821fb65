"""What one would write first: a `transitions` machine bound to each case, SQLModel rows, one session per move.

It does far less than ours: no roles, no approvals, no deadlines, no reasons, no hash chain. It is the baseline that
the library's own examples suggest, and it is written as they suggest.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import Field, Session, SQLModel, create_engine
from transitions import Machine

from inprocap_flow.machine.table import Machine as Compiled


class NaiveCase(SQLModel, table=True):
    """A case with its state."""

    __tablename__ = "naive_case"

    id: str = Field(primary_key=True)
    state: str
    changed_at: datetime


class NaiveEvent(SQLModel, table=True):
    """A line of history."""

    __tablename__ = "naive_event"

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="naive_case.id", index=True)
    trigger: str
    source: str
    target: str
    actor: str
    at: datetime


class Bound:
    """The plain object that a machine is bound to."""

    state: str


def engine_at(path: Path) -> Engine:
    """Return an engine on *path* with the same promise as ours: WAL, and every commit on the disk."""
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def promise(connection: Any, _record: Any) -> None:
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=full")
        connection.execute("pragma foreign_keys=on")

    SQLModel.metadata.create_all(engine, tables=[NaiveCase.__table__, NaiveEvent.__table__])  # type: ignore[attr-defined]
    return engine


def transitions_of(compiled: Compiled) -> list[dict[str, str]]:
    """Return the moves of the main line as the library takes them."""
    return [
        {"trigger": f"do_{step}", "source": source.replace(".", "_"), "dest": targets[0].replace(".", "_")}
        for source, steps in compiled.main.moves.items()
        for step, targets in steps.items()
    ]


def move(engine: Engine, moves: list[dict[str, str]], case_id: str, trigger: str, actor: str, at: datetime) -> None:
    """Load a case, bind a machine to it, fire, and save it with a line of history."""
    with Session(engine) as session:
        row = session.get_one(NaiveCase, case_id)
        bound = Bound()
        states = sorted({m["source"] for m in moves} | {m["dest"] for m in moves})
        Machine(bound, states=states, transitions=moves, initial=row.state, auto_transitions=False)
        source = row.state
        getattr(bound, trigger)()
        row.state, row.changed_at = bound.state, at
        session.add(row)
        session.add(NaiveEvent(case_id=case_id, trigger=trigger, source=source, target=bound.state, actor=actor, at=at))
        session.commit()
