"""The randomised suites in full size, each with a dated report under docs/reports/.

``python3 tools/dev.py soak`` runs all parts, or those that are named: ``suites`` are tests in full size (arguments go
to pytest), ``crashes`` and ``clockwork`` the two simulators, ``mutations`` and ``procedures`` try the checker. With
arguments (for ``python -m tests.robustness.soak PART``, or that of ``tests.mutation``) there is one part only.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "docs" / "reports"
SOAKED = (
    "tests/store/test_simulator.py",
    *(f"tests/robustness/test_{of}.py" for of in ("crashes", "kills", "properties")),
)
SIMULATED = {  # a part: the module that runs it, and what its report is called
    "crashes": ("tests.robustness.soak", "simulated-crashes"),
    "clockwork": ("tests.robustness.soak", "time-in-motion"),
    "mutations": ("tests.mutation.soak", "mutations"),
    "procedures": ("tests.mutation.soak", "drawn-procedures"),
}
PARTS = ("suites", *SIMULATED)


def main(arguments: Sequence[str]) -> int:
    """Run the parts that are named, else all; return the worst exit status."""
    named = [said for said in arguments if said in PARTS]
    rest = [said for said in arguments if said not in PARTS]
    if rest and len(named) != 1:
        print(f"{' '.join(rest)} could belong to any part\n  mend: name one before it: {', '.join(PARTS)}")
        return 2
    os.environ["INPROCAP_SOAK"] = "1"
    REPORTS.mkdir(parents=True, exist_ok=True)
    return max(_suites(rest) if name == "suites" else _simulated(name, rest) for name in named or PARTS)


def _suites(arguments: Sequence[str]) -> int:
    """Run the tests marked slow and those that grow when they soak, and keep what pytest said."""
    report = _report("soaked-suites.txt")
    pytest = [sys.executable, "-m", "pytest", "--timeout=0", "--hypothesis-show-statistics", *arguments]
    facts = {
        "date": _today(), "commit": _commit(), "python": sys.version.split()[0], "processors": os.cpu_count(),
        "arguments": " ".join(arguments),
    }  # fmt: skip
    with report.open("w", encoding="utf-8") as file:
        file.write("".join(f"{name} {fact}\n" for name, fact in facts.items()))
        status = max(_kept(command, file) for command in ([*pytest, "-m", "slow"], [*pytest, *SOAKED]))
    print(f"report: {report.relative_to(ROOT)}")
    return status


def _kept(command: Sequence[str], file: TextIO) -> int:
    """Run *command*, show what it says and write it into *file*; return its exit status."""
    file.write("\n")
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        for line in program.stdout or ():
            file.write(line.replace(str(ROOT), "."))
            print(line, end="", flush=True)
    return program.returncode


def _simulated(name: str, arguments: Sequence[str]) -> int:
    module, title = SIMULATED[name]
    report = _report(f"{title}.md")
    done = subprocess.run([sys.executable, "-m", module, name, "--report", report, *arguments], cwd=ROOT, check=False)
    print(f"report: {report.relative_to(ROOT)}")
    return done.returncode


def _report(name: str) -> Path:
    return REPORTS / f"{_today()}-{name}"


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    return done.stdout.strip()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
