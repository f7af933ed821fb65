"""One contract, three databases: SQLite in memory, SQLite in a file, and a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inprocap_flow.ids import CountedIds
from inprocap_flow.store.hot import DatabaseStore, open_store
from inprocap_flow.store.vault import KeyRing
from tests.store.drafts import Counter

DATABASES = ("memory", "file", pytest.param("postgres", marks=pytest.mark.postgres))


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing.open(tmp_path / "master.key")


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        found: str = request.getfixturevalue("fresh_postgres_url")
        return found
    return "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'flow.db'}"


@pytest.fixture
def counter() -> Counter:
    return Counter([])


@pytest.fixture
def store(url: str, tmp_path: Path, keys: KeyRing, counter: Counter) -> Iterator[DatabaseStore]:
    """A fresh store with keys, on each database."""
    made = open_store(url, keys=keys, ids=CountedIds(), documents=tmp_path / "documents", watch=counter)
    made.create()
    yield made
    made.close()


@pytest.fixture
def file_store(tmp_path: Path, keys: KeyRing) -> Iterator[DatabaseStore]:
    """A fresh store in a SQLite file."""
    made = open_store(f"sqlite:///{tmp_path / 'flow.db'}", keys=keys, ids=CountedIds())
    made.create()
    yield made
    made.close()
