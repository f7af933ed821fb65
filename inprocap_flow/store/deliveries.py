"""The outbox and its deliveries within one transaction: who is to be told what, what is due, what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from inprocap_flow.language.canonical import canonical_json
from inprocap_flow.records import field, record
from inprocap_flow.store.connection import Connection
from inprocap_flow.store.moments import sortable

FORGOTTEN = "forgotten_on"  # in the detail of a message: what it said is gone since that day


@record
class Posted:
    """A message of the outbox with the organisation of its case. ``about`` and ``detail`` are JSON data."""

    id: str
    case_id: str
    seq: int
    kind: str
    recipient: str
    subject: str
    about: tuple[str, ...]
    line: str
    created_at: str
    state: str
    detail: Mapping[str, Any]
    organisation: str = ""


@record
class Planned:
    """A delivery to be made: one message to one recipient over one channel, from ``next_at`` on.

    ``state`` is pending, or dead with ``last_error`` where it is known from the beginning that nobody can be reached.
    """

    id: str
    message_id: str
    case_id: str
    organisation: str
    recipient: str
    channel: str
    next_at: datetime
    state: str = "pending"
    last_error: str | None = None


class Place(NamedTuple):
    """Where a delivery goes: whose, to whom, over what. What is due to one place is sent together."""

    organisation: str
    recipient: str
    channel: str


@record
class Due:
    """A delivery that may be sent now. ``bundle`` is set where somebody has tried before, and perhaps was killed."""

    id: str
    message_id: str
    case_id: str
    organisation: str
    recipient: str
    channel: str
    bundle: str | None
    next_at: str

    @property
    def place(self) -> Place:
        return Place(self.organisation, self.recipient, self.channel)


@record
class Claimed:
    """A bundle that nobody else sends before ``lease``. ``attempt`` counts tries from 1, this one included."""

    key: str
    organisation: str
    recipient: str
    channel: str
    attempt: int
    lease: datetime
    delivery_ids: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = field(default=())


class Bundled(NamedTuple):
    """One message of a bundle, and to whom it went over what."""

    message_id: str
    recipient: str
    channel: str
    state: str


class DeliveryReading:
    """What is in the outbox and what is due."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._sql = connection.statements

    def pending(self, *, after: str = "", most: int = 100) -> tuple[Posted, ...]:
        """Return messages that nobody has been found for yet, in order, the first ones behind the id *after*."""
        return tuple(map(_posted, self.connection.rows(self._sql.pending_messages, after=after, most=most)))

    def message(self, message_id: str) -> Posted | None:
        row = self.connection.row(self._sql.find_message, of_id=message_id)
        return None if row is None else _posted(row)

    def follows_another(self, message: Posted) -> bool:
        """Return whether a report of the same case to the same case left before this one and still waits."""
        named = {"of_case_id": message.case_id, "of_recipient": message.recipient, "of_kind": message.kind}
        return self.connection.row(self._sql.earlier_reports, **named, before=message.id) is not None

    def told_before(self, case_id: str, seq: int, recipient: str) -> tuple[tuple[str, str], ...]:
        """Return recipient and channel of everybody who was, or may have been, given what this event told."""
        asked = {"of_case_id": case_id, "of_seq": seq, "of_recipient": recipient}
        return tuple((str(row[0]), str(row[1])) for row in self.connection.rows(self._sql.told_before, **asked))

    def due(
        self, now: datetime, *, after: Due | None = None, most: int = 100, to: Place | None = None
    ) -> tuple[Due, ...]:
        """Return what may be sent at *now*, the longest due first, behind *after*; only what goes *to* a place."""
        behind = {"after_at": after.next_at if after else "", "after": after.id if after else ""}
        asked = {"until": sortable(now), "most": most, **behind}
        if to is None:
            found = self.connection.rows(self._sql.due_deliveries, **asked)
        else:
            found = self.connection.rows(self._sql.due_to, **asked, **_of(to))
        return tuple(Due(*row) for row in found)

    def places_of(self, message_id: str, now: datetime) -> tuple[Place, ...]:
        """Return where the deliveries of a message go that may be sent at *now*."""
        found = self.connection.rows(self._sql.places_of, of_message_id=message_id, until=sortable(now))
        return tuple(dict.fromkeys(Place(*row) for row in found))

    def alike(self, due: Due, *, now: datetime) -> tuple[tuple[str, str], ...]:
        """Return delivery and message of what nobody has tried to send to the same recipient over the same channel."""
        return tuple((row[0], row[1]) for row in self.connection.rows(self._sql.due_alike, **_like(due, now)))

    def in_bundle(self, bundle: str) -> tuple[Bundled, ...]:
        """Return what was sent under this key; nothing if there is no such bundle."""
        return tuple(Bundled(*row) for row in self.connection.rows(self._sql.bundle_messages, of_bundle=bundle))

    def forgettable(self, until: datetime, *, after: str = "", most: int = 500) -> tuple[str, ...]:
        """Return ids of messages of which nothing is open, given up, or younger than *until*, in order.

        Those behind the id *after*; what was forgotten already is left out.
        """
        asked = {"until": sortable(until), "after": after, "most": most}
        return tuple(row[0] for row in self.connection.rows(self._sql.forgettable_messages, **asked))

    def keys_of(self, message_id: str) -> tuple[str, ...]:
        """Return the keys under which a message was sent."""
        return tuple(row[0] for row in self.connection.rows(self._sql.message_keys, of_message_id=message_id))

    def next_due(self) -> datetime | None:
        """Return when the next delivery is due (it may be in the past), None if none waits."""
        row = self.connection.row(self._sql.next_delivery)
        return None if row is None else datetime.fromisoformat(row[0])


