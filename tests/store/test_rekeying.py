"""The master key is changed while everything stays readable, and going on after a kill finishes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from inprocap_flow.errors import NotAllowed, NotFound
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.keys import change_master_key, drop_master_key, master_keys
from inprocap_flow.settings import Settings
from inprocap_flow.store import rekeying
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.vault import KeyRing
from tests.store import drafts
from tests.store.drafts import NOW

CASES = 5


class Killed(BaseException):
    """Stands for the end of the process."""


class Killer:
    """Ends the process before the *at*-th statement that says *word*; counts them."""

    def __init__(self, word: str, at: int) -> None:
        self.word, self.left = word, at

    def before(self, sql: str) -> None:
        if self.word in sql:
            self.left -= 1
            if self.left == 0:
                raise Killed

    def after(self, sql: str) -> None: ...


_OPEN: list[DatabaseStore] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _OPEN:
        _OPEN.pop().close()


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Desk:
    """An installation of five cases with one sealed value each."""
    settings = Settings(database=url, key_file=tmp_path / "master.key")
    made = _desk(url, settings)
    for number in range(CASES):
        _seal(made, f"case-{number}", f"secret {number}")
    return made


def _seal(desk: Desk, case_id: str, secret: str) -> None:
    assert isinstance(desk.store, DatabaseStore)
    drafts.opened(desk.store, case_id)
    mark, value = drafts.sealed(secret)
    drafts.does(desk.store, case_id, drafts.fills(price={"sealed": mark}), sealed={mark: value})


def _desk(url: str, settings: Settings, watch: Killer | None = None) -> Desk:
    assert settings.key_file is not None
    path = settings.key_file
    store = open_store(url, keys=lambda: KeyRing.open(path), documents=path.parent / "documents", watch=watch)
    store.create()
    _OPEN.append(store)
    return Desk(store, settings=settings)


def _readable(desk: Desk) -> bool:
    with desk.store.reading() as view:
        return all(
            view.reveal(f"case-{number}", drafts.sealed(f"secret {number}")[0]) == f"secret {number}"
            for number in range(CASES)
        )


def test_after_a_change_the_new_key_alone_opens_everything(desk: Desk) -> None:
    (before,) = master_keys(desk)
    told: list[int] = []
    made = change_master_key(desk, tell=told.append)
    assert (made.drawn, made.cases, made.old, told) == (True, CASES, (before.id,), [CASES])
    assert [(key.id, key.cases) for key in master_keys(desk)] == [(made.current, CASES), (before.id, 0)]
    drop_master_key(desk, before.id)
    assert [key.id for key in master_keys(desk)] == [made.current]
    assert _readable(desk)
    assert isinstance(desk.store, DatabaseStore)
    assert desk.store.audit().ok


def test_the_key_file_stays_for_its_owner_only(desk: Desk) -> None:
    change_master_key(desk)
    assert desk.settings.key_file is not None
    assert desk.settings.key_file.stat().st_mode & 0o777 == 0o600
    assert len(json.loads(desk.settings.key_file.read_text())["keys"]) == 2


@pytest.mark.parametrize("at", range(1, CASES + 1))
def test_killed_in_the_middle_everything_is_readable_and_the_next_run_finishes(
    file_store: DatabaseStore, tmp_path: Path, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rekeying.rewrap, "__kwdefaults__", {"most": 2})  # batches of two: three of them
    settings = Settings(database=file_store.url, key_file=tmp_path / "master.key")
    whole = _desk(file_store.url, settings)
    for number in range(CASES):
        _seal(whole, f"case-{number}", f"secret {number}")
    (old,) = master_keys(whole)
    with pytest.raises(Killed):
        change_master_key(_desk(file_store.url, settings, Killer("UPDATE case_keys", at)))
    after = _desk(file_store.url, settings)
    assert _readable(after)
    new = master_keys(after)[0]
    assert new.cases == (at - 1) // 2 * 2  # whole batches only
    with pytest.raises(NotAllowed, match="still need"):
        drop_master_key(after, old.id)
    made = change_master_key(after)
    assert (made.current, made.drawn, made.cases) == (new.id, False, CASES - new.cases)
    drop_master_key(after, old.id)
    assert _readable(after)


def test_a_destroyed_key_stays_destroyed_and_needs_no_master(desk: Desk) -> None:
    with desk.store.writing() as work:
        work.destroy_key("case-0", now=NOW)
    assert change_master_key(desk).cases == CASES - 1
    with desk.store.reading() as view, pytest.raises(NotAllowed, match="was destroyed with its key"):
        view.reveal("case-0", drafts.sealed("secret 0")[0])


def test_the_current_key_and_one_that_is_not_there_are_not_dropped(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="is the current key"):
        drop_master_key(desk, master_keys(desk)[0].id)
    with pytest.raises(NotFound, match="has no key master-0"):
        drop_master_key(desk, "master-0")


def test_nothing_is_changed_where_the_file_lacks_a_key_that_is_needed(desk: Desk, tmp_path: Path) -> None:
    stranger = Desk(desk.store, settings=Settings(database=desk.settings.database, key_file=tmp_path / "other.key"))
    lacking = [key for key in master_keys(stranger) if not key.here]
    assert [key.cases for key in lacking] == [CASES]
    with pytest.raises(NotAllowed, match="lacks the key master-"):
        change_master_key(stranger)
    assert len(KeyRing.open(tmp_path / "other.key").keys) == 1


def test_the_old_wrapping_is_in_no_file_any_more(file_store: DatabaseStore, tmp_path: Path) -> None:
    settings = Settings(database=file_store.url, key_file=tmp_path / "master.key")
    desk = _desk(file_store.url, settings)
    _seal(desk, "case-1", "x")
    with file_store.writing() as work:
        ((wrapped,),) = work.connection.raw.execute("SELECT wrapped FROM case_keys").fetchall()
    change_master_key(desk)
    assert wrapped not in b"".join(path.read_bytes() for path in tmp_path.glob("flow.db*") if path.is_file())
