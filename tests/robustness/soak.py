"""The simulators at full size: ``python3 tools/dev.py soak crashes`` and ``... clockwork``, each with a report.

Both end with status 1 and the seed at whatever is lost or doubled. A report is a dated page that says what was run, at
which size, and what came of it; it can be committed under docs/reports/.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import platform
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import inprocap_flow
from tests.simulator.clockwork import simulate_world
from tests.simulator.houses import HOUSES
from tests.simulator.run import Simulator, Tally
from tests.simulator.score import Score

WORLD_STEPS = 1500
TROUBLE = 0.04  # how often something goes wrong where it can
WIDTH = 118


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments say and write the report. Return 0 when all of it held."""
    parser = argparse.ArgumentParser(prog="python -m tests.robustness.soak", description=__doc__)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--seed", type=int, default=None, help="without one, it is drawn and printed")
    common.add_argument("--report", type=Path, help="write the report to this file")
    what = parser.add_subparsers(dest="what", required=True)
    crashes = what.add_parser("crashes", parents=[common], help="requests that crash at any statement")
    crashes.add_argument("--steps", type=int, default=10_000, help="requests for each procedure")
    crashes.add_argument("--procedure", choices=sorted(HOUSES), action="append", help="without one: all")
    clock = what.add_parser("clockwork", parents=[common], help="people, clocks, two schedulers, crashes")
    clock.add_argument("--steps", type=int, default=1_000_000)
    clock.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    clock.add_argument("--only", help="one installation again, by the name that a report gives it")
    clock.add_argument("--minutes", type=float, default=0, help="stop after so long, whatever was reached; 0: never")
    asked = parser.parse_args(arguments)
    asked.seed = random.SystemRandom().randrange(10**9) if asked.seed is None else asked.seed
    held, lines = {"crashes": _crashes, "clockwork": _clockwork}[asked.what](asked)
    report = "\n".join(lines)
    _say(report)
    if asked.report:
        asked.report.parent.mkdir(parents=True, exist_ok=True)
        asked.report.write_text(f"{report}\n", encoding="utf-8")
    return 0 if held else 1


# ---------------------------------------------------------------------------------------------- crashes


def simulated(procedure: str, seed: int, steps: int, folder: Path, *, told: Callable[[str], None] = print) -> Tally:
    """Run *steps* requests on a new file in *folder*; raise at the first thing that does not hold."""
    chance = random.Random(seed)
    simulator = Simulator(HOUSES[procedure](folder, chance), chance)
    try:
        return simulator.run(steps, every=lambda tally: told(f"{procedure}: {tally}"))
    except BaseException:
        told(f"{procedure} with seed {seed} failed after: {simulator.tally}")
        raise


def _crashes(asked: argparse.Namespace) -> tuple[bool, list[str]]:
    lines = _head(
        "Simulated crashes",
        "Requests through the service on an SQLite file, with a crash before or after any SQL statement (BEGIN and",
        "COMMIT included), the database opened anew, and the same request sent again with the same key. After each",
        "the case in the database is the one that the engine decides in memory, and after each crash so are its",
        "events, messages, refusals, answers, chain and lists. Cases begin anywhere inside the procedure's stories.",
        "",
        f"Run again with `python3 tools/dev.py soak crashes --seed {asked.seed} --steps {asked.steps}`.",
    )
    for procedure in asked.procedure or sorted(HOUSES):
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            tally = simulated(procedure, asked.seed, asked.steps, Path(folder), told=_say)
        lines += _described(procedure, asked.seed, tally, time.perf_counter() - began)
    return True, lines


def _described(procedure: str, seed: int, tally: Tally, seconds: float) -> list[str]:
    return [
        "",
        f"## {procedure}: seed {seed}, {tally.requests} requests, {seconds:.0f} s",
        "",
        f"- requests that led to where a walk began: {tally.led}",
        f"- crashes: {tally.crashes}, of them after the commit: {tally.after_commit}",
        f"- sent again and answered as before: {tally.repeated}",
        f"- other requests under an old key, refused: {tally.other_request}",
        *(f"- {name}: {count}" for name, count in tally.outcomes.most_common()),
        "",
        *_wrapped("Events and refusals by code", tally.codes),
    ]


# ---------------------------------------------------------------------------------------------- clockwork


@dataclass
class Soaked:
    """What all worlds together came to, and which of them failed."""

    score: Score = field(default_factory=Score)
    failed: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    @property
    def minutes(self) -> float:
        return (time.monotonic() - self.began) / 60


