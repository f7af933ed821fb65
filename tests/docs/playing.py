"""Play the examples of a page in a folder of their own, as somebody who follows it would."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow
from tests.docs.console import Change, Command, Copy, Example, File, Variable, examples

ROOT = Path(__file__).parents[2]
CASE = re.compile(r"\bcase-[0-9a-f]{32}\b")


@dataclass(frozen=True, slots=True)
class Played:
    """A command, what it printed and how it ended."""

    command: Command
    printed: str
    exit_status: int


SECONDS = "5"
"""For which a page explores each procedure. How far that comes is said by the tests of exploring, not by pages."""


def play(page: Path, folder: Path) -> list[Played]:
    """Return what each command of *page* really does, in *folder*, which is empty at first.

    All are played before anything is compared: folder and variables are the old ones again whatever comes of it.
    """
    played: list[Played] = []
    case = ""
    with pytest.MonkeyPatch.context() as patch, chdir(folder):
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        patch.setenv("INPROCAP_FLOW_EXPLORE_SECONDS", SECONDS)
        patch.setenv("LOGNAME", "reader")  # the account that is recorded beside whoever acts
        for example in examples(page):
            if isinstance(example, Variable):
                patch.setenv(example.name, example.value)
            elif not isinstance(example, Command):
                _prepare(example, folder)
            else:
                printed, exit_status = _run(example, case)
                found = CASE.search(printed)
                case = case or (found.group() if found else "")
                played.append(Played(example, printed, exit_status))
    return played


def _prepare(example: Example, folder: Path) -> None:
    if isinstance(example, File):
        _write(folder / example.name, example.text)
    elif isinstance(example, Change):
        text = "\n" + (folder / example.name).read_text(encoding="utf-8")  # so that every line has a line end before it
        assert text.count(f"\n{example.before}") == 1, f"{example.name} does not say this once:\n{example.before}"
        _write(folder / example.name, text.replace(f"\n{example.before}", f"\n{example.after}")[1:])
    elif isinstance(example, Copy):
        shutil.copytree(ROOT / example.name, folder / example.name)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


_EXPLORING = re.compile(r"^Exploring \S+, at most \d+ s of computing\.\n", re.MULTILINE)
"""Written only where nobody has explored the same before: in no output of a page; the tutorial on overlays says so."""
_NOT_DECIDED = re.compile(
    r"^\n?Mind: what\s+cases\s+of[^:]+?can\s+come\s+to\s+is\s+not\s+decided\s+for\s(?:.*\n)+?.*\bruled\s+out\.\n",
    re.MULTILINE,
)
"""What a release says of questions for which the time was too short: another thing on another machine.

No output of a page has it either; the tutorial on overlays shows it beside its release, and says that it is left out.
"""


def _run(command: Command, case: str) -> tuple[str, int]:
    words = [case if word == "CASE" else word for word in command.words]
    if command.program == "python3":
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr, done.returncode
    typed = ["--now", command.now.isoformat(), *words]
    result = CliRunner().invoke(inprocap_flow, typed, prog_name="inprocap-flow")
    return _NOT_DECIDED.sub("", _EXPLORING.sub("", result.output)), result.exit_code
