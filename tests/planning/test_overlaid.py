"""Plans of a procedure with the overlays of its organisation: detours, their lengths and meetings, what is lifted."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, Case, LineState, When
from inprocap_flow.errors import Unsupported
from inprocap_flow.records import changed
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.planning.assuming import read_given
from inprocap_flow.service.planning.ends import blank_case
from inprocap_flow.service.planning.finding import binding_of_file
from inprocap_flow.service.planning.living import expect
from inprocap_flow.service.planning.plans import Question, Timetable
from inprocap_flow.service.planning.timetable import plan_procedure
from inprocap_flow.settings import Settings
from inprocap_flow.store.opening import open_store
from tests.planning.conftest import OWN

BEFORE, START = date(2027, 1, 11), date(2027, 2, 1)


def house(day: date = START) -> Binding:
    desk = Desk(open_store("sqlite://"), settings=Settings(definitions=OWN))
    return binding_of_file(desk, OWN / "council.yaml", "house", day)


def planned(*assume: str, start: date = START) -> Timetable:
    binding = house(start)
    given = read_given(binding.definition, binding.organisation.zone, assume=("weeks_open=6 weeks", *assume))
    return plan_procedure(binding, Question(start=start, given=given))


def steps(made: Timetable) -> list[str]:
    return [leg.step.name for leg in made.legs if leg.step]


def test_a_plan_takes_the_overlays_that_are_in_force_on_its_first_day() -> None:
    assert house(BEFORE).definition.full_version == "1"
    assert house().definition.full_version == "1 + house-rules 1"


def test_a_detour_is_planned_with_what_it_usually_takes_and_the_meeting_that_it_needs() -> None:
    made = planned("large=yes")
    assert "ask_firms" in steps(made)
    meeting = made.row("meeting survey_agreed")
    assert meeting is not None
    assert meeting.day == date(2027, 3, 16)
    asked, sent = made.row("step ask_firms"), made.row("call_sent")
    assert asked is not None
    assert sent is not None
    assert (sent.day - asked.day).days == 21
    assert ("survey", "typical") in {(str(used.thing), used.length.basis) for used in made.used}


def test_a_detour_that_is_not_needed_is_not_planned() -> None:
    made = planned("large=no")
    assert "ask_firms" not in steps(made)
    assert made.row("call_sent") is not None


def test_what_is_not_known_yet_is_planned_with_the_detour() -> None:
    assert "ask_firms" in steps(planned())


def case(state: str, **more: Any) -> Case:
    since = When.exactly(datetime(2027, 2, 1, 9, tzinfo=UTC))
    main = LineState(MAIN, "", state, 1, since=since.to_plain(), fields={"need": "A pump", "large": True})
    found = blank_case(house(), {})
    return changed(found, opened_at="2027-02-01T09:00:00.000000Z", lines={MAIN: main}, **more)


def expected(stands: Case) -> list[str]:
    binding = house()
    given = read_given(binding.definition, binding.organisation.zone, assume=("weeks_open=6 weeks",))
    return steps(expect(binding, stands, Question(given=given), datetime(2027, 2, 8, 9, tzinfo=UTC)))


def test_a_case_on_the_detour_goes_on_from_there() -> None:
    assert expected(case("drafted"))[:2] == ["ask_firms", "send_call"]
    assert expected(case("survey"))[0] == "send_call"


def test_a_case_in_which_the_rule_was_lifted_may_go_past_the_detour() -> None:
    binding = house()
    with pytest.raises(Unsupported, match="no way leads"):
        expect(binding, case("drafted"), Question(without=("ask_firms",)), datetime(2027, 2, 8, 9, tzinfo=UTC))
    assert expected(case("drafted", lifted={"survey_first": "no_survey"}))[0] == "send_call"


def test_the_command_says_which_overlays_it_plans_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INPROCAP_FLOW_DEFINITIONS", str(OWN))
    monkeypatch.setenv("COLUMNS", "80")
    words = ["plan", str(OWN / "council.yaml"), "--organisation", "house", "--assume", "weeks_open=6 weeks"]
    said = CliRunner().invoke(inprocap_flow, [*words, "--start", "2027-02-01"]).output
    assert "council 1 + house-rules 1, for house" in said
    assert "Market survey" in said
    assert "house-rules" not in CliRunner().invoke(inprocap_flow, [*words, "--start", "2027-01-11"]).output


def test_a_plan_counted_back_takes_the_overlays_of_the_day_on_which_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INPROCAP_FLOW_DEFINITIONS", str(OWN))
    words = ["--now", "2027-01-04T09:00+01:00", "plan", str(OWN / "council.yaml"), "--organisation", "house"]
    words += ["--assume", "weeks_open=6 weeks"]
    late = CliRunner().invoke(inprocap_flow, [*words, "--finish", "2028-06-30"]).output
    assert "house-rules 1" in late
    soon = CliRunner().invoke(inprocap_flow, [*words, "--finish", "2027-04-30"]).output
    assert "house-rules" not in soon
