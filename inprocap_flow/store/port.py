"""What the store promises; light enough for the start of every command.

`inprocap_flow.store.opening.open_store` opens one. Moments are aware; whatever comes from a table is already a record,
of `inprocap_flow.store.records` or, in lists, of `inprocap_flow.store.entries`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from inprocap_flow.engine.case.records import Decision, Event, Handed, Refusal, Request
from inprocap_flow.store.records import Answer, Loaded, Person, Recorded, Released, ReleaseEntry

if TYPE_CHECKING:
    from pathlib import Path

    from inprocap_flow.store.chain import Head, Link
    from inprocap_flow.store.connection import Connection
    from inprocap_flow.store.deliveries import DeliveryReading, DeliveryWriting
    from inprocap_flow.store.entries import (
        ApprovalEntry,
        CaseEntry,
        DeadlineEntry,
        DeliveryEntry,
        DocumentEntry,
        MessageEntry,
        RefusalEntry,
    )
    from inprocap_flow.store.findings import FindingReading, FindingWriting
    from inprocap_flow.store.planned import Planned, Soonest
    from inprocap_flow.store.reminders import ReminderReading, ReminderWriting
    from inprocap_flow.store.report import Report
    from inprocap_flow.store.vault import Opening


class Reading(Protocol):
    """One consistent view of the store; it writes nothing."""

    def load(self, case_id: str) -> Loaded:
        """Return a case as its snapshot says. Raises NotFound."""
        ...

    def glance(self, case_id: str) -> Loaded:
        """Return a case for what never changes about it; nobody is kept from changing the rest. Raises NotFound."""
        ...

    def events(self, case_id: str) -> tuple[Event, ...]:
        """Return a case's events in order. Raises NotFound for a case that is not there."""
        ...

    def case_ids(self) -> tuple[str, ...]:
        """Return the ids of all cases; light, unlike the list of cases."""
        ...

    def answer(self, idempotency_key: str) -> Answer | None:
        """Return the first answer to a request with this key, or None."""
        ...

    def agrees(self, answer: Answer, request: Request) -> bool:
        """Return whether *request* is the one answered so: the same names and, where a key is there, values."""
        ...

    def released(
        self, kind: str, name: str = "", version: str | None = None, *, content_hash: str | None = None
    ) -> Released:
        """Return a version, the one with this hash, or the one released last. Raises NotFound."""
        ...

    def in_force(self, kind: str, name: str, day: date) -> Released:
        """Return the version that new cases of the local *day* are opened on: the one valid last. Raises NotFound."""
        ...

    def settled(self) -> object | None:
        """Return what is the same object while nobody changes releases or people; None where that cannot be told."""
        ...

    def newest(self, kind: str, name: str) -> str:
        """Return the content hash of the version released last, without its content. Raises NotFound."""
        ...

    def releases(self, kind: str) -> tuple[ReleaseEntry, ...]:
        """Return what is released of a kind (procedure, rulebook, organisation), by name and in time."""
        ...

    def people(self, organisation: str) -> tuple[Person, ...]:
        """Return an organisation's people by id; whoever is erased is there as an id without a name.

        As long as nothing changes, it is the same tuple every time.
        """
        ...

    def export_person(self, organisation: str, person_id: str) -> dict[str, Any]:
        """Return all that is known of a person, and what they did, as JSON data. Raises NotFound."""
        ...

    def acted_in(self, organisation: str, person_id: str) -> tuple[str, ...]:
        """Return the ids of the cases of an organisation in which somebody has acted; nobody known: none."""
        ...

    def reveal(self, case_id: str, commitment: str) -> Any:
        """Return a sealed value. Whether its moment has come is the caller's question. Raises NotAllowed."""
        ...

    def opening(self, case_id: str, commitment: str) -> Opening:
        """Return a sealed value with the salt that proves it; never before its moment. Raises NotFound, NotAllowed."""
        ...

    def links(self, case_id: str) -> tuple[Link, ...]:
        """Return a case's events with the hashes that chain them. Raises NotFound, StoreDamaged."""
        ...

    def checkpoints(self, organisation: str) -> list[tuple[Any, ...]]:
        """Return the chain of checkpoints, the first one first: organisation, number, taken at, hash before, hash."""
        ...

    def entries(self, organisation: str) -> list[tuple[Any, ...]]:
        """Return what the checkpoints cover: organisation, number, case, how many events, head of the case."""
        ...

    @property
    def deliveries(self) -> DeliveryReading:
        """The outbox and what became of its messages."""
        ...

    @property
    def reminders(self) -> ReminderReading:
        """What will be due."""
        ...

    @property
    def findings(self) -> FindingReading:
        """What daily looks found."""
        ...