def _clockwork(asked: argparse.Namespace) -> tuple[bool, list[str]]:
    soaked = Soaked()
    if asked.only:
        with tempfile.TemporaryDirectory() as folder:  # here, so that a debugger sees it
            soaked.score.add(simulate_world(asked.only, WORLD_STEPS, Path(folder), trouble=TROUBLE))
        return True, _clockwork_report(asked, soaked)
    worlds = -(-asked.steps // WORLD_STEPS)
    with tempfile.TemporaryDirectory() as folder:
        tasks = ((f"{asked.seed}-{number}", WORLD_STEPS, folder) for number in range(worlds))
        # A new process now and then, so that nothing that one forgets to let go of decides how far it gets.
        context = multiprocessing.get_context("spawn")
        with context.Pool(asked.processes, initializer=_quick, maxtasksperchild=50) as pool:
            for number, (seed, score, failure) in enumerate(pool.imap_unordered(_world, tasks), start=1):
                if score is not None:
                    soaked.score.add(score)
                else:
                    soaked.failed.append(seed)
                    _say(f"world {seed} failed:\n{failure}")
                if number % 40 == 0:
                    _say(
                        f"{soaked.minutes:.1f} min: {soaked.score.all_steps} steps, {soaked.score.all_crashes} crashes"
                    )
                if asked.minutes and soaked.minutes > asked.minutes:
                    pool.terminate()
                    break
    return not soaked.failed, _clockwork_report(asked, soaked)


def _quick() -> None:
    """Look for rubbish less often: a world makes a great deal that goes by itself."""
    gc.set_threshold(50_000, 20, 50)


def _world(task: tuple[str, int, str]) -> tuple[str, Score | None, str]:
    seed, steps, folder = task
    try:
        return seed, simulate_world(seed, steps, Path(folder), trouble=TROUBLE), ""
    except Exception:  # noqa: BLE001 - whatever it is, it is told with its seed, and the others go on
        return seed, None, traceback.format_exc()


def _clockwork_report(asked: argparse.Namespace, soaked: Soaked) -> list[str]:
    score = soaked.score
    reached = "reached" if score.all_steps >= asked.steps else f"not reached in {soaked.minutes:.0f} minutes"
    failed = f"{len(soaked.failed)} worlds failed: {', '.join(soaked.failed)}" if soaked.failed else "Nothing failed."
    return [
        *_head(
            "Time in motion, with crashes",
            "Installations of five to some forty cases of a procedure that is full of clocks. People carry out steps,",
            "sign, extend, suspend, resume, correct and restart deadlines, enter things late and annul them; the",
            "organisation is released anew with other holidays, meetings and another hour; people are away; time jumps",
            "by minutes, weeks or months, most often to just before or after something is due, and sometimes back by",
            "an hour. Two schedulers tick on the same database, one of them sometimes in the middle of a tick of the",
            "other, or are down. Requests and ticks crash before or after any SQL statement, and around every sending.",
            "The receiver refuses some parcels and keeps everything it accepts. Nine in ten installations live in",
            "memory, one on a file.",
            "",
            "After every step: every row of reminders is the next rung that a slow computation over the case gives;",
            "every reminder that was due is in the outbox once, as that computation says it, and no other is; the",
            "clocks in the state, in the list and in a ledger kept from the events are the same; after a whole tick",
            "nothing that is due is left. At the first try of each parcel: nothing in it is overtaken. At the end:",
            "every message is delivered or known to be dead, whatever counts as sent was received under its key, a key",
            "comes twice only where a sender died between acceptance and mark, every state is the fold of its events,",
            "and every chain verifies.",
            "",
            f"Run again with `python3 tools/dev.py soak clockwork --seed {asked.seed} --steps {asked.steps}`.",
        ),
        "",
        f"## Seed {asked.seed}: {score.all_steps:,} steps, {score.all_crashes:,} crashes, {soaked.minutes:.0f} min",
        "",
        f"Asked for were {asked.steps:,} steps in {asked.processes} processes: {reached}. {failed}",
        "",
        f"- installations: {score.worlds:,}, with {score.cases:,} cases",
        f"- steps: {_counted(score.steps)}",
        f"- crashes: {_counted(score.crashes)}",
        f"- one program in the middle of another: {score.nested:,} times",
        f"- deadlines that ended by themselves, each once: {score.expiries:,}",
        f"- rungs claimed: {score.claims:,}, of them overtaken and not said: {score.overtaken:,}",
        f"- reminders written, each once: {score.reminders:,}, of them late: {score.late:,}",
        f"- deliveries: {_counted(score.deliveries)}",
        f"- parcels received: {score.bundles:,} keys, {score.doubled:,} copies more, each after a death in between",
        "",
        *_wrapped("Requests", score.outcomes),
        "",
        *_wrapped("Events", score.events),
        "",
        *_wrapped("Refusals by code", score.codes),
    ]


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.most_common())


# ---------------------------------------------------------------------------------------------- both


def _head(title: str, *text: str) -> list[str]:
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    today = datetime.now(UTC).date().isoformat()
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    made = os.environ.get("INPROCAP_COMMIT") or commit.stdout.strip() or "unknown"
    facts = f"inprocap-flow {inprocap_flow.__version__} (commit {made}), {versions}."
    return [f"# {title}, {today}", "", *text, "", facts]


def _wrapped(title: str, counts: Counter[str]) -> list[str]:
    lines, line = [], f"{title}:"
    for number, (name, count) in enumerate(sorted(counts.items()), start=1):
        word = f"{name} {count:,}" + ("." if number == len(counts) else ",")
        if len(line) + len(word) >= WIDTH:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}"
    return [*lines, line]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
