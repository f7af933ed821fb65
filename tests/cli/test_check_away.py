"""``check --away`` and ``--who-is-needed`` on a shipped procedure and a shipped organisation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from inprocap_flow.cli.app import inprocap_flow

ROOT = Path(__file__).parents[2]
OF_ITER = (str(ROOT / "definitions" / "iter-review.yaml"), "--organisation", "example-fusion")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INPROCAP_DATABASE_URL", f"sqlite:///{tmp_path / 'flow.db'}")


def check(*words: str) -> Result:
    now = ("--now", "2026-07-01T09:00:00+02:00")
    result = CliRunner().invoke(inprocap_flow, [*now, *words], prog_name="inprocap-flow")
    assert "Traceback" not in result.output, result.output
    return result


def test_who_is_needed_names_the_steps_that_nobody_else_carries_out() -> None:
    result = check("--json", "check", *OF_ITER, "--who-is-needed")
    assert result.exit_code == 0, result.output
    people = {one["person"]: one["steps"] for one in json.loads(result.stdout)["procedures"]["iter-review"]}
    assert "sign_contract" in people["dana"]
    assert "decide" not in people.get("rita", [])  # sami could


def test_who_is_away_must_be_somebody_of_the_organisation() -> None:
    result = check("check", *OF_ITER, "--away", "zoe")
    assert result.exit_code == 1
    assert "nobody called zoe" in result.output


@pytest.mark.parametrize("text", ["dana:tomorrow", "dana:2026-08-02..2026-08-01", "dana:2026-02-30..2026-03-01"])
def test_days_that_are_none_are_refused_with_their_form(text: str) -> None:
    result = check("check", *OF_ITER, "--away", text)
    assert result.exit_code == 2
    assert "PERSON:FROM..UNTIL" in result.output


def test_without_an_organisation_nobody_can_be_asked_about() -> None:
    result = check("check", OF_ITER[0], "--who-is-needed")
    assert result.exit_code == 1
    assert "--organisation" in result.output


HOUSE = ROOT / "tests" / "language" / "overlays" / "library"
OF_LAB = ("--organisation", str(HOUSE / "organisations" / "lab.yaml"))


@pytest.mark.parametrize("file", [HOUSE / "fair.yaml", HOUSE / "overlays" / "house.yaml"], ids=["fair", "house"])
def test_who_alone_can_sign_what_an_overlay_adds_is_needed(file: Path) -> None:
    result = check("--json", "check", str(file), *OF_LAB, "--who-is-needed")
    assert result.exit_code == 0, result.output
    (cleo,) = (one for one in json.loads(result.stdout)["procedures"]["fair"] if one["person"] == "cleo")
    assert {"board_says", "president_says"} <= {one["approval"] for one in cleo["approvals"]}


def test_an_overlay_that_comes_later_is_looked_at_in_the_place_of_the_present_one() -> None:
    result = check("--json", "check", str(HOUSE / "overlays" / "newer.yaml"), *OF_LAB, "--who-is-needed")
    assert result.exit_code == 0, result.output
    assert "president_says" not in result.stdout


def test_what_an_absence_stops_with_an_overlay_is_told_of_the_overlay() -> None:
    asked = ("--json", "check", "--quick", str(HOUSE / "overlays" / "house.yaml"), *OF_LAB)
    before = {one["code"] for one in json.loads(check(*asked).stdout)["problems"]}
    found = json.loads(check(*asked, "--away", "cleo").stdout)["problems"]
    told = [one["fact"] for one in found if one["code"] == "absence-stops-approval"]
    assert "absence-stops-approval" not in before
    assert any("president_says" in fact for fact in told)


def test_with_nothing_to_look_at_it_is_said_so() -> None:
    result = check("check", OF_LAB[1], *OF_LAB, "--who-is-needed")
    assert "Nothing looked at" in result.output
