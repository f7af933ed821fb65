"""Fan-out: each pending message of the outbox becomes deliveries, one for each recipient and channel.

Planning only reads; the change from pending to handed and the deliveries are one transaction, and hold only where the
message is still pending. So a message has its deliveries once, whoever plans it how often.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta

from inprocap_flow import logs
from inprocap_flow.engine.acts.links import REPORT
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import SYSTEM_ACTOR, Case, unstamp
from inprocap_flow.engine.reminding.rungs import pace_of
from inprocap_flow.errors import FlowError
from inprocap_flow.ids import derived_id
from inprocap_flow.records import changed, record
from inprocap_flow.service.delivering.recipients import PUBLIC, PUBLISHER, House, others, owners_of, successors
from inprocap_flow.service.delivering.routes import NOWHERE, PEOPLES, WEBHOOK, Routes, open_routes
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.linking import CASE, annulled, carry_out
from inprocap_flow.store.connection import StoreUnavailable
from inprocap_flow.store.deliveries import Planned, Posted
from inprocap_flow.store.moments import sortable
from inprocap_flow.store.port import Reading

BATCH = 100  # messages in one transaction
UNDELIVERED = "undelivered"  # the kind of a message that says that another one reaches nobody
CAN_WAIT = ("told", "published", "notice", "migrated")  # for the hour of the digest; whatever asks for something cannot


@record
class Plan:
    """What becomes of one message; ``instead`` tells the owner of the case that it reaches nobody."""

    message: Posted
    deliveries: tuple[Planned, ...] = ()
    instead: Posted | None = None


def hand_over(desk: Desk, now: datetime, *, only: Iterable[str] | None = None) -> int:
    """Make the deliveries of every pending message (or of *only* these) and return how many messages were handed.

    A message that cannot be planned (its definition is not there any more) stays pending, is logged and holds up no
    other. Raises StoreUnavailable.
    """
    routes: Routes | None = None
    handed = 0
    for batch in _batches(desk, only):
        routes = routes or open_routes(desk)  # only here: nothing pending costs one look
        to_cases, to_people = _apart(batch)
        handed += sum(carry_out(desk, report, now) for report in to_cases)
        plans = list(_plans(desk, routes, to_people, now))
        handed += _hand(desk, plans, now)
    return handed


def _apart(batch: tuple[Posted, ...]) -> tuple[list[Posted], list[Posted]]:
    """Return what is for other cases and what is for people."""
    return [one for one in batch if one.kind == REPORT], [one for one in batch if one.kind != REPORT]


def _batches(desk: Desk, only: Iterable[str] | None) -> Iterator[tuple[Posted, ...]]:
    if only is not None:
        with desk.store.reading() as reading:
            found = [reading.deliveries.message(message_id) for message_id in only]
        yield tuple(message for message in found if message and message.state == "pending")
        return
    after = ""
    while True:
        with desk.store.reading() as reading:
            batch = reading.deliveries.pending(after=after, most=BATCH)
        if batch:
            yield batch
            after = batch[-1].id
        if len(batch) < BATCH:
            return


def _plans(desk: Desk, routes: Routes, batch: Iterable[Posted], now: datetime) -> Iterator[Plan]:
    with desk.store.reading() as reading:
        for message in batch:
            try:
                plan = _planned(desk, reading, routes, message, now)
                yield plan
                if plan.instead is not None:
                    yield _planned(desk, reading, routes, plan.instead, now)
            except StoreUnavailable:
                raise
            except Exception as wrong:  # noqa: BLE001 - whatever is wrong with one message must not hold up the others
                said = wrong.code if isinstance(wrong, FlowError) else type(wrong).__name__
                about = {"message": message.id, "case": message.case_id, "error": said}
                logs.happened(logs.MESSAGE_FAILED, level="error", **about)


def _hand(desk: Desk, plans: Iterable[Plan], now: datetime) -> int:
    handed = 0
    with desk.store.writing() as work:
        for plan in plans:
            if work.deliveries.hand(plan.message.id, plan.deliveries, now=now):
                handed += 1
                if plan.instead is not None:
                    work.deliveries.post(plan.instead)
    return handed


# ---------------------------------------------------------------------------------------------- one message


def _planned(desk: Desk, reading: Reading, routes: Routes, message: Posted, now: datetime) -> Plan:
    if message.kind == "correction" and message.recipient.startswith(CASE):
        return Plan(message, (), annulled(desk, reading, message, now))
    if message.kind == "correction":  # whoever was told is corrected, whatever role they hold by now
        told = reading.deliveries.told_before(message.case_id, int(message.about[0]), message.recipient)
        over = dict.fromkeys((who, routes.to_people if channel in PEOPLES else channel) for who, channel in told)
        return Plan(message, tuple(delivery_of(message, who, channel, now) for who, channel in over))
    house = house_of(desk, reading, routes, message.organisation, now)
    machines = routes.machines(message.recipient, message.organisation)
    found = tuple(delivery_of(message, message.recipient, machine, now) for machine in machines)
    if machines and message.recipient in (PUBLIC, PUBLISHER):
        return Plan(message, found)
    if people := reached_by(desk, reading, house, message):
        at = _send_at(desk, reading, house, message, now)
        return Plan(message, (*found, *(delivery_of(message, person, routes.to_people, at) for person in people)))
    # A machine that listens to what people are told does not stand in for them.
    nobody, instead = for_nobody(desk, reading, house, message, now)
    return Plan(message, (*found, nobody), instead)


def for_nobody(
    desk: Desk, reading: Reading, house: House, message: Posted, now: datetime
) -> tuple[Planned, Posted | None]:
    """Return what becomes of *message* where nobody can be reached: a dead delivery, and what tells the owner of it."""
    case = reading.load(message.case_id).case
    # Where nobody answers for the case any more, somebody of the house must know all the same.
    groups = (*owners_of(desk, reading, case), *others(desk.machine(reading, case.definition_hash).definition))
    reached, _ = first_reached(house, groups, case)
    # What says that nobody is reached is not followed by another.
    report = nobody_in(message, reached, now) if reached and message.kind != UNDELIVERED else None
    return _nobody(message, now), report


def house_of(desk: Desk, reading: Reading, routes: Routes, organisation: str, now: datetime) -> House:
    """Return the people of *organisation* as they can be reached at *now*. Raises NotFound."""
    known = {person.id: person for person in reading.people(organisation)}
    return House(desk.organisation(reading, organisation), known, now, routes.needs_mail)


def reached_by(desk: Desk, reading: Reading, house: House, message: Posted) -> tuple[str, ...]:
    """Return the people whom *message* is for today. What is for the public, whoever carried out the step publishes.

    What is for somebody who has left goes to the holders of their roles, else to the owner of the case.
    """
    case = reading.load(message.case_id).case
    failed = str(message.detail.get("person", "")) if message.kind == UNDELIVERED else ""
    kind, _, name = message.recipient.partition(":")
    groups: tuple[str, ...] = (message.recipient,)
    if kind == "person" and house.has_left(name, case):
        groups = (*successors(case, name), *owners_of(desk, reading, case))
    if message.recipient in (PUBLIC, PUBLISHER):
        groups = (*_who_carried_out(reading, message), *owners_of(desk, reading, case))
    return first_reached(house, groups, case, but=failed)[1]


def _who_carried_out(reading: Reading, message: Posted) -> tuple[str, ...]:
    """Return the person whose act *message* comes from; nobody for what happened by itself.

    By the time a message is handed over the case may stand with somebody who has nothing to publish.
    """
    caused = (event.actor for event in reading.events(message.case_id) if event.seq == message.seq)
    return tuple(f"person:{actor}" for actor in caused if actor != SYSTEM_ACTOR)


def first_reached(house: House, groups: Iterable[str], case: Case, *, but: str = "") -> tuple[str, tuple[str, ...]]:
    """Return the first of *groups* in which somebody other than *but* can be reached, and who; ("", ()) for none."""
    for group in groups:
        if people := tuple(person for person in house.persons(group, case) if person != but):
            return group, people
    return "", ()


def undelivered(about: Posted, to_owner: str, now: datetime, **detail: str) -> Posted:
    """Return the message that tells the owner of a case that another one reaches nobody. One for each such detail."""
    parts = (about.case_id, *(f"{name}={text}" for name, text in sorted(detail.items())))
    return changed(
        about,
        id=derived_id("message", unstamp(about.created_at), UNDELIVERED, *parts),
        kind=UNDELIVERED,
        recipient=to_owner,
        created_at=sortable(now),
        state="pending",
        detail=detail,
    )


def nobody_in(about: Posted, to_owner: str, now: datetime) -> Posted:
    """Return the message that tells the owner of a case that a group has nobody to tell: one a day for each group.

    Each message that finds nobody stands in the list of what was given up; the owner need not hear of each of them.
    """
    found = undelivered(about, to_owner, now, to=about.recipient, because="no-address")
    return changed(found, id=_once_a_day(now, about.case_id, about.recipient))


def report_of(
    about: Posted, person: str, channel: str, to_owner: str, now: datetime, *, because: str = "gave_up"
) -> Posted:
    """Return the message that tells the owner of a case that an address takes nothing: one a day for each address."""
    to = channel if channel.startswith(WEBHOOK) else f"person:{person}"
    detail = {"to": to, "person": person, "channel": channel, "because": because}
    return changed(undelivered(about, to_owner, now, **detail), id=_once_a_day(now, about.case_id, person, channel))


def _once_a_day(now: datetime, *about: str) -> str:
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return derived_id("message", today, UNDELIVERED, *about)


def delivery_of(message: Posted, recipient: str, channel: str, at: datetime) -> Planned:
    """Return the delivery of *message* to a recipient over a channel; planned twice, it is the same one."""
    return Planned(
        id=derived_id("delivery", unstamp(message.created_at), message.id, recipient, channel),
        message_id=message.id,
        case_id=message.case_id,
        organisation=message.organisation,
        recipient=recipient,
        channel=channel,
        next_at=at,
    )


def _nobody(message: Posted, now: datetime) -> Planned:
    """Return a delivery that is dead from the beginning: it stands in the list until somebody can be found."""
    nobody = delivery_of(message, message.recipient, NOWHERE, now)
    return changed(nobody, state="dead", last_error="nobody can be reached: no such person, or no address")


def _send_at(desk: Desk, reading: Reading, house: House, message: Posted, now: datetime) -> datetime:
    """Return when a message goes out: now, or with the next digest if it asks for nothing; none on quiet days.

    The organisation says at which hour that is; where it does not, the settings do.
    """
    hour = house.organisation.reminders.digest_at or desk.settings.digest_at
    if hour == "off" or message.kind not in CAN_WAIT:
        return now
    machine = desk.machine(reading, reading.load(message.case_id).definition_hash)
    pace = changed(pace_of(Binding(machine, house.organisation)), hour=time.fromisoformat(hour))
    today = pace.day(now)
    day = today if pace.at_hour(today) >= now else today + timedelta(days=1)
    return pace.at_hour(pace.later(day))
