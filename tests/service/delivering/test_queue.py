"""Several machines: jobs made in the transaction of the event, done by workers, and found again when one is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from inprocap_flow.clock import FixedClock
from inprocap_flow.delivery import queue
from inprocap_flow.engine.case.records import Decision, Message, Request
from inprocap_flow.errors import NotAllowed
from inprocap_flow.records import changed
from inprocap_flow.service.acting import open_case
from inprocap_flow.service.delivering import deliver_due, hand_over
from inprocap_flow.service.delivering.bundles import LEASE
from inprocap_flow.service.delivering.routes import Routes
from inprocap_flow.service.delivering.sending import DeliveryReport
from inprocap_flow.service.delivering.working import work
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.opening import open_desk
from inprocap_flow.service.releasing import release_organisation, release_procedure
from inprocap_flow.settings import Settings
from inprocap_flow.store.port import Writing
from tests.cli.conftest import HERE, PURCHASE
from tests.delivery.conftest import free_port
from tests.service.delivering.conftest import CASE, NOW, Receiver
from tests.store.drafts import begins, decision

pytestmark = pytest.mark.postgres


@pytest.fixture
def desk(fresh_postgres_url: str, tmp_path: Path) -> Iterator[Desk]:
    settings = Settings(
        database=fresh_postgres_url,
        documents=tmp_path / "documents",
        key_file=tmp_path / "sealing.key",
        outgoing=tmp_path / "outgoing",
        queue="procrastinate",
    )
    made = open_desk(settings, clock=FixedClock(NOW))
    release_organisation(made, HERE / "lab.yaml", by="ben")
    release_procedure(made, PURCHASE, by="ben", terms=UNEXPLORED)
    asked = Request("open", "ada", fields={"need": "A pump"}, extra={"case": CASE})
    assert isinstance(open_case(made, "purchase", "lab", asked, now=NOW), Decision)
    yield made
    made.store.close()


def _sql(desk: Desk, text: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(queue.conninfo(desk.settings.database), autocommit=True) as connection:
        found = connection.execute(text.encode())
        return found.fetchall() if found.description else []


def _jobs(desk: Desk) -> list[tuple[str, str]]:
    return [
        (str(name), str(status))
        for name, status in _sql(desk, "SELECT task_name, status FROM procrastinate_jobs ORDER BY id")
    ]


def _tells(desk: Desk, *recipients: str) -> None:
    """Write messages as an outcome does: in its transaction, through the store."""
    with desk.store.writing() as transaction:
        _told(transaction, *recipients)


def _told(transaction: Writing, *recipients: str) -> None:
    case = transaction.load(CASE).case
    told = (Message(case.next_seq, "told", recipients, "send_call"),)
    transaction.record(decision(case, begins(f"x{case.next_seq}"), messages=told), now=NOW)


def _files(desk: Desk) -> list[str]:
    assert desk.settings.outgoing is not None
    return sorted(file.parent.name for file in desk.settings.outgoing.rglob("*.txt"))


def test_a_message_and_its_job_are_one_commit(desk: Desk) -> None:
    _tells(desk, "role:legal")
    assert _jobs(desk) == [(queue.HAND_OVER, "todo")]


def test_what_is_rolled_back_leaves_no_job(desk: Desk) -> None:
    _tells(desk, "role:legal")
    before = _jobs(desk)

    def tells_and_fails() -> None:
        with desk.store.writing() as transaction:
            _told(transaction, "role:legal")
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        tells_and_fails()
    assert _jobs(desk) == before
    assert len(desk.store.outbox(state=None)) == 1


def test_workers_hand_over_and_send(desk: Desk) -> None:
    _tells(desk, "role:legal", "person:emil")
    work(desk, wait=False)
    assert _files(desk) == ["dora", "emil"]
    assert [name for name, _ in _jobs(desk) if name != queue.PUT_BACK] == []
    assert {entry.state for entry in desk.store.deliveries()} == {"sent"}


def test_the_tick_asks_workers_and_sends_nothing_itself(desk: Desk) -> None:
    _tells(desk, "role:legal", "person:emil")
    _sql(desk, "DELETE FROM procrastinate_jobs")  # as if they were lost: our rows know better
    assert hand_over(desk, NOW) == 2
    assert deliver_due(desk, NOW) == DeliveryReport(queued=2)
    assert deliver_due(desk, NOW) == DeliveryReport(queued=0)  # nobody is asked twice
    assert _files(desk) == []
    work(desk, wait=False)
    assert _files(desk) == ["dora", "emil"]


def test_what_is_due_later_is_no_job(desk: Desk) -> None:
    desk.settings = changed(desk.settings, digest_at="08:00")
    _tells(desk, "role:legal")
    work(desk, wait=False)
    assert deliver_due(desk, NOW) == DeliveryReport()
    assert _files(desk) == []
    assert deliver_due(desk, NOW + timedelta(days=1)) == DeliveryReport(queued=1)


def test_a_job_that_is_there_twice_sends_once(desk: Desk) -> None:
    _tells(desk, "role:legal")
    with desk.store.writing() as transaction:
        message_ids = [row.id for row in desk.store.outbox()]
        queue.announce(transaction.connection.raw, message_ids)
    work(desk, wait=False)
    work(desk, wait=False)
    assert _files(desk) == ["dora"]


def test_the_tables_of_the_queue_are_made_with_the_first_job(desk: Desk) -> None:
    assert _sql(desk, "SELECT to_regclass('procrastinate_jobs')") == [(None,)]
    _tells(desk, "role:legal")
    assert len(_jobs(desk)) == 1
    with desk.store.writing() as transaction:
        assert queue.prepare(transaction.connection.raw) is False


def test_where_the_queue_takes_no_job_nothing_is_recorded(desk: Desk) -> None:
    _tells(desk, "role:legal")
    _sql(desk, "DROP TABLE procrastinate_jobs CASCADE; CREATE TABLE procrastinate_jobs (other int)")
    with pytest.raises(queue.QueueUnavailable, match="takes no job") as refused:
        _tells(desk, "role:legal")
    assert "migrations of procrastinate" in refused.value.mend
    assert len(desk.store.outbox()) == 1


def test_a_queue_for_several_machines_needs_a_database_for_several_machines(tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match="for several machines"):
        open_desk(Settings(database=str(tmp_path / "x.db"), queue="procrastinate"))


def test_without_a_queue_there_is_nothing_to_work_on(desk: Desk) -> None:
    desk.settings = changed(desk.settings, queue="none")
    with pytest.raises(NotAllowed, match="no queue"):
        work(desk, wait=False)


def test_two_schedulers_at_once_hand_over_and_send_everything_once(desk: Desk) -> None:
    """Without the queue: they meet only at the changes that hold where a row still says what it said."""
    desk.settings, receiver = changed(desk.settings, queue="none"), Receiver()
    people = ("ada", "ben", "dora", "emil", "fay", "june", "kim", "gus")
    _tells(desk, *(f"person:{person}" for person in people))
    handed: list[int] = []
    start = threading.Barrier(2)

    def ticks() -> None:
        start.wait()
        handed.append(hand_over(desk, NOW))
        deliver_due(desk, NOW, routes=Routes("file", {"file": receiver}))

    threads = [threading.Thread(target=ticks) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    deliver_due(desk, NOW, routes=Routes("file", {"file": receiver}))
    assert sum(handed) == len(people)
    assert len(receiver.keys) == len(set(receiver.keys)) == len(people)
    assert {entry.state for entry in desk.store.deliveries()} == {"sent"}


# ---------------------------------------------------------------------------------------------- a killed worker


class Slow:
    """A mail server that takes a mail and does not say so while *hold* is set."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.took, self.hold = threading.Event(), threading.Event()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.keys += [line.decode() for line in content.splitlines() if line.startswith(b"Message-ID")]
        self.took.set()
        while self.hold.is_set():  # noqa: ASYNC110 - another thread clears it, which no asyncio.Event allows
            await asyncio.sleep(0.02)
        return "250 OK"


