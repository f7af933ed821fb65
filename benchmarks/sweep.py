"""``python -m benchmarks.sweep``: what it costs to find and do what is due, among much that is not. In one run.

Compared with the bare statements, with APScheduler's own job store and, where a PostgreSQL is named, with the future
jobs of procrastinate. Nothing is required of the figures (ruling 22).
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.replaying import recorded
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.clock import FixedClock
from inprocap_flow.engine.case.records import Decision, Request
from inprocap_flow.language.canonical import to_plain
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Organisation, Person
from inprocap_flow.language.values import encode
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.table import released_form
from inprocap_flow.service.acting import open_case
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.timekeeping.reminding import remind
from inprocap_flow.service.timekeeping.ticking import always, tick
from inprocap_flow.store.moments import sortable
from inprocap_flow.store.opening import open_store

BEGUN = datetime(2026, 1, 5, 9, tzinfo=UTC)
CLOSES = datetime(2026, 2, 20, 16, tzinfo=UTC)
DUE = datetime(2026, 2, 10, 9, tzinfo=UTC)  # ten days before, an hour after the hour
NOTHING_DUE = datetime(2026, 2, 1, 9, tzinfo=UTC)
FAR = datetime(2027, 1, 1, tzinfo=UTC)
LABORATORY = Organisation(
    name="lab", version="1", title={"en": "Laboratory"}, zone="Europe/Berlin", currency="EUR",
    calendars={"holidays": Calendar("lab", "1").to_plain()}, people={"ben": Person("ben", ("officer",))},
)  # fmt: skip
OFTEN = 300  # how often something that changes nothing is timed
SWEEPS = 5


def main() -> None:
    """Run every comparison and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep", description=__doc__)
    parser.add_argument("--pending", default="10000,100000,1000000", help="how many are not due, with commas")
    parser.add_argument("--due", type=int, default=100, help="how many are due (default 100)")
    parser.add_argument("--postgres", metavar="URL", help="an empty database, postgresql://..., for procrastinate too")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    results: dict[str, dict[str, float]] = {}
    for pending in map(int, options.pending.split(",")):
        results[f"SQLite, {pending:,} pending"] = on_sqlite(pending, options.due)
        if options.postgres:
            results[f"PostgreSQL, {pending:,} pending"] = on_postgres(options.postgres, pending, options.due)
    print(json.dumps(results, indent=2) if options.json else _table(results))


def _table(results: dict[str, dict[str, float]]) -> str:
    lines = []
    for title, figures in results.items():
        lines += ["", title, *(f"  {name:<62} {value:>12.3f}" for name, value in figures.items())]
    return "\n".join(lines[1:])


def on_sqlite(pending: int, due: int) -> dict[str, float]:
    """Measure ours, the bare statements and APScheduler's job store on SQLite files with the same promise."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ours.db"
        desk = _prepared(f"sqlite:///{path}", pending, due)
        raw = sqlite3.connect(path, isolation_level=None)
        raw.execute("PRAGMA synchronous = FULL")
        figures = _found(desk, lambda sql, values: raw.execute(sql, values).fetchall(), "?", due)
        figures |= _swept(desk, lambda statements: _once_more(raw, statements), due)
        desk.store.close()
        return figures | apscheduler(f"sqlite:///{Path(folder) / 'theirs.db'}", pending, due)


def on_postgres(url: str, pending: int, due: int) -> dict[str, float]:
    """Measure ours, the bare statements, APScheduler's job store and procrastinate on one PostgreSQL."""
    import psycopg

    plain = url.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as raw:
        raw.execute("DROP SCHEMA public CASCADE")
        raw.execute("CREATE SCHEMA public")
        desk = _prepared(plain.replace("postgresql://", "postgresql+psycopg://"), pending, due)
        raw.execute("ANALYZE")
        figures = _found(desk, lambda sql, values: raw.execute(sql, values).fetchall(), "%s", due)
        figures |= _swept(desk, lambda statements: _once_more(raw.cursor(), statements), due)
        desk.store.close()
        figures |= apscheduler(plain.replace("postgresql://", "postgresql+psycopg://"), pending, due)
        return figures | procrastinate(plain, pending, due)


# ---------------------------------------------------------------------------------------------- ours


