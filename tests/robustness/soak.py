"""The simulator at full size: ``python -m tests.robustness.soak --steps 20000 --seed 7 [--report FILE]``.

It ends with status 1 and the seed at the first thing that is lost or doubled. The report is a dated page that says
what was run; it can be committed under docs/reports/.
"""

from __future__ import annotations

import argparse
import platform
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import inprocap_flow
from tests.simulator.houses import HOUSES
from tests.simulator.run import Simulator, Tally


def simulated(procedure: str, seed: int, steps: int, folder: Path, *, told: Callable[[str], None] = print) -> Tally:
    """Run *steps* requests on a new file in *folder*; raise at the first thing that does not hold."""
    chance = random.Random(seed)
    simulator = Simulator(HOUSES[procedure](folder, chance), chance)
    try:
        return simulator.run(steps, every=lambda tally: told(f"{procedure}: {tally}"))
    except BaseException:
        told(f"{procedure} with seed {seed} failed after: {simulator.tally}")
        raise


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments say and write the report. Return 0 when all of it held."""
    parser = argparse.ArgumentParser(prog="python -m tests.robustness.soak", description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000, help="requests for each procedure")
    parser.add_argument("--seed", type=int, default=None, help="without one, it is drawn and printed")
    parser.add_argument("--procedure", choices=sorted(HOUSES), action="append", help="without one: all")
    parser.add_argument("--report", type=Path, help="write the report to this file")
    asked = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(10**9) if asked.seed is None else asked.seed
    lines = []
    for procedure in asked.procedure or sorted(HOUSES):
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            tally = simulated(procedure, seed, asked.steps, Path(folder), told=_say)
        lines += _described(procedure, seed, tally, time.perf_counter() - began)
    report = "\n".join([*_head(), *lines])
    _say(report)
    if asked.report:
        asked.report.parent.mkdir(parents=True, exist_ok=True)
        asked.report.write_text(f"{report}\n", encoding="utf-8")
    return 0


def _head() -> list[str]:
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    today = datetime.now(UTC).date().isoformat()
    return [
        f"# Simulated crashes, {today}",
        "",
        "Requests through the service on an SQLite file, with a crash before or after any SQL statement (BEGIN and",
        "COMMIT included), the database opened anew, and the same request sent again with the same key. After each",
        "the case in the database is the one that the engine decides in memory, and after each crash so are its",
        "events, messages, refusals, answers, chain and lists.",
        "",
        f"inprocap-flow {inprocap_flow.__version__}, {versions}. Run again with `python -m tests.robustness.soak`.",
    ]


def _described(procedure: str, seed: int, tally: Tally, seconds: float) -> list[str]:
    codes = ", ".join(f"{name} {count}" for name, count in sorted(tally.codes.items()))
    return [
        "",
        f"## {procedure}: seed {seed}, {tally.requests} requests, {seconds:.0f} s",
        "",
        f"- crashes: {tally.crashes}, of them after the commit: {tally.after_commit}",
        f"- sent again and answered as before: {tally.repeated}",
        f"- other requests under an old key, refused: {tally.other_request}",
        *(f"- {name}: {count}" for name, count in tally.outcomes.most_common()),
        "",
        f"Events and refusals by code: {codes}.",
    ]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
