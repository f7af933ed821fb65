"""Bundles: what is due to one recipient over one channel, named before it is sent, and marked afterwards.

A bundle is named once. Whoever sends it again, after a failure or because the one before was killed, sends the same
deliveries under the same key.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from inprocap_flow import logs
from inprocap_flow.delivery.parcels import Accepted, Failed
from inprocap_flow.ids import derived_id
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.deliveries import Claimed, Due
from inprocap_flow.store.port import Writing

LEASE = timedelta(minutes=10)  # longer than any channel takes for one parcel
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)


def claim(desk: Desk, due: Due, now: datetime) -> Claimed | None:
    """Take the bundle that *due* belongs to, or name a new one; None if somebody else has taken it."""
    lease = now + LEASE
    with desk.store.writing() as work:
        key = due.bundle
        if key is not None:
            work.deliveries.claim_again(key, now=now, lease=lease)
        else:
            key = _named(work, due, now, lease)
        return work.deliveries.claimed(key, lease=lease) if key else None


def _named(work: Writing, due: Due, now: datetime, lease: datetime) -> str | None:
    alike = work.deliveries.alike(due, now=now)
    if due.id not in alike:
        return None
    chosen = alike if holds_many(due.channel) else (due.id,)
    key = derived_id("bundle", now, *chosen)
    return key if work.deliveries.claim_new(key, chosen, lease=lease) else None


def holds_many(channel: str) -> bool:
    """Return whether a channel takes a digest. Machines get each message by itself."""
    return not channel.startswith("webhook")


def mark(desk: Desk, bundle: Claimed, outcome: Accepted | Failed, now: datetime) -> bool:
    """Write down what became of a try; return whether the bundle is given up."""
    with desk.store.writing() as work:
        if isinstance(outcome, Accepted):
            work.deliveries.sent(bundle, now=now)
            given_up = False
        else:
            given_up = outcome.for_good or bundle.attempt >= desk.settings.delivery_tries
            again_at = None if given_up else now + pause(desk, bundle.attempt, outcome)
            work.deliveries.failed(bundle, outcome.reason, again_at=again_at, now=now)
    event = logs.MESSAGE_SENT if isinstance(outcome, Accepted) else logs.MESSAGE_FAILED
    count = len(bundle.delivery_ids)
    logs.happened(event, message=bundle.key, channel=bundle.channel, attempt=bundle.attempt, count=count)
    return given_up


def pause(desk: Desk, attempt: int, outcome: Failed) -> timedelta:
    """Return how long to wait after the how manieth failed try: twice as long each time, spread by chance.

    The chance keeps a hundred bundles that failed together from coming back together.
    """
    doubled: int = 2 ** min(attempt - 1, 20)
    longest = min(FIRST_PAUSE * doubled, LONGEST_PAUSE)
    share = int.from_bytes(desk.random_bytes(2), "big") / 65536  # 0 to 1, without 1
    return max(longest * (0.5 + share / 2), timedelta(seconds=outcome.wait_seconds))
