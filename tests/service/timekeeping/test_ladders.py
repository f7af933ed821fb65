"""What is planned is what the cases say, put down with the outcome that changed it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.engine.case.records import Refusal, Request
from inprocap_flow.language.model import Reminding
from inprocap_flow.service.acting import act, preview
from inprocap_flow.service.timekeeping.rebuilding import rebuild, rebuild_where_needed
from tests.engine.conftest import moment
from tests.service.timekeeping.conftest import HOUSE, House
from tests.simulator.faults import Counter, Crash, Fault


def test_a_new_case_is_watched_from_its_first_moment(house: House) -> None:
    house.opens()
    assert house.planned == [("case-1", "silence case", "2026-01-12 08:00")]


def test_only_the_next_rung_of_each_ladder_is_planned(house: House) -> None:
    house.opens()
    house.calls()
    assert house.planned == [("case-1", "deadline case tenders", "2026-02-06 08:00")]


def test_what_changes_a_ladder_plans_it_with_the_same_commit(house: House) -> None:
    house.opens()
    house.calls()
    counter = Counter()
    watched = house.again(counter)
    watched.does("2026-01-06 10:00", "ben", "fill", fields={"closes": "2026-03-20T16:00:00+01:00"})
    counter.taken()
    watched.does("2026-01-06 11:00", "ben", "do", "prolong")
    statements = counter.taken()
    assert statements.count("COMMIT") == 1
    assert sum("reminders" in one for one in statements) == 1
    assert house.planned == [("case-1", "deadline case tenders", "2026-03-06 08:00")]


def test_what_changes_no_ladder_plans_nothing(house: House) -> None:
    house.opens()
    house.calls()
    counter = Counter()
    watched = house.again(counter)
    watched.does("2026-01-06 10:00", "ben", "fill", fields={"note": "a"})
    assert not any("reminders" in one for one in counter.taken())


def test_stopping_takes_the_plan_away_and_annulling_the_stop_brings_it_back(house: House) -> None:
    house.opens()
    house.calls()
    before = house.planned
    decision = house.does("2026-01-07 10:00", "ben", "do", "withdraw_call")
    assert house.planned == [("case-1", "silence case", "2026-01-14 08:00")]
    house.does("2026-01-08 10:00", "ben", "annul", str(decision.events[0].decision), reason="a mistake")
    assert house.planned == before


def test_the_end_of_a_case_leaves_nothing_planned(house: House) -> None:
    house.opens()
    house.calls()
    house.does("2026-01-07 10:00", "ben", "do", "finish")
    assert house.planned == []


def test_a_refusal_and_a_preview_plan_nothing(house: House) -> None:
    house.opens()
    before = house.planned
    house.at("2026-01-06 10:00")
    assert isinstance(act(house.desk, "case-1", Request("do", "ben", "prolong")), Refusal)
    preview(house.desk, "case-1", Request("fill", "ben", fields={"note": "a"}))
    assert house.planned == before


def test_expiries_that_stand_with_a_refusal_plan_what_follows_from_them(house: House) -> None:
    house.opens()
    house.calls()
    house.at("2026-02-20 16:30")
    assert isinstance(act(house.desk, "case-1", Request("do", "ben", "prolong")), Refusal)
    assert [(ladder, due) for _, ladder, due in house.planned] == [
        ("deadline case tenders", "2026-02-20 16:00"),
        ("deadline case report", "2026-02-27 08:00"),  # the last day is 2 March, and 28 February a Saturday
    ]


@pytest.mark.parametrize("after_it", [False, True])
@pytest.mark.parametrize("at", range(1, 12))
def test_a_crash_at_any_statement_leaves_the_case_and_its_plan_in_step(house: House, at: int, after_it: bool) -> None:
    house.opens()
    broken = house.again(Fault(at=at, after_it=after_it))
    house.at("2026-01-05 10:00")
    house.does("2026-01-05 10:00", "ben", "fill", fields={"closes": "2026-02-20T16:00:00+01:00"})
    asked = Request("do", "ben", "call", idempotency_key="call")
    try:
        act(broken.desk, "case-1", asked)
    except Crash:
        act(house.desk, "case-1", asked)  # whoever hears nothing asks again
    assert house.planned == [("case-1", "deadline case tenders", "2026-02-06 08:00")]


# ---------------------------------------------------------------------------------------------- made anew


def test_cases_older_than_reminders_get_theirs(house: House) -> None:
    house.opens()
    house.calls()
    house.opens("case-2")
    before = house.planned
    with house.desk.store.writing() as work:
        work.reminders.drop("case-1", ["deadline case tenders"])
        work.reminders.drop("case-2", ["silence case"])
    assert house.planned == []
    assert rebuild_where_needed(house.desk, moment("2026-01-06 09:00")) == 2
    assert house.planned == before
    assert rebuild_where_needed(house.desk, moment("2026-01-06 09:00")) == 0  # once is enough


def test_what_is_planned_for_nothing_is_dropped(house: House) -> None:
    from inprocap_flow.store.planned import Planned

    house.opens()
    before = house.planned
    with house.desk.store.writing() as work:
        work.reminders.put([Planned("2026-01-07T07:00:00.000000Z", "case-1", "deadline case gone", "before P1D")])
    rebuild(house.desk, "lab", moment("2026-01-06 09:00"))
    assert house.planned == before


def test_a_new_hour_of_the_organisation_moves_what_is_planned_and_says_nothing_twice(house: House) -> None:
    house.opens()
    house.calls()
    house.ticks("2026-02-06 08:00")
    assert house.reminders == [("case-1", "role:officer", "tenders")]
    house.release(replace(HOUSE, version="2", reminders=Reminding(hour="10:00")))
    rebuild_where_needed(house.desk, moment("2026-02-06 08:30"))
    assert house.planned == [("case-1", "deadline case tenders", "2026-02-18 10:00")]
    house.ticks("2026-02-06 10:00")
    assert len(house.reminders) == 1


def test_making_everything_anew_says_nothing_that_was_said(house: House) -> None:
    house.opens()
    house.calls()
    house.ticks("2026-02-18 08:00")
    house.ticks("2026-02-20 16:00")
    house.ticks("2026-02-27 08:00")
    house.ticks("2026-03-03 08:00")
    said = house.reminders
    assert len(said) == 4
    with house.desk.store.writing() as work:
        work.reminders.drop("case-1", [ladder for _, ladder, _ in house.planned])
    rebuild(house.desk, "lab", moment("2026-03-04 09:00"))
    house.ticks("2026-03-04 09:00")
    assert house.reminders == said


def test_a_newer_calendar_moves_what_was_provisional_and_what_is_planned_for_it(house: House) -> None:
    known_until = Calendar("lab", "1", covers_from=date(2026, 1, 1), covers_until=date(2026, 2, 25)).to_plain()
    house.release(replace(HOUSE, version="2", calendars={"holidays": known_until}))
    house.opens()
    house.calls()
    house.ticks("2026-02-20 16:00")
    assert house.rows("SELECT name, provisional FROM deadlines WHERE status = 'running'") == [("report", 1)]
    feast = Calendar("lab", "2", holidays={date(2026, 3, 2): "A feast"}).to_plain()
    house.release(replace(HOUSE, version="3", calendars={"holidays": feast}))
    rebuild_where_needed(house.desk, moment("2026-02-21 09:00"))
    running = "SELECT name, provisional, last_day FROM deadlines WHERE status = 'running'"
    assert house.rows(running) == [("report", 0, "2026-03-03")]
    assert len(house.events("deadline_recomputed")) == 1
