"""One contract, three databases: SQLite in memory, SQLite in a file, and a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import inprocap_flow.store.tables  # noqa: F401 - makes the tables known
from inprocap_flow.ids import CountedIds
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.port import Store
from inprocap_flow.store.vault import KeyRing
from tests.postgres import database
from tests.store.drafts import Counter

DATABASES = ("memory", "file", pytest.param("postgres", marks=pytest.mark.postgres))


def emptied(url: str) -> None:
    """Take every row out of a PostgreSQL database, but for its version."""
    import psycopg

    tables = [table.name for table in reversed(SQLModel.metadata.sorted_tables)]
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(";".join(f"DELETE FROM {name}" for name in tables).encode())


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing.open(tmp_path / "master.key")


@pytest.fixture(scope="session")
def stores_postgres_url(postgres_server: str) -> Iterator[str]:
    """A database with tables, made once; making one for each test would take most of the time of these tests."""
    with database(postgres_server) as url:
        made = open_store(url)
        made.create()
        made.close()
        yield url


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a single row in it."""
    if request.param == "postgres":
        found: str = request.getfixturevalue("stores_postgres_url")
        emptied(found)
        return found
    return "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'flow.db'}"


@pytest.fixture
def counter() -> Counter:
    return Counter([])


@pytest.fixture
def store(url: str, tmp_path: Path, keys: KeyRing, counter: Counter) -> Iterator[DatabaseStore]:
    """A fresh store with keys, on each database."""
    made = open_store(url, keys=keys, ids=CountedIds(), documents=tmp_path / "documents", watch=counter)
    port: Store = made  # for mypy: the implementation is what the port promises
    port.create()
    yield made
    made.close()


@pytest.fixture
def file_store(tmp_path: Path, keys: KeyRing) -> Iterator[DatabaseStore]:
    """A fresh store in a SQLite file."""
    made = open_store(f"sqlite:///{tmp_path / 'flow.db'}", keys=keys, ids=CountedIds())
    made.create()
    yield made
    made.close()
