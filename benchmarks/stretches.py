"""``python -m benchmarks.stretches``: where the time of a durable move goes, stretch by stretch.

The story of the benchmark, each move after a naive one as in ``python -m benchmarks``. The watch around a stretch costs
about half a microsecond, and stretches inside others are counted in both; so it says what is large, and no more.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.desks import desk_at, naive_moves, our_steps
from benchmarks.story import Story, story
from inprocap_flow.service import acting, logbook
from inprocap_flow.service.desk import Desk
from inprocap_flow.store import chain, connection, snapshot, sqlite, writing

STRETCHES: tuple[tuple[str, tuple[tuple[Any, str], ...]], ...] = (
    ("the request is judged, a seed drawn", ((acting, "judge_case_id"), (acting, "_seeded"))),
    ("begin: the lock of the writer", ((sqlite.SqliteConnection, "begin"),)),
    ("load the case", ((writing.WritingTransaction, "load"),)),
    ("binding: version, organisation, people, rulebook", ((Desk, "binding"),)),
    ("decide: judge, carry out, fold", ((acting, "_decide"),)),
    ("record", ((writing.WritingTransaction, "record"),)),
    ("- events as JSON, hashed", ((chain, "links"),)),
    ("- the state as JSON", ((snapshot, "written"),)),
    ("- the row of the case", ((writing.WritingTransaction, "_put_case"),)),
    ("- the rows for lists", ((writing.WritingTransaction, "_project"),)),
    ("- the outbox", ((writing.WritingTransaction, "_post"),)),
    ("reminders: what is planned otherwise", ((acting, "plan_ladders"),)),
    ("commit", ((connection.Connection, "commit"),)),
    ("log, two hats", ((logbook, "write"), (acting, "_minding_hats"))),
    ("of all: in the driver of the database", ((connection.Connection, "_run"),)),
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stretches", description=__doc__)
    parser.add_argument("--cases", type=int, default=6, help="how many cases are run (default 6)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = stretches(story(), Path(folder), options.cases)
    print(json.dumps(found, indent=2) if options.json else "\n".join(f"{k:<58} {v:>9.0f}" for k, v in found.items()))


def stretches(told: Story, folder: Path, cases: int) -> dict[str, float]:
    """Return the median microseconds of each stretch of a move; of the first case, which warms up, nothing is kept."""
    desk, naive_move = desk_at(folder / "ours.db", told), naive_moves(told, folder / "naive.db")
    moves: list[dict[str, float]] = []
    for number in range(cases + 1):
        for step in our_steps(desk, told, f"case-{number:04}"):
            naive_move(number)
            with watched() as took:
                started = time.perf_counter()
                step()
                took["the whole move"] += time.perf_counter() - started
            if number:
                moves.append(took)
    names = ("the whole move", *(name for name, _ in STRETCHES))
    return {name: median([took.get(name, 0.0) for took in moves]) * 1e6 for name in names}


@contextmanager
def watched() -> Iterator[dict[str, float]]:
    """Add up the seconds of every stretch meanwhile."""
    took: dict[str, float] = defaultdict(float)
    real = [(owner, name, owner.__dict__[name]) for _, places in STRETCHES for owner, name in places]
    for stretch, places in STRETCHES:
        for owner, name in places:
            setattr(owner, name, with_a_watch(owner.__dict__[name], took, stretch))
    try:
        yield took
    finally:
        for owner, name, function in real:
            setattr(owner, name, function)


def with_a_watch(function: Callable[..., Any], took: dict[str, float], stretch: str) -> Callable[..., Any]:
    """Return *function* with a watch that adds to *took*."""

    def timed(*args: Any, **named: Any) -> Any:
        started = time.perf_counter()
        try:
            return function(*args, **named)
        finally:
            took[stretch] += time.perf_counter() - started

    return timed


if __name__ == "__main__":
    main()
