"""The distributed queue: jobs in PostgreSQL for several machines. The only module that knows procrastinate.

The queue gets only what is due; what is due later, and what became of it, stays in our own rows. So a job is a hint and
never the truth: one that is lost is made again by the next tick, one that is there twice finds nothing left to do.
Jobs hold ids only.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from inprocap_flow.errors import FlowError, NotAllowed

if TYPE_CHECKING:
    from procrastinate import App

QUEUE: Final = "deliveries"
HAND_OVER: Final = "inprocap_flow.hand_over"
SEND: Final = "inprocap_flow.send"
PUT_BACK: Final = "inprocap_flow.put_back_stalled"
HEARTBEAT_SECONDS: Final = 10.0
STALLED_SECONDS: Final = 60.0  # without a sign of life a worker counts as gone

Place = tuple[str, str, str]  # organisation, recipient, channel
Connection = Any  # of psycopg; within its transaction a job is made or not made


class QueueUnavailable(FlowError):
    """The queue refuses a job, so nothing of what would have made it is recorded."""

    code = "queue-unavailable"
    exit_status = 5


def prepare(connection: Connection) -> bool:
    """Make the tables of the queue where they are missing, within the transaction of *connection*; say whether so."""
    with connection.cursor() as cursor:
        if _is_there(cursor):
            return False
        cursor.execute("SELECT pg_advisory_xact_lock(727364002)")  # two programs that start at once
        if _is_there(cursor):
            return False
        cursor.execute(_deferring().schema_manager.get_schema())
    return True


def _is_there(cursor: Any) -> bool:
    return bool(cursor.execute("SELECT to_regclass('procrastinate_jobs') IS NOT NULL").fetchone()[0])


def announce(connection: Connection, message_ids: Sequence[str]) -> None:
    """Ask a worker to hand over these messages, if and only if the transaction of *connection* commits.

    Raises QueueUnavailable.
    """
    with _translated():
        prepare(connection)
        job = _deferring().configure_task(HAND_OVER, queue=QUEUE, connection=connection)
        job.defer(message_ids=list(message_ids))


def announce_due(connection: Connection, places: Iterable[Place]) -> int:
    """Ask workers to send what is due at *places*; return at how many nobody had been asked to yet.

    Raises QueueUnavailable.
    """
    with _translated():
        prepare(connection)
        return sum(_announced(connection, place) for place in places)


def _announced(connection: Connection, place: Place) -> bool:
    from procrastinate.exceptions import AlreadyEnqueued

    lock = " ".join(place)
    job = _deferring().configure_task(SEND, queue=QUEUE, lock=lock, queueing_lock=lock, connection=connection)
    try:
        with connection.transaction():  # a savepoint: what is there already must not undo the rest
            job.defer(organisation=place[0], recipient=place[1], channel=place[2])
    except AlreadyEnqueued:
        return False
    return True


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what the driver or the queue says into an error of our family."""
    _procrastinate()
    import psycopg
    from procrastinate.exceptions import ConnectorException

    try:
        yield
    except (psycopg.Error, ConnectorException) as wrong:
        said = " ".join(str(wrong.__cause__ or wrong).split())[:200]
        mend = "run the migrations of procrastinate if it was upgraded, or set queue to none"
        raise QueueUnavailable(f"the queue takes no job: {said}", mend=mend) from wrong


def work(
    url: str,
    hand_over: Callable[[list[str]], None],
    send: Callable[[Place], None],
    *,
    wait: bool = True,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
    stalled_seconds: float = STALLED_SECONDS,
) -> None:
    """Work on jobs until a signal comes or, without *wait*, until there is none; both functions may be called twice.

    Each job has a thread of its own. Jobs of workers that are gone are put back once a minute by whoever is there.
    """
    app = _working(url, hand_over, send, stalled_seconds)
    app.run_worker(
        queues=[QUEUE],
        wait=wait,
        delete_jobs="successful",
        update_heartbeat_interval=heartbeat_seconds,
        stalled_worker_timeout=stalled_seconds,
    )


async def put_back_stalled(app: App, seconds: float = STALLED_SECONDS) -> int:
    """Put back the jobs of workers that have given no sign of life for so long; return how many."""
    found = list(await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=seconds))
    for job in found:
        await app.job_manager.retry_job(job)
    return len(found)


@cache
def _deferring() -> App:
    """Return what makes jobs. It has no connection of its own: every job is made on that of a transaction."""
    procrastinate = _procrastinate()
    app: App = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
    return app


def _working(
    url: str, hand_over: Callable[[list[str]], None], send: Callable[[Place], None], stalled_seconds: float
) -> App:
    procrastinate = _procrastinate()
    app: App = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=conninfo(url)))

    @app.task(name=HAND_OVER, queue=QUEUE)
    def hands_over(message_ids: list[str]) -> None:
        hand_over(message_ids)

    @app.task(name=SEND, queue=QUEUE)
    def sends(organisation: str, recipient: str, channel: str) -> None:
        send((organisation, recipient, channel))

    @app.periodic(cron="* * * * *")
    @app.task(name=PUT_BACK, queue=QUEUE, queueing_lock=PUT_BACK)
    async def puts_back(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which nobody needs
        await put_back_stalled(app, stalled_seconds)

    return app


def conninfo(url: str) -> str:
    """Return the address of a database as psycopg wants it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _procrastinate() -> Any:
    try:
        import procrastinate
    except ImportError as wrong:
        mend = "install inprocap-flow[postgres], or set queue to none"
        raise NotAllowed("the queue needs the procrastinate package", mend=mend) from wrong
    # It tells what it does in words of its own, with the arguments of jobs; our log tells what was sent.
    logging.getLogger("procrastinate").setLevel(logging.ERROR)
    return procrastinate
