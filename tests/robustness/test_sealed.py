"""A sealed price stands nowhere in plain before its moment: not in a file, a log, an answer, a message or an error.

What is searched for is a number that occurs nowhere else, in every way in which it is written here.
"""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow import logs
from inprocap_flow.engine.case.records import Decision, Request
from inprocap_flow.errors import FlowError
from inprocap_flow.service.acting import act, preview
from tests.cli.conftest import Lab
from tests.engine.conftest import moment
from tests.robustness.conftest import CASE, Office, called, staffed
from tests.simulator.faults import Crash, Fault
from tests.simulator.houses import purchase

PRICE = "7391846"
SECRET = "the bid nobody may read before its moment"
WRITTEN = (PRICE, "7 391 846", "7,391,846", "7'391'846", "7\u00a0391\u00a0846")
BEFORE = moment("2026-02-10 09:00")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.set_up("json", "debug", stream)
    yield stream
    logs.set_up()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = called(staffed(purchase(tmp_path / "house", random.Random(1), suppliers=3)))
    yield made
    made.desk.store.close()


def _bid(office: Office, key: str | None = None) -> Request:
    content = io.BytesIO(SECRET.encode())
    handed = office.desk.store.put_sealed_document(content, "bid.txt", "text/plain", case_id=CASE, now=BEFORE)
    price = {"price": {"amount": PRICE, "currency": "EUR"}}
    documents = {"bid": handed}
    return Request("do", "s0", "submit", "bidder/s0", fields=price, documents=documents, idempotency_key=key)


def _register(office: Office) -> None:
    request = Request("do", "s0", "register", new="bidder/s0", fields={"firm": "s0"})
    assert isinstance(act(office.desk, CASE, request, now=moment("2026-01-20 09:00")), Decision)


def _leaks(folder: Path) -> list[str]:
    """Return the files in which the price or the bid can be read, the write-ahead log among them."""
    return [path.name for path in _files(folder) for text in (*WRITTEN, SECRET) if text.encode() in path.read_bytes()]


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _said(*things: object) -> list[str]:
    text = "\n".join(str(thing) for thing in things)
    return [written for written in (*WRITTEN, SECRET) if written in text]


def test_no_file_log_answer_or_message_says_a_sealed_price(office: Office, log: io.StringIO) -> None:
    _register(office)
    request = _bid(office, key="bid")
    outcome = act(office.desk, CASE, request, now=BEFORE)
    again = act(office.desk, CASE, request, now=BEFORE)
    assert isinstance(outcome, Decision)
    store = office.desk.store
    with store.reading() as view:
        kept = (view.load(CASE), [event.to_plain() for event in view.events(CASE)], view.answer("bid"))
    assert _said(again, kept, outcome.events, outcome.case, outcome.messages, outcome.warnings) == []
    assert (
        _said(store.outbox(state=None), store.refusals(CASE), store.documents(CASE), store.audit(), log.getvalue())
        == []
    )
    assert "request_recorded" in log.getvalue()
    assert _leaks(office.house.folder) == []
    # What is open is found by the same search, in the log of the database, too: so it looks where it should.
    assert any(b"90000" in path.read_bytes() for path in _files(office.house.folder) if path.name.endswith("-wal"))
    with store.reading() as view:  # and yet it is there, for its moment
        commitment = view.load(CASE).case.lines["bidder/s0"].fields["price"]["sealed"]
        assert view.reveal(CASE, commitment) == {"amount": PRICE, "currency": "EUR"}


WRONG: dict[str, dict[str, Any]] = {
    "from somebody else": {"actor": "s1"},
    "without the document": {"documents": {}},
    "after the closing": {},
    "in no currency": {"fields": {"price": {"amount": PRICE, "currency": ""}}},
    "below nothing": {"fields": {"price": {"amount": f"-{PRICE}", "currency": "EUR"}}},
    "as a text": {"fields": {"price": PRICE}},
    "as a number": {"fields": {"price": int(PRICE)}},
    "in a list": {"fields": {"price": [PRICE]}},
    "under another name": {"fields": {"prise": {"amount": PRICE, "currency": "EUR"}}},
    "at an old version": {"expected_version": 1},
    "on a track that is not there": {"line": "bidder/s9"},
}


@pytest.mark.parametrize("name", WRONG)
def test_no_refusal_and_no_error_says_a_sealed_price(office: Office, log: io.StringIO, name: str) -> None:
    _register(office)
    request = _bid(office)
    request = replace(request, **WRONG[name])
    now = moment("2026-02-21 09:00") if name == "after the closing" else BEFORE
    said: list[object] = []
    for door in (act, preview):
        try:
            outcome = door(office.desk, CASE, request, now=now)
            said.append(getattr(outcome, "blockers", ()))
            assert not isinstance(outcome, Decision), name
        except FlowError as wrong:
            said += [str(wrong), repr(wrong), wrong.mend]
    assert _said(*said) == []
    assert _said(office.desk.store.refusals(CASE), log.getvalue()) == []
    assert _leaks(office.house.folder) == []


@pytest.mark.parametrize("after_it", [False, True])
def test_no_crash_leaves_a_sealed_price_behind(tmp_path: Path, after_it: bool) -> None:
    office = called(staffed(purchase(tmp_path / "house", random.Random(1), suppliers=3)))
    _register(office)
    request = _bid(office)
    office.desk.store.close()
    for at in range(1, 16):
        desk = office.house.desk(Fault(at=at, after_it=after_it))
        with suppress(Crash):
            act(desk, CASE, request, now=BEFORE)
        assert _leaks(office.house.folder) == []
        desk.store.close()


# The price and the bid of that case; between other digits it would be part of a hash.
BID_IN = re.compile(rb"(?<![0-9a-f])51[ ,']?234(?![0-9a-f])|the secret bid")
SHOWN = (
    ("show", "CASE"), ("show", "CASE", "--json"), ("track", "CASE"), ("track", "CASE", "bidder/al"), ("next", "CASE"),
    ("next", "CASE", "--json"), ("history", "CASE"), ("history", "CASE", "--json"), ("deadlines", "CASE"),
    ("cases",), ("why", "CASE", "rank_all"), ("audit", "verify"), ("at", "CASE", "2026-02-10"),
    ("file", "CASE", "--output", "dossier"),
)  # fmt: skip


@pytest.mark.parametrize("words", SHOWN, ids=" ".join)
def test_no_command_shows_a_sealed_price_to_anybody(bid_in: Lab, words: tuple[str, ...]) -> None:
    meant = [bid_in.case if word == "CASE" else word for word in words]
    for actor in ("ben", "bo"):
        result = bid_in("02-11 09:00", *meant, "--as", actor, "--debug")
        assert result.exit_code in (0, 1, 3), result.output  # 1: a firm may not have the whole file written
        assert BID_IN.search(result.output.encode()) is None
    written = [path.read_bytes() for path in _files(bid_in.folder) if path != bid_in.folder / "bid.pdf"]
    assert not any(BID_IN.search(content) for content in written)
