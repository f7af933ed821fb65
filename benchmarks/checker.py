"""What checking the shipped procedures costs, beside reading their YAML and loading them.

    python -m benchmarks.checker                 # a table of every shipped procedure; --json for one document
    python -m benchmarks.checker open pcp        # of these only
    python -m benchmarks.checker --quick         # without exploring
    python -m benchmarks.checker --states 300    # explore so far, not as far as `check` does

Seconds are of computing in one process, so what else runs on the machine stretches them less than waiting. *Load* and
*cold*: nothing was read or remembered before but the program itself. *Saved*: a text in the middle has changed, as an
editor saves it.
*Kept*: the whole look-up of kept answers, the hash of the program's sources aside.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inprocap_flow.language.checks.behaviour import Verdict

ROOT = Path(__file__).resolve().parent.parent
HEADINGS = ("procedure", "lines", "YAML ms", "load", "cold", "again", "saved", "explored s", "cases", "kept ms", "open")


def main(arguments: Sequence[str]) -> int:
    """Measure and print; return 0."""
    asked = _asked(arguments)
    if asked.one:
        print(json.dumps(measured(asked.one, asked)))
        return 0
    names = asked.names or sorted(path.stem for path in (ROOT / "definitions").glob("*.yaml") if "." not in path.stem)
    rows = []
    for name in names:
        rows.append(_apart(name, arguments))
        if not asked.json:
            _print_row(rows[-1], first=len(rows) == 1)
    found = {"load": list(os.getloadavg()), "processors": os.cpu_count(), "procedures": rows}
    if asked.json:
        print(json.dumps(found, indent=1))
    else:
        _print_sums(rows, found)
    return 0


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.checker")
    parser.add_argument("names", nargs="*", help="procedures; else all that are shipped")
    parser.add_argument("--quick", action="store_true", help="do not explore")
    parser.add_argument("--states", type=int, default=0, help="abstract cases for each question; else as `check`")
    parser.add_argument("--seconds", type=float, default=60.0, help="of computing for each procedure at most")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _apart(name: str, arguments: Sequence[str]) -> dict[str, Any]:
    """Measure one procedure in a process of its own, so that nothing is remembered from another."""
    command = [sys.executable, "-m", "benchmarks.checker", *arguments, "--one", name]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measured(name: str, asked: argparse.Namespace) -> dict[str, Any]:
    """Return what one procedure costs, in a folder of its own that is changed and removed."""
    from inprocap_flow.language.inspect import check
    from inprocap_flow.language.procedures import resolve_procedure
    from inprocap_flow.plugins.loading import allowed_folders, load_hooks

    hooks = load_hooks(allowed_folders(), allowed_folders()).lookup
    with tempfile.TemporaryDirectory() as folder:
        definitions = Path(folder) / "definitions"
        shutil.copytree(ROOT / "definitions", definitions)
        file = definitions / f"{name}.yaml"
        text = file.read_text(encoding="utf-8")
        _start(definitions)
        said: dict[str, Any] = {"procedure": name, "lines": len(text.splitlines())}
        said["yaml"] = _seconds(lambda: _parse(text))
        said["load"] = _forked(lambda: resolve_procedure(file, (definitions,), hooks))
        said["cold"] = _seconds(lambda: check([file], (definitions,), hook_lookup=hooks))
        said["again"] = _seconds(lambda: check([file], (definitions,), hook_lookup=hooks))
        file.write_text(_edited(text), encoding="utf-8")
        said["saved"] = _seconds(lambda: check([file], (definitions,), hook_lookup=hooks))
        if not asked.quick:
            said |= _explored(resolve_procedure(file, (definitions,), hooks)[0], asked, Path(folder) / "answers")
    return said


def _explored(definition: Any, asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from inprocap_flow.language.explore.search import Bound
    from inprocap_flow.service.behaving import behaviour
    from inprocap_flow.service.kept import Kept, program

    bound = Bound(seconds=asked.seconds, in_all=asked.seconds)
    if asked.states:
        bound = Bound(states=asked.states, seconds=asked.seconds, in_all=asked.seconds)
    kept = Kept(folder)
    answers: list[tuple[Verdict, ...]] = []
    program()
    spent = _seconds(lambda: answers.extend(behaviour([definition], kept, bound)))
    again = _seconds(lambda: list(behaviour([definition], kept, bound)))
    codes = {
        one.code: {
            "answer": one.verdict,
            "cases": one.states,
            "seconds": round(one.seconds, 3),
            "questions": len(one.asked),
            "open": sum(each.answer.verdict in ("not decided", "none found") for each in one.asked),
        }
        for one in answers[0]
    }
    return {
        "explored": spent,
        "kept": again,
        "cases": sum(one["cases"] for one in codes.values()),
        "open": sum(one["open"] for one in codes.values()),
        "questions": sum(one["questions"] for one in codes.values()),
        "codes": codes,
    }


def _start(definitions: Path) -> None:
    """Import what a check needs, and let it work once on the smallest procedure."""
    import inprocap_flow.language.guards.solver
    import inprocap_flow.language.overlays.inspecting  # noqa: F401 - what `check` imports as it comes to it
    from inprocap_flow.language.inspect import check

    check([definitions / "training.yaml"], (definitions,))


def _parse(text: str) -> None:
    import yaml

    yaml.load(text, yaml.CSafeLoader)


def _edited(text: str) -> str:
    """Return *text* with another title somewhere in the middle."""
    at = text.index("title: ", len(text) // 2) + len("title: ")
    at += text[at] in "\"'"
    return text[:at] + "X" + text[at:]


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return round(time.process_time() - begun, 4)


def _forked(work: Callable[[], object]) -> float:
    """Return the seconds of *work* in a copy of this process, which remembers nothing of it."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.write(write, str(_seconds(work)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    return float(os.read(read, 100))


