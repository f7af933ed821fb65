"""``next`` without click says what ``next`` says with it, and leaves to click whatever is not plain."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from inprocap_flow.cli import exits, quick
from tests.cli.conftest import Lab

MAIN = "import sys\nfrom inprocap_flow.__main__ import main\nstatus = main()\nprint('click' in sys.modules, status)"
PLAIN = [
    ["next", "CASE"],
    ["next", "CASE", "--brief"],
    ["next", "CASE", "--json"],
    ["--json", "next", "CASE", "--mine", "--as", "ben"],
    ["next", "--as=dora", "CASE", "--mine", "--brief"],
    ["--as", "ada", "next", "CASE", "--as", "ben", "--role", "officer", "--mine"],
]
NOT_PLAIN = [
    [],
    ["--help"],
    ["next"],
    ["next", "--help"],
    ["next", "CASE", "CASE"],
    ["next", "CASE", "--no-color"],
    ["next", "CASE", "--as"],
    ["next", "CASE", "--as", "--mine"],
    ["next", "CASE", "--bref"],
    ["--brief", "next", "CASE"],
    ["next", "--", "CASE"],
    ["show", "CASE"],
    ["show", "next"],
]
WRONG = [
    ["next", "nothing-like-it"],
    ["next", "CASE", "--mine"],  # nobody is named
    ["--db", "none.db", "next", "CASE"],
]
NOW = datetime(2026, 1, 20, 9, tzinfo=UTC)


def typed(words: list[str], lab: Lab) -> list[str]:
    return [lab.case if word == "CASE" else word for word in words]


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inprocap_flow.clock.SystemClock.now", lambda _: NOW)
    monkeypatch.setattr("inprocap_flow.cli.quick._is_plain_place", lambda: True)  # pytest has taken the real one


@pytest.mark.parametrize("words", PLAIN, ids=" ".join)
def test_what_is_plain_is_answered_as_click_answers_it(
    bid_in: Lab, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = typed(words, bid_in)
    with_click = bid_in.plain(*asked)
    assert with_click.exit_code == 0, with_click.output
    assert quick.answered(asked) == 0
    assert capsys.readouterr().out == with_click.stdout


@pytest.mark.parametrize("words", [*NOT_PLAIN, *WRONG], ids=" ".join)
def test_what_is_not_plain_or_goes_wrong_is_left_to_click(
    bid_in: Lab, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert quick.answered(typed(words, bid_in)) is None
    assert capsys.readouterr() == ("", "")


def test_the_program_answers_without_click_and_says_what_is_wrong_with_it(bid_in: Lab) -> None:
    plain = run(bid_in, "-c", MAIN, "next", bid_in.case)
    assert plain.stdout.endswith("False 0\n"), plain.stderr
    wrong = run(bid_in, "-m", "inprocap_flow", "next", "nothing-like-it")
    assert wrong.returncode == exits.PROBLEMS
    assert "there is no case nothing-like-it" in wrong.stderr


def test_a_reader_who_goes_away_gets_no_traceback(bid_in: Lab) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "inprocap_flow", "next", bid_in.case]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def run(lab: Lab, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=lab.folder, capture_output=True, text=True, check=False, timeout=60
    )
