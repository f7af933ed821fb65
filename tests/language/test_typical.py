"""How long something usually takes is a period, or a period with its range; it is for plans, and no rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.errors import InvalidInput
from inprocap_flow.language.canonical import from_plain, to_plain
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition

PROCEDURE = """\
procedure: small
version: 1
language: en
title: Small
rulebook: none
roles:
  officer: {{title: Officer}}
begins: {{step: open_case, by: officer, to: drafted}}
stages:
  drafted:
    owner: officer
    typical: {typical}
  done: {{final: completed}}
steps:
  finish:
    from: drafted
    to: done
    by: officer
    already_there: {{approvals: board}}
approvals:
  board:
    typical: {{least: 1 week, likely: 2 weeks, most: 2 months}}
    signatures: {{role: officer}}
"""


def loaded(folder: Path, typical: str) -> Definition:
    path = folder / "small.yaml"
    path.write_text(PROCEDURE.format(typical=typical), encoding="utf-8")
    return load_procedure(path)


def test_a_period_alone_is_the_likely_one(tmp_path: Path) -> None:
    stage = loaded(tmp_path, "8 weeks").main.stages["drafted"]
    assert (stage.typical, stage.typical_range) == ("P8W", ())


def test_a_range_has_a_least_a_likely_and_a_most(tmp_path: Path) -> None:
    definition = loaded(tmp_path, "{least: 6 weeks, likely: 8 weeks, most: 14 weeks}")
    assert definition.main.stages["drafted"].typical == "P8W"
    assert definition.main.stages["drafted"].typical_range == ("P6W", "P14W")
    assert definition.main.approvals["board"].typical_range == ("P1W", "P2M")


def test_a_range_survives_the_form_in_which_definitions_are_released(tmp_path: Path) -> None:
    definition = loaded(tmp_path, "{least: 6 weeks, likely: 8 weeks, most: 14 weeks}")
    assert from_plain(Definition, to_plain(definition)).main == definition.main


@pytest.mark.parametrize(
    ("typical", "fact"),
    [
        ("{likely: 8 weeks, most: 14 weeks}", "A range has two ends"),
        ("{least: 6 weeks, most: 14 weeks}", "likely"),
        ("{least: 6, likely: 8 weeks, most: 14 weeks}", "unit is missing"),
        ("[8 weeks]", "typical"),
    ],
)
def test_half_a_range_is_refused_with_the_mend(tmp_path: Path, typical: str, fact: str) -> None:
    with pytest.raises(InvalidInput, match=fact):
        loaded(tmp_path, typical)
