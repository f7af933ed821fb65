"""What ``check`` says of behaviour, and ``check --explain CODE PATH`` from the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow

HERE = Path(__file__).parent


@pytest.fixture
def procedure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(HERE / "organisations", tmp_path / "organisations")
    shutil.copy(HERE.parent / "checks" / "ends-left-open" / "refused.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "refused.yaml"


def test_check_explores_unless_it_is_asked_to_be_quick(procedure: Path) -> None:
    quick = CliRunner().invoke(inprocap_flow, ["check", "--quick", procedure.name])
    assert quick.exit_code == 0
    assert "what cases can come to" not in quick.output
    explored = CliRunner().invoke(inprocap_flow, ["check", procedure.name])
    assert explored.exit_code == 1
    assert "ends-left-open         found" in explored.output
    assert "`award` would end the case with a track `offer` open" in explored.output


def test_what_is_seen_at_once_is_told_before_anything_is_explored(
    procedure: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = procedure.read_text(encoding="utf-8")
    procedure.write_text(text.replace("fields:", "fields:\n  spare: {type: text, by: officer, title: Spare}", 1))
    told: list[str] = []
    monkeypatch.setattr("click.echo", lambda text="", **_: told.append(str(text)))

    def explored(*_: object, **__: object) -> Iterator[object]:
        told.append("EXPLORED")
        return iter(())

    monkeypatch.setattr("inprocap_flow.service.behaving.behaviour", explored)
    CliRunner().invoke(inprocap_flow, ["check", procedure.name])
    at = told.index("EXPLORED")
    assert any("unused-name" in line for line in told[:at])


def test_the_answers_come_as_plain_data(procedure: Path) -> None:
    said = json.loads(CliRunner().invoke(inprocap_flow, ["--json", "check", procedure.name]).output)
    answers = {one["code"]: one["answer"] for one in said["behaviour"][0]["checks"]}
    assert answers["ends-left-open"] == "found"
    assert answers["case-stuck"] == "proven"


def test_what_leads_to_a_finding_is_written_beside_the_procedure_and_can_be_played(procedure: Path) -> None:
    told = CliRunner().invoke(inprocap_flow, ["check", "--explain", "ends-left-open", procedure.name])
    assert told.exit_code == 0, told.output
    assert "Written to refused.ends-left-open.test.yaml, for house (" in told.output
    assert "award is refused" in told.output
    played = CliRunner().invoke(inprocap_flow, ["test", "refused.ends-left-open.test.yaml"])
    assert played.exit_code == 0, played.output
    assert "refused with: left-open 1" in played.output


def test_it_goes_where_it_is_told_to(procedure: Path, tmp_path: Path) -> None:
    target = tmp_path / "shown.test.yaml"
    told = CliRunner().invoke(
        inprocap_flow, ["check", "--explain", "ends-left-open", procedure.name, "--to", str(target)]
    )
    assert told.exit_code == 0, told.output
    assert target.read_text(encoding="utf-8").startswith("# Written by `inprocap-flow check --explain`.")


@pytest.mark.parametrize(
    ("code", "says"), [("case-stuck", "finds nothing here (refused: proven)"), ("dead-step", "nothing to play")]
)
def test_where_there_is_nothing_to_play_it_says_so(procedure: Path, code: str, says: str) -> None:
    told = CliRunner().invoke(inprocap_flow, ["check", "--explain", code, procedure.name])
    assert told.exit_code != 0
    assert says in " ".join(told.output.split())


def test_a_procedure_with_a_fault_in_its_behaviour_is_not_released(
    procedure: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INPROCAP_FLOW_DATABASE", "sqlite:///cases.db")
    refused = CliRunner().invoke(inprocap_flow, ["release", procedure.name])
    assert refused.exit_code == 1
    assert "ends-left-open" in refused.output
    shutil.copy(HERE.parent / "checks" / "ends-left-open" / "accepted.yaml", procedure.parent)
    assert CliRunner().invoke(inprocap_flow, ["release", "accepted.yaml"]).exit_code == 0
