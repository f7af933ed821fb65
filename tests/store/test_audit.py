"""Somebody with the database file tampers with it: what is found with a head kept outside, and what without."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.engine.case.history import fold
from inprocap_flow.engine.case.records import Decision, Event, Request, When
from inprocap_flow.errors import NotAllowed
from inprocap_flow.store import chain
from inprocap_flow.store.chain import BadHead, Head
from inprocap_flow.store.database import DatabaseStore
from tests.store import drafts
from tests.store.drafts import NOW

Tamper = Callable[[sqlite3.Connection], object]


@pytest.fixture
def head(file_store: DatabaseStore) -> Head:
    """Two cases with everything in them, a checkpoint over them; then one more move that no checkpoint covers."""
    store = file_store
    with store.writing() as work:
        work.release("organisation", "desy", "1", {"people": ["anna"]}, by="anna", now=NOW)
    for case_id in ("case-1", "case-2"):
        drafts.opened(store, case_id)
        mark, value = drafts.sealed("140000.00")
        notice = store.put_document(io.BytesIO(b"notice"), "notice.pdf")
        bid = store.put_sealed_document(io.BytesIO(b"bid"), "bid.pdf", case_id=case_id, now=NOW)
        drafts.does(store, case_id, drafts.fills(price={"sealed": mark}), sealed={mark: value})
        drafts.does(store, case_id, drafts.brings("notice", notice.sha256, size=6), drafts.starts("tenders"))
        drafts.does(store, case_id, drafts.brings("bid", bid.sha256, sealed_until="opened"), drafts.asks("launch"))
    found = store.checkpoint("desy", now=NOW)
    drafts.does(store, "case-1", drafts.moves("tendering"))
    return found


def _tampered(store: DatabaseStore, tamper: Tamper) -> None:
    """Write to the file as anyone with the file can: no keys checked, nothing asked."""
    raw = sqlite3.connect(store.url.removeprefix("sqlite:///"), isolation_level=None)
    tamper(raw)
    raw.close()


def _codes(store: DatabaseStore, against: Head | None) -> set[str]:
    return {finding.code for finding in store.audit("desy", against=against).findings}


def _sql(*statements: str) -> Tamper:
    return lambda raw: [raw.execute(statement) for statement in statements]


# ---------------------------------------------------------------------------------------------- nothing happened


def test_what_nobody_touched_is_as_recorded(file_store: DatabaseStore, head: Head) -> None:
    report = file_store.audit("desy", against=head)
    assert report.findings == ()
    assert (report.cases, report.events, report.covered_events, report.not_checked) == (2, 15, 14, ())
    assert "any change to the 14 events that it covers is found. 1 is not covered" in report.reach
    assert "rewritten consistently" in file_store.audit().reach


def test_every_database_passes_its_audit(store: DatabaseStore) -> None:
    drafts.opened(store, "case-1")
    drafts.opened(store, "case-2", organisation="cern")
    drafts.does(store, "case-1", drafts.asks("launch"), drafts.starts("tenders"), drafts.begins("alpha"))
    mine = store.checkpoint("desy", now=NOW)
    store.checkpoint("cern", now=NOW)
    assert store.audit().findings == ()
    assert store.audit().cases == 2
    assert store.audit(case_id="case-1", against=mine).covered_events == 5


def test_a_checkpoint_covers_what_moved_and_is_not_repeated_for_nothing(file_store: DatabaseStore, head: Head) -> None:
    second = file_store.checkpoint("desy", now=NOW)
    assert second.number == head.number + 1
    assert file_store.checkpoint("desy", now=NOW) == second
    with file_store.reading() as view:
        assert [(row[1], row[2]) for row in view.entries("desy")] == [(1, "case-1"), (1, "case-2"), (2, "case-1")]


def test_a_head_can_be_printed_and_typed_in_again(file_store: DatabaseStore, head: Head) -> None:
    assert Head.parse(f"  {head}\n") == head
    assert file_store.audit(against=str(head)).ok
    for wrong in ("", "head-desy-1", str(head)[:-1], str(head).upper()):
        with pytest.raises(BadHead):
            file_store.audit(against=wrong)
    with pytest.raises(NotAllowed, match="one of desy, not of cern"):
        file_store.audit("cern", against=head)


# ---------------------------------------------------------------------------------------------- clumsy tampering

CLUMSY = {
    "an event is changed": (_sql("UPDATE events SET actor = 'x' WHERE case_id = 'case-1' AND seq = 3"), "chain-broken"),
    "a moment is changed": (_sql("UPDATE events SET recorded_at = '2020-01-01T00:00:00.000000Z'"), "chain-broken"),
    "an event is removed": (_sql("DELETE FROM events WHERE case_id = 'case-1' AND seq = 3"), "chain-broken"),
    "the last event is cut off": (_sql("DELETE FROM events WHERE case_id = 'case-2' AND seq = 7"), "chain-cut"),
    "two events change places": (
        _sql(
            "UPDATE events SET seq = 90 WHERE case_id = 'case-1' AND seq = 3",
            "UPDATE events SET seq = 3 WHERE case_id = 'case-1' AND seq = 4",
            "UPDATE events SET seq = 4 WHERE case_id = 'case-1' AND seq = 90",
        ),
        "chain-broken",
    ),
    "an event is put in": (
        _sql(
            "INSERT INTO events SELECT case_id, seq + 1, outcome, decision, kind, line, data, happened, recorded_at,"
            " actor, role, on_behalf_of, request, as_of, account, event_schema, hash, hash FROM events"
            " WHERE case_id = 'case-2' AND seq = 7"
        ),
        "chain-broken",
    ),
    "an event is moved to another case": (
        _sql("UPDATE events SET case_id = 'case-3' WHERE case_id = 'case-2' AND seq = 7"),
        "case-missing",
    ),
    "an event is no JSON": (_sql("UPDATE events SET data = '{' WHERE seq = 3"), "events-unreadable"),
    "the state is changed": (_sql("UPDATE cases SET state = replace(state, 'desy', 'cern')"), "state-differs"),
    "the list of cases is changed": (_sql("UPDATE cases SET stage = 'awarded' WHERE id = 'case-1'"), "list-differs"),
    "the title in the list is changed": (_sql("UPDATE cases SET title = 'x' WHERE id = 'case-1'"), "list-differs"),
    "a case is given to somebody else": (_sql("UPDATE cases SET organisation = 'cern'"), "rewritten"),
    "a deadline is moved": (_sql("UPDATE deadlines SET end_at = '2027-01-01T00:00:00.000000Z'"), "list-differs"),
    "an approval is dropped": (_sql("DELETE FROM approvals"), "list-differs"),
    "a document is renamed": (_sql("UPDATE documents SET filename = 'x'"), "list-differs"),
    "a definition is changed": (_sql("UPDATE releases SET content = '{\"a\":1}'"), "definition-differs"),
    "an organisation is changed": (
        _sql("UPDATE releases SET content = '{\"people\":[]}' WHERE kind = 'organisation'"),
        "release-differs",
    ),
    "a release is no JSON": (_sql("UPDATE releases SET content = '{' WHERE kind = 'organisation'"), "release-differs"),
    "a sealed value is changed": (
        _sql("UPDATE sealed_values SET ciphertext = zeroblob(40) WHERE case_id = 'case-1'"),
        "sealed-differs",
    ),
    "a sealed value is gone": (_sql("DELETE FROM sealed_values"), "sealed-differs"),
    "a whole case is gone": (
        _sql("DELETE FROM events WHERE case_id = 'case-2'", "DELETE FROM cases WHERE id = 'case-2'"),
        "rewritten",
    ),
    "a checkpoint is changed": (_sql("UPDATE checkpoints SET taken_at = 'x'"), "checkpoint-broken"),
    "what a checkpoint covers is changed": (_sql("UPDATE checkpoint_entries SET head = 'x'"), "checkpoint-broken"),
    "a checkpoint is gone": (_sql("DELETE FROM checkpoints"), "checkpoint-broken"),
}


@pytest.mark.parametrize(("tamper", "code"), CLUMSY.values(), ids=CLUMSY.keys())
def test_a_clumsy_change_is_found_without_a_head(
    file_store: DatabaseStore, head: Head, tamper: Tamper, code: str
) -> None:
    _tampered(file_store, tamper)
    assert code in _codes(file_store, None)
    assert code in _codes(file_store, head)


@pytest.mark.parametrize("how", ["changed", "removed"])
def test_a_document_that_is_not_what_was_filed_is_found(file_store: DatabaseStore, head: Head, how: str) -> None:
    for _, path in list(file_store.files.marks()):
        path.write_bytes(b"x" * 6) if how == "changed" else path.unlink()
    found = [finding for finding in file_store.audit(against=head).findings if finding.code == "document-differs"]
    assert len(found) == 4  # an open and a sealed one in each of two cases


def test_a_case_that_is_gone_is_missed_by_name(file_store: DatabaseStore) -> None:
    assert [finding.code for finding in file_store.audit(case_id="case-9").findings] == ["case-missing"]


def test_what_cannot_be_opened_without_the_key_is_said_to_be_unchecked(file_store: DatabaseStore, head: Head) -> None:
    file_store.keys = None
    report = file_store.audit(against=head)
    assert report.ok
    assert len(report.not_checked) == 4


# ---------------------------------------------------------------------------------------------- careful tampering


def _rewritten(store: DatabaseStore, case_id: str, change: Callable[[tuple[Event, ...]], tuple[Event, ...]]) -> None:
    """Rewrite a case with the program itself, so that everything about it is consistent again."""
    with store.writing() as work:
        work.connection.raw.execute("PRAGMA defer_foreign_keys = ON")
        events = change(work.events(case_id))
        for table in ("events", "approvals", "deadlines", "documents", "outbox", "cases"):
            name = "id" if table == "cases" else "case_id"
            work.connection.execute(f"DELETE FROM {table} WHERE {name} = '{case_id}'")
        work.record(Decision(Request("do", "mallory"), events, fold(events)), now=NOW)


def _other_price(events: tuple[Event, ...]) -> tuple[Event, ...]:
    return tuple(replace(event, actor="mallory") if event.seq == 3 else event for event in events)


def _shorter(events: tuple[Event, ...]) -> tuple[Event, ...]:
    return events[:5]


def _other_order(events: tuple[Event, ...]) -> tuple[Event, ...]:
    a, b = events[2], events[3]
    return (*events[:2], replace(b, seq=3), replace(a, seq=4), *events[4:])


def _one_more(events: tuple[Event, ...]) -> tuple[Event, ...]:
    extra = replace(events[2], seq=3, data={"fields": {"favour": True}})
    return (*events[:2], extra, *(replace(event, seq=event.seq + 1) for event in events[2:]))


@pytest.mark.parametrize("change", [_other_price, _shorter, _other_order, _one_more])
def test_a_rewrite_of_everything_but_the_checkpoints_is_found_either_way(
    file_store: DatabaseStore, head: Head, change: Callable[[tuple[Event, ...]], tuple[Event, ...]]
) -> None:
    _rewritten(file_store, "case-1", change)
    assert _codes(file_store, None) == {"rewritten"}
    assert _codes(file_store, head) == {"rewritten"}


def _checkpoints_again(store: DatabaseStore) -> None:
    _tampered(store, _sql("DELETE FROM checkpoints", "DELETE FROM checkpoint_entries"))
    store.checkpoint("desy", now=NOW)


@pytest.mark.parametrize("change", [_other_price, _shorter, _other_order, _one_more])
def test_a_rewrite_of_everything_is_found_by_a_head_and_by_nothing_else(
    file_store: DatabaseStore, head: Head, change: Callable[[tuple[Event, ...]], tuple[Event, ...]]
) -> None:
    _rewritten(file_store, "case-1", change)
    _checkpoints_again(file_store)
    assert _codes(file_store, None) == set()
    assert _codes(file_store, head) == {"head-differs"}


def test_checkpoints_that_were_all_thrown_away_are_missed_by_a_head_only(file_store: DatabaseStore, head: Head) -> None:
    _tampered(file_store, _sql("DELETE FROM checkpoints", "DELETE FROM checkpoint_entries"))
    assert _codes(file_store, None) == set()
    assert _codes(file_store, head) == {"head-differs"}


def test_what_came_after_the_head_is_not_covered_and_the_report_says_so(file_store: DatabaseStore, head: Head) -> None:
    def last(events: tuple[Event, ...]) -> tuple[Event, ...]:
        return (*events[:-1], replace(events[-1], actor="mallory"))

    _rewritten(file_store, "case-1", last)
    report = file_store.audit(against=head)
    assert report.ok
    assert "1 is not covered; a change to it is found unless it is consistent" in report.reach


# ---------------------------------------------------------------------------------------------- the encoding


def test_fields_cannot_be_shifted_into_one_another() -> None:
    seen = {
        chain.encoded(domain, fields)
        for domain, fields in [
            ("a", ("b", "c")),
            ("a", ("bc", "")),
            ("a", ("", "bc")),
            ("a", ("b", "c", "")),
            ("a", ("b", "c", None)),
            ("a", ("b", None, "c")),
            ("ab", ("", "c")),
            ("a", ("b\0c",)),
            ("a", ('b","c',)),
        ]
    }
    assert len(seen) == 9


@given(st.lists(st.none() | st.text(), max_size=5), st.lists(st.none() | st.text(), max_size=5))
def test_different_fields_never_give_the_same_bytes(one: list[str | None], other: list[str | None]) -> None:
    assert (chain.encoded("a", one) == chain.encoded("a", other)) == (one == other)


EVENT = drafts.decision(None, drafts.opens("case-1", "d" * 64)).events[0]
CHANGES: dict[str, Any] = {
    "seq": 2,
    "outcome": 2,
    "decision": 2,
    "kind": "x",
    "line": "x",
    "data": {},
    "happened": When.exactly(NOW + timedelta(microseconds=1)),
    "recorded_at": NOW + timedelta(microseconds=1),
    "actor": "x",
    "role": None,
    "on_behalf_of": "",
    "request": {},
    "as_of": 0,
    "account": "",
    "schema": 2,
}


@pytest.mark.parametrize("name", [item.name for item in fields(Event)])
def test_every_field_of_an_event_is_in_its_hash(name: str) -> None:
    assert chain.hash_event("", replace(EVENT, **{name: CHANGES[name]})) != chain.hash_event("", EVENT)


def test_a_case_belongs_to_its_organisation_and_its_definition_from_the_first_link_on() -> None:
    assert len({chain.genesis("a", "b", "c"), chain.genesis("a", "b", "d"), chain.genesis("a", "bc", "")}) == 3


def test_a_chain_written_by_the_first_release_still_verifies() -> None:
    """Ruling 9: these hashes are on paper somewhere. If this fails, the encoding has changed."""
    case = drafts.decision(None, drafts.opens("case-1", "d" * 64), drafts.moves("preparation"))
    first = chain.genesis("case-1", "desy", "d" * 64)
    assert [link.hash for link in chain.links(first, case.events)] == [
        "caaedc4b5667a44417e5eeefc048d09d69979dd13b1dfab7a6e8d96f8c038ea3",
        "529d5a239af9899332f20d93eca248e05363819f2dd35aaea2ceed38198af985",
    ]


def test_a_file_of_another_program_is_no_store(tmp_path: Path) -> None:
    from inprocap_flow.store.connection import StoreUnavailable
    from inprocap_flow.store.opening import open_store

    (tmp_path / "x.db").write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        open_store(str(tmp_path / "x.db")).create()
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        open_store(str(tmp_path / "no" / "folder" / "x.db")).create()
