"""What a connection remembers of people and releases counts only while nobody else has written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inprocap_flow.errors import NotFound
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.records import Person

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[DatabaseStore, DatabaseStore]]:
    """Two programs on one database."""
    one, other = open_store(str(tmp_path / "a.db")), open_store(str(tmp_path / "a.db"))
    one.create()
    yield one, other
    one.close()
    other.close()


def names(store: DatabaseStore) -> list[str]:
    with store.reading() as view:
        return [person.name for person in view.people("lab")]


def put(store: DatabaseStore, name: str) -> None:
    with store.writing() as work:
        work.put_people("lab", [Person("ada", name)])


def test_what_another_program_wrote_is_seen_by_the_next_transaction(
    stores: tuple[DatabaseStore, DatabaseStore],
) -> None:
    one, other = stores
    assert names(one) == names(other) == []
    put(other, "Ada")
    assert names(one) == ["Ada"]
    put(other, "Ada Berg")
    assert names(one) == names(other) == ["Ada Berg"]


def test_what_a_program_wrote_itself_is_seen_at_once_and_afterwards(
    stores: tuple[DatabaseStore, DatabaseStore],
) -> None:
    one, _ = stores
    assert names(one) == []
    with one.writing() as work:
        work.put_people("lab", [Person("ada", "Ada")])
        assert [person.name for person in work.people("lab")] == ["Ada"]
    assert names(one) == ["Ada"]
    with one.writing() as work:
        work.erase_person("lab", "ada", now=NOW)
    assert names(one) == [""]


def test_what_was_rolled_back_is_not_remembered(stores: tuple[DatabaseStore, DatabaseStore]) -> None:
    one, _ = stores
    put(one, "Ada")
    with pytest.raises(KeyboardInterrupt):
        stopped_after(one, "Nobody")
    assert names(one) == ["Ada"]


def test_a_release_that_is_not_there_is_found_once_it_is(stores: tuple[DatabaseStore, DatabaseStore]) -> None:
    one, other = stores
    with one.reading() as view, pytest.raises(NotFound):
        view.newest("organisation", "lab")
    with other.writing() as work:
        made = work.release("organisation", "lab", "1", {"name": "lab"}, by="ben", now=NOW)
    with one.reading() as view:
        assert view.newest("organisation", "lab") == made


def stopped_after(store: DatabaseStore, name: str) -> None:
    with store.writing() as work:
        work.put_people("lab", [Person("ada", name)])
        assert [person.name for person in work.people("lab")] == [name]
        raise KeyboardInterrupt


def test_releases_and_people_are_settled_until_anybody_writes(stores: tuple[DatabaseStore, DatabaseStore]) -> None:
    one, other = stores
    with one.reading() as view:
        first = view.settled()
    with one.reading() as view:
        assert first is not None
        assert view.settled() is first
    put(other, "Ada")
    with one.reading() as view:
        second = view.settled()
        assert second is not first
    with one.writing() as work:
        assert work.settled() is second
        work.put_people("lab", [Person("ada", "Ada Berg")])
        assert work.settled() is None
    with one.reading() as view:
        assert all(view.settled() is not earlier for earlier in (None, first, second))
