"""`procedures --organisation` says what a house uses: from its release or its file, with the overlays of the day."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow
from tests.cli.conftest import Lab


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INPROCAP_FLOW_DATABASE", str(tmp_path / "none.db"))
    monkeypatch.delenv("INPROCAP_FLOW_ORGANISATION", raising=False)


def typed(day: str, *words: str) -> str:
    command = ["--now", f"{day}T09:00:00+01:00", "procedures", *words]
    result = CliRunner().invoke(inprocap_flow, command, prog_name="inprocap-flow")
    assert result.exit_code == 0, result.output
    return result.stdout


def used(day: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(typed(day, "--organisation", name, "--json"))["used"]
    return found


def in_use(day: str, name: str) -> list[str]:
    return [one["name"] for one in used(day, name)["procedures"] if one["in_use"]]


def test_without_an_organisation_nothing_is_said_of_what_one_uses() -> None:
    assert json.loads(typed("2026-06-01", "--json"))["used"] is None
    assert "Used by" not in typed("2026-06-01")


def test_what_a_house_uses_changes_with_the_day_of_its_file() -> None:
    assert "eiscat-quotation" in in_use("2026-12-31", "eiscat")
    assert "open" not in in_use("2026-12-31", "eiscat")
    assert "eiscat-quotation" not in in_use("2027-01-01", "eiscat")
    (opened,) = [one for one in used("2027-01-01", "eiscat")["procedures"] if one["name"] == "open"]
    assert (opened["overlays"], opened["valid_from"], opened["version"]) == (["sweden"], "2027-01-01", None)
    said = typed("2026-06-01", "--organisation", "eiscat")
    assert "Used by eiscat, for cases opened on 2026-06-01\n  As its file says: eiscat is not released.\n" in said
    assert "\n  eiscat-quotation, until 2026-12-31\n" in said
    assert "\n  Not on that day:\n    open, from 2027-01-01\n" in said


def test_both_overlays_stand_beside_the_procedure_that_they_change() -> None:
    said = typed("2026-06-01", "--organisation", "european-xfel")
    assert "\n  open with germany and european-xfel\n" in said
    assert "\n  restricted with germany\n" in said
    assert "iter-review" not in said.partition("In the database")[0]


def test_a_released_house_that_names_no_procedures_may_use_what_is_released(drafted: Lab) -> None:
    found = drafted.json("06-01 09:00", "procedures", "--organisation", "lab")["used"]
    assert (found["released"], found["names_procedures"]) == (True, False)
    assert [(one["name"], one["version"], one["lacking"]) for one in found["procedures"]] == [
        ("purchase", "2026.1", None)
    ]
    said = drafted.done("06-01 09:00", "procedures", "--organisation", "lab")
    assert "Used by lab, for cases opened on 2026-06-01\n  It names no procedures, and so may use every" in said
    assert "\n  purchase 2026.1\n" in said


@pytest.mark.parametrize("words", [("procedures",), ("read", "open"), ("check", "open", "--quick")], ids=" ".join)
def test_a_house_that_was_mistyped_is_answered_with_the_one_that_is_near_and_not_with_a_database(
    words: tuple[str, ...],
) -> None:
    result = CliRunner().invoke(inprocap_flow, [*words, "--organisation", "esicat"], prog_name="inprocap-flow")
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert "there is no organisation esicat" in said
    assert "did you mean eiscat?" in said
    assert "database" not in said
