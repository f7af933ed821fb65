"""Whoever waits for a release at a terminal sees what for and for how long; a pipe and a log see nothing of it."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEFINITION = Path(__file__).parents[1] / "checks" / "case-stuck" / "accepted.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(DEFINITION, tmp_path / "accepted.yaml")
    return tmp_path


def released(folder: Path, *words: str, stderr: int) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "inprocap_flow", "release", "accepted.yaml", *words]
    setting = {**os.environ, "INPROCAP_FLOW_ANSWERS": str(folder / "answers"), "COLUMNS": "80"}
    return subprocess.run(command, cwd=folder, env=setting, stdout=subprocess.PIPE, stderr=stderr, check=True)


def on_a_terminal(folder: Path, *words: str) -> str:
    """Release with standard error on a terminal, and return what is written there."""
    ours, theirs = pty.openpty()
    try:
        released(folder, *words, stderr=theirs)
        os.set_blocking(ours, False)
        try:
            return os.read(ours, 100_000).decode()
        except BlockingIOError:
            return ""
    finally:
        os.close(theirs)
        os.close(ours)


def test_a_terminal_sees_what_is_explored_and_for_how_long_at_most_and_the_line_is_gone_afterwards(
    folder: Path,
) -> None:
    seen = on_a_terminal(folder)
    assert "Exploring accepted, at most 60 s of computing: 0 s" in seen
    assert seen.endswith("\r")
    assert not seen.split("\r")[-2].strip()
    assert max(map(len, seen.split("\r"))) < 80


def test_what_was_explored_before_is_not_waited_for_again(folder: Path) -> None:
    assert on_a_terminal(folder)
    assert on_a_terminal(folder, "--db", "other.db") == ""


def test_a_pipe_gets_a_line_for_each_procedure_and_whoever_asks_for_json_nothing(folder: Path) -> None:
    done = released(folder, stderr=subprocess.PIPE)
    assert done.stderr == b"Exploring accepted, at most 60 s of computing.\n"
    assert b"Exploring" not in done.stdout
    shutil.rmtree(folder / "answers")
    assert on_a_terminal(folder, "--json", "--db", "other.db") == ""
