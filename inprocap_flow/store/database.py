"""One database with its documents: transactions, lists, proof. An ORM comes in with the first list (ruling 24)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO

from inprocap_flow.engine.case.records import Handed
from inprocap_flow.errors import CaseChanged, NotAllowed, NotFound
from inprocap_flow.ids import Ids
from inprocap_flow.store.chain import Head
from inprocap_flow.store.connection import Connection
from inprocap_flow.store.lending import Connections
from inprocap_flow.store.planned import Lookout, Planned, Soonest, due
from inprocap_flow.store.reading import ReadingTransaction
from inprocap_flow.store.remembered import Memory

if TYPE_CHECKING:
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from sqlalchemy import Engine

    from inprocap_flow.store.documents import Documents
    from inprocap_flow.store.entries import (
        ApprovalEntry,
        CaseEntry,
        DeadlineEntry,
        DeliveryEntry,
        DocumentEntry,
        MessageEntry,
        RefusalEntry,
    )
    from inprocap_flow.store.report import Report
    from inprocap_flow.store.vault import Keys
    from inprocap_flow.store.writing import Posted, WritingTransaction


class DatabaseStore:
    """One database with its documents. Safe for threads: each transaction has a connection of its own."""

    def __init__(
        self,
        url: str,
        connect: Callable[[], Connection],
        *,
        keys: Keys,
        ids: Ids,
        documents: Path | str | None,
    ) -> None:
        self.url = url
        self.keys = keys
        self.posted: Posted | None = None
        self._documents = documents
        self._connect = connect
        self._connections = Connections(connect)
        self._lookout = Lookout(connect)
        self._ids = ids
        self._memory = Memory()
        self._temporary: TemporaryDirectory[str] | None = None
        # A database in memory lives as long as somebody holds it open.
        self._anchor = connect() if url.startswith("file:") else None

    # ------------------------------------------------------------------------------------------ transactions

    @contextmanager
    def reading(self) -> Iterator[ReadingTransaction]:
        """Give one consistent view; nothing can be written through it."""
        with self._transaction(writing=False) as connection:
            yield ReadingTransaction(connection, self.keys, self._memory)

    @contextmanager
    def writing(self) -> Iterator[WritingTransaction]:
        """Give one transaction: one commit at the end, or nothing done at all if anything raises."""
        from inprocap_flow.store.writing import WritingTransaction  # who only asks does without

        with self._connections.lent() as connection:
            connection.begin(writing=True)
            work = WritingTransaction(connection, self.keys, self._memory, self._ids, self.posted)
            yield work
            connection.commit()
        self._memory.keep(*work.seen)
        if work.forgets:
            with self._connections.lent() as connection:
                connection.after_forgetting()

    @contextmanager
    def _transaction(self, *, writing: bool) -> Iterator[Connection]:
        with self._connections.lent() as connection:
            connection.begin(writing=writing)
            yield connection
            connection.commit()

    # ------------------------------------------------------------------------------------------ lists

    @cached_property
    def _engine(self) -> Engine:
        from inprocap_flow.store import library

        with self._connections.lent() as connection:
            return library.engine(connection.dialect, self._connect, connection.must_lie_still)

    def cases(self, organisation: str | None = None, *, ended: bool | None = None) -> tuple[CaseEntry, ...]:
        """Return cases, the one changed last first."""
        from inprocap_flow.store import library

        return library.cases(self._engine, organisation, ended=ended)

    def deadlines(
        self,
        organisation: str | None = None,
        *,
        case_id: str | None = None,
        status: str | None = "running",
        until: datetime | None = None,
    ) -> tuple[DeadlineEntry, ...]:
        """Return deadlines, the earliest first; *until* is included. *status* None: all of them."""
        from inprocap_flow.store import library

        return library.deadlines(self._engine, organisation, case_id=case_id, status=status, until=until)

    def approvals_waiting(
        self, organisation: str | None = None, *, case_id: str | None = None
    ) -> tuple[ApprovalEntry, ...]:
        """Return approvals that wait for signatures, the longest waiting first."""
        from inprocap_flow.store import library

        return library.approvals_waiting(self._engine, organisation, case_id=case_id)

    def outbox(self, *, case_id: str | None = None, state: str | None = "pending") -> tuple[MessageEntry, ...]:
        """Return messages in the order in which they were written."""
        from inprocap_flow.store import library

        return library.outbox(self._engine, case_id=case_id, state=state)

    def deliveries(
        self, organisation: str | None = None, *, case_id: str | None = None, states: tuple[str, ...] = ()
    ) -> tuple[DeliveryEntry, ...]:
        """Return deliveries in the order in which they were planned; *states* () for all."""
        from inprocap_flow.store import library

        return library.deliveries(self._engine, organisation, case_id=case_id, states=states)

    def refusals(self, case_id: str) -> tuple[RefusalEntry, ...]:
        """Return the refusals of a case in time; of no case ("") those of openings."""
        from inprocap_flow.store import library

        return library.refusals(self._engine, case_id)

    def documents(self, case_id: str | None = None) -> tuple[DocumentEntry, ...]:
        """Return the filed versions of the documents of one case, or of all."""
        from inprocap_flow.store import library

        return library.documents(self._engine, case_id)

    # ------------------------------------------------------------------------------------------ documents

    @cached_property
    def documents_folder(self) -> Path | None:
        """The folder of documents, None if none is known."""
        from pathlib import Path

        return None if self._documents is None else Path(self._documents)

    @cached_property
    def files(self) -> Documents:
        """The folder of documents; a database in memory has a temporary one. Raises NotAllowed if none is known."""
        from pathlib import Path
        from tempfile import TemporaryDirectory

        from inprocap_flow.store.documents import Documents

        if self.documents_folder is not None:
            return Documents(self.documents_folder)
        if self._anchor is None:
            mend = "open the store with a folder for documents"
            raise NotAllowed("there is no folder for the documents of this database", mend=mend)
        self._temporary = TemporaryDirectory(prefix="inprocap-flow-")
        return Documents(Path(self._temporary.name))

    def put_document(self, content: BinaryIO, filename: str, media_type: str = "application/octet-stream") -> Handed:
        """Take in an open document, before the request that hands it over is recorded. Raises InvalidInput."""
        return self.files.put(content, filename, media_type)

    def put_sealed_document(
        self,
        content: BinaryIO,
        filename: str,
        media_type: str = "application/octet-stream",
        *,
        case_id: str,
        now: datetime,
    ) -> Handed:
        """Take in a document that must not be read yet, encrypted with the case's key. Raises NotAllowed without one.

        It runs a transaction of its own, so call it before the one that records the request.
        """
        try:
            key = self._key_to_seal(case_id, now)
        except CaseChanged:  # somebody else drew the first key of this case: now it is there
            key = self._key_to_seal(case_id, now)
        return self.files.put_sealed(content, filename, media_type, key=key, case_id=case_id)

    def _key_to_seal(self, case_id: str, now: datetime) -> bytes:
        with self.writing() as work:
            return work.case_key_to_seal(case_id, now)

    def read_document(self, mark: str, *, case_id: str = "") -> Iterator[bytes]:
        """Give a document's bytes; a sealed one needs its case. Whether its moment has come is the caller's question.

        Raises NotFound, NotAllowed (key destroyed), and StoreDamaged, that after the last byte: see `Documents.read`.
        """
        if not self.files.is_sealed(mark):
            return self.files.read(mark)
        return self.files.read_sealed(mark, key=self._key_of(mark, case_id), case_id=case_id)

    def document_salt(self, mark: str, *, case_id: str) -> str:
        """Return the salt of a sealed document's commitment; never before its moment. Raises NotFound, NotAllowed."""
        return self.files.salt(mark, key=self._key_of(mark, case_id), case_id=case_id)

    def _key_of(self, mark: str, case_id: str) -> bytes:
        with self.reading() as view:
            key = view.case_key(case_id)
        if key is None:
            raise NotFound(f"the document {mark[:12]} does not belong to case {case_id or '(none given)'}")
        return key

    def orphans(self, *, now: datetime, age: timedelta = timedelta(days=1)) -> tuple[Path, ...]:
        """Return document files that no event names and that are older than *age*: what crashes left behind."""
        from inprocap_flow.store import library

        known = library.marks_in_events(self._engine)
        return self.files.orphans(known.__contains__, before=(now - age).timestamp())

    # ------------------------------------------------------------------------------------------ proof

    def checkpoint(self, organisation: str, *, now: datetime) -> Head:
        """Chain the heads of an organisation's cases and return its head, to be printed on what leaves the house."""
        with self.writing() as work:
            return work.checkpoint(organisation, now=now)

    def audit(
        self, organisation: str | None = None, *, case_id: str | None = None, against: Head | str | None = None
    ) -> Report:
        """Say whether what is stored is what was recorded; see `inprocap_flow.store.audit`. Raises BadHead."""
        from inprocap_flow.store.audit import audit

        with self.reading() as view:
            return audit(view, self.files_or_none(), organisation=organisation, case_id=case_id, against=against)

    def files_or_none(self) -> Documents | None:
        """Return the folder of documents, None if this database has none."""
        return self.files if self.documents_folder or self._anchor else None

    def soonest(self, *, live: bool = False) -> Soonest:
        """Return when something is due next, of each kind. One look and no transaction: it is asked for often.

        Unless *live*, a deadline of a case from history may be the soonest, of which nothing is to be recorded.
        """
        return self._lookout.soonest(live)

    def due_reminders(self, until: datetime, *, after: Planned | None = None, most: int = 100) -> tuple[Planned, ...]:
        """Return rungs that are due at *until*, the longest due first, those behind *after*. One statement."""
        with self._connections.lent() as connection:
            return due(connection, until, after, most)

    # ------------------------------------------------------------------------------------------ life

    def create(self) -> None:
        """Make the tables, or run the migrations that are missing. Quick where there is nothing to do.

        A fresh database is made from the generated DDL and stamped; only an older one imports Alembic.
        """
        from inprocap_flow.store.migrate import bring_up_to_date

        with self._connections.lent() as connection:
            bring_up_to_date(connection)

    def update(self) -> None:
        """Run the migrations that are missing in an older database; where there are no tables, none are made.

        Raises StoreUnavailable for a database of a newer version.
        """
        from inprocap_flow.store.migrate import bring_up_to_date, revision

        with self._connections.lent() as connection:
            if revision(connection) is not None:
                bring_up_to_date(connection)

    def close(self) -> None:
        """Close every connection; a database in memory is gone with it."""
        self._connections.close()
        self._lookout.close()
        if self._anchor is not None:
            self._anchor.close()
        self._anchor = None
        if self._temporary is not None:
            self._temporary.cleanup()
