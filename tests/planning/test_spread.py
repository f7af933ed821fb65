"""By when, with which probability: played with a seed, calendar and all."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt

import pytest

from inprocap_flow.service.planning.assuming import read_given
from inprocap_flow.service.planning.network import Link, Network, Point
from inprocap_flow.service.planning.plans import Question, Timetable
from inprocap_flow.service.planning.spread import spread, varies
from inprocap_flow.service.planning.timetable import plan_procedure
from tests.planning.conftest import bound_to_house

RANGES = ("tendering.opened=3 weeks..14 weeks", "preparation.budget_committed=4 weeks..5 months")


def planned(*ranges: str, procedure: str = "open", assume: tuple[str, ...] = ()) -> Timetable:
    binding = bound_to_house(procedure)
    given = read_given(binding.definition, binding.organisation.zone, ranges=ranges, assume=assume)
    return plan_procedure(binding, Question(start=date(2027, 1, 11), given=given))


def test_the_same_seed_gives_the_same_answer_and_another_seed_another() -> None:
    network = planned(*RANGES).draft.network
    once, again, other = (spread(network, runs=400, seed=seed) for seed in (7, 7, 8))
    assert once == again
    assert once.days != other.days


def test_the_answer_of_a_seed_never_changes_from_release_to_release() -> None:
    made = planned("opened=2 weeks..12 weeks", "drafted=1 week..6 weeks", procedure="council")
    days = spread(made.draft.network, runs=1000, seed=1).days
    assert days["step send_call"] == (date(2027, 2, 1), date(2027, 2, 8), date(2027, 2, 16))
    assert days["papers evaluate"] == (date(2027, 6, 14), date(2027, 6, 29), date(2027, 7, 14))


def test_the_odds_rise_and_nothing_comes_before_its_earliest_day() -> None:
    made = planned(*RANGES)
    shortest = plan_procedure(
        bound_to_house("open"),
        Question(
            start=date(2027, 1, 11),
            given=read_given(
                bound_to_house("open").definition,
                "Europe/Berlin",
                assume=("tendering.opened=3 weeks", "preparation.budget_committed=4 weeks"),
            ),
        ),
    )
    for name, (half, most, nearly) in spread(made.draft.network, runs=500).days.items():
        assert half <= most <= nearly
        least = shortest.row(name)
        assert least is None or half >= least.day


def test_without_a_range_nothing_varies_and_every_chance_is_the_plan() -> None:
    made = planned(procedure="council", assume=("weeks_open=6 weeks",))
    assert not varies(made.draft.network)
    chances = spread(made.draft.network, runs=100)
    assert all(chances.days[row.name] == (row.day,) * 3 for row in made.rows if row.name in chances.days)


def test_one_length_comes_out_as_its_triangle_says() -> None:
    """The quantiles of a triangle over 0, 40 and 100 days are known; 20,000 draws come within a day and a half."""
    network = Network()
    network.add(Point("begin", fixed=740_000))
    shifts = (lambda day: day, lambda day: day + 40, lambda day: day + 100)
    network.add(Point("end", links=[Link("begin", "end", shifts[1], varies=shifts)]))
    found = spread(network, runs=20_000, seed=3).days["end"]
    for chance, day in zip((0.5, 0.8, 0.95), found, strict=True):
        exact = 100 - sqrt((1 - chance) * 100 * 60)
        assert abs((day - date.fromordinal(740_000)).days - exact) < 1.5


def test_a_draw_never_ends_on_a_day_on_which_nobody_works() -> None:
    made = planned(*RANGES)
    days = spread(made.draft.network, runs=300).days
    for leg in made.legs:
        if leg.step is not None and not leg.step.is_system and not leg.step.is_automatic:
            assert all(day.weekday() < 5 for day in days[f"step {leg.step.name}"]), leg.step.name


def test_a_range_of_a_phase_moves_what_comes_after_it() -> None:
    made = planned("length_1=4 months..12 months", procedure="pcp", assume=("length_1=6 months",))
    days = spread(made.draft.network, runs=300).days
    started, ended = days["step phase_1_start"], days["step phase_1_review"]
    assert (ended[2] - ended[0]) - (started[2] - started[0]) > timedelta(days=30)


def test_progress_is_told_up_to_the_last_run() -> None:
    told: list[int] = []
    spread(planned(*RANGES).draft.network, runs=510, progress=told.append)
    assert told == [250, 500, 510]


@pytest.mark.parametrize("ranges", [("award.ready_to_sign=1 week..6 weeks",), ("tenders=6 weeks..10 weeks",)])
def test_a_range_of_what_nobody_gave_a_length_of_is_drawn_too(ranges: tuple[str, ...]) -> None:
    assert varies(planned(*ranges).draft.network)


@pytest.mark.parametrize("kind", ["no_later", "hoped"])
def test_how_often_an_end_is_missed_is_counted_run_by_run(kind: str) -> None:
    network = Network()
    network.add(Point("start", fixed=100))
    link = Link("start", "", lambda day: day + 10, "", (lambda day: day, lambda day: day + 10, lambda day: day + 20))
    network.add(Point("end", fixed=110))
    network.add(Point("step", links=[link], **{kind: ["end"]}))  # type: ignore[arg-type]
    share = spread(network, runs=2000, seed=3).late["step", "end"]
    assert 0.35 < share < 0.55  # the middle of a triangle, the likely day itself in time


def test_an_end_that_is_never_missed_is_in_the_answer_too() -> None:
    network = Network()
    network.add(Point("start", fixed=100))
    network.add(Point("end", fixed=130))
    network.add(Point("step", links=[Link("start", "", lambda day: day + 10)], no_later=["end"]))
    assert spread(network, runs=100).late == {("step", "end"): 0.0}
