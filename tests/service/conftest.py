"""A desk over a fresh database, with the shipped definitions released."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest

from inprocap_flow.clock import FixedClock
from inprocap_flow.ids import CountedIds
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.releasing import release_organisation, release_procedure
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.vault import KeyRing

DEFINITIONS = Path(__file__).parents[2] / "definitions"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def released_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the shipped definitions; released once, because compiling all of them takes a second."""
    folder = tmp_path_factory.mktemp("released")
    desk = desk_in(folder)
    for name in ("pcp", "open"):
        release_procedure(desk, DEFINITIONS / f"{name}.yaml", by="ben", terms=UNEXPLORED)
    release_organisation(desk, DEFINITIONS / "organisations" / "example-lab.yaml", by="ben")
    desk.store.close()
    return folder


def desk_in(folder: Path) -> Desk:
    store = open_store(f"sqlite:///{folder / 'cases.db'}", keys=KeyRing.open(folder / "key"))
    store.create()
    return Desk(store, FixedClock(NOW), CountedIds())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_in(tmp_path)
    yield desk
    desk.store.close()


@pytest.fixture
def shipped(released_once: Path, tmp_path: Path) -> Iterator[Desk]:
    copytree(released_once, tmp_path, dirs_exist_ok=True)
    desk = desk_in(tmp_path)
    yield desk
    desk.store.close()
