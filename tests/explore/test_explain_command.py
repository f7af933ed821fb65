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
