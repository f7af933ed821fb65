"""What an overlay adds to the reminders of a procedure is sent, and shown with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.engine.reminding.ladders import ladder_named
from tests.engine.conftest import moment
from tests.engine.overlaid import opened_under

BASE = """\
procedure: tiny
version: "1"
language: en
title: Tiny
rulebook: none
roles:
  officer: {title: Officer}
  legal: {title: Legal service}
begins: {step: open_case, by: officer, to: first}
stages: {first: {owner: officer}, end: {final: completed}}
steps:
  go: {from: first, to: same, by: officer, starts: [report]}
  finish: {from: first, to: end, by: officer, milestone: closed, ends: everything}
deadlines:
  report: {title: Report, kind: due, period: 20 days, counting: plain, remind: {role: officer, before: 2 days}}
own_lengths: {source: Invented for a test, confirmed_on: never}
"""
HOUSE = """\
overlay: house
version: 2026.1
language: en
title: House rules
organisation: lab
for: {tiny: "1"}
remind:
  deadlines:
    report:
      - {role: officer, before: 1 week}
      - {role: legal, after: 1 day, if: not_done, escalation: yes}
"""


def test_a_case_reminds_when_the_procedure_says_and_when_the_house_does(tmp_path: Path) -> None:
    play = opened_under(tmp_path, BASE, HOUSE)
    play.does("2026-01-05 10:00", "ben", "do", "go")
    found = ladder_named(play.rehearsal.binding, play.case, "deadline case report")
    assert found is not None
    assert [(one.says, one.to, one.escalation) for one in found.rungs] == [
        ("before P1W", ("role:officer",), False),
        ("before P2D", ("role:officer",), False),
        ("after P1D", ("role:legal",), True),
    ]
    assert moment("2026-01-16 08:00") == found.rungs[0].at  # a week before Sunday the 25th, not on the Sunday itself


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("INPROCAP_FLOW_DEFINITIONS", str(tmp_path))
    (tmp_path / "overlays").mkdir()
    (tmp_path / "tiny.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "overlays" / "house.yaml").write_text(HOUSE, encoding="utf-8")
    return tmp_path


def typed(*words: str) -> str:
    done = CliRunner().invoke(inprocap_flow, list(words), prog_name="inprocap-flow")
    assert done.exit_code == 0, done.output
    return " ".join(done.stdout.split())


@pytest.mark.usefixtures("folder")
def test_a_comparison_tells_the_reminders_that_are_more_each_with_its_line() -> None:
    said = typed("diff", "tiny", "house")
    assert "Changed deadline: Report (report)" in said
    assert "The Officer is reminded 1 week before its end. house.yaml:10" in said
    assert "2 days before" not in said


@pytest.mark.usefixtures("folder")
def test_reading_the_deadline_marks_what_the_house_adds() -> None:
    said = typed("read", "tiny", "report", "--overlay", "house")
    assert "- The Officer is reminded 2 days before its end. tiny.yaml:15" in said
    assert "+ - The Officer is reminded 1 week before its end. house.yaml:10" in said


@pytest.mark.usefixtures("folder")
def test_the_effective_procedure_names_the_line_of_each_reminder() -> None:
    said = typed("effective", "tiny", "--overlay", "house")
    assert "1 week" in said
    assert "house.yaml:10" in said
