"""A timetable says when each milestone comes, when it must come, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from inprocap_flow.errors import InvalidInput, NotFound, Unsupported
from inprocap_flow.service.planning.assuming import read_given
from inprocap_flow.service.planning.plans import Question, Timetable
from inprocap_flow.service.planning.timetable import plan_procedure
from tests.planning.conftest import SHIPPED, Bound, bound_to_house

START = date(2026, 11, 23)


def planned(procedure: str, start: date = START, *, assume: tuple[str, ...] = (), **more: Any) -> Timetable:
    binding = bound_to_house(procedure)
    given = read_given(binding.definition, binding.organisation.zone, assume=assume)
    if "finish" not in more:
        more["start"] = start
    return plan_procedure(binding, Question(given=given, **more))


def day_of(made: Timetable, name: str) -> date:
    row = made.row(name)
    assert row is not None, name
    return row.day


# ------------------------------------------------------------------------------------------ the way


@pytest.mark.parametrize("procedure", ["open", "pcp", "innovation-partnership"])
def test_the_usual_way_asks_the_market_and_waits_for_the_standstill(procedure: str) -> None:
    steps = [leg.step.name for leg in planned(procedure).legs if leg.step]
    assert "announce_consultation" in steps
    assert "standstill_over" in steps
    assert not {"skip_consultation", "waive_standstill", "cancel", "rank_anew", "abandon"} & set(steps)


@pytest.mark.parametrize("procedure", SHIPPED)
def test_a_plan_ends_where_the_procedure_is_completed(procedure: str) -> None:
    made = planned(procedure)
    assert made.binding.definition.main.stages[made.legs[-1].stage].final == "completed"


def test_whoever_plans_can_leave_the_consultation_out() -> None:
    short, whole = planned("open", by=("skip_consultation",)), planned("open")
    assert short.row("omc_announced") is None
    assert short.finish < whole.finish


def test_a_phase_that_was_not_announced_is_not_planned() -> None:
    made = planned("innovation-partnership", assume=("phases=2",))
    assert made.row("phase_2_assessed") is not None
    assert made.row("phase_3_started") is None


def test_a_fact_decides_between_branches() -> None:
    assert planned("council", assume=("large=yes",)).row("step check") is not None
    assert planned("council", assume=("large=no",)).row("step check") is None
    assert planned("council", by=("evaluate=awarded",)).row("step check") is None


def test_a_step_that_nobody_knows_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(NotFound, match="did you mean skip_consultation"):
        planned("open", by=("skip_consultations",))


def test_without_a_step_that_every_way_needs_there_is_no_plan() -> None:
    with pytest.raises(Unsupported, match="no way leads"):
        planned("open", without=("send_call",))


@pytest.mark.parametrize(
    ("procedure", "step", "end"),
    [
        ("pcp", "stop_pcp", "ended_early"),
        ("open", "cancel", "cancelled"),
        ("open", "abandon", "given_up"),
        ("open", "terminate", "ended_early"),
        ("innovation-partnership", "no_purchase", "ended_early"),
    ],
)
def test_a_way_out_that_is_named_is_planned_to_the_end_it_leads_to(procedure: str, step: str, end: str) -> None:
    assert planned(procedure, by=(step,)).legs[-1].stage == end


# ------------------------------------------------------------------------------------------ the days


def test_a_stage_lasts_as_long_as_the_definition_says_it_usually_does() -> None:
    assert day_of(planned("open"), "need_assessed") == date(2026, 12, 14)  # 3 weeks after the 23rd of November


def test_the_closing_day_is_proposed_above_the_floor_on_a_working_day() -> None:
    made = planned("open")
    row = made.row("deadline case tenders")
    assert row is not None
    assert row.by_hand
    assert (row.day - day_of(made, "call_sent")).days >= 45
    assert row.day.weekday() < 5
    assert any("35 days" in rule and "[not confirmed]" in rule for rule in row.rules)


def test_a_fact_that_shortens_the_standstill_shortens_the_plan() -> None:
    by_post, electronic = planned("open"), planned("open", assume=("sent_electronically=yes",))
    assert day_of(by_post, "deadline case standstill") - day_of(by_post, "decision_notified") >= (
        day_of(electronic, "deadline case standstill") - day_of(electronic, "decision_notified")
    )
    assert electronic.finish < by_post.finish


def test_people_do_nothing_on_a_day_on_which_their_house_is_closed() -> None:
    closed = planned("council", date(2027, 7, 19))  # two weeks later the house is closed for summer
    assert day_of(closed, "call_sent") == date(2027, 8, 16)


def test_a_phase_lasts_as_long_as_its_field_says_and_suppliers_deliver_before_its_end() -> None:
    made = planned("pcp", assume=("length_1=6 months",))
    started, ended = day_of(made, "phase_1_started"), day_of(made, "phase_1_assessed")
    assert 181 <= (ended - started).days <= 186
    assert started < day_of(made, "phase_1_deliverables_in") < ended


def test_a_deadline_counted_back_from_the_closing_lies_before_it() -> None:
    made = planned("open")
    asked = [row for row in made.rows if row.title == "Questions may be asked"]
    assert [(day_of(made, "deadline case tenders") - row.day).days for row in asked] == [11]  # the tenth day is late


def test_a_day_beyond_the_calendar_is_provisional() -> None:
    made = planned("pcp", date(2028, 6, 1))
    assert not made.rows[0].provisional
    assert made.rows[-1].provisional


def test_a_plan_as_far_as_a_milestone_ends_there() -> None:
    made = planned("open", until="contract_signed")
    assert made.finish == day_of(made, "contract_signed")
    assert all(row.day <= made.finish for row in made.rows)
    with pytest.raises(NotFound, match="does not reach 'signed'"):
        planned("open", until="signed")


# ------------------------------------------------------------------------------------------ committees


def test_an_approval_of_a_committee_waits_for_the_first_meeting_that_its_papers_can_still_go_to() -> None:
    made = planned("council", date(2027, 3, 22), assume=("weeks_open=5 weeks", "opened=1 week"))
    ready = made.row("papers evaluate")
    assert ready is not None
    assert ready.day == date(2027, 5, 17)  # after two, five and one week
    assert ready.latest == date(2027, 5, 28), "papers are due on the day of their gate, included"
    assert day_of(made, "meeting award") == date(2027, 6, 15)
    assert day_of(made, "evaluated") == date(2027, 6, 15)


def test_the_latest_safe_day_of_the_papers_is_that_of_the_meeting_before_the_tenders_bind_no_longer() -> None:
    ready = planned("council", date(2027, 1, 4), assume=("weeks_open=5 weeks",)).row("papers evaluate")
    assert ready is not None
    assert (ready.day, ready.latest) == (date(2027, 3, 22), date(2027, 2, 26))


def test_missing_a_meeting_by_a_day_moves_the_award_to_the_next() -> None:
    in_time = planned("council", date(2027, 1, 4), assume=("weeks_open=5 weeks", "opened=9 weeks"))
    too_late = planned("council", date(2027, 1, 4), assume=("weeks_open=5 weeks", "opened=14 weeks"))
    assert day_of(in_time, "evaluated") == date(2027, 6, 15)
    assert day_of(too_late, "evaluated") == date(2027, 9, 14)


def test_tenders_that_bind_no_longer_when_the_council_meets_are_said_to_be_missed() -> None:
    made = planned("council", date(2027, 1, 4), assume=("weeks_open=5 weeks",))
    assert day_of(made, "deadline case tenders_bind") == date(2027, 5, 24)
    assert [row.name for row in made.missed] == ["step evaluate"]


def test_a_plan_beyond_the_known_meetings_says_so() -> None:
    made = planned("council", date(2027, 11, 1))
    assert any("No meeting of council is known" in note for note in made.notes)


def test_a_deadline_counted_back_from_the_gate_of_the_meeting_is_planned() -> None:
    made = planned("council", date(2027, 1, 4), assume=("weeks_open=5 weeks",))
    row = made.row("deadline case papers_to_the_house")
    assert row is not None
    assert row.day == date(2027, 5, 22)  # five days before the 28th of May is the 23rd; on it, it is late


# ------------------------------------------------------------------------------------------ what is assumed


def test_no_unknown_length_is_silently_zero() -> None:
    made = planned("open")
    days = {row.step_of: row for row in made.rows if row.step_of}
    for leg in made.legs:
        if leg.step is None or leg.step.is_system or leg.step.is_automatic:
            continue
        row = days[leg.step.name]
        assert row.since is None or row.day > row.since, f"{leg.stage} takes no time, and nobody said so"


def test_what_is_assumed_is_listed_and_gone_once_it_is_said() -> None:
    assumed = {str(one.thing) for one in planned("pcp").assumptions}
    assert "length_1" in assumed
    made = planned("pcp", assume=("length_1=30 months",))
    assert "length_1" not in {str(one.thing) for one in made.assumptions}
    assert made.finish > planned("pcp").finish


def test_collecting_signatures_takes_the_time_that_is_said() -> None:
    plain, slow = planned("open"), planned("open", assume=("approval.launch=3 weeks",))
    assert (day_of(slow, "call_sent") - day_of(plain, "call_sent")).days >= 21


@pytest.mark.parametrize(
    ("typed", "fact"),
    [
        ("tendering.opend=3 weeks", "did you mean tendering.open"),
        ("tendering.opened", "gives no value"),
        ("tendering.opened=3", "unit is missing"),
        ("tendering.opened=3 weeks..2 weeks..1 week", "does not rise"),
        ("length_1=long", "not a period"),
        ("standstill=3 days", "said by the procedure"),
    ],
)
def test_a_length_that_cannot_be_read_is_refused_with_the_mend(typed: str, fact: str) -> None:
    binding = bound_to_house("pcp" if typed.startswith("length") else "open")
    with pytest.raises(InvalidInput, match=fact):
        read_given(binding.definition, binding.organisation.zone, assume=(typed,))


def test_shipped_procedures_are_bound(bound: Bound) -> None:
    assert bound("open").organisation.name == "example-lab"


def test_a_plan_names_the_facts_that_would_change_a_legal_period() -> None:
    """Nobody has said how letters are sent, so fifteen days are planned, and the plan says that it might be ten."""
    made = planned("open")
    standstill = next(one for one in made.reductions if one.limit == "standstill")
    assert (standstill.value, standstill.instead_of, standstill.facts) == (
        "10 days", "15 days", ("sent_electronically",)
    )  # fmt: skip
    assert (standstill.taken, standstill.open) == (False, True)


def test_a_reduction_that_was_said_is_counted_on_and_one_denied_is_not_open() -> None:
    yes, no = (planned("open", assume=(f"sent_electronically={said}",)) for said in ("yes", "no"))
    taken, denied = (next(one for one in made.reductions if one.limit == "standstill") for made in (yes, no))
    assert (taken.taken, taken.open) == (True, False)
    assert (denied.taken, denied.open) == (False, False)
