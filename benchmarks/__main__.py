"""``python -m benchmarks``: figures and ratios of this machine, in one run. Nothing is required of them (ruling 22)."""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.dates import legal_dates
from benchmarks.desks import desk_at, naive_moves, our_steps, prepared, rows_of_naive_moves
from benchmarks.replaying import Statements, commit_one_row, decoded, encode_and_replay, recorded, replay
from benchmarks.story import Story, story
from inprocap_flow.engine.offers import outlook


def main() -> None:
    """Run every comparison and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--cases", type=int, default=6, help="how many cases each version runs (default 6)")
    parser.add_argument("--starts", type=int, default=10, help="how many cold starts are timed (default 10)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    told = story()
    with tempfile.TemporaryDirectory() as folder:
        results = {
            **moves(told, Path(folder), options.cases),
            **loads(told, Path(folder)),
            **starts(told, Path(folder), options.starts),
            **legal_dates(),
        }
    print(json.dumps(results, indent=2) if options.json else _table(results))


def _table(results: dict[str, float]) -> str:
    return "\n".join(f"{name:<58} {value:>12.3f}" for name, value in results.items())


def moves(told: Story, folder: Path, cases: int) -> dict[str, float]:
    """Compare durable audited moves: the same rows by sqlite3 alone, naive versions, and ours. Interleaved by move.

    What is written directly after each of our moves meets the same machine: a disk that had something else to do
    meanwhile. But it finds SQLite and the values in the caches, and ours, which comes after a naive move, does not: so
    raw is measured after a naive move, too. One bare transaction right after the other is what one would try first.
    """
    desk, forgetful = desk_at(folder / "ours.db", told), desk_at(folder / "forgetful.db", told)
    raw, encoding, burst, other = (
        prepared(folder / f"{name}.db", told) for name in ("raw", "encoding", "burst", "other")
    )
    naive_move = naive_moves(told, folder / "naive.db")
    naive_rows = rows_of_naive_moves(told, folder / "rows.db")
    times: dict[str, list[float]] = {}
    for number in range(cases + 1):
        ran: list[tuple[str, Callable[[], object]]] = []
        all_written: list[Statements] = []
        with recorded() as transactions:
            for step in our_steps(desk, told, f"case-{number:04}"):
                _add(times, "ours", step, number)
                written = [t for t in transactions if any("insert" in sql.lower() for sql, _, _ in t)][-1]
                all_written.append(written)
                ran = [
                    ("raw", partial(replay, raw, written)),
                    ("encoding", partial(encode_and_replay, encoding, decoded(written))),
                    ("commit", partial(commit_one_row, raw)),
                    ("naive", partial(naive_move, number)),
                    # Ours comes right after naive rows; so that raw comes after something of the kind, too:
                    ("raw after naive", partial(replay, other, written)),
                    ("naive rows", partial(naive_rows, number, written)),
                ]
                for name, neighbour in ran:
                    _add(times, name, neighbour, number)
        for written in all_written:
            _add(times, "burst", partial(replay, burst, written), number)
        for step in our_steps(forgetful, told, f"case-{number:04}", forget=True):
            _add(times, "cold", step, number)
    took = {name: median(taken) * 1e6 for name, taken in times.items()}
    ours = took["ours"]
    return {
        "moves timed": float(len(times["ours"])),
        "one fsync, microseconds": _fsync(folder / "fsync") * 1e6,
        "one row in one commit by raw sqlite3, microseconds": took["commit"],
        "raw sqlite3 (same rows, one commit), microseconds": took["raw"],
        "the same, after a naive move as ours is, microseconds": took["raw after naive"],
        "the same, one right after the other, microseconds": took["burst"],
        "the same, with its JSON and hashes made, microseconds": took["encoding"],
        "naive transitions + SQLModel, microseconds": took["naive"],
        "the same, with the same rows, microseconds": took["naive rows"],
        "ours, the process knows the case, microseconds": ours,
        "ours, nothing remembered, microseconds": took["cold"],
        "ours against raw (aim: at least 0.7)": took["raw"] / ours,
        "ours against raw after a naive move": took["raw after naive"] / ours,
        "ours against raw one right after the other": took["burst"] / ours,
        "ours against raw with its JSON and hashes": took["encoding"] / ours,
        "ours against naive (aim: at least 5)": took["naive"] / ours,
        "ours against naive with the same rows": took["naive rows"] / ours,
        **_computing(took),
    }


def _computing(took: dict[str, float]) -> dict[str, float]:
    """Return the same without waiting for disk or core: what stays to be compared while others use the machine."""
    ours, raw, naive = (took[f"{name}, computing"] for name in ("ours", "raw after naive", "naive"))
    return {
        "computing alone: raw after a naive move, microseconds": raw,
        "computing alone: naive, microseconds": naive,
        "computing alone: ours, microseconds": ours,
        "computing alone: ours against raw": raw / ours,
        "computing alone: ours against naive": naive / ours,
    }


def _add(times: dict[str, list[float]], name: str, step: Callable[[], object], number: int) -> None:
    """Time *step*; of the first case, which warms caches and imports, nothing is kept."""
    computed = time.thread_time()
    seconds = _timed(step)
    computed = time.thread_time() - computed
    if number:
        times.setdefault(name, []).append(seconds)
        times.setdefault(f"{name}, computing", []).append(computed)


def _timed(step: Callable[[], object]) -> float:
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def _fsync(path: Path) -> float:
    """Return what one small append that reaches the disk costs, in seconds: the floor under every durable write."""
    times = []
    with path.open("wb") as file:
        for _ in range(50):
            start = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - start)
    return median(times)


def loads(told: Story, folder: Path, times: int = 60) -> dict[str, float]:
    """Compare loading a case and saying what can be done with reasons, with selecting and decoding the same rows."""
    desk = desk_at(folder / "loads.db", told)
    for step in our_steps(desk, told, "case-0001"):
        step()
    now = told.requests[-1][0]
    raw = sqlite3.connect(folder / "loads.db")

    def ours() -> object:
        with desk.store.reading() as reading:
            case = reading.load("case-0001").case
            return outlook(desk.binding(reading, case), case, now)

    def bare() -> object:
        row = raw.execute("select * from cases where id = ?", ("case-0001",)).fetchone()
        return [json.loads(value) for value in row if isinstance(value, str) and value.startswith("{")]

    def unknown() -> object:
        desk.store._memory.__init__()  # type: ignore[attr-defined]  # noqa: SLF001 - forget the case
        return ours()

    taken: dict[Any, list[float]] = {step: [] for step in (ours, unknown, bare)}
    for _ in range(times + 1):
        for step, seconds in taken.items():
            seconds.append(_timed(step))
    ours_us, unknown_us, bare_us = (median(seconds[1:]) * 1e6 for seconds in taken.values())
    return {
        "load and say, the process knows the case, microseconds": ours_us,
        "load and say, the state is decoded, microseconds": unknown_us,
        "raw load (same rows decoded), microseconds": bare_us,
        "load and say against raw (aim: at most 2)": ours_us / bare_us,
    }


def starts(told: Story, folder: Path, times: int) -> dict[str, float]:
    """Compare the cold start of ``inprocap-flow next`` with that of ``import sqlite3, yaml``. Interleaved."""
    desk = desk_at(folder / "start.db", told)
    for step in our_steps(desk, told, "case-0001"):
        step()
    desk.store.close()
    next_command = [sys.executable, "-m", "inprocap_flow", "--db", str(folder / "start.db"), "next", "case-0001"]
    # Bytecode as an installed program has it, wherever this is run from.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    commands = {
        "python -c 'import sqlite3, yaml', milliseconds": [sys.executable, "-c", "import sqlite3, yaml"],
        "inprocap-flow next, cold, milliseconds": next_command,
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(times + 1):
        for name, command in commands.items():
            run = partial(subprocess.run, command, check=True, capture_output=True, env=environment)
            seconds = _timed(run)
            if number:
                taken[name].append(seconds)
    figures = {name: median(all_of) * 1e3 for name, all_of in taken.items()}
    bare, ours = figures.values()
    return {**figures, "next against the imports (aim: at most 3)": ours / bare}


if __name__ == "__main__":
    main()