WORKER = """
import sys
from datetime import datetime
from inprocap_flow.clock import FixedClock
from inprocap_flow.service.delivering.working import work
from inprocap_flow.service.opening import open_desk
from inprocap_flow.settings import load
work(open_desk(load(), clock=FixedClock(datetime.fromisoformat(sys.argv[1])), create=False), heartbeat_seconds=0.2)
"""


def test_a_worker_killed_between_acceptance_and_mark_is_followed_by_one_under_the_same_key(
    desk: Desk, tmp_path: Path
) -> None:
    boxes, port = Slow(), free_port()
    server = Controller(boxes, hostname="127.0.0.1", port=port)
    server.start()
    mails = {
        "channel": "smtp",
        "smtp_server": f"127.0.0.1:{port}",
        "smtp_security": "none",
        "sender": "flow@example.org",
    }
    desk.settings = changed(desk.settings, **mails)
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("INPROCAP_FLOW_")}
    said = {
        "database": desk.settings.database,
        "key_file": str(tmp_path / "sealing.key"),
        "queue": "procrastinate",
        **mails,
    }
    said["documents"] = str(tmp_path / "documents")
    surroundings |= {f"INPROCAP_FLOW_{name.upper()}": value for name, value in said.items()}
    boxes.hold.set()
    _tells(desk, "role:legal")
    worker = subprocess.Popen([sys.executable, "-c", WORKER, NOW.isoformat()], env=surroundings, cwd=tmp_path)
    try:
        assert boxes.took.wait(60)
        assert {entry.state for entry in desk.store.deliveries()} == {"sending"}
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    boxes.hold.clear()
    assert (queue.SEND, "doing") in _jobs(desk)  # the queue believes in it still
    later = NOW + LEASE
    _until(lambda: asyncio.run(_put_back(desk)) == 1)
    assert (queue.SEND, "todo") in _jobs(desk)
    desk.clock = FixedClock(later)
    deliver_due(desk, later)
    work(desk, wait=False)
    server.stop()
    (entry,) = desk.store.deliveries()
    assert (entry.state, entry.attempts) == ("sent", 2)
    assert boxes.keys == [f"Message-ID: <{entry.bundle}@example.org>"] * 2


