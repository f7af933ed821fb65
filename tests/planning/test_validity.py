"""A plan says when a contract would come after the end of the time for which tenders bind."""

from __future__ import annotations

from datetime import date

import pytest

from inprocap_flow.cli.plan_text import lines
from inprocap_flow.cli.words import day
from inprocap_flow.service.planning.assuming import read_given
from inprocap_flow.service.planning.plans import Question, Timetable
from inprocap_flow.service.planning.risks import risks
from inprocap_flow.service.planning.spread import spread
from inprocap_flow.service.planning.timetable import plan_procedure
from tests.planning.conftest import bound_to_house

SIGNED = "first_contract_signed"
WHERE_TENDERS_COME_IN = {
    "call-off": SIGNED,
    "competitive-dialogue": SIGNED,
    "competitive-dialogue-lots": "contract_signed",
    "competitive-negotiation": SIGNED,
    "competitive-negotiation-lots": "contract_signed",
    "innovation-partnership": SIGNED,
    "innovation-partnership-utilities": SIGNED,
    "negotiated-without-notice": SIGNED,
    "open": SIGNED,
    "open-lots": "contract_signed",
    "pcp": SIGNED,
    "qualified-call": SIGNED,
    "restricted": SIGNED,
    "restricted-lots": "contract_signed",
}


def planned(procedure: str, *assume: str, by: tuple[str, ...] = ()) -> Timetable:
    binding = bound_to_house(procedure)
    given = read_given(binding.definition, binding.organisation.zone, assume=assume)
    return plan_procedure(binding, Question(start=date(2026, 11, 23), by=by, given=given))


@pytest.mark.parametrize(("procedure", "milestone"), WHERE_TENDERS_COME_IN.items())
def test_a_plan_says_that_the_tenders_bind_no_longer_when_the_contract_is_signed(
    procedure: str, milestone: str
) -> None:
    made = planned(procedure, "tenders_bind_for=2 weeks")
    assert milestone in [row.milestone for row in made.missed]
    text = " ".join(" ".join(lines(made)).split())
    assert "Validity of the tenders ends before it, on" in text


@pytest.mark.parametrize(("procedure", "milestone"), WHERE_TENDERS_COME_IN.items())
def test_a_contract_within_that_time_is_not_too_late(procedure: str, milestone: str) -> None:
    made = planned(procedure, "tenders_bind_for=36 months")
    assert milestone not in [row.milestone for row in made.missed]


@pytest.mark.parametrize(("procedure", "milestone"), WHERE_TENDERS_COME_IN.items())
@pytest.mark.parametrize("assume", [("tenders_bind_for=6 months",), ()])
def test_a_plan_says_in_how_many_runs_the_contract_comes_after_that_time(
    procedure: str, milestone: str, assume: tuple[str, ...]
) -> None:
    made = planned(procedure, *assume)
    chances = spread(made.draft.network, runs=100)
    found = next(one for one in risks(made, chances) if "deadline case tenders_bind" in one.end.name)
    assert found.late.milestone == milestone
    assert found.assumed == (not assume)
    assert found.share == chances.late[found.late.name, found.end.name]
    text = " ".join(" ".join(lines(made, chances)).split())
    assert f'"{found.late.title}" after the end of {found.end.title}' in text
    said = f"{found.end.title} ({day(found.end.day)}; 3 months assumed, nobody has said how long)"
    assert (said in text) == (not assume)


def test_where_no_length_has_a_range_what_is_said_is_as_planned() -> None:
    made = planned("open", "tenders_bind_for=2 weeks")
    text = " ".join(" ".join(lines(made)).split())
    assert '"The first contract is signed" after the end of Validity of the tenders' in text
    assert "No length of this plan has a range, so chance is not played." in text


def test_a_time_that_nobody_stated_makes_nothing_too_late() -> None:
    made = planned("open")
    assert made.missed == ()
    assert "tenders_bind_for" in [use.thing.name for use in made.assumptions]


def test_final_tenders_bind_from_their_own_closing_on() -> None:
    made = planned("competitive-negotiation", "tenders_bind_for=6 months")
    ends = [row for row in made.rows if row.title == "Validity of the tenders"]
    closing = next(row for row in made.rows if row.milestone == "final_closed")
    assert [row.day > closing.day for row in ends] == [True]


def test_the_offers_after_a_design_contest_bind_where_the_plan_goes_on_to_them() -> None:
    plain = planned("design-contest", "tenders_bind_for=2 weeks")
    assert "Validity of the tenders" not in [row.title for row in plain.rows]
    asked = planned("design-contest", "tenders_bind_for=2 weeks", by=("request_offers",))
    assert SIGNED in [row.milestone for row in asked.missed]
