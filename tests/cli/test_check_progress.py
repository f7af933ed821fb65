"""Whoever waits for `check` at a terminal sees what is explored and for how long at most; a pipe sees nothing of it."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from inprocap_flow.cli.exploring import announced
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.load import load_procedure

DEFINITION = Path(__file__).parents[1] / "checks" / "case-stuck" / "accepted.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(DEFINITION, tmp_path / "accepted.yaml")
    text = DEFINITION.read_text(encoding="utf-8").replace("procedure: accepted", "procedure: other")
    (tmp_path / "other.yaml").write_text(text.replace("title: ", "title: Other "), encoding="utf-8")
    return tmp_path


def checked(folder: Path, *words: str, stderr: int) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "inprocap_flow", "check", *words]
    setting = {**os.environ, "INPROCAP_FLOW_ANSWERS": str(folder / "answers"), "COLUMNS": "80"}
    return subprocess.run(command, cwd=folder, env=setting, stdout=subprocess.PIPE, stderr=stderr, check=False)


def on_a_terminal(folder: Path, *words: str) -> str:
    ours, theirs = pty.openpty()
    try:
        checked(folder, *words, stderr=theirs)
        os.set_blocking(ours, False)
        return os.read(ours, 100_000).decode()
    except BlockingIOError:
        return ""
    finally:
        os.close(theirs)
        os.close(ours)


def test_a_terminal_is_told_what_is_explored_and_how_not_to_wait(folder: Path) -> None:
    seen = on_a_terminal(folder, ".")
    assert "Exploring 2 procedures, at most 60 s of computing each." in seen
    assert "--quick leaves this out." in seen
    assert "Exploring 2 procedures" not in on_a_terminal(folder, ".")  # what is known is not explored again


def test_a_pipe_sees_nothing_of_it(folder: Path) -> None:
    assert checked(folder, ".", stderr=subprocess.PIPE).stderr == b""


def test_what_is_found_is_written_procedure_by_procedure_as_it_comes(folder: Path) -> None:
    for name in ("third", "fourth"):
        text = DEFINITION.read_text(encoding="utf-8").replace("procedure: accepted", f"procedure: {name}")
        (folder / f"{name}.yaml").write_text(text.replace("title: ", f"title: {name} "), encoding="utf-8")
    seen = on_a_terminal(folder, ".")
    said = checked(folder, ".", stderr=subprocess.PIPE).stdout.decode()
    rows = [line for line in said.splitlines() if "proven" in line]
    assert [row.split()[0] for row in rows] == ["accepted", "fourth", "other", "third"]
    assert len({row.index(" of ") for row in rows}) == 1
    assert "4/4" in seen or "100%" in seen
    assert said.index("What cases can come to") < said.index("accepted  ") < said.index("4 files checked")


def test_of_one_procedure_a_terminal_sees_the_bound_and_the_computing_so_far_and_no_bar_that_stands(
    folder: Path,
) -> None:
    seen = on_a_terminal(folder, "accepted.yaml")
    assert "Exploring accepted, at most 60 s of computing: 0 s" in seen
    assert "0%" not in seen
    assert "Exploring" not in on_a_terminal(folder, "accepted.yaml")  # what is known is not explored again


def test_whoever_stops_an_exploration_is_told_what_is_kept_and_how_to_wait_less(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    definition = load_procedure(DEFINITION)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with pytest.raises(KeyboardInterrupt), announced(Bound())([definition]):
        raise KeyboardInterrupt
    said = capsys.readouterr().err
    assert said.endswith("Stopped: the next run goes on from here; --seconds 10 explores for less long.\n")
