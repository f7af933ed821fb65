"""Stories of other files that happen later from a step on: for houses that give more time than the procedure does."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inprocap_flow.errors import InvalidInput, Problem
from inprocap_flow.language.scenarios import Deed, Tests
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.scenarios import player_for, run_file
from tests.service.borrowing import says, written

ORDER = """\
procedure: order
version: 1
language: en
title: Order
rulebook: none
roles:
  clerk: {title: Clerk}
  firm: {title: Firm, speaks_for: supplier}
fields:
  price: {type: whole_number, title: Price, by: [clerk]}
  paid_on: {type: date, title: Paid on, by: [clerk]}
  begun_on: {type: date, title: Begun on, by: [clerk]}
  meets_at: {type: moment, title: Meets at, by: [clerk]}
  remark: {type: text, title: Remark, by: [clerk]}
deadlines:
  pause: {title: Pause, kind: not_before, period: 10 days, counting: plain}
begins: {step: begin, by: clerk, to: wanted}
stages:
  wanted: {owner: clerk}
  waiting: {owner: clerk}
  ordered: {final: completed}
steps:
  write: {from: wanted, to: waiting, by: clerk, milestone: letters, starts: [pause]}
  order:
    from: waiting
    to: ordered
    by: clerk
    milestone: ordering
    already_there: {after: pause}
    ends: everything
tracks:
  supplier:
    title: Supplier
    if_case_ends: chosen
    begins: {step: register, by: [clerk, firm], to: known, while: waiting}
    stages:
      known: {owner: firm}
      chosen: {final: completed}
"""
OVERLAY = """\
overlay: house
version: 1
language: en
title: House
for: {order: 1}
organisation: lab
lengthen:
  pause: {by: 4 days, why: Letters take longer, cite: House rules}
"""
LAB = """\
organisation: lab
version: 1
language: en
title: Lab
zone: Europe/Copenhagen
currency: EUR
calendars: {holidays: [{public: DK, years: [2026, 2026]}]}
people:
  carl: {name: Carl, roles: [clerk]}
"""
BASE = """\
tests: order
organisation: lab
overlays: []
firms: {al: supplier/alpha, bo: supplier/beta}
stories:
  written:
    - {at: 2026-02-27 09:00, by: carl, do: begin}
    - {at: 2026-03-02 09:00, by: carl, do: write}
    - {at: 2026-03-03 09:00, by: al, do: register, new: supplier/alpha}
    - {at: 2026-03-04 09:00, by: bo, do: register, new: supplier/beta}
    - at: 2026-03-13 10:00
      by: carl
      fill: {paid_on: 2026-03-20, begun_on: 2026-02-27, meets_at: 2026-03-13 14:00, remark: 2026-03-20}
  ordered:
    - {story: written}
    - {at: 2026-03-13 12:00, by: carl, do: order, then: {stage: ordered}}
"""
OWN = "tests: order\norganisation: lab\noverlays: [house]\n"
LATER = "stories:\n  mine:\n    - story: order#ordered\n      but:\n        - {but}\n"
PLAYED = """\
scenarios:
  - fact: Ordered
    given: {story}
    steps:
      - {at: 2027-04-01 09:00, by: carl, read: price}
