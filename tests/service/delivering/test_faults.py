"""Killed at every point: each message has its deliveries once, each delivery reaches its receiver (ruling 19).

The process is cut before every statement of a tick and after every commit, and before and after the receiver accepts.
Then another one goes on. What the receiver has twice it has under one key with one content, and only after the one
death that nobody can help: between acceptance and mark.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree

import pytest

from inprocap_flow.delivery.parcels import Accepted, Failed, Parcel
from inprocap_flow.service.delivering import deliver_due, hand_over
from inprocap_flow.service.delivering.bundles import LEASE
from inprocap_flow.service.delivering.routes import Routes
from inprocap_flow.service.desk import Desk
from tests.service.delivering.conftest import NOW, Office, desk_in


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Points:
    """Counts the points at which a process can die, and dies at one of them."""

    dies_at: int = -1
    passed: int = 0
    died: str = ""
    between: bool = False  # acceptance and mark

    def point(self, name: str) -> None:
        self.passed += 1
        if self.passed == self.dies_at:
            self.died = name
            raise Killed(name)

    def before(self, sql: str) -> None:
        self.point(f"before {sql[:40]}")

    def after(self, sql: str) -> None:
        if sql == "COMMIT":  # behind any other statement is before the next one
            self.between = False  # the first one after an acceptance is that of its mark
            self.point("after COMMIT")


@dataclass
class World:
    """The receiver outlives every process."""

    points: Points
    taken: list[Parcel] = field(default_factory=list)

    def send(self, parcel: Parcel) -> Accepted | Failed:
        self.points.point("before acceptance")
        self.taken.append(parcel)
        self.points.between = self.points.between or not self.points.died
        self.points.point("after acceptance")
        return Accepted()

    def close(self) -> None:
        """Nothing is held open."""


def _tick(desk: Desk, world: World, *, later: int = 0) -> None:
    now = NOW + later * LEASE
    hand_over(desk, now)
    deliver_due(desk, now, routes=Routes("file", {"file": world}))


def _prepared(opened_once: Path, folder: Path) -> None:
    """Write three messages: to two persons, to one of them again, and to nobody whom anybody knows."""
    copytree(opened_once, folder, dirs_exist_ok=True)
    office = Office(desk_in(folder))
    with office.desk.store.writing() as work:
        for message in work.deliveries.pending():
            work.deliveries.hand(message.id, (), now=NOW)
    office.post("role:legal")
    office.post("person:dora", kind="asked", subject="launch", about=("launch",))
    office.post("track:supplier/alpha")
    office.desk.store.close()


@pytest.fixture(scope="module")
def prepared(opened_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared")
    _prepared(opened_once, folder)
    return folder


def _run(prepared: Path, folder: Path, dies_at: int) -> tuple[Points, World, Desk]:
    """Run one process that dies at a point, then others that do not; return what is left."""
    copytree(prepared, folder, dirs_exist_ok=True)
    points = Points(-1)
    world, dying = World(points), desk_in(folder, watch=points)
    points.passed, points.dies_at = 0, dies_at
    try:
        _tick(dying, world)
    except Killed:
        # Dead: its connections are cut in the middle of whatever they were in, nothing is rolled back by it.
        pass
    finally:
        dying.store.close()
    points.dies_at = -1
    living = desk_in(folder)
    for later in range(3):
        _tick(living, world, later=later)
    return points, world, living


def _expected(points: Points, world: World, desk: Desk) -> None:
    rows = desk.store.deliveries()
    by_message = Counter((row.kind, row.recipient) for row in rows)
    assert set(by_message.values()) == {1}, points.died
    assert len(rows) == 5, points.died
    assert {row.state for row in rows if row.channel == "file"} == {"sent"}, points.died
    keys = {row.bundle for row in rows if row.channel == "file"}
    assert keys == {parcel.key for parcel in world.taken}, points.died
    assert desk.store.outbox() == (), points.died
    twice = {key for key, count in Counter(parcel.key for parcel in world.taken).items() if count > 1}
    for key in twice:
        first, *others = [parcel for parcel in world.taken if parcel.key == key]
        assert all(other == first for other in others)


def _points(prepared: Path, folder: Path) -> int:
    points, world, desk = _run(prepared, folder, -1)
    _expected(points, world, desk)
    assert len(world.taken) == 3  # dora with two messages, nils, and ada who answers for the case
    desk.store.close()
    return points.passed


def test_whoever_dies_where_everything_arrives_and_nothing_is_told_twice_without_need(
    prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    count = _points(prepared, tmp_path / "whole")
    again = 0
    for dies_at in range(1, count + 1):
        points, world, desk = _run(prepared, tmp_path / f"at-{dies_at}", dies_at)
        assert points.died, f"point {dies_at} of {count} was not reached"
        _expected(points, world, desk)
        copies = len(world.taken) - len({parcel.key for parcel in world.taken})
        assert copies == int(points.between), points.died
        again += copies
        desk.store.close()
    with capsys.disabled():
        sys.stdout.write(f"\n  delivery killed at {count} points, {again} of them between acceptance and mark\n")
    assert again > 0