def _print_row(one: dict[str, Any], *, first: bool) -> None:
    if first:
        print("{:<32} {:>5} {:>7} {:>5} {:>5} {:>5} {:>5} {:>10} {:>7} {:>7} {:>6}".format(*HEADINGS))
    explored = ""
    if "explored" in one:
        explored = f"{one['explored']:10.1f} {one['cases']:7} {one['kept'] * 1000:7.0f} {one['open']:6}"
    print(
        f"{one['procedure']:<32} {one['lines']:5} {one['yaml'] * 1000:7.0f} {one['load']:5.2f} {one['cold']:5.2f} "
        f"{one['again']:5.2f} {one['saved']:5.2f} {explored}",
        flush=True,
    )


def _print_sums(rows: Sequence[dict[str, Any]], found: dict[str, Any]) -> None:
    sums = {key: sum(one.get(key, 0) for one in rows) for key in ("yaml", "load", "cold", "saved", "explored", "open")}
    print(
        f"In all: YAML {sums['yaml']:.2f} s, load {sums['load']:.1f} s ({sums['load'] / sums['yaml']:.0f} times), "
        f"load and structural checks cold {sums['cold']:.1f} s ({sums['cold'] / sums['load']:.1f} times loading), "
        f"after a save {sums['saved']:.1f} s"
    )
    if sums["explored"]:
        questions = sum(one["questions"] for one in rows)
        print(f"Exploring {sums['explored']:.0f} s; {sums['open']} of {questions} questions open.")
        codes = rows[0]["codes"]
        for code in codes:
            answers = [one["codes"][code] for one in rows]
            by = {word: sum(one["answer"] == word for one in answers) for word in
                  ("proven", "found", "none found", "not decided")}  # fmt: skip
            shown = ", ".join(f"{count} {word}" for word, count in by.items() if count)
            print(f"  {code}: {shown}; {sum(one['cases'] for one in answers)} cases in "
                  f"{sum(one['seconds'] for one in answers):.1f} s")  # fmt: skip
    print(f"Load of the machine: {found['load'][0]:.1f} on {found['processors']} processors.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
