"""What has changed between planning a delivery and its first try: what says nothing any more, absences, new people.

Only before the first try: once a bundle has its name, its content stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from inprocap_flow.engine.case.records import unstamp
from inprocap_flow.engine.reminding.ladders import ladder_named
from inprocap_flow.errors import FlowError
from inprocap_flow.records import record
from inprocap_flow.service.delivering.asked import in_vain
from inprocap_flow.service.delivering.handing import delivery_of, for_nobody, house_of, reached_by
from inprocap_flow.service.delivering.recipients import House
from inprocap_flow.service.delivering.renamed import ladder_now
from inprocap_flow.service.delivering.routes import NOWHERE, PEOPLES, WEBHOOK, Routes
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.deliveries import Due, Planned, Posted
from inprocap_flow.store.port import Reading

LEFT = "not meant any more; it goes to whoever is by now"
_WAITS = ("approval", "silence")  # ladders that begin anew with what they wait for


@record
class Withdrawal:
    """A delivery that must not be sent as it was planned, why not, and what takes its place.

    ``report`` tells the owner of the case, where nobody does.
    """

    delivery_id: str
    reason: str
    instead: tuple[Planned, ...] = ()
    report: Posted | None = None


def withdrawals(desk: Desk, routes: Routes, due: Due, now: datetime) -> tuple[Withdrawal, ...]:
    """Return what must change before what is due together with *due* is sent for the first time."""
    with desk.store.reading() as reading:
        alike = reading.deliveries.alike(due, now=now)
        found = [(of_id, reading.deliveries.message(message_id)) for of_id, message_id in alike]
        planned = [(of_id, message) for of_id, message in found if message is not None]
        latest = _latest(message for _, message in planned)
        return tuple(
            withdrawal
            for of_id, message in planned
            for withdrawal in (
                (Withdrawal(of_id, "asked again since"),)
                if message.kind == "asked" and message.seq < latest[_which(message)]
                else _changed(desk, reading, routes, due, (of_id, message), now)
            )
        )


def _latest(messages: Iterable[Posted]) -> Mapping[tuple[str, ...], int]:
    """Return the number of the last event that says the same to the same person, of what waits to be sent."""
    latest: dict[tuple[str, ...], int] = {}
    for message in messages:
        latest[_which(message)] = max(message.seq, latest.get(_which(message), 0))
    return latest


def _which(message: Posted) -> tuple[str, ...]:
    return message.kind, message.case_id, message.line, message.subject, message.recipient


def _changed(
    desk: Desk, reading: Reading, routes: Routes, due: Due, one: tuple[str, Posted], now: datetime
) -> Iterator[Withdrawal]:
    delivery_id, message = one
    if due.channel.startswith(WEBHOOK):
        return
    if message.kind == "reminder" and is_overtaken(desk, reading, message, now):
        yield Withdrawal(delivery_id, "overtaken: it says nothing any more")
        return
    if message.kind == "asked" and (vain := in_vain(desk, reading, message, now)):
        yield Withdrawal(delivery_id, vain)
        return
    why, people = _otherwise(desk, reading, routes, due, message, now)
    if people:
        instead = tuple(delivery_of(message, person, routes.to_people, now) for person in people)
        yield Withdrawal(delivery_id, why, instead)
    elif why == LEFT:
        house = house_of(desk, reading, routes, message.organisation, now)
        nobody, report = for_nobody(desk, reading, house, message, now)
        yield Withdrawal(delivery_id, why, (nobody,), report)


def _otherwise(
    desk: Desk, reading: Reading, routes: Routes, due: Due, message: Posted, now: datetime
) -> tuple[str, tuple[str, ...]]:
    """Return why a delivery goes to whom instead; ("", ()) where it stays as it was planned."""
    house = house_of(desk, reading, routes, message.organisation, now)
    if due.channel == NOWHERE:
        return "somebody can be reached now", reached_by(desk, reading, house, message)
    if _has_left(reading, house, due, message):
        return LEFT, reached_by(desk, reading, house, message)
    present = house.present(due.recipient)
    if present != due.recipient and house.can_reach(present):
        return "away; it goes to the substitute", (present,)
    if due.channel != routes.to_people and due.channel in PEOPLES:
        return "people are told over another channel by now", (due.recipient,)
    return "", ()


def _has_left(reading: Reading, house: House, due: Due, message: Posted) -> bool:
    """Return whether a role or track that was told no longer means its recipient, or its recipient is there no more.

    A correction goes to whoever was told before, whatever they hold by now.
    """
    group = message.recipient
    if message.kind == "correction" or not group.startswith(("role:", "track:", "person:")):
        return False
    case = reading.load(message.case_id).case
    if group.startswith("person:"):
        return house.has_left(due.recipient, case)
    return not house.means(due.recipient, group, case)


def is_overtaken(desk: Desk, reading: Reading, message: Posted, now: datetime) -> bool:
    """Return whether a reminder says nothing any more: what it is about is done, gone, moved or has begun anew.

    Where that cannot be told (a hook of the definition is not there) it is sent: better once too often than never.
    """
    detail = message.detail
    try:
        case = reading.load(message.case_id).case
        ladder = ladder_named(desk.binding(reading, case), case, ladder_now(reading, case, message))
    except FlowError:
        return False
    if ladder is None:
        return True
    if _moment(detail.get("end")) != ladder.end:
        return True
    if str(detail.get("rung", "")).startswith("before") and ladder.end is not None and ladder.end <= now:
        return True
    since = _moment(detail.get("since"))
    return ladder.kind in _WAITS and since is not None and ladder.begins is not None and since != ladder.begins


def _moment(text: object) -> datetime | None:
    return unstamp(text) if isinstance(text, str) and text else None
