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


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background job starts with it ignored


class Watching:
    """A running ``check --watch`` with what it has said so far."""

    def __init__(self, folder: Path, *words: str, hooks: Path | None = None) -> None:
        self.file, self.said = folder / "lamp.yaml", folder / "said.txt"
        environment = os.environ | {"COLUMNS": "300", "PYTHONUNBUFFERED": "1"}
        environment |= {"INPROCAP_FLOW_HOOK_FOLDERS": str(hooks)} if hooks else {}
        with self.said.open("w", encoding="utf-8") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "inprocap_flow", "check", "--watch", "lamp.yaml", *words],
                cwd=folder, stdout=out, stderr=subprocess.STDOUT, env=environment,
                preexec_fn=_heed_interrupts,  # noqa: PLW1509 - no threads here yet
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
    assert "gone:" not in third  # half a file is not explored, so nobody knows
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


HOOK = """
from inprocap_flow.hooks import CaseView, hook

@hook(returns="{returns}")
def lamp_is_bright(view: CaseView) -> {type}:
    return {value}
"""
CALLED = b"  award:\n    already_there:\n      that: [{hook: lamp_is_bright(), if_not: It is dark}]\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process there")
def test_a_hook_counts_as_its_file_is_now_and_half_a_file_of_hooks_is_lived_through(tmp_path: Path) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    right = HOOK.format(returns="yes_no", type="bool", value=True)
    wrong = HOOK.format(returns="text", type="str", value="'yes'")
    (hooks / "lamps.py").write_text(right, "utf-8")
    (tmp_path / "lamp.yaml").write_bytes(_lamp("accepted").replace(b"  award:\n", CALLED))
    watching = Watching(tmp_path, "--quick", hooks=hooks)
    try:
        first = watching.rounds(1)
        assert "no problems" in first
        (hooks / "lamps.py").write_text(wrong, "utf-8")
        second = watching.rounds(2)
        assert "gives text, not yes_no" in _last(second, first)
        (hooks / "lamps.py").write_text(wrong[:-10] + "return (", "utf-8")
        third = watching.rounds(3)
        assert "lamps.py:" in _last(third, second)
        assert "gone" not in _last(third, second)
        (hooks / "lamps.py").write_text(right, "utf-8")
        fourth = _last(watching.rounds(4), third)
        assert "2 problems gone" in fourth
        assert "no problems" in fourth
        assert watching.stopped() == 0
    finally:
        watching.process.kill()
        watching.process.wait()
