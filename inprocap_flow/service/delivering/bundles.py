"""Bundles: what is due to one recipient over one channel, named before it is sent, and marked afterwards.

A bundle is named once. Whoever sends it again, after a failure or because the one before was killed, sends the same
deliveries under the same key.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from inprocap_flow import logs
from inprocap_flow.delivery.parcels import Accepted, Failed
from inprocap_flow.ids import derived_id
from inprocap_flow.service.delivering.beforehand import withdrawals
from inprocap_flow.service.delivering.handing import UNDELIVERED, report_of
from inprocap_flow.service.delivering.recipients import owners_of
from inprocap_flow.service.delivering.routes import NOWHERE, WEBHOOK, Routes
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.deliveries import Claimed, Due, Posted
from inprocap_flow.store.port import Writing

LEASE = timedelta(minutes=10)  # longer than any channel takes for one parcel
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)


def claim(desk: Desk, routes: Routes, due: Due, now: datetime) -> Claimed | None:
    """Take the bundle that *due* belongs to, or name a new one; None if nothing is left of it for us."""
    lease = now + LEASE
    if due.bundle is not None:
        with desk.store.writing() as work:
            work.deliveries.claim_again(due.bundle, now=now, lease=lease)
            return work.deliveries.claimed(due.bundle, lease=lease)
    found = withdrawals(desk, routes, due, now)
    with desk.store.writing() as work:
        for one in found:
            if work.deliveries.withdraw(one.delivery_id, one.reason, one.instead, now=now) and one.report:
                work.deliveries.post(one.report)
        together = _may_be_together(desk, work, due)
        key = _named(work, due, now, lease, together=together)
        return work.deliveries.claimed(key, lease=lease) if key else None


def _may_be_together(desk: Desk, work: Writing, due: Due) -> bool:
    """Return whether a recipient takes several messages as one: people do, unless the organisation says otherwise.

    Machines get each message by itself.
    """
    return not due.channel.startswith(WEBHOOK) and desk.organisation(work, due.organisation).reminders.digest != "apart"


def _named(work: Writing, due: Due, now: datetime, lease: datetime, *, together: bool) -> str | None:
    alike = work.deliveries.take_alike(due, now=now)
    if due.id not in alike:
        return None
    chosen = alike if together else (due.id,)
    key = derived_id("bundle", now, *chosen)
    return key if work.deliveries.claim_new(key, chosen, lease=lease) else None


def mark(desk: Desk, bundle: Claimed, outcome: Accepted | Failed, now: datetime) -> bool:
    """Write down what became of a try; return whether the bundle is given up. Then the owners of its cases are told."""
    given_up = isinstance(outcome, Failed) and (outcome.for_good or bundle.attempt >= desk.settings.delivery_tries)
    reports = _reports(desk, bundle, now) if given_up else ()
    with desk.store.writing() as work:
        if isinstance(outcome, Accepted):
            work.deliveries.sent(bundle, now=now)
        else:
            again_at = None if given_up else now + pause(desk, bundle.attempt, outcome)
            work.deliveries.failed(bundle, outcome.reason, again_at=again_at, now=now)
        for report in reports:
            work.deliveries.post(report)
    event = logs.MESSAGE_SENT if isinstance(outcome, Accepted) else logs.MESSAGE_FAILED
    count = len(bundle.delivery_ids)
    logs.happened(event, message=bundle.key, channel=bundle.channel, attempt=bundle.attempt, count=count)
    return given_up


def _reports(desk: Desk, bundle: Claimed, now: datetime) -> tuple[Posted, ...]:
    """Return what tells the owners of the cases concerned: once a day for each case, recipient and channel.

    What already says that somebody cannot be reached is not followed by more of it.
    """
    if bundle.channel == NOWHERE:
        return ()  # that was told when nobody was found
    first: dict[str, Posted] = {}
    with desk.store.reading() as reading:
        for message_id in bundle.message_ids:
            message = reading.deliveries.message(message_id)
            if message is not None and message.kind != UNDELIVERED:
                first.setdefault(message.case_id, message)
        return tuple(
            report_of(message, bundle.recipient, bundle.channel, group, now)
            for message in first.values()
            for group in owners_of(desk, reading, reading.load(message.case_id).case)[:1]
        )


def pause(desk: Desk, attempt: int, outcome: Failed) -> timedelta:
    """Return how long to wait after the how manieth failed try: twice as long each time, spread by chance.

    The chance keeps a hundred bundles that failed together from coming back together.
    """
    doubled: int = 2 ** min(attempt - 1, 20)
    longest = min(FIRST_PAUSE * doubled, LONGEST_PAUSE)
    share = int.from_bytes(desk.random_bytes(2), "big") / 65536  # 0 to 1, without 1
    return max(longest * (0.5 + share / 2), timedelta(seconds=outcome.wait_seconds))