def _prepared(url: str, pending: int, due: int) -> Desk:
    """Return an installation with *due* cases whose next rung is due at DUE, and *pending* rungs long after it."""
    store = open_store(url, documents=Path(tempfile.gettempdir()))
    store.create()
    desk = Desk(store, FixedClock(BEGUN))
    machine = compile_definition(load_procedure(Path(__file__).with_name("reminded.yaml")))
    with store.writing() as work:
        work.release("procedure", "reminded", "1", released_form(machine), by="ben", now=BEGUN)
        work.release("organisation", "lab", "1", to_plain(LABORATORY), by="ben", now=BEGUN)
    for number in range(due):
        fields = {"closes": encode(CLOSES)}
        asked = Request("open", "ben", fields=fields, extra={"case": f"case-{number:06}"})
        assert isinstance(open_case(desk, "reminded", "lab", asked), Decision)
    _fill(store, pending, due)
    return desk


def _fill(store: Any, pending: int, cases: int) -> None:
    """Plan *pending* rungs of ladders for the cases there are, in the far future, by the hour."""
    with store.writing() as work:
        moments = (FAR + timedelta(minutes=number) for number in range(pending))
        rows = [
            {"due_at": sortable(at), "case_id": f"case-{number % cases:06}", "ladder": f"deadline case other_{number}",
             "rung": "before P2D"}
            for number, at in enumerate(moments)
        ]  # fmt: skip
        for start in range(0, len(rows), 10_000):
            work.connection.write_all(work.connection.statements.put_reminder, rows[start : start + 10_000])


def _found(desk: Desk, raw: Callable[[str, tuple[Any, ...]], list[Any]], mark: str, due: int) -> dict[str, float]:
    """Time finding what is due, and an idle tick, beside the bare look-ups. Interleaved."""
    find = f"SELECT due_at, case_id, ladder, rung FROM reminders WHERE due_at <= {mark} ORDER BY due_at LIMIT {due}"
    look = f"SELECT due_at FROM reminders WHERE due_at <= {mark} ORDER BY due_at LIMIT 1"
    at, early = sortable(DUE), sortable(NOTHING_DUE)
    idle = Desk(desk.store, FixedClock(NOTHING_DUE))

    def ours() -> object:
        found = desk.store.due_reminders(DUE, most=due)
        assert len(found) == due
        return found

    def bare() -> object:
        found = raw(find, (at,))
        assert len(found) == due
        return found

    taken = _interleaved(
        {"ours": ours, "bare": bare, "idle": lambda: tick(idle), "look": lambda: raw(look, (early,))}, OFTEN
    )
    return {
        f"raw indexed query of {due} due, microseconds": taken["bare"],
        f"finding {due} due, microseconds": taken["ours"],
        "finding against raw (aim: at most 1.5)": taken["ours"] / taken["bare"],
        "one raw indexed look-up, microseconds": taken["look"],
        "an idle tick, microseconds": taken["idle"],
        "idle tick against one look-up (aim: at most 2)": taken["idle"] / taken["look"],
    }


def _swept(desk: Desk, replay: Callable[[Any], None], due: int) -> dict[str, float]:
    """Time the whole sweep (claimed, written, planned anew, a commit for each case) beside its bare statements.

    Both do the same work on the same rows: in between everything is put back as it was.
    """
    now = Desk(desk.store, FixedClock(DUE))
    before = desk.store.due_reminders(DUE, most=due)
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(SWEEPS + 1):
        with recorded() as transactions:
            began = time.perf_counter()
            written, _, failed = remind(now, DUE, always)
            ours.append(time.perf_counter() - began)
        assert (written, failed) == (due, 0)
        _put_back(desk, before)
        writing = [statements for statements in transactions if statements]
        began = time.perf_counter()
        replay(writing)
        bare.append(time.perf_counter() - began)
        _put_back(desk, before)
    return {
        f"sweep of {due}: claim, message, next rung; milliseconds": median(ours[1:]) * 1e3,
        "the same statements bare, as many commits, milliseconds": median(bare[1:]) * 1e3,
        "sweep against bare": median(ours[1:]) / median(bare[1:]),
    }


def _put_back(desk: Desk, before: Any) -> None:
    work: Any
    with desk.store.writing() as work:
        work.reminders.put(before)
        work.connection.execute("DELETE FROM outbox WHERE kind = 'reminder'")


def _once_more(raw: Any, transactions: Any) -> None:
    """Send recorded statements again, in as many transactions."""
    for statements in transactions:
        raw.execute("BEGIN")
        for sql, values, many in statements:
            send = raw.executemany if many else raw.execute
            send(sql, values[0] if not many and isinstance(values, list) else values)
        raw.execute("COMMIT")


