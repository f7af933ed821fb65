"""``check --explain CODE PATH`` tells as found only what plays; the rest is open, and it says why."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow

HERE = Path(__file__).parent
ROUND = """\
procedure: round
version: 1
language: en
title: Round
rulebook: none
roles: {officer: {title: Officer}}
fields: {need: {type: text, title: Need}}
begins: {step: open_case, by: officer, to: s0, handed_in: {fields: [need]}}
stages: {s0: {owner: officer}, s1: {owner: officer}, done: {final: completed}}
steps:
  go: {from: s0, to: s1, by: officer, starts: [soon_over, wait, long]}
  end: {from: s1, to: done, by: officer, already_there: {after: [wait]}}
deadlines:
  wait: {title: Wait, kind: not_before, period: 20 days, remind: [{role: officer, before: 1 day}]}
  soon_over:
    {title: Soon, kind: due, period: 5 days, acts: {extend: {by: officer}}, remind: [{role: officer, before: 1 day}]}
  long: {title: Long, kind: due, period: 50 days, remind: [{role: officer, before: 1 day}]}
"""
FILE = "round.ends-left-open.test.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(HERE / "organisations", tmp_path / "organisations")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def explain(*more: str) -> str:
    said = CliRunner().invoke(inprocap_flow, [*more, "check", "--explain", "ends-left-open", "round.yaml"])
    assert said.exit_code == 0, said.output
    return " ".join(said.output.split()) if not more else said.output


def test_what_plays_is_told_as_found_and_the_rest_as_open_with_the_reason(folder: Path) -> None:
    (folder / "round.yaml").write_text(ROUND, encoding="utf-8")
    said = explain()
    found, _, rest = said.partition("Open: ")
    assert "Found: `end` would end the case with the deadline `long` of the case open, and is then refused." in found
    assert "soon_over" not in found
    assert "`end` would end the case with the deadline `soon_over` of the case open" in rest
    assert "Not shown (too-late): soon_over ended on " in rest
    assert "1 found, 1 open" in rest
    text = (folder / FILE).read_text(encoding="utf-8")
    assert text.count("- fact:") == 1
    assert "# Open:" in text


def test_the_open_ones_stand_apart_in_plain_data(folder: Path) -> None:
    (folder / "round.yaml").write_text(ROUND, encoding="utf-8")
    said = json.loads(explain("--json"))
    assert ["`long`" in one["finding"] for one in said["findings"]] == [True]
    assert [(one["gap_code"], "`soon_over`" in one["may_be"]) for one in said["open"]] == [("too-late", True)]
    assert said["file"] == FILE


def test_where_nothing_plays_nothing_is_found_and_no_file_is_written(folder: Path) -> None:
    text = ROUND.replace(", long]", "]").replace(
        "\n  long: {title: Long, kind: due, period: 50 days, remind: [{role: officer, before: 1 day}]}", ""
    )
    (folder / "round.yaml").write_text(text, encoding="utf-8")
    said = explain()
    assert "Found:" not in said
    assert "0 found, 1 open" in said
    assert not (folder / FILE).exists()
    assert json.loads(explain("--json"))["file"] is None


def test_what_plays_only_for_other_people_is_open_for_these_and_says_so(folder: Path) -> None:
    (folder / "round.yaml").write_text(
        ROUND.replace("roles: {", "roles: {chair: {title: Chair}, ").replace(
            "end: {from: s1, to: done, by: officer,", "end: {from: s1, to: done, by: chair,"
        ),
        encoding="utf-8",
    )
    said = " ".join(
        CliRunner()
        .invoke(
            inprocap_flow,
            ["--organisation", "organisations/house.yaml", "check", "--explain", "ends-left-open", "round.yaml"],
        )
        .output.split()
    )
    assert "It plays for invented people who hold every role, so `check` tells it as found." in said


def test_an_organisation_outside_the_definitions_is_written_so_that_the_scenario_plays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "definitions").mkdir()
    (tmp_path / "definitions" / "round.yaml").write_text(ROUND, encoding="utf-8")
    text = (HERE / "organisations" / "house.yaml").read_text(encoding="utf-8")
    (tmp_path / "lab.yaml").write_text(text.replace("organisation: house", "organisation: lab"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INPROCAP_FLOW_DEFINITIONS", str(tmp_path / "definitions"))
    words = ["check", "--explain", "ends-left-open", "definitions/round.yaml", "--organisation", "lab.yaml"]
    said = CliRunner().invoke(inprocap_flow, words)
    assert said.exit_code == 0, said.output
    assert "1 found, 1 open" in said.output
    written = tmp_path / "definitions" / FILE
    assert "\norganisation: ../lab.yaml\n" in written.read_text(encoding="utf-8")
    played = CliRunner().invoke(inprocap_flow, ["test", f"definitions/{FILE}"])
    assert (played.exit_code, "1 scenario: 1 ok" in played.output) == (0, True), played.output


def test_an_organisation_that_another_of_that_name_hides_is_written_by_its_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "round.yaml").write_text(ROUND, encoding="utf-8")
    text = (folder / "organisations" / "house.yaml").read_text(encoding="utf-8")
    (folder / "house.yaml").write_text(text.replace("title: ", "title: Another "), encoding="utf-8")
    said = explain_for("house.yaml")
    assert "1 found, 1 open" in said
    assert "\norganisation: house.yaml\n" in (folder / FILE).read_text(encoding="utf-8")


def explain_for(organisation: str) -> str:
    words = ["--organisation", organisation, "check", "--explain", "ends-left-open", "round.yaml"]
    return " ".join(CliRunner().invoke(inprocap_flow, words).output.split())


def test_a_scenario_is_not_written_where_it_would_not_find_its_procedure(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "round.yaml").write_text(ROUND, encoding="utf-8")
    (folder / "apart").mkdir()
    target = folder / "apart" / "round.test.yaml"
    words = ["check", "--explain", "ends-left-open", "round.yaml", "--to", str(target)]
    said = CliRunner().invoke(inprocap_flow, words)
    assert said.exit_code != 0
    assert "would not play round.yaml" in " ".join(said.output.split())
    assert not target.exists()
    monkeypatch.setenv("INPROCAP_FLOW_DEFINITIONS", str(folder))
    said = CliRunner().invoke(inprocap_flow, words)
    assert (said.exit_code, target.exists()) == (0, True), said.output
