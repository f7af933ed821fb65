"""A plan lists the conditions that only warn: what will be said, by which rule, and whether it is known yet."""

from __future__ import annotations

from datetime import date

from inprocap_flow.cli.plan_text import lines
from inprocap_flow.service.planning.assuming import read_given
from inprocap_flow.service.planning.plans import Question, Timetable
from inprocap_flow.service.planning.timetable import plan_procedure
from tests.planning.conftest import bound_to_house

SAYS = "The value is below the threshold: the directive does not bind, national rules do."


def planned(*assume: str, procedure: str = "open-lots", until: str | None = None) -> Timetable:
    binding = bound_to_house(procedure)
    given = read_given(binding.definition, binding.organisation.zone, assume=assume)
    return plan_procedure(binding, Question(start=date(2026, 11, 23), given=given, until=until))


def test_a_condition_that_only_warns_is_listed_with_its_step_and_rule_while_nobody_knows() -> None:
    (caution,) = [one for one in planned().cautions if one.says == SAYS]
    assert (caution.holds, caution.step) == (None, "send_call")
    assert caution.rule
    assert caution.basis


def test_what_is_known_to_be_warned_of_says_so_and_what_holds_is_left_out() -> None:
    (small,) = [one for one in planned("estimated_value=1000 EUR").cautions if one.says == SAYS]
    assert small.holds is False
    assert SAYS not in [one.says for one in planned("estimated_value=90000000 EUR").cautions]


def test_a_warning_holds_nothing_up() -> None:
    small, large = planned("estimated_value=1000 EUR"), planned("estimated_value=90000000 EUR")
    assert [row.day for row in small.rows] == [row.day for row in large.rows]


def test_only_steps_that_the_plan_takes_are_listed() -> None:
    assert SAYS not in [one.says for one in planned(until="omc_announced").cautions]


def test_the_text_and_the_data_say_them() -> None:
    made = planned("estimated_value=1000 EUR")
    text = " ".join(" ".join(lines(made)).split())
    assert "Only warned of, never refused" in text
    assert SAYS in text
    assert "it will warn, by what is known" in text
    assert SAYS in [one["says"] for one in made.to_plain()["warnings"]]
