"""An office whose messages go out over a channel that writes down what it is given and answers as it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from inprocap_flow.clock import FixedClock
from inprocap_flow.delivery.parcels import Accepted, Failed, Parcel
from inprocap_flow.engine.case.records import Decision, Request
from inprocap_flow.ids import CountedIds
from inprocap_flow.records import changed
from inprocap_flow.service.acting import open_case
from inprocap_flow.service.delivering import DeliveryReport, deliver_due, hand_over
from inprocap_flow.service.delivering.routes import Routes
from inprocap_flow.service.desk import Desk
from inprocap_flow.settings import Settings
from inprocap_flow.store.connection import Watch
from inprocap_flow.store.deliveries import Posted
from inprocap_flow.store.entries import DeliveryEntry
from inprocap_flow.store.moments import sortable
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.vault import KeyRing

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday
CASE = "case-1"
TITLE = "Robot arms for sorting"


@dataclass
class Receiver:
    """A channel and whoever is behind it. ``answers`` are given one after the other, then it accepts everything."""

    taken: list[Parcel] = field(default_factory=list)
    answers: list[Accepted | Failed] = field(default_factory=list)
    before: Callable[[Parcel], None] = lambda _parcel: None

    def send(self, parcel: Parcel) -> Accepted | Failed:
        self.before(parcel)
        answer = self.answers.pop(0) if self.answers else Accepted()
        if isinstance(answer, Accepted):
            self.taken.append(parcel)
        return answer

    def close(self) -> None:
        """Nothing is held open."""

    @property
    def keys(self) -> list[str]:
        return [parcel.key for parcel in self.taken]


@dataclass
class Office:
    """A desk with one case, and what its messages go out over."""

    desk: Desk
    receiver: Receiver = field(default_factory=Receiver)
    to_people: str = "file"
    posted: int = 0

    def post(self, recipient: str, kind: str = "told", **more: Any) -> Posted:
        """Put a message into the outbox as if an event had caused it."""
        self.posted += 1
        fields: dict[str, Any] = {
            "id": f"message-{self.posted:04}",
            "case_id": CASE,
            "seq": 1,
            "kind": kind,
            "recipient": recipient,
            "subject": "send_call",
            "about": (),
            "line": "case",
            "created_at": sortable(NOW),
            "state": "pending",
            "detail": {},
        }
        message = Posted(**{**fields, **more})
        with self.desk.store.writing() as work:
            assert work.deliveries.post(message)
        return message

    @property
    def routes(self) -> Routes:
        return Routes(self.to_people, {self.to_people: self.receiver})

    def hand(self, now: datetime = NOW) -> int:
        return hand_over(self.desk, now)

    def send(self, now: datetime = NOW) -> DeliveryReport:
        return deliver_due(self.desk, now, routes=self.routes)

    def run(self, now: datetime = NOW) -> DeliveryReport:
        """One tick's worth: hand over, then deliver."""
        self.hand(now)
        return self.send(now)

    @property
    def deliveries(self) -> tuple[DeliveryEntry, ...]:
        return self.desk.store.deliveries()

    def to(self, message: Posted) -> list[str]:
        """Return to whom a message goes, over what."""
        return sorted(entry.recipient for entry in self.deliveries if entry.message_id == message.id)

    def states(self) -> list[tuple[str, str]]:
        return [(entry.recipient, entry.state) for entry in self.deliveries]

    def outbox(self) -> list[tuple[str, str, str]]:
        return [(row.kind, row.recipient, row.state) for row in self.desk.store.outbox(state=None)]

    def set(self, **settings: Any) -> None:
        self.desk.settings = changed(self.desk.settings, **settings)


@pytest.fixture(scope="session")
def opened_once(released_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the shipped definitions and one case that ada has opened."""
    folder = tmp_path_factory.mktemp("opened")
    copytree(released_once, folder, dirs_exist_ok=True)
    desk = desk_in(folder)
    asked = Request("open", "ada", fields={"need": "x"}, extra={"case": CASE, "title": TITLE})
    assert isinstance(open_case(desk, "open", "example-lab", asked, now=NOW), Decision)
    desk.store.close()
    return folder


def desk_in(folder: Path, watch: Watch | None = None) -> Desk:
    store = open_store(f"sqlite:///{folder / 'cases.db'}", keys=KeyRing.open(folder / "key"), watch=watch)
    store.create()
    settings = Settings(database=str(folder / "cases.db"))
    desk = Desk(store, FixedClock(NOW), CountedIds(), settings=settings, random_bytes=_a_half)
    desk._machines, desk._organisations = _MACHINES, _ORGANISATIONS
    return desk


_MACHINES: dict[str, Any] = {}  # by hash: reading them anew for each of hundreds of desks would take most of the time
_ORGANISATIONS: dict[str, Any] = {}


def _a_half(count: int) -> bytes:
    return b"\x80".ljust(count, b"\0")


@pytest.fixture
def office(opened_once: Path, tmp_path: Path) -> Iterator[Office]:
    copytree(opened_once, tmp_path, dirs_exist_ok=True)
    made = Office(desk_in(tmp_path))
    with made.desk.store.writing() as work:  # what opening has told is no part of these tests
        for message in work.deliveries.pending():
            work.deliveries.hand(message.id, (), now=NOW)
    yield made
    made.desk.store.close()


def hours(count: float) -> timedelta:
    return timedelta(hours=count)
