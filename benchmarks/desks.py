"""Desks for measuring: stores in a folder with the story's procedure released, and one naive case beside them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.replaying import Statements
from benchmarks.story import Story
from inprocap_flow.engine.case.records import Decision
from inprocap_flow.language.canonical import to_plain
from inprocap_flow.machine.table import released_form
from inprocap_flow.service.acting import act, open_case
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.vault import KeyRing


def desk_at(path: Path, told: Story) -> Desk:
    """Return a desk over a new database with the story's definition, rulebook and organisation released."""
    store = open_store(f"sqlite:///{path}", keys=KeyRing.open(path.with_suffix(".key")))
    store.create()
    desk = Desk(store)
    binding, definition, now = told.binding, told.binding.definition, desk.clock.now()
    assert binding.rulebook is not None
    organisation = binding.organisation
    with store.writing() as work:
        for kind, name, version, content in (
            ("procedure", definition.name, definition.version, released_form(binding.machine)),
            ("rulebook", binding.rulebook.name, binding.rulebook.version, to_plain(binding.rulebook)),
            ("organisation", organisation.name, organisation.version, to_plain(organisation)),
        ):
            work.release(kind, name, version, content, by="bench", now=now)
    return desk


def prepared(path: Path, told: Story) -> sqlite3.Connection:
    """Return a bare connection to a database of the same shape and promise."""
    desk_at(path, told).store.close()
    raw = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on"):
        raw.execute(f"pragma {pragma}")
    return raw


def our_steps(desk: Desk, told: Story, case_id: str, *, forget: bool = False) -> Iterator[Callable[[], object]]:
    """Yield each request of the story as something to be timed. *forget*: each meets a process that knows nothing."""
    for now, request in told.requests:
        if forget:
            desk = stranger(desk)
        if request.kind == "open":
            asked = replace(request, extra={"case": case_id})
            names = (told.binding.definition.name, told.binding.organisation.name)
            yield accepted(partial(open_case, desk, *names, asked, now=now))
        else:
            yield accepted(partial(act, desk, case_id, request, now=now))


def stranger(desk: Desk) -> Desk:
    """Return a desk on the same database that has read nothing yet; its connection is open."""
    store: Any = desk.store
    other = open_store(store.url, keys=store.keys)
    with other.reading() as reading:
        reading.case_ids()
    store.close()
    return Desk(other)


def accepted(step: Callable[[], object]) -> Callable[[], None]:
    """Return *step*, failing if it is refused: a benchmark of refusals would look very good."""

    def carried_out() -> None:
        outcome = step()
        if not isinstance(outcome, Decision):
            raise TypeError(f"not a decision: {outcome}")

    return carried_out


def rows_of_naive_moves(told: Story, path: Path) -> Callable[[int, Statements], None]:
    """Return a function that writes the rows of a move as SQLModel objects in one session, after a naive move."""
    from benchmarks.naive import Writer

    desk_at(path, told).store.close()
    return Writer(path, told.binding.machine).write


def naive_moves(told: Story, path: Path) -> Callable[[int], None]:
    """Return a function that makes one naive move of a case."""
    from sqlmodel import Session

    from benchmarks.naive import NaiveCase, engine_at, move, transitions_of

    engine, steps = engine_at(path), transitions_of(told.binding.machine)
    there_and_back = _cycle(steps)
    at = told.requests[0][0]
    made: dict[int, int] = {}

    def once(number: int) -> None:
        if number not in made:
            with Session(engine) as session:
                session.add(NaiveCase(id=f"case-{number}", state=there_and_back[0]["source"], changed_at=at))
                session.commit()
            made[number] = 0
        step = there_and_back[made[number] % len(there_and_back)]
        made[number] += 1
        move(engine, steps, f"case-{number}", step["trigger"], "ben", at)

    return once


def _cycle(steps: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return two moves that lead there and back, so that a case can be moved for as long as one likes."""
    for there in steps:
        for back in steps:
            if there["source"] == back["dest"] and there["dest"] == back["source"] and there["source"] != there["dest"]:
                return [there, back]
    raise AssertionError("the procedure has no way there and back")
