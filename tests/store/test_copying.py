"""Everything arrives in another database, verified, or nothing does."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from inprocap_flow.errors import NotAllowed, StoreDamaged
from inprocap_flow.store import copying
from inprocap_flow.store.copying import copy_all
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.records import Person
from inprocap_flow.store.vault import KeyRing
from tests.store import drafts
from tests.store.drafts import NOW
from tests.store.test_rekeying import Killed, Killer

CASES = 3


@pytest.fixture
def source(file_store: DatabaseStore) -> DatabaseStore:
    """Some of everything: cases, a track, a sealed value, documents, people, a refusal, a checkpoint."""
    for number in range(CASES):
        case_id = f"case-{number}"
        drafts.opened(file_store, case_id)
        handed = file_store.put_document(io.BytesIO(f"notice {number}".encode()), "notice.pdf")
        drafts.does(file_store, case_id, drafts.brings("notice", handed.sha256, size=handed.size))
        drafts.does(file_store, case_id, drafts.begins("alpha"), drafts.starts("tenders"))
        mark, value = drafts.sealed(f"secret {number}")
        drafts.does(file_store, case_id, drafts.fills(price={"sealed": mark}), sealed={mark: value})
        file_store.checkpoint("desy", now=NOW + timedelta(days=number))
    with file_store.writing() as work:
        work.put_people("desy", (Person("anna", "Anna Berg", {"mail": "anna@example.org"}, ("legal",)),))
        work.record(drafts.refusal(work.load("case-0").case), now=NOW)
    assert file_store.audit().ok
    return file_store


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'copy.db'}"
    return str(request.getfixturevalue("fresh_postgres_url"))


@pytest.fixture
def opened(target_url: str, tmp_path: Path) -> Iterator[list[DatabaseStore]]:
    stores: list[DatabaseStore] = []
    yield stores
    for store in stores:
        store.close()


def _target(opened: list[DatabaseStore], target_url: str, tmp_path: Path, watch: Killer | None = None) -> DatabaseStore:
    keys = KeyRing.open(tmp_path / "master.key")
    opened.append(open_store(target_url, keys=keys, documents=tmp_path / "copied", watch=watch))
    return opened[-1]


def test_all_that_was_recorded_arrives_and_verifies_against_the_old_head(
    source: DatabaseStore, opened: list[DatabaseStore], target_url: str, tmp_path: Path
) -> None:
    head = source.checkpoint("desy", now=NOW + timedelta(days=9))
    target = _target(opened, target_url, tmp_path)
    told: list[tuple[str, int, int]] = []
    copied = copy_all(source, target, tell=lambda *one: told.append(one))
    assert (copied.cases, copied.files, copied.files_there, copied.not_checked) == (CASES, CASES, 0, ())
    assert told[-1][1] == told[-1][2]
    assert {"documents", "events", "cases"} <= {what for what, _, _ in told}
    report = target.audit(against=head)
    assert report.ok
    assert report.covered_events == copied.events
    with source.reading() as old, target.reading() as new:
        for case_id in old.case_ids():
            assert new.load(case_id) == old.load(case_id)
            assert new.events(case_id) == old.events(case_id)
        assert new.people("desy") == old.people("desy")
        assert new.reveal("case-1", drafts.sealed("secret 1")[0]) == "secret 1"
    assert target.refusals("case-0") == source.refusals("case-0")
    assert target.documents() == source.documents()
    assert b"".join(target.read_document(target.documents("case-2")[0].mark)) == b"notice 2"


def test_work_goes_on_in_the_copy(
    source: DatabaseStore, opened: list[DatabaseStore], target_url: str, tmp_path: Path
) -> None:
    target = _target(opened, target_url, tmp_path)
    copy_all(source, target)
    drafts.does(target, "case-0", drafts.moves("awarded"))
    assert target.audit().ok


@pytest.mark.parametrize("at", [1, 4, 8])
def test_killed_in_the_middle_the_target_is_empty_and_the_next_try_succeeds(
    source: DatabaseStore, opened: list[DatabaseStore], target_url: str, tmp_path: Path, at: int
) -> None:
    _target(opened, target_url, tmp_path).create()
    with pytest.raises(Killed):
        copy_all(source, _target(opened, target_url, tmp_path, Killer("INSERT INTO", at)))
    target = _target(opened, target_url, tmp_path)
    assert target.cases() == ()
    copied = copy_all(source, target)
    assert (copied.cases, copied.files, copied.files_there) == (CASES, 0, CASES)


def test_a_target_in_which_anything_was_recorded_is_refused(
    source: DatabaseStore, opened: list[DatabaseStore], target_url: str, tmp_path: Path
) -> None:
    target = _target(opened, target_url, tmp_path)
    copy_all(source, target)
    with pytest.raises(NotAllowed, match="the target is not empty"):
        copy_all(source, target)
    assert target.audit().ok


def test_what_does_not_verify_is_not_copied(
    source: DatabaseStore, opened: list[DatabaseStore], target_url: str, tmp_path: Path
) -> None:
    with source.writing() as work:
        work.connection.execute("UPDATE events SET actor = 'bert' WHERE case_id = 'case-1' AND seq = 2")
    target = _target(opened, target_url, tmp_path)
    with pytest.raises(StoreDamaged, match="what arrived does not verify"):
        copy_all(source, target)
    assert target.cases() == ()


def test_a_document_that_was_changed_on_the_disk_is_not_copied(
    source: DatabaseStore, opened: list[DatabaseStore], target_url: str, tmp_path: Path
) -> None:
    next(path for _, path in source.files.marks()).write_bytes(b"changed!")
    target = _target(opened, target_url, tmp_path)
    with pytest.raises(StoreDamaged, match="is not what was filed"):
        copy_all(source, target)
    assert target.cases() == ()


@pytest.mark.postgres
def test_documents_need_a_folder(source: DatabaseStore, fresh_postgres_url: str) -> None:
    bare = open_store(fresh_postgres_url)
    with pytest.raises(NotAllowed, match="no folder"):
        copy_all(source, bare)
    bare.close()


def test_many_rows_are_never_held_whole(
    source: DatabaseStore, opened: list[DatabaseStore], target_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "ROWS", 2)
    told: list[tuple[str, int, int]] = []
    copied = copy_all(source, _target(opened, target_url, tmp_path), tell=lambda *one: told.append(one))
    steps = [done for what, done, _ in told if what == "events"]
    assert steps == [*range(2, copied.events, 2), copied.events]
