"""``release --despite`` and ``findings`` as people type them: a reason overrules a check, and both are shown again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from inprocap_flow.cli.app import inprocap_flow

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(ROOT / "tests" / "checks" / "case-stuck" / "refused.yaml", tmp_path / "refused.yaml")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INPROCAP_FLOW_DATABASE", str(tmp_path / "cases.db"))


def typed(*words: str) -> Result:
    return CliRunner().invoke(inprocap_flow, list(words), prog_name="inprocap-flow")


def test_a_fault_refuses_the_release_and_a_reason_overrules_it_for_everybody_to_see() -> None:
    refused = typed("release", "refused.yaml")
    assert refused.exit_code != 0
    assert "case-stuck" in refused.output
    done = typed("release", "refused.yaml", "--despite", "A trial of one day")
    assert done.exit_code == 0, done.output
    assert "Mind: refused was released despite case-stuck: A trial of one day" in done.output
    assert "released despite case-stuck: A trial of one day" in typed("procedures").output
    (one,) = [one for one in json.loads(typed("procedures", "--json").output)["released"] if one["kind"] == "procedure"]
    assert one["judged"]["overruled"] == ["case-stuck"]


def test_findings_are_an_empty_list_for_a_house_that_uses_nothing() -> None:
    assert typed("release", str(ROOT / "definitions" / "organisations" / "example-lab.yaml")).exit_code == 0
    found = typed("findings", "--look", "--organisation", "example-lab", "--json")
    assert json.loads(found.output) == {"organisation": "example-lab", "findings": []}


def test_whoever_says_for_how_long_explores_so_long_as_check_would_and_uses_what_it_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answers() -> list[Path]:
        return sorted((tmp_path / "answers").glob("*.json"))

    monkeypatch.setenv("INPROCAP_FLOW_ANSWERS", str(tmp_path / "answers"))
    shutil.copy(ROOT / "tests" / "checks" / "case-stuck" / "accepted.yaml", "accepted.yaml")
    assert typed("check", "accepted.yaml", "--seconds", "7").exit_code == 0
    kept = answers()
    assert kept
    assert typed("release", "accepted.yaml", "--seconds", "7").exit_code == 0
    assert answers() == kept
    assert typed("release", "accepted.yaml", "--seconds", "8", "--db", "other.db").exit_code == 0
    assert len(answers()) > len(kept)
    (one,) = [one for one in json.loads(typed("procedures", "--json").output)["released"] if one["kind"] == "procedure"]
    assert " 7 s," in one["judged"]["explored"]


def test_no_time_at_all_is_refused() -> None:
    refused = typed("release", "refused.yaml", "--seconds", "0")
    assert (refused.exit_code, "--seconds" in refused.output) == (2, True)
