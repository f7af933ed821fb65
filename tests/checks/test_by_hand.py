"""Faults that somebody makes who writes with care and forgets one thing, put into what is shipped by hand.

Each is found, at the element where it was made, in words that name what is wrong. The generated faults (tests/mutation)
are many and of the same kinds; these, in `by_hand.yaml`, were thought up by reading as an officer reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from inprocap_flow.errors import InvalidInput, Problem
from inprocap_flow.language.checks import ends_left_open, read_before_known, step_never_possible
from inprocap_flow.language.checks.behaviour import Behavioural, judged, problems
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.inspect import inspect, overlays_of
from inprocap_flow.service.holding import held, scene_of

SHIPPED = Path(__file__).parents[2] / "definitions"
EXPLORED: dict[str, Behavioural] = {one.CODE: one for one in (ends_left_open, read_before_known, step_never_possible)}
BOUND = Bound(states=2_000, seconds=100, in_all=100)
DAY = date(2026, 11, 23)
Fault = Mapping[str, Any]
FAULTS: list[Fault] = yaml.safe_load(Path(__file__).with_name("by_hand.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("one", FAULTS, ids=lambda one: one["what"])
def test_a_fault_that_an_officer_makes_is_found_in_words(one: Fault, tmp_path: Path) -> None:
    said = [problem for problem in _said(one, tmp_path) if problem.code == one["code"]]
    assert [problem.fact for problem in said if one["words"] in problem.fact], [problem.fact for problem in said]
    assert all(problem.mend and problem.place.line for problem in said)


def _said(one: Fault, folder: Path) -> Sequence[Problem]:
    """Return what is said of the procedure with the fault in it: by its files, or by exploring it and playing that."""
    for file in dict.fromkeys([one["procedure"], *(edit["file"] for edit in one["edits"])]):
        text = (SHIPPED / file).read_text(encoding="utf-8")
        for edit in (edit for edit in one["edits"] if edit["file"] == file):
            assert edit["old"] in text
            text = text.replace(edit["old"], edit["new"])
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    search, procedure, house = [folder, SHIPPED], folder / one["procedure"], _house(one, folder)
    try:
        overlays = overlays_of(procedure, search, organisation=house, day=DAY)
    except InvalidInput as unreadable:
        return unreadable.problems
    seen = inspect(procedure, search, organisation=house, overlays=overlays, day=DAY)
    if one["code"] not in EXPLORED:
        return seen.problems
    assert seen.definition is not None, [problem.render() for problem in seen.problems]
    verdicts = judged(seen.definition, BOUND, checks=[EXPLORED[one["code"]]])
    return problems(held(seen.definition, verdicts, scene_of([SHIPPED])), seen.definition)


def _house(one: Fault, folder: Path) -> Path | None:
    """Return the file of the organisation: the one with the fault in it, else the shipped one; None if it has none."""
    if "house" not in one:
        return None
    name = Path("organisations") / f"{one['house']}.yaml"
    return folder / name if (folder / name).exists() else SHIPPED / name


def test_an_overlay_that_shortens_what_the_law_gives_is_refused_with_the_article(tmp_path: Path) -> None:
    overlay = tmp_path / "overlays" / "short.yaml"
    overlay.parent.mkdir()
    overlay.write_text(
        """\
overlay: short
version: 1
language: en
title: Short
organisation: example-lab
for: {open: 2026.1}
lengthen:
  standstill: {period: 5 days, why: We are quick, cite: House}
""",
        encoding="utf-8",
    )
    seen = inspect(SHIPPED / "open.yaml", [SHIPPED], overlays=[overlay])
    (said,) = [problem for problem in seen.problems if problem.severity == "error"]
    assert "the earliest lawful end is" in said.fact
    assert "89/665/EEC Art. 2a(2)" in said.fact
    assert (said.place.file, said.place.line) == (str(overlay), 8)
