"""A database that is read as it lies there takes no locks, so it must notice by itself that somebody changes it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from inprocap_flow.store import opening
from inprocap_flow.store.connection import StoreUnavailable
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.sqlite import SqliteConnection
from inprocap_flow.store.unwritable import StillConnection
from tests.store import drafts


@pytest.fixture
def lying(file_store: DatabaseStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatabaseStore]:
    """The store in a file with one case, closed by who wrote it, and opened by somebody who may only read."""
    drafts.opened(file_store)
    file_store.close()
    monkeypatch.setattr(opening, "connected", StillConnection)
    made = open_store(f"sqlite:///{tmp_path / 'flow.db'}")
    yield made
    made.close()


def written(tmp_path: Path) -> None:
    """Let somebody who may write record something, and close."""
    writer = SqliteConnection(str(tmp_path / "flow.db"), None)
    writer.execute("UPDATE cases SET title = 'another'")
    writer.close()


def test_it_is_read_as_any_other(lying: DatabaseStore) -> None:
    with lying.reading() as view:
        assert view.load("case-1").case.id == "case-1"
    assert [entry.id for entry in lying.cases()] == ["case-1"]
    assert lying.audit().ok


def test_a_change_while_it_is_read_is_noticed(lying: DatabaseStore, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="was changed while it was read\n  mend: ask again"), lying.reading():
        written(tmp_path)


def test_a_change_between_two_looks_is_noticed(lying: DatabaseStore, tmp_path: Path) -> None:
    with lying.reading() as view:
        assert view.case_ids() == ("case-1",)
    written(tmp_path)
    with pytest.raises(StoreUnavailable, match="was changed while it was read"), lying.reading():
        pass


def test_a_list_notices_a_change_too(lying: DatabaseStore, tmp_path: Path) -> None:
    assert lying.cases()
    written(tmp_path)
    with pytest.raises(StoreUnavailable, match="was changed while it was read"):
        lying.cases()


def test_what_a_change_makes_unreadable_is_told_as_a_change(lying: DatabaseStore, tmp_path: Path) -> None:
    def read_while_half_of_it_is_written() -> None:
        with lying.reading() as view:
            with (tmp_path / "flow.db").open("r+b") as file:
                file.seek(4096)
                file.write(os.urandom(4096 * 30))
            view.events("case-1")

    with pytest.raises(StoreUnavailable, match="was changed while it was read"):
        read_while_half_of_it_is_written()


def test_somebody_who_begins_to_write_is_noticed(lying: DatabaseStore, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="was changed while it was read"), lying.reading():
        (tmp_path / "flow.db-wal").write_bytes(b"one page")


def test_one_of_an_older_program_cannot_be_brought_up_to_date_there(lying: DatabaseStore, tmp_path: Path) -> None:
    writer = SqliteConnection(str(tmp_path / "flow.db"), None)
    writer.execute("UPDATE alembic_version SET version_num = '0004'")
    writer.close()
    with pytest.raises(StoreUnavailable, match=r"another version of .* up to date, but .*\n  mend: copy it"):
        lying.update()


def test_nothing_can_be_written_through_it(lying: DatabaseStore) -> None:
    with pytest.raises(StoreUnavailable, match="the database may only be read"), lying.writing():
        pass