async def _put_back(desk: Desk) -> int:
    app = queue._working(desk.settings.database, lambda _ids: None, lambda _place: None, 0.5)
    async with app.open_async():
        return await queue.put_back_stalled(app, 0.5)


def _until(done: Any, times: int = 100) -> None:
    for _ in range(times):
        if done():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come about in time")


def test_a_worker_that_is_asked_to_stop_stops(desk: Desk, tmp_path: Path) -> None:
    """As a service of the operating system runs it."""
    said = {
        "database": desk.settings.database,
        "documents": str(tmp_path),
        "queue": "procrastinate",
        "outgoing": str(tmp_path / "outgoing"),
    }
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("INPROCAP_FLOW_")}
    surroundings |= {f"INPROCAP_FLOW_{name.upper()}": value for name, value in said.items()}
    _tells(desk, "role:legal")
    command = [sys.executable, "-m", "inprocap_flow", "--now", NOW.isoformat(), "worker"]
    worker = subprocess.Popen(
        command, env=surroundings, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        _until(lambda: _files(desk) == ["dora"], 600)
        worker.terminate()
        assert worker.communicate(timeout=60)[0] == "Stopped.\n"
        assert worker.returncode == 0
    finally:
        worker.kill()
        worker.wait()
    assert {entry.state for entry in desk.store.deliveries()} == {"sent"}
