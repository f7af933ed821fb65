"""What must be true of every plan, whatever the day, the procedure, the lengths and the calendar."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inprocap_flow.calendar.periods import Period
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.errors import Unsupported
from inprocap_flow.records import changed
from inprocap_flow.service.planning.durations import Given, Thing, exactly
from inprocap_flow.service.planning.ends import Work
from inprocap_flow.service.planning.naming import things
from inprocap_flow.service.planning.network import Link, Network, Point
from inprocap_flow.service.planning.plans import Question
from inprocap_flow.service.planning.timetable import plan_procedure
from tests.planning.conftest import bound_to_house

PROCEDURES = ("open", "pcp", "innovation-partnership", "council")
DAYS = st.dates(date(2027, 1, 4), date(2028, 6, 30))
PERIODS = st.builds(Period, st.integers(1, 40), st.sampled_from(("days", "working days", "weeks")))


def stages(procedure: str) -> list[Thing]:
    known = things(bound_to_house(procedure).definition).values()
    return sorted({thing for thing in known if thing.kind == "stage" and thing.line == ""}, key=str)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, Given]:
    procedure = draw(st.sampled_from((*PROCEDURES, "council", "council")))
    lengths = draw(st.dictionaries(st.sampled_from(stages(procedure)), PERIODS, max_size=4))
    return procedure, Given({thing: exactly(period, "chosen") for thing, period in lengths.items()})


@settings(max_examples=10, deadline=None)
@given(case=cases(), finish=DAYS)
def test_a_plan_from_the_day_counted_back_is_finished_in_time_and_from_the_next_day_it_is_not(
    case: tuple[str, Given], finish: date
) -> None:
    procedure, chosen = case
    binding = bound_to_house(procedure)
    if procedure == "council":  # before the first meetings of the council nothing can be finished
        soonest = plan_procedure(binding, Question(start=date(2026, 4, 14), given=chosen)).finish
        finish = max(finish, soonest, date(2027, 12, 24))
    back = plan_procedure(binding, Question(finish=finish, given=chosen))
    assert back.finish <= finish
    forwards = plan_procedure(binding, Question(start=back.start, given=chosen))
    assert [(row.name, row.day) for row in forwards.rows] == [(row.name, row.day) for row in back.rows]
    next_day = Work(binding.calendar("holidays")).on_or_after(back.start.toordinal() + 1)
    assert plan_procedure(binding, Question(start=date.fromordinal(next_day), given=chosen)).finish > finish


@settings(max_examples=12, deadline=None)
@given(case=cases(), start=DAYS)
def test_the_latest_safe_day_is_never_before_the_earliest_unless_a_deadline_is_missed(
    case: tuple[str, Given], start: date
) -> None:
    procedure, chosen = case
    made = plan_procedure(bound_to_house(procedure), Question(start=start, given=chosen))
    early = [row.name for row in made.rows if row.latest is not None and row.latest < row.day]
    assert bool(early) == bool(made.missed)


@settings(max_examples=12, deadline=None)
@given(case=cases(), start=DAYS, data=st.data())
def test_more_time_never_makes_anything_earlier(case: tuple[str, Given], start: date, data: st.DataObject) -> None:
    procedure, chosen = case
    binding = bound_to_house(procedure)
    before = plan_procedure(binding, Question(start=start, given=chosen))
    delayed = data.draw(st.sampled_from([leg.stage for leg in before.legs if leg.step]))
    more = changed(chosen, delays={Thing("stage", "", delayed): data.draw(PERIODS)})
    after = {row.name: row.day for row in plan_procedure(binding, Question(start=start, given=more)).rows}
    both = [row for row in before.rows if row.name in after]  # papers have no day once no meeting is known
    earlier = {row.name: (row.day, after[row.name]) for row in both if after[row.name] < row.day}
    assert not earlier, f"{delayed} takes longer"


@settings(max_examples=10, deadline=None)
@given(case=cases(), start=DAYS, later=st.integers(1, 60))
def test_a_later_beginning_never_makes_anything_earlier(case: tuple[str, Given], start: date, later: int) -> None:
    procedure, chosen = case
    binding = bound_to_house(procedure)
    before = plan_procedure(binding, Question(start=start, given=chosen))
    other = plan_procedure(binding, Question(start=date.fromordinal(start.toordinal() + later), given=chosen))
    after = {row.name: row.day for row in other.rows}
    assert not [row.name for row in before.rows if row.name in after and after[row.name] < row.day]


def test_only_a_limit_that_the_law_shortens_makes_a_later_beginning_end_earlier() -> None:
    """The one exception to the rule above, and it is the law's: whoever begins on the day after has less to wait."""
    binding = bound_to_house("open")
    assert binding.rulebook is not None
    limit = binding.rulebook.limits["standstill"]
    old = limit.values[0]
    long = changed(old, valid_until="2027-11-30", value="60 days", variants=())
    short = changed(old, valid_from="2027-12-01", valid_until=None, value="10 days", variants=())
    limits = {**binding.rulebook.limits, "standstill": changed(limit, values=(long, short))}
    other = Binding(binding.machine, binding.organisation, changed(binding.rulebook, limits=limits))
    before, after = (
        plan_procedure(other, Question(start=day)).row("contract_signed")
        for day in (date(2026, 11, 23), date(2027, 1, 11))
    )
    assert before is not None
    assert after is not None
    assert after.day < before.day


