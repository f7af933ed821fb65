"""Which stage of the new version a draft guesses a stage that is gone to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Line, Step
from inprocap_flow.language.versions.likeness import likeliest_stage
from inprocap_flow.records import changed

SHIPPED = Path(__file__).parents[2] / "definitions"


@pytest.fixture(scope="module")
def opened() -> Line:
    return load_procedure(SHIPPED / "open.yaml", [SHIPPED]).main


def renamed(line: Line, was: str, now: str, title: str | None = None) -> Line:
    """Return *line* with one leaf called otherwise; *title* in place of its own."""

    def name(one: str) -> str:
        return now if one == was else one

    def step(one: Step) -> Step:
        targets = tuple(changed(branch, to=name(branch.to)) for branch in one.targets)
        return changed(one, sources=tuple(map(name, one.sources)), targets=targets)

    stages = {
        name(key): changed(stage, address=name(key), children=tuple(map(name, stage.children)))
        for key, stage in line.stages.items()
    }
    if title:
        stages[now] = changed(stages[now], title={"en": title})
    return changed(line, stages=stages, steps={key: step(one) for key, one in line.steps.items()})


@pytest.mark.parametrize("leaf", ["tendering.checked", "tendering.opened", "tendering.evaluated"])
def test_a_stage_that_the_same_steps_enter_and_leave_is_the_same_whatever_it_is_called(opened: Line, leaf: str) -> None:
    now = renamed(opened, leaf, "tendering.zzz", "Something else")
    assert likeliest_stage(opened, now, leaf) == "tendering.zzz"


def test_checked_becomes_examined_and_not_what_is_spelled_like_it(opened: Line) -> None:
    now = renamed(opened, "tendering.checked", "tendering.examined", "Tenders are examined")
    assert likeliest_stage(opened, now, "tendering.checked") == "tendering.examined"


def test_of_two_new_stages_each_old_one_finds_its_own(opened: Line) -> None:
    now = renamed(renamed(opened, "tendering.checked", "tendering.opening", "One"), "tendering.opened", "x", "Two")
    assert likeliest_stage(opened, now, "tendering.checked") == "tendering.opening"
    assert likeliest_stage(opened, now, "tendering.opened") == "x"


def test_an_end_is_never_guessed_for_a_stage_that_goes_on(opened: Line) -> None:
    for leaf in opened.leaves:
        guess = likeliest_stage(opened, renamed(opened, leaf, "elsewhere", "Elsewhere"), leaf)
        assert guess == "elsewhere"
