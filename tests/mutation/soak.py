# ruff: noqa: E501 - prose of the reports, as long as the other reports have it
"""The tests of the checker at full size: ``python3 tools/dev.py soak mutations`` and ``... procedures``.

Each prints its progress and ends with a dated page under docs/reports/, or with the figures alone.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.mutation.judging import BOUND, Judged, shipped
from tests.mutation.picking import tried
from tests.mutation.report import page, rate, walked_page
from tests.mutation.walking import Drawn, drawn
from tests.robustness.soak import _head, _say

AT_ONCE = 15
CLAIM = 0.95


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments say and write the report. Return 0 if all of it held."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.soak", description=__doc__)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--seed", type=int, default=None, help="without one, it is drawn and printed")
    common.add_argument("--report", type=Path, help="write the report to this file")
    common.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    common.add_argument("--minutes", type=float, default=0, help="stop after so long, whatever was reached; 0: never")
    common.add_argument(
        "--raw", type=Path, help="keep what became of each, a line of JSON for each, and go on from there"
    )
    what = parser.add_subparsers(dest="what", required=True)
    mutations = what.add_parser("mutations", parents=[common], help="faults put into what is shipped")
    mutations.add_argument("--count", type=int, default=1000)
    procedures = what.add_parser("procedures", parents=[common], help="procedures drawn by chance, checked and walked")
    procedures.add_argument("--count", type=int, default=300)
    asked = parser.parse_args(arguments)
    asked.seed = random.SystemRandom().randrange(10**9) if asked.seed is None else asked.seed
    held, lines = {"mutations": _mutations, "procedures": _procedures}[asked.what](asked)
    report = "\n".join(lines)
    _say(report)
    if asked.report:
        asked.report.parent.mkdir(parents=True, exist_ok=True)
        asked.report.write_text(f"{report}\n", encoding="utf-8")
    return 0 if held else 1


def _mutations(asked: argparse.Namespace) -> tuple[bool, list[str]]:
    began = time.monotonic()
    judged = list(_kept(asked.raw)) if asked.raw and asked.raw.exists() else []
    if not judged:
        for some in _all(asked):
            judged += some
            _keep(asked.raw, some)
            _say(f"{(time.monotonic() - began) / 60:.1f} min: {len(judged)} of {asked.count} mutants")
            if asked.minutes and time.monotonic() - began > asked.minutes * 60:
                break
    found, whole = rate(judged, by_checks=True)
    return found >= CLAIM * whole, [
        *_head(
            "Faults put into what is shipped",
            "Faults of the classes that [a page](../explanation/how-the-checker-is-tested.md) lists, put into the expanded",
            "nodes of shipped procedures, into their rulebooks, into the people of an example organisation, or written as",
            "an overlay. Each is read, looked up and checked (explorations only for the classes that they claim, for at",
            f"most {BOUND.seconds:.0f} seconds a question), and the shipped scenarios are played on it. What has the same",
            "move tables and the same canonical definition as the shipped one is no fault and is left out. Found by checks:",
            "they say anything that they do not say of the procedure as shipped. Found by scenarios: one does not hold.",
            "",
            f"Run again with `python3 tools/dev.py soak mutations --seed {asked.seed} --count {asked.count}`.",
        ),
        "",
        f"## Seed {asked.seed}: {len(judged):,} mutants",
        "",
        f"Asked for were {asked.count:,}{'.' if len(judged) >= asked.count else '; the time was over before.'}",
        "",
        *page(judged),
    ]


def _all(asked: argparse.Namespace) -> Iterator[list[Judged]]:
    """Yield what became of the mutants, some at a time; each procedure has as many as the others, if it has so many."""
    names = shipped()
    each = -(-asked.count // len(names))
    tasks = [
        (name, asked.seed, first, min(first + AT_ONCE, each)) for first in range(0, each, AT_ONCE) for name in names
    ]
    if asked.processes < 2:
        yield from map(_some, tasks)
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(asked.processes) as pool:
        yield from pool.imap_unordered(_some, tasks)


def _some(task: tuple[str, int, int, int]) -> list[Judged]:
    return tried(*task)


def _procedures(asked: argparse.Namespace) -> tuple[bool, list[str]]:
    began, told = time.monotonic(), []
    tasks = [f"{asked.seed} {number}" for number in range(asked.count)]
    with multiprocessing.get_context("spawn").Pool(asked.processes) as pool:
        for number, one in enumerate(pool.imap_unordered(_drawn, tasks), start=1):
            told.append(one)
            if number % 20 == 0:
                _say(f"{(time.monotonic() - began) / 60:.1f} min: {number} of {asked.count} procedures")
            if asked.minutes and time.monotonic() - began > asked.minutes * 60:
                break
    return not any(one.unsound for one in told), [
        *_head(
            "Procedures drawn by chance",
            "Procedures of two to five stages with deadlines, branches, approvals, tracks and automatic steps, where now",
            "and then something was forgotten. Each is checked; those without error are explored, what does not play is",
            "told as open, every finding is written as a scenario and played from its file, and three cases are walked",
            "at random: what was proven must not come up.",
            "Where chance finds no end everything is tried: facts answered anew, clocks waited for, papers, signatures.",
            "",
            f"Run again with `python3 tools/dev.py soak procedures --seed {asked.seed} --count {asked.count}`.",
        ),
        "",
        f"## Seed {asked.seed}: {len(told):,} procedures",
        "",
        *walked_page(told),
    ]


def _drawn(seed: str) -> Drawn:
    with tempfile.TemporaryDirectory() as folder:
        return drawn(seed, Path(folder))


def _keep(raw: Path | None, judged: list[Judged]) -> None:
    if raw is not None:
        with raw.open("a", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(asdict(one))}\n" for one in judged)


def _kept(raw: Path) -> Iterator[Judged]:
    for line in raw.read_text(encoding="utf-8").splitlines():
        plain = json.loads(line)
        yield Judged(**(plain | {"codes": tuple(plain["codes"])}))


if __name__ == "__main__":
    import sys

    sys.exit(main())
