"""Delivery by workers on several machines: what is due becomes jobs."""

from __future__ import annotations

from datetime import datetime

from inprocap_flow.delivery import queue
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.deliveries import Place

MOST = 1000  # deliveries looked at in one tick; what is behind them has its turn with the next


def queue_due(desk: Desk, now: datetime) -> int:
    """Ask workers to send what is due, and return for how many places nobody had been asked yet."""
    with desk.store.reading() as reading:
        places = dict.fromkeys(due.place for due in reading.deliveries.due(now, most=MOST))
    return asked_workers(desk, places)


def asked_workers(desk: Desk, places: dict[Place, None]) -> int:
    """Ask workers to send to *places*, and return for how many nobody had been asked yet."""
    if not places:
        return 0
    with desk.store.writing() as work:
        return queue.announce_due(work.connection.raw, places)
