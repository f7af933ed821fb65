"""How much exploring a procedure answers in how much computing.

    python -m benchmarks.exploring                        # `open` and `pcp`, after 5, 20 and 60 s of computing
    python -m benchmarks.exploring restricted --seconds 10 30
    python -m benchmarks.exploring --json

Each line is a process of its own that begins with nothing. *Open*: questions without an answer for good; *late*: those
of them for which the time was too short. *Cases*: abstract cases that were reached for the answers, and in a second of
computing; *memory*: the most that the process held. To compare two versions, run it at both of them, by turns.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HEADINGS = ("procedure", "seconds", "computed", "questions", "open", "late", "cases", "a second", "memory MB")


def main(arguments: Sequence[str]) -> int:
    """Measure and print; return 0."""
    asked = _asked(arguments)
    if asked.one:
        print(json.dumps(measured(asked.one, asked.seconds[0])))
        return 0
    rows = []
    for name in asked.names:
        for seconds in asked.seconds:
            rows.append(_apart(name, seconds))
            if not asked.json:
                _print_row(rows[-1], first=len(rows) == 1)
    load = os.getloadavg()[0]
    if asked.json:
        print(json.dumps({"load": load, "processors": os.cpu_count(), "rows": rows}, indent=1))
    else:
        print(f"Load of the machine: {load:.1f} on {os.cpu_count()} processors.")
    return 0


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exploring")
    parser.add_argument("names", nargs="*", default=["open", "pcp"], help="procedures (open and pcp)")
    parser.add_argument("--seconds", nargs="+", type=float, default=[5.0, 20.0, 60.0], help="of computing, for each")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _apart(name: str, seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.exploring", "--one", name, "--seconds", str(seconds)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measured(name: str, seconds: float) -> dict[str, Any]:
    """Return what is answered of the questions about one procedure in so many *seconds* of computing."""
    from inprocap_flow.language.checks.behaviour import judged
    from inprocap_flow.language.explore.search import Bound
    from inprocap_flow.language.procedures import resolve_procedure
    from inprocap_flow.plugins.loading import allowed_folders, load_hooks

    definitions = ROOT / "definitions"
    hooks = load_hooks(allowed_folders(), allowed_folders()).lookup
    definition = resolve_procedure(definitions / f"{name}.yaml", (definitions,), hooks)[0]
    begun = time.process_time()
    verdicts = judged(definition, Bound(in_all=seconds))
    computed = time.process_time() - begun
    answers = [one.answer for verdict in verdicts for one in verdict.asked]
    return {
        "procedure": name,
        "seconds": seconds,
        "computed": round(computed, 1),
        "questions": len(answers),
        "open": sum(one.verdict in ("none found", "not decided") for one in answers),
        "late": sum(one.late for one in answers),
        "cases": sum(one.states for one in answers),
        "a second": round(sum(one.states for one in answers) / computed),
        "memory MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _print_row(row: dict[str, Any], *, first: bool) -> None:
    if first:
        print("{:<24} {:>7} {:>8} {:>9} {:>5} {:>5} {:>7} {:>8} {:>9}".format(*HEADINGS))
    print("{:<24} {:>7g} {:>8} {:>9} {:>5} {:>5} {:>7} {:>8} {:>9}".format(*(row[key] for key in HEADINGS)), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
