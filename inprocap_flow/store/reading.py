"""One consistent view of the store: what a transaction can read, whether or not it also writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from inprocap_flow.engine.case.records import Event, Request
from inprocap_flow.errors import NotFound, StoreDamaged
from inprocap_flow.store import chain, rows, snapshot
from inprocap_flow.store.connection import Connection
from inprocap_flow.store.records import Answer, Loaded, Person, Released, ReleaseEntry
from inprocap_flow.store.remembered import Memory, Remembered
from inprocap_flow.store.statement import Statement

TO_RELEASE = "release it first, or list what is there: inprocap-flow procedures"

if TYPE_CHECKING:
    from inprocap_flow.store.deliveries import DeliveryReading
    from inprocap_flow.store.findings import FindingReading
    from inprocap_flow.store.reminders import ReminderReading
    from inprocap_flow.store.vault import Keys, Opening


class ReadingTransaction:
    """One consistent view. What it gives are records; nothing of it changes afterwards."""

    def __init__(self, connection: Connection, keys: Keys, memory: Memory) -> None:
        self.connection = connection
        self._sql = connection.statements
        self._keys = keys
        self._memory = memory

    def load(self, case_id: str) -> Loaded:
        found = self._found(case_id, self._sql.load_case, self._memory.get(case_id))
        self._memory.keep(found)
        return found.loaded

    def glance(self, case_id: str) -> Loaded:
        """Return a case without keeping others from changing it: for what never changes about it. Raises NotFound."""
        return self._found(case_id, self._sql.load_case, self._memory.get(case_id)).loaded

    def _found(self, case_id: str, statement: Statement, known: Remembered | None) -> Remembered:
        """Return a case as it stands; its state is not even read where *known* has the same head."""
        known_head = known.loaded.head if known else ""
        row = self.connection.row(statement, of_id=case_id, known_head=known_head)
        if row is None:
            raise no_case(case_id)
        if known is not None and row == (None, *known.loaded[1:]):
            return known
        if row[0] is None:  # the same head, but otherwise not what was recorded
            row = self.connection.row(statement, of_id=case_id, known_head="") or row
        return Remembered(self._loaded(case_id, *row))

    def _loaded(
        self, case_id: str, state: str, version: int, event_count: int, head: str, definition_hash: str
    ) -> Loaded:
        try:
            case = snapshot.read(state)
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            mend = "run audit verify; the state can be folded again from the events"
            raise StoreDamaged(f"the state of case {case_id} cannot be read", mend=mend) from wrong
        return Loaded(case, version, event_count, head, definition_hash)

    def events(self, case_id: str) -> tuple[Event, ...]:
        return tuple(link.event for link in self.links(case_id))

    def links(self, case_id: str) -> tuple[chain.Link, ...]:
        """Return the events with their hashes. Raises NotFound, and StoreDamaged for what is no event any more."""
        found = self.connection.rows(self._sql.case_events, of_case_id=case_id)
        if not found:
            raise no_case(case_id)
        try:
            return tuple(chain.Link(*rows.event(row)) for row in found)
        except (ValueError, KeyError, TypeError) as wrong:
            raise StoreDamaged(f"an event of case {case_id} cannot be read: {wrong}") from wrong

    def case_ids(self) -> tuple[str, ...]:
        found = (
            self.connection.rows(self._sql.cases_of, of_organisation=owner)
            for (owner, *_) in self.connection.rows(self._sql.organisations)
        )
        return tuple(str(row[0]) for rows_of_one in found for row in rows_of_one)

    def answer(self, idempotency_key: str) -> Answer | None:
        row = self.connection.row(self._sql.find_answer, of_key=idempotency_key)
        return None if row is None else rows.answer(row)

    def agrees(self, answer: Answer, request: Request) -> bool:
        from inprocap_flow.store import fingerprints

        return fingerprints.agrees(answer.fingerprint, request, self._keys)

    # ------------------------------------------------------------------------------------------ definitions, people

    def released(
        self, kind: str, name: str = "", version: str | None = None, *, content_hash: str | None = None
    ) -> Released:
        if content_hash is not None:
            row = self.connection.row(self._sql.find_release_by_hash, of_content_hash=content_hash)
            row = row[:3] if row is not None and row[3] == kind else None
        elif version is not None:
            row = self.connection.row(self._sql.find_release, of_kind=kind, of_name=name, of_version=version)
        else:
            row = self.connection.row(self._sql.latest_release, of_kind=kind, of_name=name)
        if row is None:
            asked = content_hash or f"{name} {version or ''}".strip()
            raise NotFound(f"no {kind} {asked} is released", mend=TO_RELEASE)
        return _released(row)

    def in_force(self, kind: str, name: str, day: date) -> Released:
        row = self.connection.row(self._sql.release_in_force, of_kind=kind, of_name=name, of_day=day.isoformat())
        if row is not None:
            return _released(row)
        coming = sorted(one.valid_from for one in self.releases(kind) if one.name == name)
        if not coming:
            raise NotFound(f"no {kind} {name} is released", mend=TO_RELEASE)
        fact = f"no version of {name} is in force on {day}; the first one is from {coming[0]}"
        raise NotFound(fact, mend="wait for it, or release a version that is valid at once")

    def settled(self) -> object | None:
        return self.connection.settled()

    def newest(self, kind: str, name: str) -> str:
        found = self.connection.settled_rows(self._sql.newest_release, of_kind=kind, of_name=name)
        if not found:
            raise NotFound(f"no {kind} {name} is released", mend=TO_RELEASE)
        return str(found[0][0])

    def releases(self, kind: str) -> tuple[ReleaseEntry, ...]:
        return tuple(
            ReleaseEntry(*row[:-1])._replace(judged=json.loads(row[-1]))
            for row in self.connection.rows(self._sql.list_releases, of_kind=kind)
        )

    def people(self, organisation: str) -> tuple[Person, ...]:
        found = self.connection.settled_rows(self._sql.list_people, of_organisation=organisation)
        return self._memory.people(organisation, found, lambda: tuple(map(rows.person, found)))

    def export_person(self, organisation: str, person_id: str) -> dict[str, Any]:
        """Return all that is known of a person, what they did and were told, as JSON data. Raises NotFound."""
        found = [person for person in self.people(organisation) if person.id == person_id]
        if not found:
            raise no_person(organisation, person_id)
        acts = self.connection.rows(self._sql.acts_of, of_organisation=organisation, of_actor=person_id)
        told = self.connection.rows(self._sql.deliveries_to, of_organisation=organisation, of_recipient=person_id)
        known = {
            **rows.of_person(organisation, found[0]),
            "acts": [dict(zip(_ACT, act, strict=True)) for act in acts],
            "told": [dict(zip(_TOLD, one, strict=True)) for one in told],
        }
        return known | {name: json.loads(known[name]) for name in ("contact", "roles", "absences")}

    def acted_in(self, organisation: str, person_id: str) -> tuple[str, ...]:
        """Return the ids of the cases of an organisation in which somebody has acted; nobody known: none."""
        acts = self.connection.rows(self._sql.acts_of, of_organisation=organisation, of_actor=person_id)
        return tuple(dict.fromkeys(act[0] for act in acts))

    # ------------------------------------------------------------------------------------------ what is sealed

    def reveal(self, case_id: str, commitment: str) -> Any:
        return self.opening(case_id, commitment).value

    def opening(self, case_id: str, commitment: str) -> Opening:
        from inprocap_flow.store import vault

        key = self.case_key(case_id)
        row = self.connection.row(self._sql.find_sealed, of_case_id=case_id, of_commitment=commitment)
        if row is None or key is None:
            raise NotFound(f"case {case_id} has nothing sealed under {commitment[:12]}")
        return vault.opening(key, case_id, commitment, vault.Sealed(*row))

    def case_key(self, case_id: str) -> bytes | None:
        """Return the plain data key of a case, None if it has none yet. Raises NotAllowed if it was destroyed."""
        row = self.connection.row(self._sql.find_key, of_case_id=case_id)
        if row is None:
            return None
        from inprocap_flow.store import vault

        return vault.unwrap(vault.needed(self._keys), case_id, vault.WrappedKey(row[1], bytes(row[2]), bytes(row[3])))

    @property
    def deliveries(self) -> DeliveryReading:
        from inprocap_flow.store.deliveries import DeliveryReading

        return DeliveryReading(self.connection)

    @property
    def reminders(self) -> ReminderReading:
        from inprocap_flow.store.reminders import ReminderReading

        return ReminderReading(self.connection)

    @property
    def findings(self) -> FindingReading:
        from inprocap_flow.store.findings import FindingReading

        return FindingReading(self.connection)

    def checkpoints(self, organisation: str) -> list[tuple[Any, ...]]:
        return self.connection.rows(self._sql.list_checkpoints, of_organisation=organisation)

    def entries(self, organisation: str) -> list[tuple[Any, ...]]:
        return self.connection.rows(self._sql.list_entries, of_organisation=organisation)


_ACT = ("case_id", "seq", "kind", "recorded_at")
_TOLD = ("case_id", "kind", "subject", "channel", "state", "created_at", "sent_at")


def _released(row: Sequence[Any]) -> Released:
    """Return a release from its row: name, version, content. Raises StoreDamaged."""
    try:
        return Released(row[0], row[1], json.loads(row[2]))
    except ValueError:
        fact = f"the release {row[0]} {row[1]} cannot be read"
        raise StoreDamaged(fact, mend="run audit verify, and take the database back from a backup") from None


def no_case(case_id: str) -> NotFound:
    """Return the error that says so."""
    return NotFound(f"there is no case {case_id}", mend="look at the list of cases")


def no_person(organisation: str, person_id: str) -> NotFound:
    """Return the error that says so."""
    return NotFound(f"{organisation} has no person {person_id}, or the person was erased", mend="look at the list")
