"""Many at once: the last minute before bids close, and two people who move one case."""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from inprocap_flow.engine.case.history import fold
from inprocap_flow.engine.case.records import Decision, Refusal, Request
from inprocap_flow.errors import CaseChanged
from inprocap_flow.service.acting import Outcome, act
from tests.engine.conftest import moment
from tests.robustness.conftest import CASE, Office, called, staffed
from tests.simulator.houses import purchase

THREADS = 8
SUPPLIERS = 40


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def busy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    url = request.getfixturevalue("fresh_postgres_url") if request.param == "postgresql" else ""
    office = called(staffed(purchase(tmp_path / "house", random.Random(1), url=url, suppliers=SUPPLIERS + 2)))
    yield office
    office.desk.store.close()


def _comes_in(office: Office, number: int, at: str) -> list[Outcome]:
    """Register supplier *number* and hand in its bid, each with a key of its own, as its program would."""
    who, line = f"s{number}", f"bidder/s{number}"
    price = {"price": {"amount": str(50_000 + number), "currency": "EUR"}}
    register = Request("do", who, "register", new=line, fields={"firm": who}, idempotency_key=f"register-{number}")
    handed = office.handed(line, ("bid",), moment(at))
    submit = Request("do", who, "submit", line=line, fields=price, documents=handed, idempotency_key=f"bid-{number}")
    return [act(office.desk, CASE, one, now=moment(at)) for one in (register, submit)]


def test_forty_suppliers_in_the_last_minute_are_all_in_and_none_twice(busy: Office) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        done = list(pool.map(lambda number: _comes_in(busy, number, f"2026-02-20 15:59:{number:02}"), range(SUPPLIERS)))
    assert all(isinstance(outcome, Decision) for outcomes in done for outcome in outcomes)
    late = _comes_in(busy, SUPPLIERS, "2026-02-20 16:00:00")
    assert all(isinstance(outcome, Refusal) for outcome in late)

    with busy.desk.store.reading() as view:
        loaded, events = view.load(CASE), view.events(CASE)
    bidders = loaded.case.tracks("bidder")
    assert sorted(line.id for line in bidders) == sorted(f"bidder/s{number}" for number in range(SUPPLIERS))
    assert {line.state for line in bidders} == {"bid"}
    steps = Counter(event.data["step"] for event in events if event.kind == "moved")
    assert steps["register"] == steps["submit"] == SUPPLIERS
    assert steps["close_bidding"] == 1
    assert loaded.case == fold(events)
    assert busy.desk.store.audit(case_id=CASE).findings == ()


def test_the_first_things_of_a_case_may_be_sealed_by_many_at_once(busy: Office) -> None:
    together = Barrier(THREADS)

    def takes_in(number: int) -> str:
        together.wait()
        content = io.BytesIO(f"the bid of {number}".encode())
        put = busy.desk.store.put_sealed_document
        return put(content, "bid.txt", "text/plain", case_id=CASE, now=moment("2026-02-01 09:00")).sha256

    with ThreadPoolExecutor(THREADS) as pool:
        marks = list(pool.map(takes_in, range(THREADS)))
    read = [b"".join(busy.desk.store.read_document(mark, case_id=CASE)) for mark in marks]
    assert read == [f"the bid of {number}".encode() for number in range(THREADS)]


def test_the_same_request_sent_from_many_places_at_once_is_done_once(busy: Office) -> None:
    request = Request("do", "s0", "register", new="bidder/s0", fields={"firm": "s0"}, idempotency_key="once")
    before, together = busy.case.version, Barrier(THREADS)

    def sends(_number: int) -> Outcome:
        together.wait()
        return act(busy.desk, CASE, request, now=moment("2026-02-01 09:00"))

    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = list(pool.map(sends, range(THREADS)))
    assert sum(isinstance(outcome, Decision) for outcome in outcomes) == 1
    assert {outcome.version for outcome in outcomes if not isinstance(outcome, Decision | Refusal)} == {before + 1}
    assert busy.case.version == before + 1


def test_of_two_who_looked_at_the_same_version_one_wins_and_the_other_hears_of_whom(busy: Office) -> None:
    version, together = busy.case.version, Barrier(2)

    def moves(who: str) -> Outcome | CaseChanged:
        together.wait()
        request = Request("do", who, "correct", reason=f"{who} found a slip", expected_version=version)
        try:
            return act(busy.desk, CASE, request, now=moment("2026-01-20 09:00"))
        except CaseChanged as changed:
            return changed

    with ThreadPoolExecutor(2) as pool:
        outcomes = dict(zip(("ben", "cleo"), pool.map(moves, ("ben", "cleo")), strict=True))
    (winner,) = [who for who, outcome in outcomes.items() if isinstance(outcome, Decision)]
    (lost,) = [outcome for outcome in outcomes.values() if isinstance(outcome, CaseChanged)]
    assert f"changed by {winner} at 2026-01-20 09:00" in str(lost)
    assert f"version {version + 1}" in str(lost)
    assert lost.mend
    assert busy.case.version == version + 1


def test_of_two_who_name_no_version_both_are_decided_one_on_what_the_other_left(office: Office) -> None:
    version, together = office.case.version, Barrier(2)

    def moves(who: str) -> Outcome:
        together.wait()
        request = Request("do", who, "correct", reason=f"{who} found a slip")
        return act(office.desk, CASE, request, now=moment("2026-01-20 09:00"))

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(moves, ("ben", "cleo")))
    assert all(isinstance(outcome, Decision) for outcome in outcomes)
    assert sorted(outcome.case.version for outcome in outcomes if isinstance(outcome, Decision)) == [
        version + 1,
        version + 2,
    ]


def test_one_supplier_cannot_register_twice_however_fast(office: Office) -> None:
    together = Barrier(2)

    def registers(_number: int) -> Outcome:
        together.wait()
        request = Request("do", "s1", "register", new="bidder/s1", fields={"firm": "s1"})
        return act(office.desk, CASE, request, now=moment("2026-02-01 09:00"))

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(registers, range(2)))
    (refused,) = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    assert refused.codes == ("track-exists",)
    assert len(office.case.tracks("bidder")) == 1
