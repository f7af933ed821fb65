"""What a process remembers of a case counts only while the database shows the same head of its chain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from inprocap_flow.language.canonical import canonical_json, to_plain
from inprocap_flow.store import remembered, snapshot
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.records import Loaded
from tests.store import drafts


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[DatabaseStore, DatabaseStore]]:
    """Two processes, as far as memory goes, on one database with one case."""
    url = f"sqlite:///{tmp_path / 'flow.db'}"
    one, other = open_store(url), open_store(url)
    one.create()
    drafts.opened(one)
    yield one, other
    one.close()
    other.close()


def _loaded(store: DatabaseStore) -> Loaded:
    with store.reading() as reading:
        return reading.load("case-1")


def test_a_case_that_nobody_touched_is_not_decoded_again(two: tuple[DatabaseStore, DatabaseStore]) -> None:
    one, _ = two
    assert _loaded(one) is _loaded(one)


def test_what_another_process_recorded_is_seen(two: tuple[DatabaseStore, DatabaseStore]) -> None:
    one, other = two
    before = _loaded(one)
    drafts.does(other, "case-1", drafts.fills(value="1"))
    after = _loaded(one)
    assert after.version > before.version
    assert after.case.main.fields == {"value": "1"} == _loaded(other).case.main.fields


def test_what_was_rolled_back_is_not_remembered(two: tuple[DatabaseStore, DatabaseStore]) -> None:
    one, _ = two
    before = _loaded(one)
    with suppress(ZeroDivisionError), one.writing() as work:
        loaded = work.load("case-1")
        work.record(drafts.decision(loaded.case, drafts.fills(value="1")), now=drafts.NOW)
        raise ZeroDivisionError
    assert _loaded(one) == before


def test_the_text_made_from_the_one_before_is_the_text_made_anew(two: tuple[DatabaseStore, DatabaseStore]) -> None:
    one, _ = two
    for change in (
        drafts.fills(value="1", other="é"),
        drafts.begins("beta"),
        drafts.begins("alpha"),
        drafts.starts("tenders"),
        drafts.asks("launch"),
        drafts.signs("launch", "bert"),
        drafts.brings("notice", "ab" * 32),
        drafts.meets("tenders"),
        drafts.fills(value=None),
    ):
        drafts.does(one, "case-1", change)
        with one.reading() as reading:
            sql = reading.connection.statements.load_case
            ((text, *_),) = reading.connection.rows(sql, of_id="case-1", known_head="")
        assert text == canonical_json(to_plain(snapshot.read(text)))
        assert snapshot.write(_loaded(one).case) == text
    found = {finding.code for finding in one.audit().findings}
    assert found == {"document-differs"}  # the file itself was never handed in here; all that is text fits


def test_no_more_cases_are_remembered_than_there_is_room_for(
    two: tuple[DatabaseStore, DatabaseStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = two
    monkeypatch.setattr(remembered, "MOST_CASES", 1)
    before = _loaded(one)
    drafts.opened(one, "case-2")
    assert _loaded(one) is not before
    assert _loaded(one) == before
