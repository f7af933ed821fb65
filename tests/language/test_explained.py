"""Advice that a comment in the file explains: shown with it, never hiding an error, never without a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.errors import Problem
from inprocap_flow.language.checks.behaviour import BEHAVIOURAL
from inprocap_flow.language.explained import explanations
from inprocap_flow.language.inspect import check
from inprocap_flow.language.nodes import Source
from tests import shipped

DEFINITIONS = Path(__file__).parents[2] / "definitions"
PROCEDURE = """\
procedure: spare
version: 1
language: en
title: Spare
rulebook: none
counting: plain
roles:
  lead: {title: Lead}
fields:
  COMMENT
  spare: {type: text, by: lead, title: Kept for later}
begins: {step: begin, by: lead, to: here}
stages: {here: {owner: lead}, done: {final: completed}}
steps:
  finish: {from: here, to: done, by: lead, ends: everything}
"""
STAGES = """\
stages:
  here: {owner: lead}
  # advice unreachable-stage: because
  lost: {owner: lead}  # advice dead-end-stage: because
  done: {final: completed}"""


def advice(folder: Path, comment: str) -> list[Problem]:
    path = folder / "spare.yaml"
    path.write_text(PROCEDURE.replace("COMMENT", comment), encoding="utf-8")
    return check([path])


def test_a_comment_above_the_line_explains_the_advice_for_it(tmp_path: Path) -> None:
    (one,) = advice(tmp_path, "# advice unused-name: an overlay reads it")
    assert (one.code, one.severity, one.explained) == ("unused-name", "advice", "an overlay reads it")


@pytest.mark.parametrize("comment", ["# advice unused-name:", "# advice dead-step: why", "# unused-name: why", ""])
def test_what_gives_no_reason_or_names_another_code_explains_nothing(tmp_path: Path, comment: str) -> None:
    (one,) = advice(tmp_path, comment)
    assert one.explained == ""


def test_a_comment_that_names_the_thing_explains_it_wherever_it_stands(tmp_path: Path) -> None:
    text = "# advice unused-name of spare: an overlay reads it\n"
    path = tmp_path / "spare.yaml"
    path.write_text(PROCEDURE.replace("  COMMENT\n", "") + text, encoding="utf-8")
    (one,) = check([path])
    assert one.explained == "an overlay reads it"


def test_an_error_cannot_be_explained_away(tmp_path: Path) -> None:
    path = tmp_path / "spare.yaml"
    text = PROCEDURE.replace("  COMMENT\n", "")
    text = text.replace("stages: {here: {owner: lead}, done: {final: completed}}", STAGES)
    path.write_text(text, encoding="utf-8")
    errors = [one for one in check([path]) if one.severity == "error"]
    assert errors
    assert all(one.explained == "" for one in errors)


@pytest.mark.timeout(600)
def test_every_piece_of_advice_on_a_shipped_definition_is_explained(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = shipped.of_this_run(tmp_path_factory)
    assert [str(one) for one in found if one.severity == "error" or not one.explained] == []


@pytest.mark.timeout(600)
def test_every_explanation_in_a_shipped_definition_explains_something(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What only an exploration of cases says (``check --behaviour``) is not asked here."""
    used = {one.explained for one in shipped.of_this_run(tmp_path_factory)}
    written = {
        one.because
        for path in DEFINITIONS.rglob("*.yaml")
        for text in [path.read_text(encoding="utf-8")]
        for one in explanations(Source(str(path), text, tuple(text.splitlines())))
        if one.code not in {check.CODE for check in BEHAVIOURAL}
    }
    assert written <= used