"""
ONLY_AFTER = "Write `after: STEP` with it, and nothing else."
FOUR_DAYS = "{after: write, later: 4 days}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path, order=ORDER, stories=BASE, overlay=OVERLAY, lab=LAB)


def file(folder: Path, *but: str, more: str = "") -> Path:
    path = folder / "overlays" / "house.order.test.yaml"
    entries = "\n        - ".join(but)
    path.write_text(OWN + LATER.replace("{but}", entries) + more, encoding="utf-8")
    return path


def told(desk: Desk, path: Path, story: str = "mine") -> tuple[Deed, ...]:
    tests: Tests = player_for(path, desk).tests
    return tests.stories[story]


def days(deeds: tuple[Deed, ...]) -> list[str]:
    return [deed.at for deed in deeds]


def refused(desk: Desk, path: Path) -> list[Problem]:
    with pytest.raises(InvalidInput) as invalid:
        player_for(path, desk)
    return list(invalid.value.problems)


def test_a_story_that_a_longer_period_breaks_plays_when_what_follows_happens_later(desk: Desk, folder: Path) -> None:
    played = PLAYED.replace("{story}", "mine")
    (broken,) = run_file(file(folder, "{values: {remark: none}}", more=played), desk).faults
    assert "deadline-running" in broken.says
    assert says(run_file(file(folder, FOUR_DAYS, more=played), desk)) == []


def test_every_act_after_the_step_is_so_much_later_and_none_before_it(desk: Desk, folder: Path) -> None:
    assert days(told(desk, file(folder, FOUR_DAYS))) == [
        "2026-02-27 09:00",
        "2026-03-02 09:00",
        "2026-03-07 09:00",
        "2026-03-08 09:00",
        "2026-03-17 10:00",
        "2026-03-17 12:00",
    ]


@pytest.mark.parametrize(
    ("length", "day"),
    [
        ("2 weeks", "2026-03-27 12:00"),
        ("1 month", "2026-04-13 12:00"),
        ("1 year", "2027-03-13 12:00"),
        ("20 days", "2026-04-02 12:00"),  # the clocks change on 29 March: the hour of the day stays
    ],
)
def test_it_counts_in_every_unit_that_has_days(desk: Desk, folder: Path, length: str, day: str) -> None:
    assert days(told(desk, file(folder, f"{{after: write, later: {length}}}")))[-1] == day


def test_working_days_are_those_of_the_organisation(desk: Desk, folder: Path) -> None:
    moved = told(desk, file(folder, "{after: write, later: 14 working days}"))
    assert days(moved)[-1] == "2026-04-07 12:00"  # Easter: 2, 3 and 6 April are holidays in Denmark


def test_working_days_without_a_calendar_are_refused(desk: Desk, folder: Path) -> None:
    lab = LAB.replace("{holidays: [{public: DK, years: [2026, 2026]}]}", "{}")
    (folder / "organisations" / "lab.yaml").write_text(lab, encoding="utf-8")
    (problem,) = refused(desk, file(folder, "{after: write, later: 4 working days}"))
    assert (problem.place.line, problem.code) == (8, "bad-value")
    assert "holidays" in problem.mend


def test_it_begins_after_the_step_on_the_track_that_is_named(desk: Desk, folder: Path) -> None:
    moved = days(told(desk, file(folder, "{after: register, on: supplier/beta, later: 1 day}")))
    assert moved[2:] == ["2026-03-03 09:00", "2026-03-04 09:00", "2026-03-14 10:00", "2026-03-14 12:00"]


def test_what_is_later_twice_is_later_by_both(desk: Desk, folder: Path) -> None:
    moved = days(told(desk, file(folder, FOUR_DAYS, "{after: register, on: supplier/beta, later: 1 week}")))
    assert moved[2:] == ["2026-03-07 09:00", "2026-03-08 09:00", "2026-03-24 10:00", "2026-03-24 12:00"]


def test_days_and_moments_that_are_filled_in_move_if_they_lie_after_the_step(desk: Desk, folder: Path) -> None:
    filled = told(desk, file(folder, FOUR_DAYS))[4]
    assert filled.what == {
        "paid_on": "2026-03-24",
        "begun_on": "2026-02-27",
        "meets_at": "2026-03-17 14:00",
        "remark": "2026-03-20",  # a text, whatever it says
    }


@pytest.mark.parametrize("in_front", [True, False])
def test_what_is_written_under_but_stays_as_it_is_written(desk: Desk, folder: Path, in_front: bool) -> None:
    own = [
        "{before: order, steps: [{at: 2026-03-18 09:00, by: carl, fill: {price: 5}}]}",
        "{values: {paid_on: 2026-05-05}}",
    ]
    but = [*own, "{after: write, later: 1 week}"] if in_front else ["{after: write, later: 1 week}", *own]
    moved = told(desk, file(folder, *but))
    assert days(moved)[-2:] == ["2026-03-18 09:00", "2026-03-20 12:00"]
    assert moved[4].what["paid_on"] == "2026-05-05"


def test_a_story_that_starts_from_a_later_one_is_later_too_and_may_move_on(desk: Desk, folder: Path) -> None:
    more = "  again:\n    - {story: mine, but: [{after: register, later: 1 day}]}\n"
    moved = told(desk, file(folder, FOUR_DAYS, more=more), "again")
    assert days(moved)[1:4] == ["2026-03-02 09:00", "2026-03-07 09:00", "2026-03-09 09:00"]
    assert moved[4].what["paid_on"] == "2026-03-25"


def test_what_a_story_adds_of_its_own_stays_on_its_day(desk: Desk, folder: Path) -> None:
    base = folder / "overlays" / "house.order.test.yaml"
    base.write_text(
        OWN + "stories:\n  mine:\n    - {story: order#written, but: [{after: write, later: 4 days}]}\n"
        "    - {at: 2026-03-19 12:00, by: carl, do: order, then: {stage: ordered}}\n"
        + PLAYED.replace("{story}", "mine"),
        encoding="utf-8",
    )
    assert days(told(desk, base))[-1] == "2026-03-19 12:00"
    assert says(run_file(base, desk)) == []


def test_the_new_end_of_a_deadline_moves_with_the_act_that_names_it(desk: Desk, folder: Path) -> None:
    order = ORDER.replace("counting: plain}", "counting: plain, acts: {extend: {by: clerk}}}")
    (folder / "order.yaml").write_text(order, encoding="utf-8")
    line = "    - {at: 2026-03-05 09:00, by: carl, extend: pause, until: 2026-03-14, reason: Illness}\n"
    base = BASE.replace("  ordered:\n", line + "  ordered:\n")
    (folder / "order.test.yaml").write_text(base, encoding="utf-8")
    assert told(desk, file(folder, FOUR_DAYS))[5].until == "2026-03-18"


def test_a_day_that_is_known_only_by_its_month_is_not_moved(desk: Desk, folder: Path) -> None:
    base = folder / "order.test.yaml"
    base.write_text(BASE.replace("at: 2026-03-13 12:00", "at: 2026-03"), encoding="utf-8")
    (problem,) = refused(desk, file(folder, FOUR_DAYS))
    assert "`2026-03`" in problem.fact
    assert (problem.place.line, problem.code) == (8, "bad-value")


@pytest.mark.parametrize(
    ("but", "fact", "mend"),
    [
        ("{after: wriet, later: 4 days}", "In the story `order#ordered` nobody does `wriet`.", "Did you mean `write`?"),
        ("{before: write, later: 4 days}", "`later` goes with `after`.", ONLY_AFTER),
        ("{later: 4 days}", "`later` goes with `after`.", ONLY_AFTER),
        (
            "{after: write, later: 4 hours}",
            "`later` counts days, and `4 hours` are none.",
            "Write days, working days, weeks, months or years.",
        ),
        ("{after: write, later: 4}", "", ""),
        (
            "{after: write, later: 4 days, steps: [{at: 2026-03-05 09:00, by: carl, fill: {price: 5}}]}",
            "`later` and `steps` stand together.",
            "Write what is done in an entry of its own.",
        ),
    ],
)
def test_what_cannot_be_moved_is_refused_with_a_mend(desk: Desk, folder: Path, but: str, fact: str, mend: str) -> None:
    (problem,) = refused(desk, file(folder, but))
    assert problem.place.line == 8
    if fact:
        assert (problem.fact, problem.mend) == (fact, mend)


def test_a_time_that_the_clocks_skip_is_told_at_the_change(desk: Desk, folder: Path) -> None:
    base = folder / "order.test.yaml"
    base.write_text(BASE.replace("at: 2026-03-13 12:00", "at: 2026-03-22 02:30"), encoding="utf-8")
    played = PLAYED.replace("{story}", "mine")
    (fault,) = run_file(file(folder, "{after: write, later: 1 week}", more=played), desk).faults
    assert "2026-03-29 02:30" in fault.says
    assert "02:30" in fault.says


def test_a_story_that_comes_too_early_says_what_to_write(desk: Desk, folder: Path) -> None:
    own = folder / "overlays" / "house.order.test.yaml"
    own.write_text(OWN + PLAYED.replace("{story}", "order#ordered"), encoding="utf-8")
    (fault,) = run_file(own, desk).faults
    assert "possible from 2026-03-17 00:00" in fault.says
    assert "but: [{after: register, on: supplier/beta, later: 4 days}]" in fault.says


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 400))
def test_the_distances_between_later_acts_stay_for_calendar_days(count: int) -> None:
    from datetime import datetime

    from inprocap_flow.service.scenarios.later import moved_text

    first, second = "2026-03-13 10:00", "2026-06-30 12:30"
    both = [datetime.fromisoformat(moved_text(one, f"P{count}D", "Europe/Copenhagen")) for one in (first, second)]
    assert both[1] - both[0] == datetime.fromisoformat(second) - datetime.fromisoformat(first)
