"""What one would write first: a `transitions` machine bound to each case, SQLModel rows, one session per move.

It does far less than ours: no roles, no approvals, no deadlines, no reasons, no hash chain. It is the baseline that
the library's own examples suggest, and it is written as they suggest.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import Field, Session, SQLModel, create_engine, select
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


class Writer:
    """The naive version with the same rows as ours: a machine fires, and a session keeps objects of our tables.

    It decides, judges, chains and encodes nothing: the values are those that our move has made.
    """

    def __init__(self, path: Path, machine: Compiled) -> None:
        from inprocap_flow.store import tables

        self.engine = engine_at(path)
        self.moves = transitions_of(machine)
        models = (model for model in vars(tables).values() if isinstance(model, type) and hasattr(model, "__table__"))
        self.models: dict[str, Any] = {model.__table__.name: model for model in models}

    def write(self, _number: int, statements: list[tuple[str, Any, bool]]) -> None:
        """Fire a machine, and keep the rows of *statements* in one session and one commit."""
        first = self.moves[0]
        bound = Bound()
        states = sorted({m["source"] for m in self.moves} | {m["dest"] for m in self.moves})
        Machine(bound, states=states, transitions=self.moves, initial=first["source"], auto_transitions=False)
        getattr(bound, first["trigger"])()
        with Session(self.engine) as session:
            for sql, values, _ in statements:
                for row in values if isinstance(values, list) else [values]:
                    self._keep(session, sql, row)
            session.commit()

    def _keep(self, session: Session, sql: str, row: tuple[Any, ...]) -> None:
        if found := re.match(r"INSERT INTO (\w+) \(([^)]*)\)(?:.*ON CONFLICT \(([^)]*)\))?", sql, re.DOTALL):
            model, named = self.models[found[1]], dict(zip(found[2].split(", "), row, strict=True))
            same = found[3].split(", ") if found[3] else []
            there = self._alike(session, model, {name: named[name] for name in same}) if same else []
            for name, value in named.items() if there else ():
                setattr(there[0], name, value)
            session.add(there[0] if there else model(**named))
        elif found := re.match(r"UPDATE cases SET (.*) WHERE", sql):
            names = [part.partition("=")[0] for part in found[1].split(", ")]
            case = session.get_one(self.models["cases"], row[len(names)])
            for name, value in zip(names, row, strict=False):
                setattr(case, name, value)
        elif found := re.match(r"DELETE FROM (\w+) WHERE (.*)", sql):
            names = [part.split()[0].partition(".")[2] for part in found[2].split(" AND ")]
            for gone in self._alike(session, self.models[found[1]], dict(zip(names, row, strict=True))):
                session.delete(gone)
        else:
            raise AssertionError(f"the naive version does not know {sql}")

    def _alike(self, session: Session, model: Any, named: dict[str, Any]) -> list[Any]:
        return list(session.exec(select(model).where(*[getattr(model, name) == named[name] for name in named])).all())
