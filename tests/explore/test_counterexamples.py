"""What a check finds can be played: the engine follows the path, and the fault shows where the path says so."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inprocap_flow.clock import FixedClock
from inprocap_flow.language.checks.behaviour import BEHAVIOURAL, Behavioural, judged
from inprocap_flow.language.load import load_procedure
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.explaining import explain
from inprocap_flow.service.scenarios import run_file
from inprocap_flow.store.opening import open_store

HERE = Path(__file__).parent
FIXTURES = HERE.parent / "checks"
each_check = pytest.mark.parametrize("one", BEHAVIOURAL, ids=lambda one: one.CODE)


@each_check
def test_the_counterexample_of_a_finding_is_written_and_playing_it_shows_the_fault(
    one: Behavioural, tmp_path: Path
) -> None:
    shutil.copytree(HERE / "organisations", tmp_path / "organisations")
    procedure = tmp_path / "refused.yaml"
    shutil.copy(FIXTURES / one.CODE / "refused.yaml", procedure)
    definition = load_procedure(procedure)
    (verdict,) = judged(definition, checks=[one])
    desk = Desk(open_store("sqlite://"), FixedClock(datetime(2026, 11, 22, 9, tzinfo=UTC)))
    explained = explain(desk, procedure, definition, verdict, organisation="house")
    assert [(one.gap, bool(one.shows)) for one in explained.played] == [("", True)] * len(verdict.findings)
    (tmp_path / "refused.test.yaml").write_text(explained.text, encoding="utf-8")
    report = run_file(tmp_path / "refused.test.yaml", desk)
    assert report.passed, [fault.says for fault in report.faults]
