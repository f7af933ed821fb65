"""Explore what cases of every shipped procedure can come to, and compare with what is known to be open.

``python3 tools/dev.py explore`` runs it. It fails if a fault is found, or advice that no comment in the file explains,
or if a question is open that is not among the expected ones (``tests/explore/undecided.txt``): then something that was
decided once is decided no more. ``--renew`` writes that file anew, after a change that was meant.

How far it looks is a number of abstract cases, small enough for every run of the tests; so what is open is the same on
every machine. ``inprocap-flow check`` looks further. The time is only a net: what it cuts short is said apart.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from inprocap_flow.language.checks.behaviour import Verdict, problems
from inprocap_flow.language.explore.asking import NONE_FOUND, NOT_DECIDED
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.files import Library
from inprocap_flow.language.model import Definition
from inprocap_flow.language.procedures import resolve_procedure
from inprocap_flow.plugins.hookset import HookSet
from inprocap_flow.plugins.loading import allowed_folders, load_hooks
from inprocap_flow.service.behaving import behaviour
from inprocap_flow.service.holding import scene_of
from inprocap_flow.service.kept import Kept

ROOT = Path(__file__).resolve().parent.parent
EXPECTED = ROOT / "tests" / "explore" / "undecided.txt"
SECONDS = 120.0
"""Of computing for one procedure, far more than any takes: a machine that is this slow hides what is open."""
HEAD = """\
# What exploring the shipped procedures leaves open within {states} abstract cases for each question, one a line.
# Written by: python3 tools/dev.py explore --renew
"""


def main(arguments: Sequence[str]) -> int:
    """Explore and compare; return the exit status."""
    asked = _asked(arguments)
    bound = Bound(states=asked.states, seconds=SECONDS, in_all=SECONDS)
    begun = time.monotonic()
    hooks = _hooks()
    shipped = _shipped(hooks)
    definitions = [definition for definition, _ in shipped]
    scene = scene_of((ROOT / "definitions",), hooks)
    told = behaviour(definitions, Kept(None), bound, done=lambda one: print(f"  {one.name}", flush=True), scene=scene)
    verdicts = list(told)
    found = [line for one, said in zip(shipped, verdicts, strict=True) for line in _faults(*one, said)]
    print("".join(f"{line}\n" for line in found), end="")
    open_ = sorted(line for one, said in zip(definitions, verdicts, strict=True) for line in _open(one, said))
    late = sum(one.answer.late for said in verdicts for verdict in said for one in verdict.asked)
    if late:
        print(f"{late} questions ran out of time: this machine is too slow to compare what is open")
    if asked.renew:
        EXPECTED.write_text(HEAD.format(states=asked.states) + "".join(f"{line}\n" for line in open_), encoding="utf-8")
    new = _compared(open_, asked.states)
    questions = sum(len(one.asked) for said in verdicts for one in said)
    print(
        f"{len(shipped)} procedures explored in {time.monotonic() - begun:.0f} s: {questions} questions, "
        f"{len(open_)} open within {asked.states} abstract cases each, {len(found)} found."
    )
    return 1 if found or new else 0


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py explore", description=__doc__)
    parser.add_argument("--states", type=int, default=300, help="how many abstract cases for each question")
    parser.add_argument("--renew", action="store_true", help="write the expected open questions anew")
    return parser.parse_args(arguments)


def _hooks() -> HookSet:
    folders = allowed_folders((ROOT / "workflows",))
    return load_hooks(folders, folders)


def _shipped(hooks: HookSet) -> list[tuple[Definition, Library]]:
    definitions = ROOT / "definitions"
    paths = sorted(path for path in definitions.glob("*.yaml") if not path.name.endswith(".test.yaml"))
    return [resolve_procedure(path, (definitions,), hooks.lookup)[:2] for path in paths]


def _faults(definition: Definition, library: Library, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield every error, and all advice that no comment explains, as people read it."""
    for one in library.show(problems(verdicts, definition, library.sources)):
        if one.severity == "error" or not one.explained:
            yield f"In `{definition.name}`: {one.render()}"


def _open(definition: Definition, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield a line for each question that is not answered for good."""
    for verdict in verdicts:
        for one in verdict.asked:
            if one.answer.verdict in (NOT_DECIDED, NONE_FOUND):
                yield f"{definition.name}: {verdict.code}: {one.about}: {one.answer.verdict}"


def _compared(open_: Sequence[str], states: int) -> list[str]:
    """Say what is open and should not be, and what is expected to be open and is not; return the first."""
    text = EXPECTED.read_text(encoding="utf-8") if EXPECTED.exists() else ""
    if HEAD.format(states=states) not in text:
        print(f"not compared with {EXPECTED.name}: it was written for another number of abstract cases")
        return []
    expected = {line for line in text.splitlines() if not line.startswith("#")}
    new = [line for line in open_ if line not in expected]
    gone = sorted(expected.difference(open_))
    print("".join(f"not decided any more: {line}\n" for line in new), end="")
    print("".join(f"decided now: {line}\n" for line in gone), end="")
    if new or gone:
        print("  mend: python3 tools/dev.py explore --renew, if this is what the change was to bring")
    return new


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
