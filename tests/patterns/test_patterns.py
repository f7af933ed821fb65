"""The page on control-flow patterns: every claim is a scenario that holds, and nothing is claimed without one."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from inprocap_flow.language.inspect import inspect
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.scenarios import Report, run_file
from inprocap_flow.settings import Settings
from inprocap_flow.store.opening import open_store

HERE = Path(__file__).parent / "definitions"
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "workflow-patterns.md"
PROCEDURES = sorted(path.stem for path in HERE.glob("*.yaml") if "." not in path.stem)
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| (supported|expressible|excluded) \| ([^|]+) \|([^|]*)\|$", re.MULTILINE)
NAMED = re.compile(r"WCP-(\d+)")


@cache
def played(procedure: str) -> Report:
    desk = Desk(open_store("sqlite://"), settings=Settings(definitions=HERE))
    return run_file(HERE / f"{procedure}.test.yaml", desk)


def rows() -> dict[int, tuple[str, str]]:
    """Return verdict and procedure of each pattern, as the page has them."""
    return {int(number): (verdict, where.strip()) for number, _, verdict, _, where in ROW.findall(PAGE.read_text())}


def test_the_page_speaks_of_every_pattern_once() -> None:
    numbers = [int(number) for number, *_ in ROW.findall(PAGE.read_text())]
    assert numbers == list(range(1, 44))


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_procedure_is_sound_and_every_scenario_holds(procedure: str) -> None:
    found = inspect(HERE / f"{procedure}.yaml", (HERE,), organisation=HERE / "organisations" / "house.yaml")
    assert found.problems == ()
    report = played(procedure)
    assert [(one.scenario.fact, one.faults) for one in report.played if one.faults] == []
    assert report.coverage.unreached_steps == []


@pytest.mark.parametrize("number", range(1, 44))
def test_what_is_claimed_is_played_and_what_is_excluded_says_why(number: int) -> None:
    verdict, procedure = rows()[number]
    shown = {
        name
        for name in PROCEDURES
        for one in played(name).played
        if str(number) in NAMED.findall(str(one.scenario.source))
    }
    assert (procedure in shown) if verdict != "excluded" else (not shown and not procedure)
