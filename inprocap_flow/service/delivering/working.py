"""What a worker does with its jobs, on any of several machines."""

from __future__ import annotations

from inprocap_flow.delivery import queue
from inprocap_flow.errors import NotAllowed
from inprocap_flow.service.delivering.handing import hand_over
from inprocap_flow.service.delivering.queueing import asked_workers
from inprocap_flow.service.delivering.sending import deliver_due
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.opening import database_url
from inprocap_flow.store.deliveries import Place


def work(desk: Desk, *, wait: bool = True, heartbeat_seconds: float = queue.HEARTBEAT_SECONDS) -> None:
    """Hand over and send what the jobs say, until a signal comes or, without *wait*, until there is no job.

    Raises NotAllowed where the setting ``queue`` names none, and StoreUnavailable.
    """
    if desk.settings.queue == "none":
        raise NotAllowed("there is no queue to work on", mend="set queue to procrastinate, or run the scheduler alone")

    def hands_over(message_ids: list[str]) -> None:
        now = desk.clock.now()
        hand_over(desk, now, only=message_ids)
        with desk.store.reading() as reading:
            places = [place for one in message_ids for place in reading.deliveries.places_of(one, now)]
        asked_workers(desk, dict.fromkeys(places))

    def sends(place: queue.Place) -> None:
        deliver_due(desk, desk.clock.now(), only=Place(*place))

    with desk.store.writing() as transaction:
        queue.prepare(transaction.connection.raw)
    queue.work(database_url(desk.settings), hands_over, sends, wait=wait, heartbeat_seconds=heartbeat_seconds)
