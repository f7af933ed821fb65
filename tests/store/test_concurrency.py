"""Several people, threads and processes on one store: nothing is lost, nothing is done twice."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from inprocap_flow.engine.case.history import fold
from inprocap_flow.errors import CaseChanged
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.records import Loaded
from tests.store import drafts
from tests.store.drafts import NOW


def test_of_two_who_move_one_case_one_wins_and_the_other_is_told(store: DatabaseStore) -> None:
    drafts.opened(store)
    with store.reading() as view:
        seen = view.load("case-1")
    together = Barrier(2)

    def moves(person: str) -> str:
        made = drafts.decision(seen.case, drafts.moves(f"chosen_by_{person}"), actor=person)
        together.wait()
        try:
            with store.writing() as work:
                work.record(made, now=NOW, on=seen)
        except CaseChanged as changed:
            return str(changed)
        return "won"

    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(("anna", "bert"), pool.map(moves, ("anna", "bert")), strict=True))
    (winner,) = [person for person, answer in answers.items() if answer == "won"]
    (loser,) = set(answers) - {winner}
    assert f"changed by {winner}" in answers[loser]
    with store.reading() as view:
        assert view.load("case-1").case.main.state == f"chosen_by_{winner}"
        assert len(view.events("case-1")) == 3


def test_forty_suppliers_registering_at_once_are_all_in_and_none_twice(store: DatabaseStore) -> None:
    """Ruling 6: whoever loads in the transaction that records waits for the one before, and sees what that one did."""
    drafts.opened(store)
    names = [f"supplier_{number:02}" for number in range(40)]

    def registers(name: str) -> None:
        drafts.does(store, "case-1", drafts.begins(name), actor=name, key=f"register {name}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(registers, names))
    with store.reading() as view:
        loaded, events = view.load("case-1"), view.events("case-1")
    assert sorted(line.id for line in loaded.case.tracks("supplier")) == [f"supplier/{name}" for name in names]
    assert sorted(line.opened for line in loaded.case.tracks("supplier")) == list(range(1, 41))
    assert loaded.case == fold(events)
    assert (loaded.version, len(events)) == (41, 42)
    assert store.audit().ok


def test_the_same_request_sent_twenty_times_at_once_is_done_once(store: DatabaseStore) -> None:
    drafts.opened(store)

    def sends(_: int) -> int:
        with store.writing() as work:
            loaded = work.load("case-1")
            answer = work.answer("key")
            if answer is not None:
                return answer.version
            return work.record(
                drafts.decision(loaded.case, drafts.begins("alpha")), now=NOW, idempotency_key="key"
            ).version

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(sends, range(20))) == {2}
    with store.reading() as view:
        assert len(view.events("case-1")) == 3


def test_forty_cases_are_opened_at_once(store: DatabaseStore) -> None:
    definition = drafts.released(store)

    def opens(number: int) -> None:
        made = drafts.decision(None, drafts.opens(f"case-{number}", definition))
        with store.writing() as work:
            work.record(made, now=NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(opens, range(40)))
    assert len(store.cases("desy")) == 40


# A database in memory has no log to read from: there readers and writers take turns.
@pytest.mark.parametrize("url", ["file", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_reader_sees_one_moment_while_others_write(store: DatabaseStore) -> None:
    drafts.opened(store)
    with store.reading() as view:
        before = view.load("case-1")
        drafts.does(store, "case-1", drafts.moves("tendering"))
        assert view.load("case-1") == before
        assert len(view.events("case-1")) == before.event_count
    with store.reading() as view:
        assert view.load("case-1").version == before.version + 1


def test_processes_share_a_file_as_threads_do(file_store: DatabaseStore) -> None:
    drafts.opened(file_store)
    code = """
import sys
from inprocap_flow.store.opening import open_store
from tests.store import drafts
store = open_store(sys.argv[1])
for number in range(10):
    drafts.does(store, "case-1", drafts.begins(f"{sys.argv[2]}_{number}"))
"""
    running = [subprocess.Popen([sys.executable, "-c", code, file_store.url, name]) for name in ("a", "b", "c")]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    with file_store.reading() as view:
        loaded: Loaded = view.load("case-1")
    assert len(loaded.case.tracks("supplier")) == 30
    assert file_store.audit().ok
