"""An overlay in parts: entries for some procedures only, limits of a rulebook, steps that a detour keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.language.model import Definition
from inprocap_flow.language.overlays import load_applied

LIBRARY = Path(__file__).parent / "library"
BASE = LIBRARY / "fair.yaml"
HEAD = """\
overlay: house
version: 1
language: en
title: House rules
organisation: lab
for: {fair: 1.0, market: 1.0}
"""


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(LIBRARY.parents[3])


def applied(tmp_path: Path, text: str, *, base: Path = BASE) -> Definition:
    (tmp_path / "house.yaml").write_text(HEAD + text, encoding="utf-8")
    return load_applied(base, [tmp_path / "house.yaml"], [LIBRARY])


AT = """\
documents:
  paper: {title: Paper, by: officer}
  memo: {title: Memo, by: officer, only_for: fair}
  other: {title: Other, by: officer, only_for: market}
at:
  award_proposed:
    - already_there: {documents: paper}
    - only_for: [fair]
      already_there: {documents: [memo]}
      tells: [legal]
    - only_for: market
      already_there: {documents: other}
"""


def test_at_one_milestone_procedures_may_get_different_things_added(tmp_path: Path) -> None:
    step = applied(tmp_path, AT).main.steps["propose_award"]
    assert step.already_there.documents == ("paper", "memo")
    assert [tell.role for tell in step.tells] == ["legal"]


NAMES = """\
rename:
  - roles: {officer: Buyer}
  - only_for: fair
    roles: {legal: Lawyers}
    stages: {tendering: Offers}
  - only_for: market
    roles: {legal: Nobody}
translate:
  de:
    - only_for: fair
      roles: {officer: Einkauf}
    - only_for: market
      roles: {officer: Niemand}
"""


def test_things_may_be_called_differently_in_different_procedures(tmp_path: Path) -> None:
    found = applied(tmp_path, NAMES)
    assert found.roles["officer"].title == {"en": "Buyer", "de": "Einkauf"}
    assert found.roles["legal"].title == {"en": "Lawyers"}
    assert found.main.stages["tendering"].title["en"] == "Offers"


TAKEN = "limits_from: {prices: [big]}\nat: {award_proposed: {already_there: {that: [GUARD]}}}\n"
GUARD = "{holds: value > limit('big'), only_warns: yes, if_not: Small.}"


def test_a_limit_of_a_rulebook_stands_there_and_nowhere_else(tmp_path: Path) -> None:
    found = applied(tmp_path, TAKEN.replace("GUARD", GUARD))
    assert found.limits["big"].values[0].value == "100000"
    assert found.limits["big"].says == {"de": "Darüber wird geprüft"}
    assert "small" not in found.limits
    assert "rulebooks/prices.yaml" in found.origins["limits.big"]


DETOUR = """\
insert:
  check:
    before: award_proposed
    stages:
      check: {title: Check, owner: officer, stages: {begun: {}, done: {}}}
    steps:
      begin_check: {from: arriving, to: check.begun, by: officer}
      end_check: {from: check.begun, to: check.done, by: officer}
    leaves_from: check.done
"""


@pytest.mark.parametrize("sources", ["any", "[preparation, tendering, deciding]"])
@pytest.mark.parametrize("keeps", [True, False])
def test_what_a_detour_keeps_is_possible_in_all_its_stages(tmp_path: Path, sources: str, *, keeps: bool) -> None:
    base = tmp_path / "fair.yaml"
    base.write_text(BASE.read_text(encoding="utf-8").replace("from: any", f"from: {sources}"), encoding="utf-8")
    text = DETOUR + ("    keeps: [give_up]\n" if keeps else "")
    found = applied(tmp_path, text, base=base)
    kept = keeps or sources == "any"
    assert ({"check.begun", "check.done"} <= set(found.main.steps["give_up"].sources)) == kept
    assert found.main.steps["propose_award"].sources == ("check.done",)
