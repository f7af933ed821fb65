"""`check` of an organisation that names no procedures looks at those that its overlays are for."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.language.inspect import check

LIBRARY = Path(__file__).parents[1] / "language" / "overlays" / "library"
INSERTS = """\
insert:
  {0}:
    before: award_decided
    stages: {{ {0}: {{title: Look of {0}, owner: officer}} }}
    steps: {{ into_{0}: {{from: arriving, to: {0}, by: officer}} }}
    leaves_from: {0}
"""
LENGTHENS = "lengthen: {{standstill: {{period: {0} days, why: Care, cite: Invented}}}}\n"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INPROCAP_DATABASE_URL", f"sqlite:///{tmp_path / 'flow.db'}")
    shutil.copytree(LIBRARY, tmp_path / "library")
    monkeypatch.setenv("INPROCAP_FLOW_DEFINITIONS", str(tmp_path / "library"))
    return tmp_path / "library"


def overlay(house: Path, name: str, owner: str, body: str) -> None:
    head = f"overlay: {name}\nversion: 1\nlanguage: en\ntitle: {name}\n{owner}\nfor: {{fair: 1.0}}\n"
    own = "own_lengths: {source: Invented for a test, confirmed_on: never}\n"
    (house / "overlays" / f"{name}.yaml").write_text(head + body + own, encoding="utf-8")


def lab(house: Path, overlays: str) -> Path:
    path = house / "organisations" / "lab.yaml"
    head = path.read_text(encoding="utf-8").partition("overlays:")[0]
    path.write_text(f"{head}{overlays}", encoding="utf-8")
    return path


def conflicting(house: Path, since: str = "") -> Path:
    overlay(house, "country", "national: DE", INSERTS.format("country") + LENGTHENS.format(20))
    overlay(house, "own", "organisation: lab", INSERTS.format("own") + LENGTHENS.format(25))
    return lab(house, f"overlays:\n  - {{overlay: country}}\n  - {{overlay: own{since}}}\n")


def asked(*words: str) -> str:
    now = ("--now", "2026-07-01T09:00:00+02:00")
    return CliRunner().invoke(inprocap_flow, [*now, *words], prog_name="inprocap-flow").stdout


def plain(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(asked("--json", "check", "--quick", *words))
    return found


def errors(said: dict[str, Any]) -> set[str]:
    return {one["code"] for one in said["problems"] if one["severity"] == "error"}


@pytest.mark.parametrize("more", [(), ("--all",)])
def test_overlays_that_cannot_be_applied_together_are_told_of_the_organisation(
    house: Path, more: tuple[str, ...]
) -> None:
    assert errors(plain(*more, str(conflicting(house)))) == {"insert-twice", "lengthen-twice"}


def test_the_library_tells_them_too_and_with_the_procedures_named_as_well(house: Path) -> None:
    path = conflicting(house)
    assert {one.code for one in check([path], [house]) if one.severity == "error"} == {"insert-twice", "lengthen-twice"}
    path.write_text(path.read_text(encoding="utf-8") + "procedures: [{procedure: fair}]\n", encoding="utf-8")
    assert "insert-twice" in errors(plain(str(path)))


def test_a_conflict_that_comes_later_is_told_with_its_day(house: Path) -> None:
    found = plain(str(conflicting(house, ", from: 2026-09-01")))
    facts = [one["fact"] for one in found["problems"] if one["code"] == "insert-twice"]
    assert facts
    assert all(fact.startswith("From 2026-09-01 on, with the overlays of that day: ") for fact in facts)


def test_a_procedure_that_is_not_used_there_is_left_aside(house: Path) -> None:
    path = conflicting(house)
    path.write_text(
        path.read_text(encoding="utf-8") + "procedures: [{procedure: fair, until: 2026-01-01}]\n", encoding="utf-8"
    )
    assert errors(plain(str(path))) == set()


def test_what_was_not_looked_at_is_said_of_an_organisation_that_may_use_every_procedure(house: Path) -> None:
    path = str(lab(house, "overlays:\n  - {overlay: land}\n"))
    assert plain(path)["not_looked_at"] == {"lab": ["fair"]}
    assert plain(path)["may_use_every_procedure"] == ["lab"]
    said = " ".join(asked("check", "--quick", path).split())
    assert "Not looked at: the procedures that lab uses, with its people (fair)." in said
    assert "lab names no procedures and may use every one; the others were not looked at for it" in said
    assert "inprocap-flow check PROCEDURE --organisation lab" in said


def test_all_looks_at_the_procedures_of_its_overlays_and_says_that_the_others_are_left(house: Path) -> None:
    path = str(lab(house, "overlays:\n  - {overlay: land}\n"))
    assert plain("--all", path)["looked_at"] == {"lab": ["fair"]}
    said = " ".join(asked("check", "--quick", "--all", path).split())
    assert "Looked at for lab: fair." in said
    assert "lab names no procedures" in said


def test_without_overlays_too_it_is_said_that_nothing_was_looked_at(house: Path) -> None:
    path = str(lab(house, ""))
    assert plain(path)["not_looked_at"] == {}
    assert plain(path)["may_use_every_procedure"] == ["lab"]
    assert "lab names no procedures" in " ".join(asked("check", "--quick", path).split())
