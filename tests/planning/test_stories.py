"""Every story of the shipped procedures, at the point where it stops, can be planned on from there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inprocap_flow.engine.case.records import unstamp
from inprocap_flow.language.load import load_tests
from inprocap_flow.service.planning.living import plan_case
from inprocap_flow.service.planning.plans import Question
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.scenarios import Player, with_firms
from tests.planning.conftest import DEFINITIONS, bound_to_house


def stories(procedure: str) -> dict[str, Rehearsal]:
    """Return the stories of a procedure whose case has not ended, played to their end."""
    tests = load_tests(DEFINITIONS / f"{procedure}.test.yaml", (DEFINITIONS,))
    binding = bound_to_house(procedure)
    house = with_firms(binding.organisation, binding.definition, tests.firms)
    player = Player(tests, type(binding)(binding.machine, house, binding.rulebook))
    told = {name: player._story(name)[0] for name in tests.stories}
    return {name: play for name, play in told.items() if play.case is not None and not play.case.main.ended}


@pytest.mark.parametrize(
    "procedure",
    [
        "open",
        pytest.param("pcp", marks=pytest.mark.slow),
        pytest.param("innovation-partnership", marks=pytest.mark.slow),
    ],
)
def test_a_case_can_be_planned_from_wherever_it_stands(procedure: str) -> None:
    for name, play in stories(procedure).items():
        case = play.case
        assert case is not None
        now = unstamp(case.last_change_at) + timedelta(days=1)
        today = play.binding.day(now)
        made = plan_case(play.binding, case, Question(), now).now
        to_come = [row for row in made.rows if not row.actual and row.kind != "deadline"]
        assert to_come, name
        assert all(row.day >= today for row in to_come), name
        assert made.finish == max(row.day for row in made.rows if row.name == made.draft.finish), name
        assert list(made.rows) == sorted(made.rows, key=lambda row: made.draft.network.days[row.name]), name


def test_the_further_a_case_has_come_the_fewer_lengths_its_plan_rests_on() -> None:
    told = stories("open")
    counted = []
    for name in ("call_out", "evaluated", "running"):
        play = told[name]
        assert play.case is not None
        now = unstamp(play.case.last_change_at) + timedelta(days=1)
        counted.append(len(plan_case(play.binding, play.case, Question(), now).now.used))
    assert counted == sorted(counted, reverse=True)
    assert counted[0] > counted[-1]


def test_a_clock_that_is_over_is_not_planned_again() -> None:
    play = stories("open")["notified"]
    assert play.case is not None
    now = unstamp(play.case.last_change_at) + timedelta(days=1)
    made = plan_case(play.binding, play.case, Question(), now).now
    assert [row.title for row in made.rows if row.kind == "deadline"] == [
        "Standstill", "Award notice sent", "Validity of the tenders",
    ]  # fmt: skip
