"""What an overlay only adds to keeps what it rests on; what is added is listed with a source of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from inprocap_flow.cli.app import inprocap_flow
from tests.overlays.conftest import OWN

RULES = """\
overlay: fair-rules
version: 2026.1
language: en
title: FAIR rules
organisation: fair
for: {open: 2026.1}
lengthen:
  tenders: {by: 10 days, why: Firms on several continents, cite: "FAIR purchasing rules, 3.1"}
"""
HEAD = 'own_lengths: {source: "FAIR purchasing rules, 9.9", basis: house_rule, confirmed_on: never}\n'


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("INPROCAP_FLOW_DEFINITIONS", str(tmp_path / "own"))
    (tmp_path / "own" / "overlays").mkdir(parents=True)
    return tmp_path / "own"


def typed(*words: str) -> Result:
    given = ["--now", "2026-11-23T09:00:00+01:00", *words]
    done = CliRunner().invoke(inprocap_flow, given, prog_name="inprocap-flow")
    assert "Traceback" not in done.output, done.output
    return done


def listed(*words: str) -> dict[str, dict[str, Any]]:
    done = typed("law", *words, "--own", "--json")
    assert done.exit_code == 0, done.output
    return {one["length"]: one for one in json.loads(done.stdout)["own"]}


@pytest.mark.parametrize("head", ["", HEAD])
def test_a_length_that_an_overlay_only_adds_to_rests_on_what_the_base_says(own: Path, head: str) -> None:
    (own / "overlays" / "fair-rules.yaml").write_text(RULES + head, encoding="utf-8")
    alone, there = listed("open")["deadlines.tenders.proposes"], listed("fair-rules")["deadlines.tenders.proposes"]
    assert there["file"].endswith("open.yaml")
    assert {**there, "procedures": []} == {**alone, "procedures": []}


def test_what_an_overlay_adds_is_listed_with_its_own_source(own: Path) -> None:
    (own / "overlays" / "fair-rules.yaml").write_text(RULES + HEAD, encoding="utf-8")
    added = listed("fair-rules")["limits.tenders_longer"]
    assert (added["value"], added["basis"], added["source"]) == ("10 days", "house_rule", "FAIR purchasing rules, 3.1")
    assert added["file"].endswith("fair-rules.yaml")
    assert "Firms on several continents" in added["title"]


def test_a_comparison_does_not_say_that_lengths_are_gone_which_stay(own: Path) -> None:
    (own / "overlays" / "fair-rules.yaml").write_text(RULES, encoding="utf-8")
    done = typed("diff", "open", "fair-rules")
    assert done.exit_code == 0, done.output
    assert "no longer" not in done.stdout, done.stdout
    assert "10 days more by the limit tenders_longer" in " ".join(done.stdout.split())


def test_all_numbers_of_a_house_are_listed_and_of_a_procedure_whose_each_is(own: Path) -> None:
    (own / "overlays" / "fair-rules.yaml").write_text(RULES, encoding="utf-8")
    (own / "organisations").mkdir()
    house = (
        (OWN / "organisations" / "house.yaml").read_text("utf-8").replace("organisation: house", "organisation: fair")
    )
    house = house.replace("house-rules, from: 2026-06-01", "fair-rules")
    (own / "organisations" / "fair.yaml").write_text(house, encoding="utf-8")
    assert set(listed("--organisation", "fair")) == {"limits.tenders_longer"}
    there = listed("open", "--organisation", "fair")
    assert there["limits.tenders_longer"]["whose"] == "the overlay fair-rules"
    assert there["deadlines.tenders.proposes"]["whose"] == "the procedure open and its blocks"
    text = typed("law", "open", "--own", "--organisation", "fair").stdout
    assert "Written by the rulebook eu-2014-24" in text
    assert text.splitlines()[-1].endswith("0 without a source.")
    assert all(len(line) <= 80 for line in text.splitlines())


RESTS = """\
lengthen:
  tenders:
    by: 10 days
    why: Firms on several continents
    rests_on:
      source: "FAIR purchasing rules, 3.2"
      basis: house_rule
      confirmed_on: never
"""


def written(own: Path, rules: str) -> Path:
    path = own / "overlays" / "fair-rules.yaml"
    path.write_text(rules, encoding="utf-8")
    return path


def test_somebody_stands_by_what_is_added_and_it_is_shown_everywhere(own: Path) -> None:
    path = written(own, RULES.partition("lengthen:")[0] + RESTS)
    assert listed("fair-rules")["limits.tenders_longer"]["source"] == "FAIR purchasing rules, 3.2"
    done = typed("law", "confirm", "fair-rules", "limits.tenders_longer", "--by", "nora", "--on", "2026-11-20")
    assert done.exit_code == 0, done.output
    assert "confirmed_on: 2026-11-20" in path.read_text("utf-8")
    assert listed("fair-rules")["limits.tenders_longer"]["confirmed_on"] == "2026-11-20"
    shown = typed("law", "fair-rules").stdout
    assert "[confirmed on 2026-11-20 by nora]" in " ".join(shown.split())


def test_what_is_added_without_a_source_of_its_own_is_not_confirmed_and_says_what_to_write(own: Path) -> None:
    written(own, RULES)
    done = typed("law", "confirm", "fair-rules", "limits.tenders_longer", "--by", "nora", "--on", "2026-11-20")
    assert done.exit_code != 0
    assert "has no source of its own" in " ".join(done.output.split())
    assert "rests_on" in done.output
