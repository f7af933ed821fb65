"""One writing transaction: an outcome put down with few statements and one commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from inprocap_flow.engine.case.records import Case, Decision, Event, Message, Refusal
from inprocap_flow.errors import CaseChanged, StoreDamaged
from inprocap_flow.ids import Ids
from inprocap_flow.language.canonical import canonical_json
from inprocap_flow.store import chain, projections, rows, snapshot
from inprocap_flow.store.connection import AlreadyThere, Connection
from inprocap_flow.store.keeping import KeepingTransaction
from inprocap_flow.store.moments import readable, sortable
from inprocap_flow.store.reading import no_case
from inprocap_flow.store.records import Loaded, Recorded
from inprocap_flow.store.remembered import Memory, Remembered
from inprocap_flow.store.rows import Named

if TYPE_CHECKING:
    from collections.abc import Callable

    from inprocap_flow.store.vault import Keys


# Told of new messages within the transaction that writes them, so that whatever it does is done or undone with them.
Posted: TypeAlias = "Callable[[Connection, tuple[str, ...]], None]"


class WritingTransaction(KeepingTransaction):
    """Reading with a lock, and recording."""

    def __init__(
        self, connection: Connection, keys: Keys, memory: Memory, ids: Ids, posted: Posted | None = None
    ) -> None:
        super().__init__(connection, keys, memory)
        self._ids, self._posted = ids, posted
        self._seen: dict[str, Remembered] = {}  # not in the memory of the process before the commit

    def load(self, case_id: str) -> Loaded:
        """Return the case and keep others from changing it until this transaction ends."""
        known = self._seen.get(case_id) or self._memory.get(case_id)
        found = self._found(case_id, self._sql.lock_case, known)
        self._seen[case_id] = found
        return found.loaded

    @property
    def seen(self) -> Iterable[Remembered]:
        """The cases loaded and recorded here: what the process may remember once this has been committed."""
        return self._seen.values()

    def record(
        self,
        outcome: Decision | Refusal,
        *,
        now: datetime,
        on: Loaded | None = None,
        idempotency_key: str | None = None,
    ) -> Recorded:
        case_id = self._case_id(outcome, on)
        recorded = self._record_events(outcome, case_id, on, now)
        if isinstance(outcome, Refusal):
            refusal = rows.of_refusal(case_id, outcome.request, outcome.blockers, now)
            self.connection.write(self._sql.count_refusal, refusal)
        if idempotency_key is not None:
            self._answer(idempotency_key, outcome, recorded, now)
        return recorded

    def _case_id(self, outcome: Decision | Refusal, on: Loaded | None) -> str:
        if outcome.case is not None:
            return outcome.case.id
        if on is not None:
            return on.case.id
        # A refusal that leaves the case as it was need not carry it; an opening that was refused has none.
        return next(iter(self._seen)) if len(self._seen) == 1 and outcome.request.kind != "open" else ""

    # ------------------------------------------------------------------------------------------ a case and its events

    def _record_events(self, outcome: Decision | Refusal, case_id: str, on: Loaded | None, now: datetime) -> Recorded:
        seen = self._seen.get(case_id)
        base = on or (seen.loaded if seen else None)
        if not outcome.events:
            return Recorded(case_id, base.version if base else 0, base.head if base else "")
        case = outcome.case
        if case is None:
            raise StoreDamaged("an outcome with events came without the case they lead to")
        _must_follow(case, outcome.events, base)
        prev = base.head if base else chain.genesis(case.id, case.organisation, case.definition_hash)
        linked = chain.links(prev, outcome.events)
        head, count = linked[-1].hash, linked[-1].event.seq
        # Where nobody knows the text before it, there is nothing to make the new one from.
        written = snapshot.written(case, seen.written if seen and seen.loaded is base else None)
        self._put_case(rows.of_case(case, written.text, event_count=count, head=head), base)
        self.connection.write_all(self._sql.add_event, [rows.of_event(case.id, link) for link in linked])
        self._project(case, base.case if base else None)
        withdrawn = self._withdraw(case.id, outcome.events)
        if isinstance(outcome, Decision) and outcome.sealed:
            self._seal(case.id, outcome.sealed, now)
        self._seen[case.id] = Remembered(Loaded(case, case.version, count, head, case.definition_hash), written)
        seqs = tuple(event.seq for event in outcome.events)
        return Recorded(case.id, case.version, head, seqs, self._post(case.id, outcome.messages, now, withdrawn))

    def _put_case(self, row: Named, base: Loaded | None) -> None:
        case_id = row["id"]
        if base is None:
            try:
                self.connection.write(self._sql.add_case, row)
            except AlreadyThere as wrong:
                raise CaseChanged(f"case {case_id} is already open", mend="load it, or open another") from wrong
        elif not self.connection.write(self._sql.move_case, row | {"of_id": case_id, "of_version": base.version}):
            raise self._changed(case_id)

    def _changed(self, case_id: str) -> Exception:
        found = self.connection.row(self._sql.who_changed, of_id=case_id)
        if found is None:
            return no_case(case_id)
        version, by, at = found
        wrong = CaseChanged(
            f"case {case_id} was changed by {by} at {readable(at)}: it is at version {version} now",
            mend="look at it again and ask once more",
        )
        wrong.at = str(at)  # whoever knows the zone says it in that
        return wrong

    def _project(self, case: Case, before: Case | None) -> None:
        """Bring the rows for lists in line with the case, writing only what has changed."""
        for change in projections.changes(self._sql, before, case):
            self.connection.write_all(change.statement, change.rows)

    def _withdraw(self, case_id: str, events: Iterable[Event]) -> set[tuple[str, str]]:
        """Take back what annulled decisions would have sent and have not sent yet; return which (ruling 7)."""
        annulled = [number for event in events if event.kind == "annulled" for number in event.data["decisions"]]
        found: set[tuple[str, str]] = set()
        for number in annulled:
            own = {"of_case_id": case_id, "of_decision": number}
            self.connection.write(self._sql.withdraw_deliveries, own)
            rows_of_one = self.connection.rows(self._sql.withdraw_messages, **own)
            found |= {(str(seq), recipient) for seq, recipient in rows_of_one}
        return found

    def _post(
        self, case_id: str, messages: Iterable[Message], now: datetime, withdrawn: set[tuple[str, str]]
    ) -> tuple[str, ...]:
        posted = [
            {"id": self._ids.new("message"), **row}
            for message in messages
            for row in rows.of_messages(case_id, message, now)
            # Whoever was never told needs no correction. Its `about` names the event that had told.
            if message.kind != "correction" or (message.about[0], row["recipient"]) not in withdrawn
        ]
        self.connection.write_all(self._sql.add_message, posted)
        message_ids = tuple(row["id"] for row in posted)
        if message_ids and self._posted is not None:
            self._posted(self.connection, message_ids)
        return message_ids

    # ------------------------------------------------------------------------------------------ answers, sealing

    def _answer(self, key: str, outcome: Decision | Refusal, recorded: Recorded, now: datetime) -> None:
        from inprocap_flow.store.fingerprints import fingerprint_of

        response: Named = {"head": recorded.head, "events": list(recorded.seqs)}
        response["decisions"] = sorted({event.decision for event in outcome.events})
        if isinstance(outcome, Refusal):
            response["blockers"] = [rows.of_blocker(blocker) for blocker in outcome.blockers]
        else:
            response["warnings"] = [rows.of_blocker(blocker) for blocker in outcome.warnings]
        row = {
            "key": key,
            "case_id": recorded.case_id,
            "version": recorded.version,
            "fingerprint": fingerprint_of(outcome.request, self._keys),
            "answered_at": sortable(now),
            "response": canonical_json(response),
        }
        try:
            self.connection.write(self._sql.add_answer, row)
        except AlreadyThere as wrong:
            # The same request, sent twice at once: the other one has been answered; asking again finds that answer.
            mend = "ask again with the same key"
            raise CaseChanged("the same request was answered at the same moment", mend=mend) from wrong

    def _seal(self, case_id: str, sealed: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
        from inprocap_flow.store import vault

        key = self.case_key_to_seal(case_id, now)
        made = ((mark, vault.seal(key, case_id, mark, value)) for mark, value in sealed.items())
        self.connection.write_all(
            self._sql.add_sealed,
            [
                {"case_id": case_id, "commitment": mark, "nonce": found.nonce, "ciphertext": found.ciphertext}
                for mark, found in made
            ],
        )


def _must_follow(case: Case, events: tuple[Event, ...], base: Loaded | None) -> None:
    """Refuse what can only be a bug of ours: events that do not continue what the case was loaded as."""
    expected = base.event_count + 1 if base else 1
    if [event.seq for event in events] != list(range(expected, expected + len(events))):
        raise StoreDamaged(f"the events of case {case.id} do not follow event {expected - 1}")
    if base is not None and case.version <= base.version:
        raise StoreDamaged(f"the outcome leaves case {case.id} at version {base.version}")
