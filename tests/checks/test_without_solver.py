"""What nothing decides is said, as advice, and is nowhere a finding; who has no solver is told how to get one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from inprocap_flow.language.checks import conditions, conditions_not_decided
from inprocap_flow.language.guards import UNDECIDED, Answer, decide, solver
from inprocap_flow.language.inspect import inspect
from inprocap_flow.language.people import approvals
from inprocap_flow.language.people.search import Found
from inprocap_flow.language.remembered import Remembered

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WITHOUT = "import sys; sys.modules['z3'] = None; from inprocap_flow.__main__ import main; main()"
CODES = sorted(one.CODE for one in conditions_not_decided.ASKING)


def said(code: str) -> set[str]:
    """Return the codes of what is said of the refused fixture of *code*."""
    folder = HERE / code
    lab = folder / "lab.yaml"
    seen = inspect(folder / "refused.yaml", organisation=lab if lab.exists() else None)
    return {problem.code for problem in seen.problems}


@pytest.mark.parametrize("code", CODES)
def test_what_nothing_decides_is_said_and_is_no_finding(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert code in said(code)
    monkeypatch.setattr(conditions, "_ASKED", Remembered(8))  # what was decided just now is asked anew
    monkeypatch.setattr(conditions, "decide", lambda _: Answer(UNDECIDED, "nobody", why="nobody was asked"))
    monkeypatch.setattr(approvals, "choose", lambda *_: Found(None, decided=False))
    undecided = said(code)
    assert code not in undecided
    assert conditions_not_decided.CODE in undecided


@pytest.mark.parametrize("name", ["framework", "pcp"])
def test_what_we_ship_is_decided_without_a_solver(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "_ASKED", Remembered(8))
    monkeypatch.setattr(solver, "is_installed", lambda: False)
    decide.cache_clear()
    seen = inspect(ROOT / "definitions" / f"{name}.yaml", [ROOT / "definitions"])
    assert [one.fact for one in seen.problems if one.code == conditions_not_decided.CODE] == []


def test_who_has_no_solver_is_told_how_to_get_one(tmp_path: Path) -> None:
    file = HERE / "conditions-not-decided" / "refused.yaml"
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, "check", "--quick", str(file)],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "COLUMNS": "80"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "Install a solver (python -m pip install z3-solver" in done.stdout


def test_who_has_a_solver_is_not_told_to_install_one() -> None:
    seen = inspect(HERE / "conditions-not-decided" / "refused.yaml")
    (mend,) = [problem.mend for problem in seen.problems if problem.code == conditions_not_decided.CODE]
    assert "nstall" not in mend