class DeliveryWriting(DeliveryReading):
    """The same, to be changed. Every change holds only where the row still says what the caller believes."""

    def hand(self, message_id: str, deliveries: Iterable[Planned], *, now: datetime) -> bool:
        """Turn a pending message into its deliveries; False (and nothing done) if somebody else has."""
        if not self.connection.write(self._sql.hand_message, {"of_id": message_id}):
            return False
        self._plan(deliveries, now)
        return True

    def carried_out(self, message_id: str) -> bool:
        """Mark a report as carried out on the other case; False (and nothing done) if somebody else has."""
        return bool(self.connection.write(self._sql.carry_message, {"of_id": message_id}))

    def _plan(self, deliveries: Iterable[Planned], now: datetime) -> None:
        created = {"created_at": sortable(now), "bundle": None, "attempts": 0, "sent_at": None}
        rows = [{**vars(one), **created, "next_at": sortable(one.next_at)} for one in deliveries]
        self.connection.write_all(self._sql.add_delivery, rows)

    def post(self, message: Posted) -> bool:
        """Put a message into the outbox; False if one of this id is there: an id that is derived is posted once."""
        row = {
            **vars(message),
            "about": canonical_json(list(message.about)),
            "detail": canonical_json(dict(message.detail)),
        }
        return bool(self.connection.write(self._sql.post_message, row))

    def claim_new(self, key: str, delivery_ids: Iterable[str], *, lease: datetime) -> int:
        """Name a bundle of deliveries that nobody has tried yet; return how many it holds in the end."""
        named = {"bundle": key, "lease": sortable(lease)}
        claim = self._sql.claim_delivery
        return sum(self.connection.write(claim, {**named, "of_id": one}) for one in delivery_ids)

    def take_alike(self, due: Due, *, now: datetime) -> tuple[str, ...]:
        """Return the untried deliveries that are due to the same recipient over the same channel, locked."""
        return tuple(row[0] for row in self.connection.rows(self._sql.lock_alike, **_like(due, now)))

    def claim_again(self, bundle: str, *, now: datetime, lease: datetime) -> int:
        """Take a bundle whose try failed, or whose sender is gone; 0 if somebody else has."""
        asked = {"of_bundle": bundle, "until": sortable(now), "lease": sortable(lease)}
        return self.connection.write(self._sql.claim_bundle, asked)

    def claimed(self, bundle: str, *, lease: datetime) -> Claimed | None:
        """Return a bundle just claimed with this lease, None if there is none."""
        found = self.connection.rows(self._sql.bundle_claimed, of_bundle=bundle, of_next_at=sortable(lease))
        if not found:
            return None
        _, _, _, organisation, recipient, channel, attempt = found[0]
        ids, messages = tuple(row[0] for row in found), tuple(row[1] for row in found)
        return Claimed(bundle, organisation, recipient, channel, attempt, lease, ids, messages)

    def sent(self, bundle: Claimed, *, now: datetime) -> None:
        """Mark a bundle as accepted by its receiver, also where its lease has run out in the meantime."""
        at = sortable(now)
        self._settle(self._sql.settle_sent, bundle, {"state": "sent", "next_at": at, "last_error": None, "sent_at": at})

    def failed(self, bundle: Claimed, reason: str, *, again_at: datetime | None, now: datetime) -> None:
        """Mark a bundle as not accepted: to be tried again, or dead where *again_at* is None."""
        state = "dead" if again_at is None else "pending"
        ends = {"state": state, "next_at": sortable(again_at or now), "last_error": reason[:500], "sent_at": None}
        self._settle(self._sql.settle_failed, bundle, ends | {"of_next_at": sortable(bundle.lease)})

    def _settle(self, statement: Any, bundle: Claimed, ends: Mapping[str, Any]) -> None:
        named = {**ends, "of_bundle": bundle.key}
        self.connection.write_all(statement, [{**named, "of_id": one} for one in bundle.delivery_ids])

    def withdraw(self, delivery_id: str, reason: str, instead: Iterable[Planned] = (), *, now: datetime) -> bool:
        """Withdraw a delivery that nobody has tried to send, and plan others in its place; False if somebody has."""
        if not self.connection.write(self._sql.overtake_delivery, {"of_id": delivery_id, "last_error": reason}):
            return False
        self._plan(instead, now)
        return True

    def returned(self, bundle: str, reason: str, *, now: datetime) -> int:
        """Mark what was sent under this key as come back, and so dead; 0 if nothing of it counts as sent.

        When it was sent stays.
        """
        ends = {"last_error": reason[:500], "next_at": sortable(now)}
        return self.connection.write(self._sql.returned_delivery, {"of_bundle": bundle, **ends})

    def forget(self, message_id: str, forgotten_on: str) -> None:
        """Forget what a message said beyond what its case records, and what servers said when it was sent."""
        detail = canonical_json({FORGOTTEN: forgotten_on})
        self.connection.write(self._sql.forget_message, {"of_id": message_id, "detail": detail})
        self.connection.write(self._sql.forget_errors, {"of_message_id": message_id})

    def retry(self, delivery_id: str, *, now: datetime) -> int:
        """Let a dead delivery be tried again at once, with its whole bundle, under the old key; 0 if it is not dead."""
        return self.connection.write(self._sql.retry_delivery, {"delivery": delivery_id, "next_at": sortable(now)})


def _like(due: Due, now: datetime) -> dict[str, str]:
    return {**_of(due.place), "until": sortable(now)}


def _of(place: Place) -> dict[str, str]:
    return {"of_organisation": place.organisation, "of_recipient": place.recipient, "of_channel": place.channel}


def _posted(row: tuple[Any, ...]) -> Posted:
    message_id, case_id, seq, kind, recipient, subject, about, line, created_at, state, detail, organisation = row
    return Posted(
        id=message_id,
        case_id=case_id,
        seq=seq,
        kind=kind,
        recipient=recipient,
        subject=subject,
        about=tuple(json.loads(about)),
        line=line,
        created_at=created_at,
        state=state,
        detail=json.loads(detail),
        organisation=organisation,
    )
