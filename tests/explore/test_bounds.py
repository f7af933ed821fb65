"""What is said within a small bound stands within a large one: what was not looked at is said to be open."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.language.checks import (
    after_never_starts,
    case_stuck,
    ends_left_open,
    expiry_refused,
    read_before_known,
    started_while_running,
    step_never_possible,
)
from inprocap_flow.language.checks.behaviour import Behavioural, judged
from inprocap_flow.language.explore.asking import FOUND, PROVEN
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.load import load_procedure

FIXTURES = Path(__file__).parents[1] / "checks"
CHECKS: tuple[Behavioural, ...] = (
    after_never_starts, case_stuck, ends_left_open, expiry_refused, read_before_known, started_while_running,
    step_never_possible,
)  # fmt: skip
SMALL = (1, 2, 3, 5, 8, 13, 21)


@pytest.mark.parametrize("name", ["refused", "accepted"])
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.CODE)
def test_what_a_small_bound_decides_a_large_one_decides_alike(check: Behavioural, name: str) -> None:
    definition = load_procedure(FIXTURES / check.CODE / f"{name}.yaml")

    def answers(states: int) -> dict[tuple[str, str], str]:
        (verdict,) = judged(definition, Bound(states=states), checks=[check])
        return {(one.about, one.finding.origin): one.answer.verdict for one in verdict.asked}

    whole = answers(20_000)
    assert {*whole.values()} <= {PROVEN, FOUND}
    for states in SMALL:
        decided = {about: said for about, said in answers(states).items() if said in (PROVEN, FOUND)}
        assert {about: said for about, said in decided.items() if whole.get(about) != said} == {}, states
    assert {*answers(1).values()} - {PROVEN, FOUND}  # so little was looked at that something stays open
