"""``law --own`` lists lengths that no rulebook gives, and ``law confirm`` confirms them, by the head of their file."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from inprocap_flow import bundled
from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.language.load import load_procedure


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("INPROCAP_FLOW_DEFINITIONS", str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def law(*words: str) -> Result:
    given = ["--now", "2026-11-23T09:00:00+01:00", "law", *words]
    done = CliRunner().invoke(inprocap_flow, given, prog_name="inprocap-flow")
    assert "Traceback" not in done.output, done.output
    return done


def listed(name: str, *words: str) -> dict[str, dict[str, Any]]:
    done = law(name, "--own", "--json", *words)
    assert done.exit_code == 0, done.output
    return {one["length"]: one for one in json.loads(done.stdout)["own"]}


def test_estimates_and_choices_are_listed_with_their_source_and_that_nobody_agreed(own: Path) -> None:
    text = law("open", "--own").stdout
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "estimate, no rule; Our own estimate" in text
    assert "convention, no law; Our own choice" in text
    assert text.count("[not confirmed]") == 4
    assert "deadlines.tenders.proposes  45 days" in text
    one = listed("open")["deadlines.tenders.proposes"]
    assert (one["kind"], one["basis"], one["value"], one["confirmed"]) == ("choice", "convention", "45 days", False)
    assert one["file"].endswith("open.yaml")


def test_the_lengths_of_a_file_are_confirmed_at_its_head_and_all_else_stays(own: Path) -> None:
    shipped = bundled.root("definitions") / "open.yaml"
    before = shipped.read_text("utf-8")
    done = law("confirm", "open", "own_lengths", "--by", "dora")
    assert done.exit_code == 0, done.output
    assert shipped.read_text("utf-8") == before
    after = (own / "open.yaml").read_text("utf-8")
    changed = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] == "+"]
    assert sorted(line[2:].strip() for line in changed) == [
        "confirmed_by: dora", "confirmed_on: 2026-11-23", "version: 2026.1-confirmed-2026-11-23",
    ]  # fmt: skip
    now = listed("open")
    assert now["deadlines.tenders.proposes"]["confirmed_by"] == "dora"
    assert not now["stages.tendering.closed.typical"]["confirmed"]
    assert "deadlines.tenders.proposes" not in listed("open", "--stale")
    definition = load_procedure(own / "open.yaml", (own, bundled.root("definitions")))
    assert definition.version == "2026.1-confirmed-2026-11-23"


def test_the_estimates_of_a_block_are_confirmed_in_the_block(own: Path) -> None:
    done = law("confirm", "performance", "estimates", "--by", "dora", "--source", "Twelve finished cases, 2024 to 2026")
    assert done.exit_code == 0, done.output
    assert "give the procedures that include it a version of their own" in " ".join(done.output.split())
    one = listed("open")["stages.performance.signed.typical"]
    assert (one["source"], one["confirmed_on"]) == ("Twelve finished cases, 2024 to 2026", "2026-11-23")


def test_a_length_with_a_source_of_its_own_is_confirmed_by_its_key(own: Path) -> None:
    done = law("confirm", "pcp", "deadlines.tenders.proposes", "--by", "dora")
    assert done.exit_code == 0, done.output
    now = listed("pcp")
    assert [key for key, one in now.items() if one["confirmed"]] == ["deadlines.tenders.proposes"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("open", "deadlines.tenders.proposes"), "it rests on own_lengths of open"),
        (
            ("open", "stages.award.proposed.typical"),
            "no length stages.award.proposed.typical whose source stands in its",
        ),
        (("open", "deadlines.nothing.period"), "no length deadlines.nothing.period"),
        (("questions", "estimates"), "questions says nothing under estimates"),
        (("nowhere", "estimates"), "no procedure, overlay or block nowhere"),
    ],
)
def test_what_cannot_be_confirmed_by_itself_says_why_and_how_it_can(
    own: Path, words: tuple[str, str], said: str
) -> None:
    done = law("confirm", *words, "--by", "dora")
    assert done.exit_code not in (0, 70)
    assert said in " ".join(done.output.split())
    assert not list(own.rglob("*.yaml"))