class Writing(Reading, Protocol):
    """One transaction. It ends with one commit, or with nothing done if anything raises."""

    @property
    def connection(self) -> Connection:
        """What it runs on, for whoever must be part of the same transaction (a queue in the same database)."""
        ...

    def record(
        self,
        outcome: Decision | Refusal,
        *,
        now: datetime,
        on: Loaded | None = None,
        idempotency_key: str | None = None,
    ) -> Recorded:
        """Put one outcome down: events, state, projections, messages, sealed values, the answer; or the refusal.

        *on* is what it was decided on, if it was loaded elsewhere than in this transaction. Raises CaseChanged
        if the case has changed since.
        """
        ...

    def release(
        self,
        kind: str,
        name: str,
        version: str,
        content: Any,
        *,
        by: str,
        now: datetime,
        valid_from: date | None = None,
        judged: Mapping[str, Any] | None = None,
    ) -> str:
        """Release *content* (JSON data) and return its hash; the same once more changes nothing.

        *valid_from* is the local day from which new cases may use it; None: at once. *judged* is JSON data about the
        release, kept beside it. Raises NotAllowed for other
        content, or another day, under a version that is released already.
        """
        ...

    def put_people(self, organisation: str, people: Iterable[Person]) -> None:
        """Add people or replace what is known of them. Raises NotAllowed for one who was erased."""
        ...

    def erase_person(self, organisation: str, person_id: str, *, now: datetime) -> None:
        """Forget a person's name, contact, roles and absences; the id stays as a tombstone. Raises NotFound."""
        ...

    def destroy_key(self, case_id: str, *, now: datetime) -> None:
        """Make everything sealed in a case unreadable for ever; the caller records the event. Raises NotFound."""
        ...

    @property
    def deliveries(self) -> DeliveryWriting:
        """The outbox and what became of its messages, to be changed."""
        ...

    @property
    def reminders(self) -> ReminderWriting:
        """What will be due, to be changed."""
        ...

    @property
    def findings(self) -> FindingWriting:
        """What daily looks found, to be changed."""
        ...


class Store(Protocol):
    """One installation's database with its documents."""

    def create(self) -> None:
        """Make the tables, or bring them up to date; nothing happens where they are."""
        ...

    def update(self) -> None:
        """Bring the tables up to date where there are any."""
        ...

    def writing(self) -> AbstractContextManager[Writing]: ...

    def reading(self) -> AbstractContextManager[Reading]: ...

    def cases(self, organisation: str | None = None, *, ended: bool | None = None) -> tuple[CaseEntry, ...]: ...

    def deadlines(
        self,
        organisation: str | None = None,
        *,
        case_id: str | None = None,
        status: str | None = "running",
        until: datetime | None = None,
    ) -> tuple[DeadlineEntry, ...]:
        """Return deadlines, the earliest first; *until* is included. *status* None: all of them."""
        ...

    def approvals_waiting(
        self, organisation: str | None = None, *, case_id: str | None = None
    ) -> tuple[ApprovalEntry, ...]: ...

    def outbox(self, *, case_id: str | None = None, state: str | None = "pending") -> tuple[MessageEntry, ...]: ...

    def deliveries(
        self, organisation: str | None = None, *, case_id: str | None = None, states: tuple[str, ...] = ()
    ) -> tuple[DeliveryEntry, ...]:
        """Return deliveries in the order in which they were planned; *states* () for all."""
        ...

    def refusals(self, case_id: str) -> tuple[RefusalEntry, ...]: ...

    def documents(self, case_id: str | None = None) -> tuple[DocumentEntry, ...]: ...

    def put_document(self, content: BinaryIO, filename: str, media_type: str = "application/octet-stream") -> Handed:
        """Take in an open document, before the request that hands it over is recorded. Raises InvalidInput."""
        ...

    def put_sealed_document(
        self,
        content: BinaryIO,
        filename: str,
        media_type: str = "application/octet-stream",
        *,
        case_id: str,
        now: datetime,
    ) -> Handed:
        """Take in a document that must not be read yet; call it outside any transaction. Raises NotAllowed."""
        ...

    def read_document(self, mark: str, *, case_id: str = "") -> Iterator[bytes]:
        """Give a document's bytes; whether its moment has come is the caller's question. Raises StoreDamaged late."""
        ...

    def document_salt(self, mark: str, *, case_id: str) -> str:
        """Return the salt of a sealed document's commitment; never before its moment. Raises NotFound, NotAllowed."""
        ...

    def orphans(self, *, now: datetime, age: timedelta = ...) -> tuple[Path, ...]:
        """Return document files that no event names: what crashes left behind."""
        ...

    def checkpoint(self, organisation: str, *, now: datetime) -> Head:
        """Return the organisation's head, to be printed on everything that leaves the house (ruling 8)."""
        ...

    def audit(
        self, organisation: str | None = None, *, case_id: str | None = None, against: Head | str | None = None
    ) -> Report:
        """Say whether what is stored is what was recorded, and how far that can be said. Raises BadHead."""
        ...

    def soonest(self, *, live: bool = False) -> Soonest:
        """Return when something is due next, of each kind; *live*: passing over cases from history. One statement."""
        ...

    def due_reminders(self, until: datetime, *, after: Planned | None = None, most: int = 100) -> tuple[Planned, ...]:
        """Return rungs that are due at *until*, the longest due first, those behind *after*. One statement."""
        ...

    def close(self) -> None: ...
