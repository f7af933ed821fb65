"""`check` says which procedures it has not looked at for an organisation among its files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow

FRESH = """\
organisation: NAME
version: 1
language: en
title: Fresh
zone: Europe/Zurich
currency: EUR
calendars: {holidays: example-lab}
people:
  ada: {name: Ada, roles: [procurement_officer]}
procedures:
  - {procedure: market-consultation}
  - {procedure: open, until: 2026-01-01}
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INPROCAP_DATABASE_URL", f"sqlite:///{tmp_path / 'flow.db'}")
    (tmp_path / "organisations").mkdir()
    _organisation(tmp_path, "fresh")
    return tmp_path


def _organisation(house: Path, name: str) -> None:
    (house / "organisations" / f"{name}.yaml").write_text(FRESH.replace("NAME", name), encoding="utf-8")


def check(*words: str) -> str:
    now = ("--now", "2026-07-01T09:00:00+02:00")
    return CliRunner().invoke(inprocap_flow, [*now, *words], prog_name="inprocap-flow").stdout


def test_the_procedures_in_use_that_were_not_looked_at_are_named_with_the_command(house: Path) -> None:
    said = check("check", "--quick", str(house))
    assert "Not looked at" in said
    assert "market-consultation" in said
    assert "open" not in said.partition("Not looked at")[2].split()  # that is over
    assert "  inprocap-flow check --all" in said


def test_what_was_looked_at_for_the_organisation_is_not_named(house: Path) -> None:
    fresh = str(house / "organisations" / "fresh.yaml")
    whole = check("--json", "check", "--quick", fresh, "market-consultation", "--organisation", fresh)
    assert json.loads(whole)["not_looked_at"] == {}
    without = check("--json", "check", "--quick", fresh, "market-consultation")
    assert json.loads(without)["not_looked_at"] == {"fresh": ["market-consultation"]}


def test_many_organisations_are_told_in_one_sentence(house: Path) -> None:
    for name in ("one", "two"):
        _organisation(house, name)
    said = check("check", "--quick", str(house))
    assert said.count("Not looked at") == 1
    assert "fresh, one and two" in said


def test_all_looks_at_what_an_organisation_uses_with_its_people(house: Path) -> None:
    whole = json.loads(check("--json", "check", "--quick", "--all", str(house)))
    assert whole["not_looked_at"] == {}
    assert whole["looked_at"] == {"fresh": ["market-consultation"]}
    assert "market-consultation.yaml" in {Path(one["file"]).name for one in whole["problems"]}
    assert "market-consultation.yaml" not in check("check", "--quick", str(house))


def test_all_explores_what_organisations_use_once_where_it_is_the_same(house: Path) -> None:
    _organisation(house, "other")
    whole = json.loads(check("--json", "check", "--all", "--seconds", "1", str(house)))
    assert whole["looked_at"] == {"fresh": ["market-consultation"], "other": ["market-consultation"]}
    assert [one["procedure"] for one in whole["behaviour"]] == ["market-consultation"]


def test_all_and_watch_do_not_go_together(house: Path) -> None:
    result = CliRunner().invoke(inprocap_flow, ["check", "--all", "--watch", str(house)], prog_name="inprocap-flow")
    assert result.exit_code == 2
    assert "--all" in result.stderr