def _interleaved(steps: dict[str, Callable[[], object]], times: int) -> dict[str, float]:
    """Return the median of each step in microseconds, all of them timed in turn."""
    taken: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(times + 1):
        for name, step in steps.items():
            began = time.perf_counter()
            step()
            taken[name].append(time.perf_counter() - began)
    return {name: median(seconds[1:]) * 1e6 for name, seconds in taken.items()}


# ---------------------------------------------------------------------------------------------- theirs


def nothing() -> None:
    """Do nothing: what the jobs of the others do."""


def apscheduler(url: str, pending: int, due: int) -> dict[str, float]:
    """Time APScheduler's SQLAlchemy job store: what is due is found, and each job given its next moment."""
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler
    from sqlalchemy import insert

    store = SQLAlchemyJobStore(url=url)
    jobs = BackgroundScheduler(jobstores={"default": store}, timezone=UTC)
    jobs.start(paused=True)  # and stays so: what its scheduler does is done below, step by step
    for number in range(due):
        jobs.add_job(nothing, "interval", days=8, id=f"due-{number}", next_run_time=DUE)
    state = store.jobs_t.select().where(store.jobs_t.c.id == "due-0")
    with store.engine.begin() as connection:
        like = connection.execute(state).one().job_state
        for start in range(0, pending, 10_000):
            rows = [
                {"id": f"far-{number}", "next_run_time": FAR.timestamp() + 60 * number, "job_state": like}
                for number in range(start, min(start + 10_000, pending))
            ]
            connection.execute(insert(store.jobs_t), rows)
    idle = _interleaved({"idle": lambda: store.get_due_jobs(NOTHING_DUE)}, OFTEN)["idle"]
    found = _interleaved({"found": lambda: store.get_due_jobs(DUE)}, 20)["found"]
    swept = []
    for _ in range(SWEEPS):
        began = time.perf_counter()
        taken = store.get_due_jobs(DUE)
        for job in taken:
            job._modify(next_run_time=DUE + timedelta(days=8))  # noqa: SLF001 - as its scheduler does
            store.update_job(job)
        swept.append(time.perf_counter() - began)
        for job in taken:
            job._modify(next_run_time=DUE)  # noqa: SLF001 - put back
            store.update_job(job)
    store.jobs_t.drop(store.engine)
    store.engine.dispose()
    return {
        "APScheduler's job store: an idle look, microseconds": idle,
        f"APScheduler's job store: finding {due} due, microseconds": found,
        f"APScheduler's job store: sweep of {due}, milliseconds": median(swept) * 1e3,
    }


def procrastinate(url: str, pending: int, due: int) -> dict[str, float]:
    """Time procrastinate with future jobs: each of those that are due is fetched and finished, as a worker does."""
    import asyncio

    from procrastinate import App, PsycopgConnector

    app = App(connector=PsycopgConnector(conninfo=url))

    async def run() -> tuple[float, float]:
        async with app.open_async():
            await app.schema_manager.apply_schema_async()
            fill = (
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, scheduled_at) "
                "SELECT 'default', 'nothing', '{}', 'todo', now() + interval '1 year' + n * interval '1 minute' "
                f"FROM generate_series(1, {pending}) AS n"
            )
            await app.connector.execute_query_async(fill)
            await app.connector.execute_query_async("ANALYZE procrastinate_jobs")
            manager = app.job_manager
            worker = await manager.register_worker()
            began = time.perf_counter()
            assert await manager.fetch_job(queues=None, worker_id=worker) is None
            idle = time.perf_counter() - began
            now = "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, scheduled_at) "
            now += "SELECT 'default', 'nothing', '{}', 'todo', now() - interval '1 minute' "
            await app.connector.execute_query_async(f"{now} FROM generate_series(1, {due})")
            began = time.perf_counter()
            for _ in range(due):
                job = await manager.fetch_job(queues=None, worker_id=worker)
                assert job is not None
                from procrastinate.jobs import Status

                await manager.finish_job(job, status=Status.SUCCEEDED, delete_job=True)
            return idle, time.perf_counter() - began

    idle, swept = asyncio.run(run())
    return {
        "procrastinate: an idle fetch, microseconds": idle * 1e6,
        f"procrastinate: {due} due jobs fetched and finished, milliseconds": swept * 1e3,
    }


if __name__ == "__main__":
    main()