# ------------------------------------------------------------------------------------------ networks


def working(day: int) -> int:
    return day + {5: 2, 6: 1}.get(day % 7, 0)


def working_back(day: int) -> int:
    return day - {5: 1, 6: 2}.get(day % 7, 0)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Networks of up to nine points, each waiting for one or more before it, some for working days only."""
    network = Network()
    network.add(Point("0", fixed=draw(st.integers(700_000, 700_006))))
    for number in range(1, draw(st.integers(2, 9))):
        name = str(number)
        sources = draw(st.lists(st.integers(0, number - 1), min_size=1, max_size=3, unique=True))
        links = []
        for source in sources:
            days = draw(st.integers(0, 20))
            links.append(Link(str(source), name, lambda day, days=days: day + days))  # type: ignore[misc]
        settle, back = (working, working_back) if draw(st.booleans()) else (lambda d: d, lambda d: d)
        network.add(Point(name, settle, back, links))
    return network


def pinned(network: Network, name: str, day: int) -> dict[str, int]:
    """Return the days of all points where *name* does not come before *day*."""
    days: dict[str, int] = {}
    for point in network.points.values():
        days[point.name] = network.day_of(point, days)
        if point.name == name:
            days[name] = point.settle(max(days[name], day))
    return days


@settings(max_examples=100, deadline=None)
@given(network=networks())
def test_on_its_latest_day_a_point_delays_nothing_and_a_day_later_it_does(network: Network) -> None:
    finish = list(network.points)[-1]
    last = network.days[finish]
    latest = network.latest(finish)
    for name, day in latest.items():
        if network.points[name].fixed is not None or name == finish:
            continue
        assert day >= network.days[name]
        assert pinned(network, name, day)[finish] == last
        assert pinned(network, name, day + 1)[finish] > last


@settings(max_examples=60, deadline=None)
@given(network=networks())
def test_the_critical_path_leads_from_the_beginning_to_the_end_without_a_gap(network: Network) -> None:
    finish = list(network.points)[-1]
    links = network.driving(finish)
    assert {link.target for link in links} | {"0"} >= {link.source for link in links}
    assert finish in {link.target for link in links}
    for link in links:
        point = network.points[link.target]
        assert point.settle(link.shift(network.days[link.source])) == network.days[link.target]


def test_a_finish_that_no_beginning_can_keep_is_refused() -> None:
    with pytest.raises(Unsupported, match="cannot be finished by 2027-01-15"):
        plan_procedure(bound_to_house("council"), Question(finish=date(2027, 1, 15)))


@pytest.mark.parametrize("finish", [date(2027, 12, 24), date(2028, 2, 29), date(2028, 1, 1)])
def test_a_finish_on_a_day_on_which_nobody_works_is_met_before_it(finish: date) -> None:
    assert plan_procedure(bound_to_house("council"), Question(finish=finish)).finish <= finish
