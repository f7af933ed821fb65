"""Delivery: what is due is claimed, sent and marked, one bundle after the other, each step a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from inprocap_flow import logs
from inprocap_flow.delivery.parcels import Accepted, Failed
from inprocap_flow.errors import FlowError
from inprocap_flow.records import changed, record
from inprocap_flow.service.delivering.bundles import claim, mark
from inprocap_flow.service.delivering.letters import parcel
from inprocap_flow.service.delivering.routes import NOWHERE, Routes, open_routes
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.connection import StoreUnavailable
from inprocap_flow.store.deliveries import Claimed, Due, Place

BATCH = 100  # due deliveries looked at together


@record
class DeliveryReport:
    """What one round of sending did, counted in bundles. ``failed`` are tried again later, ``dead`` are not."""

    sent: int = 0
    failed: int = 0
    dead: int = 0
    queued: int = 0  # places for which a worker was asked, with the setting queue


def next_due(desk: Desk) -> datetime | None:
    """Return when the next delivery is due, None if none waits. It may lie in the past."""
    with desk.store.reading() as reading:
        return reading.deliveries.next_due()


def deliver_due(
    desk: Desk, now: datetime, *, routes: Routes | None = None, only: Place | None = None
) -> DeliveryReport:
    """Send everything that is due at *now* (*only* to one place), and say what came of it.

    With the setting ``queue`` nothing is sent here: what is due is given to the workers, who call this for one place
    after the other. A channel that is down as a whole is left alone for the rest of the round.
    Raises StoreUnavailable, and NotAllowed or InvalidInput for settings that lead nowhere.
    """
    if desk.settings.queue != "none" and only is None and routes is None:
        from inprocap_flow.service.delivering.queueing import queue_due

        return DeliveryReport(queued=queue_due(desk, now))
    report, down, taken = DeliveryReport(), set[str](), set[str]()
    try:
        for due in _due(desk, now, only):
            routes = routes or open_routes(desk)  # only here: a round with nothing to do costs one look
            if due.id in taken or due.channel in down:
                continue
            bundle = claim(desk, routes, due, now)
            if bundle is None:
                continue
            taken.update(bundle.delivery_ids)
            outcome = _tried(desk, routes, bundle)
            dead = mark(desk, bundle, outcome, now)
            report = _counted(report, outcome, dead=dead)
            if isinstance(outcome, Failed) and outcome.unreachable:
                down.add(bundle.channel)
    finally:
        if routes is not None:
            routes.close()
    return report


def _due(desk: Desk, now: datetime, only: Place | None) -> Iterator[Due]:
    """Yield what is due, each once, and then what was planned in its place meanwhile (for a substitute)."""
    seen: set[str] = set()
    before = -1
    while len(seen) > before:
        before = len(seen)
        for due in _pages(desk, now, only):
            if due.id not in seen:
                seen.add(due.id)
                yield due


def _pages(desk: Desk, now: datetime, only: Place | None) -> Iterator[Due]:
    last: Due | None = None
    while True:
        with desk.store.reading() as reading:
            found = reading.deliveries.due(now, after=last, most=BATCH, to=only)
        yield from found
        if len(found) < BATCH:
            return
        last = found[-1]


def _tried(desk: Desk, routes: Routes, bundle: Claimed) -> Accepted | Failed:
    if bundle.channel == NOWHERE:
        return Failed("nobody can be reached: no such person, or no address", for_good=True)
    channel = routes.channels.get(bundle.channel)
    if channel is None:
        return Failed(f"the channel {bundle.channel} is not set up here", unreachable=True)
    try:
        return channel.send(parcel(desk, bundle))
    except StoreUnavailable:
        raise
    except FlowError as wrong:
        return Failed(f"it cannot be put into words: {wrong.code}")
    except Exception as wrong:  # noqa: BLE001 - whatever is wrong with one parcel must not hold up all the others
        about = {"message": bundle.key, "channel": bundle.channel, "error": type(wrong).__name__}
        logs.happened(logs.MESSAGE_FAILED, level="error", **about)
        return Failed(f"a fault of this program: {type(wrong).__name__}")


def _counted(report: DeliveryReport, outcome: Accepted | Failed, *, dead: bool) -> DeliveryReport:
    name = "sent" if isinstance(outcome, Accepted) else "dead" if dead else "failed"
    return changed(report, **{name: getattr(report, name) + 1})
