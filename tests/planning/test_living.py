"""A case is planned from where it stands: what has happened, what is expected, and what would be if."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

from inprocap_flow.calendar.zones import zone_named
from inprocap_flow.engine.case.records import Decision, Request
from inprocap_flow.errors import InvalidInput, Unsupported
from inprocap_flow.service.planning.assuming import read_given
from inprocap_flow.service.planning.durations import Given
from inprocap_flow.service.planning.living import CasePlan, Compared, plan_case
from inprocap_flow.service.planning.plans import Question
from inprocap_flow.service.rehearsal import Rehearsal
from tests.planning.conftest import bound_to_house

BERLIN = zone_named("Europe/Berlin")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@dataclass
class Story:
    """A case of the council, and what it is asked."""

    play: Rehearsal = field(default_factory=lambda: Rehearsal(bound_to_house("council")))

    def tell(self, at: str, kind: str, actor: str = "ola", name: str = "", **more: Any) -> Story:
        outcome = self.play.play(Request(kind, actor, name, **more), moment(at))
        assert isinstance(outcome, Decision), getattr(outcome, "blockers", outcome)
        return self

    def plan(self, at: str, *, assume: tuple[str, ...] = (), what_if: tuple[str, ...] = (), **more: Any) -> CasePlan:
        binding = self.play.binding
        zone = binding.organisation.zone
        said = read_given(binding.definition, zone, assume=assume)
        change: Given | None = read_given(binding.definition, zone, what_if=what_if) if what_if else None
        assert self.play.case is not None
        return plan_case(binding, self.play.case, Question(given=said, **more), moment(at), change)


@pytest.fixture
def called() -> Story:
    """A case whose call was sent on the 29th of March, a week later than planned, and closes on the 3rd of May."""
    story = Story().tell("2027-03-08 10:00", "open", name="open_case", fields={"need": "A magnet"})
    story.tell("2027-03-29 10:00", "fill", fields={"weeks_open": "P5W", "large": False})
    return story.tell("2027-03-29 10:05", "do", name="send_call")


def row(made: CasePlan, name: str) -> Compared:
    return next(one for one in made.rows if name in (one.row.name, one.row.milestone))


def test_what_has_happened_keeps_its_day_beside_the_one_first_planned(called: Story) -> None:
    sent = row(called.plan("2027-04-12 09:00"), "call_sent")
    assert (sent.planned, sent.now, sent.done) == (date(2027, 3, 22), date(2027, 3, 29), True)


def test_a_clock_that_runs_keeps_its_end(called: Story) -> None:
    assert row(called.plan("2027-04-12 09:00"), "deadline case tenders").now == date(2027, 5, 3)


def test_nothing_that_is_still_to_come_lies_before_today(called: Story) -> None:
    called.tell("2027-05-03 13:00", "fill", fields={"large": True})  # the call has closed by itself
    late = called.plan("2027-07-01 09:00")
    assert row(late, "papers evaluate").now == date(2027, 7, 1)
    assert all(
        one.now is None or one.done or one.row.kind == "deadline" or one.now >= date(2027, 7, 1) for one in late.rows
    )


def test_ten_days_more_are_said_to_miss_the_council_and_what_then_binds_no_longer(called: Story) -> None:
    made = called.plan("2027-04-12 09:00", assume=("opened=3 weeks",), what_if=("opened +10 days",))
    texts = [one.text for one in made.breaks if not one.before]
    assert any("misses summer on Tue 2027-06-15" in text and "by Fri 2027-05-28" in text for text in texts)
    assert any("comes after the end of Tenders bind their firms" in text for text in texts)
    assert row(made, "evaluated").later == 91


def test_a_change_within_the_slack_breaks_nothing(called: Story) -> None:
    made = called.plan("2027-04-12 09:00", assume=("opened=3 weeks",), what_if=("opened +2 days",))
    assert made.breaks == ()
    assert row(made, "evaluated").later == 0
    assert row(made, "papers evaluate").later == 2


def test_what_does_not_hold_anyway_is_told_apart_from_what_the_change_breaks(called: Story) -> None:
    made = called.plan("2027-04-12 09:00", assume=("opened=5 weeks",), what_if=("awarded +10 days",))
    assert made.breaks
    assert all(one.before for one in made.breaks)


def test_more_time_for_a_clock_that_runs_moves_all_that_waits_for_it(called: Story) -> None:
    made = called.plan("2027-04-12 09:00", what_if=("tenders +7 days",))
    assert row(made, "deadline case tenders").what_if == date(2027, 5, 10)
    assert row(made, "tenders_closed").later == 7


def test_more_time_for_a_stage_that_ends_with_its_clock_moves_the_clock(called: Story) -> None:
    """A call that is open for a week longer closes a week later: nothing else can keep it open."""
    by_stage = called.plan("2027-04-12 09:00", what_if=("open +7 days",))
    by_clock = called.plan("2027-04-12 09:00", what_if=("tenders +7 days",))
    assert row(by_stage, "deadline case tenders").what_if == date(2027, 5, 10)
    assert by_stage.rows == by_clock.rows


def test_an_approval_that_is_given_waits_for_no_meeting(called: Story) -> None:
    called.tell("2027-05-03 13:00", "fill", fields={"sitting": "summer"})
    called.tell("2027-05-10 09:00", "interest", "ada", extra={"conflict": False})
    called.tell("2027-05-10 10:00", "sign", "ada", "award")
    called.tell("2027-06-15 10:00", "sign", "cem", "award")
    made = called.plan("2027-06-16 09:00")
    assert not [one for one in made.rows if one.row.kind == "meeting"]
    assert row(made, "evaluated").now == date(2027, 6, 16)


def test_a_finish_that_is_required_and_not_met_is_said(called: Story) -> None:
    made = called.plan("2027-04-12 09:00", finish=date(2027, 6, 1))
    assert any("days after Tue 2027-06-01" in one.text for one in made.breaks)


def test_the_plan_of_a_case_can_be_drawn_from_json(called: Story) -> None:
    plain = called.plan("2027-04-12 09:00", what_if=("opened +10 days",)).to_plain()
    assert {"planned", "now", "what_if", "compared", "breaks"} <= plain.keys()
    assert all(one["now"] for one in plain["compared"])


def test_a_case_that_has_ended_has_no_plan(called: Story) -> None:
    called.tell("2027-04-01 10:00", "fill", fields={"large": False})
    called.tell("2027-05-04 10:00", "do", name="give_up", reason="no money")
    with pytest.raises(Unsupported, match="has ended"):
        called.plan("2027-05-05 09:00")


def test_a_change_of_something_that_does_not_exist_is_refused(called: Story) -> None:
    with pytest.raises(InvalidInput, match="did you mean opened"):
        called.plan("2027-04-12 09:00", what_if=("openned +10 days",))


def test_a_change_of_a_stage_that_lies_behind_changes_nothing_and_says_so(called: Story) -> None:
    made = called.plan("2027-04-12 09:00", what_if=("drafted +10 days",))
    assert any("drafted is not on the way" in one.text for one in made.breaks)
    assert all(one.later == 0 for one in made.rows)


# ---------------------------------------------------------------------------------------------- what was meant


def test_a_plan_says_what_it_took_to_take_longer(called: Story) -> None:
    (taken,) = called.plan("2027-04-12 09:00", what_if=("opened +10 days",)).taken
    assert taken.startswith('the stage "')
    assert taken.endswith("(opened) takes 10 days more")
    assert called.plan("2027-04-12 09:00").taken == ()


def test_a_name_of_an_approval_that_sounds_as_a_stage_does_is_asked_about() -> None:
    definition = bound_to_house("open").definition
    with pytest.raises(InvalidInput) as wrong:
        read_given(definition, "Europe/Berlin", what_if=("evaluation +40 days",))
    (problem,) = wrong.value.problems
    assert "may mean" in problem.fact
    assert 'write "approval.evaluation"' in problem.mend
    assert 'write "stage.tendering.checked"' in problem.mend
    assert 'write "stage.tendering.evaluated"' in problem.mend
    (one,) = read_given(definition, "Europe/Berlin", what_if=("approval.evaluation +40 days",)).delays
    assert (one.kind, one.name) == ("approval", "evaluation")
