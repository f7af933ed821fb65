"""Writing what is kept beside the cases: releases, people, keys, checkpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from inprocap_flow.errors import CaseChanged, NotAllowed, NotFound
from inprocap_flow.language.canonical import canonical_json, digest
from inprocap_flow.store import chain, rows
from inprocap_flow.store.connection import AlreadyThere, Connection
from inprocap_flow.store.moments import sortable
from inprocap_flow.store.reading import ReadingTransaction, no_person
from inprocap_flow.store.records import Person
from inprocap_flow.store.remembered import Memory

if TYPE_CHECKING:
    from inprocap_flow.store.deliveries import DeliveryWriting
    from inprocap_flow.store.findings import FindingWriting
    from inprocap_flow.store.reminders import ReminderWriting
    from inprocap_flow.store.vault import Keys


class KeepingTransaction(ReadingTransaction):
    """Reading, and writing what is no case."""

    def __init__(self, connection: Connection, keys: Keys, memory: Memory) -> None:
        super().__init__(connection, keys, memory)
        self.forgets = False  # whether something was overwritten that must not be found in the files either

    @property
    def deliveries(self) -> DeliveryWriting:
        from inprocap_flow.store.deliveries import DeliveryWriting

        return DeliveryWriting(self.connection)

    @property
    def reminders(self) -> ReminderWriting:
        from inprocap_flow.store.reminders import ReminderWriting

        return ReminderWriting(self.connection)

    @property
    def findings(self) -> FindingWriting:
        from inprocap_flow.store.findings import FindingWriting

        return FindingWriting(self.connection)

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
        content_hash = digest(content)
        self.connection.take_turns()
        there = self.connection.row(self._sql.find_release, of_kind=kind, of_name=name, of_version=version)
        if there is not None:
            if there[1] == content_hash:
                self._must_be_valid_from(kind, name, version, valid_from)
                return content_hash
            mend = "give the changed definition another version"
            raise NotAllowed(f"{kind} {name} {version} is released already, with another content", mend=mend)
        row = {
            "content_hash": content_hash,
            "kind": kind,
            "name": name,
            "version": version,
            "content": canonical_json(content),
            "released_at": sortable(now),
            "released_by": by,
            "valid_from": valid_from.isoformat() if valid_from else "",
            "judged": canonical_json(dict(judged or {})),
        }
        self.connection.unsettle()
        try:
            self.connection.write(self._sql.add_release, row)
        except AlreadyThere as wrong:
            raise NotAllowed(
                f"the content of {kind} {name} {version} is released already, under another name or version",
                mend="use that release, or say name and version in the content",
            ) from wrong
        return content_hash

    def _must_be_valid_from(self, kind: str, name: str, version: str, asked: date | None) -> None:
        """Refuse another day for what is released: cases may have been opened by the first. None asks for nothing."""
        known = next(one.valid_from for one in self.releases(kind) if (one.name, one.version) == (name, version))
        if asked is not None and asked.isoformat() != known:
            said = f"from {known}" if known else "at once"
            mend = "leave the day out, or give the definition another version"
            raise NotAllowed(f"{kind} {name} {version} is released already, valid {said}", mend=mend)

    def put_people(self, organisation: str, people: Iterable[Person]) -> None:
        listed = tuple(people)
        erased = {person.id for person in self.people(organisation) if person.erased_at}
        back = sorted(erased & {person.id for person in listed})
        if back:
            mend = "use another id if the person has come back"
            raise NotAllowed(f"{', '.join(back)} of {organisation} was erased and stays so", mend=mend)
        self.connection.unsettle()
        self.connection.write_all(self._sql.put_person, [rows.of_person(organisation, person) for person in listed])

    def erase_person(self, organisation: str, person_id: str, *, now: datetime) -> None:
        self.forget()
        self.connection.unsettle()
        stone = rows.of_person(organisation, Person(person_id, erased_at=sortable(now)))
        row = stone | {"of_organisation": organisation, "of_id": person_id}
        if not self.connection.write(self._sql.erase_person, row):
            raise no_person(organisation, person_id)

    def forget(self) -> None:
        """Let what this transaction overwrites be unreadable in the files, as far as the database can."""
        self.forgets = True
        self.connection.forget_for_good()

    # ------------------------------------------------------------------------------------------ keys, checkpoints

    def case_key_to_seal(self, case_id: str, now: datetime) -> bytes:
        """Return the plain data key of a case, drawing one if it has none."""
        from inprocap_flow.store import vault

        keys = vault.needed(self._keys)
        key = self.case_key(case_id)
        if key is None:
            key, wrapped = vault.new_key(keys, case_id)
            row = {"case_id": case_id, **wrapped._asdict(), "created_at": sortable(now), "destroyed_at": None}
            try:
                self.connection.write(self._sql.add_key, row)
            except AlreadyThere as wrong:
                # Two suppliers sealed the first things of a case at once; whoever tries again finds the key.
                mend = "ask again"
                raise CaseChanged(f"case {case_id} was given its key at the same moment", mend=mend) from wrong
        return key

    def destroy_key(self, case_id: str, *, now: datetime) -> None:
        self.forget()
        gone = {"nonce": b"", "wrapped": b"", "destroyed_at": sortable(now), "of_case_id": case_id}
        if not self.connection.write(self._sql.destroy_key, gone):
            raise NotFound(f"case {case_id} has no key: nothing was sealed, or it was destroyed before")
        # Whoever has the master key could try prices on them.
        self.connection.write(self._sql.forget_values, {"of_case_id": case_id})

    def checkpoint(self, organisation: str, *, now: datetime) -> chain.Head:
        """Chain the heads of all cases that have moved since the last checkpoint; return the organisation's head.

        Nothing is written if none has moved and a checkpoint is there.
        """
        before = self.checkpoints(organisation)
        prev = before[-1][4] if before else chain.first_checkpoint(organisation)
        number = before[-1][1] if before else 0
        moved = self.connection.rows(self._sql.cases_moved, of_organisation=organisation)
        if before and not moved:
            return chain.Head(organisation, number, prev)
        covers, at = [chain.Covered(*row) for row in moved], sortable(now)
        own = chain.hash_checkpoint(prev, organisation, number + 1, at, covers)
        row = {"organisation": organisation, "number": number + 1, "taken_at": at, "prev_hash": prev, "hash": own}
        self.connection.write(self._sql.add_checkpoint, row)
        self.connection.write_all(
            self._sql.add_entry,
            [
                {
                    "organisation": organisation,
                    "number": number + 1,
                    "case_id": case.case_id,
                    "event_count": case.event_count,
                    "head": case.head,
                }
                for case in covers
            ],
        )
        return chain.Head(organisation, number + 1, own)
