"""``check --watch`` as a real process: it checks on every save, says what is new and gone, and ends on Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1] / "checks" / "ends-left-open"
PATIENCE = 90  # seconds; only a program that says nothing waits so long


class Watching:
    """A running ``check --watch`` with what it has said so far."""

    def __init__(self, folder: Path) -> None:
        self.file, self.said = folder / "lamp.yaml", folder / "said.txt"
        environment = os.environ | {"COLUMNS": "300", "PYTHONUNBUFFERED": "1"}
        with self.said.open("w", encoding="utf-8") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "inprocap_flow", "check", "--watch", "lamp.yaml"],
                cwd=folder, stdout=out, stderr=subprocess.STDOUT, env=environment,
            )  # fmt: skip

    def rounds(self, count: int) -> str:
        """Wait until it has checked *count* times; return what it has said."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            text = self.said.read_text(encoding="utf-8")
            if text.count("1 file checked") >= count:
                return text
            time.sleep(0.1)
        raise AssertionError(self.said.read_text(encoding="utf-8"))

    def stopped(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    (tmp_path / "lamp.yaml").write_bytes(_lamp("accepted"))
    one = Watching(tmp_path)
    yield one
    one.process.kill()
    one.process.wait()


def _lamp(name: str) -> bytes:
    return (HERE / f"{name}.yaml").read_bytes().replace(f"procedure: {name}".encode(), b"procedure: lamp")


def _last(said: str, before: str) -> str:
    return said[len(before) :]


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process there")
def test_it_tells_what_is_new_and_what_is_gone_and_lives_through_half_a_file(watching: Watching) -> None:
    whole = watching.file.read_bytes()
    first = watching.rounds(1)
    assert "what cases can come to" in first
    watching.file.write_bytes(_lamp("refused"))  # at once: it is watched since before the first round
    second = watching.rounds(2)
    assert "ends-left-open" in _last(second, first)
    watching.file.write_bytes(whole[: len(whole) // 2] + b"\n  half: [")
    third = watching.rounds(3)
    assert "lamp.yaml:" in _last(third, second)
    watching.file.write_bytes(whole)
    fourth = watching.rounds(4)
    assert "gone: lamp.yaml" in _last(fourth, third)
    assert watching.stopped() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process there")
def test_it_ends_with_the_usual_status_when_an_error_is_left(watching: Watching) -> None:
    watching.rounds(1)
    time.sleep(1)
    watching.file.write_bytes(_lamp("refused"))
    watching.rounds(2)
    assert watching.stopped() == 1
