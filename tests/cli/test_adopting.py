"""A shipped procedure becomes one's own, with all that it is made of, and works from there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Lab


def test_what_was_adopted_checks_and_passes_its_scenarios_from_ones_own_folder(lab: Lab) -> None:
    made = json.loads(lab.plain("adopt", "pcp", "--under", "pcp-lab", "--json").stdout)
    assert made["name"] == "pcp-lab"
    names = {Path(file).name for file in made["files"]}
    assert {"pcp-lab.yaml", "pcp-lab.test.yaml", "research_phase.yaml", "horizon-pcp.yaml"} <= names
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INPROCAP_FLOW_DEFINITIONS", "definitions")
        own = Path("definitions/pcp-lab.yaml")
        text = own.read_text(encoding="utf-8")
        own.write_text(text.replace("version: 2026.1", "version: 2026.1-lab", 1), encoding="utf-8")
        soon = ("--seconds", "1")  # how far cases are explored is not the question
        assert lab.plain("check", "pcp-lab", *soon).exit_code == 0
        assert "0 failed" in lab.plain("test", "pcp-lab").stdout
        released = json.loads(lab.plain("release", "pcp-lab", "--json", "--as", "ben", *soon).stdout)["released"]
        assert ("pcp-lab", "2026.1-lab") in {(one["name"], one["version"]) for one in released}


def test_nothing_is_overwritten_and_then_nothing_is_copied(lab: Lab) -> None:
    assert lab.plain("adopt", "open", "--to", "mine").exit_code == 0
    Path("mine/open.yaml").unlink()
    again = lab.plain("adopt", "open", "--to", "mine")
    assert again.exit_code == 1
    assert "is there already" in again.output
    assert not Path("mine/open.yaml").exists()


@pytest.mark.parametrize("words", [("opne",), ("../open",), ("open", "--under", "../evil"), ("open", "--under", "Lab")])
def test_a_name_that_is_none_is_refused(lab: Lab, words: tuple[str, ...]) -> None:
    assert lab.plain("adopt", *words).exit_code == 1
    assert not Path("definitions").exists()


def test_it_says_what_to_do_next(lab: Lab) -> None:
    said = lab.plain("adopt", "open").stdout
    assert 'definitions = "definitions"' in said
    assert "inprocap-flow check open" in said


def test_what_belongs_into_an_overlay_and_which_file_is_made_by_hand_is_said(lab: Lab) -> None:
    said = " ".join(lab.plain("adopt", "open", "--to", "mine").stdout.split())
    assert 'write this line into the file inprocap-flow.toml here, made by hand: definitions = "mine"' in said
    assert "Put papers, signatures, longer periods, reminders and names into an overlay (inprocap-flow new " in said
    assert "A copy is for what no overlay can do: other steps, " in said
