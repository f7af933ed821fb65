"""Refusals for what neither law nor data answers: a period nobody can count, a limit without a value, no id."""

from __future__ import annotations

from inprocap_flow.engine.case.records import Refusal, Request
from inprocap_flow.engine.decide import decide
from tests.engine.conftest import Build, Play, blocker, moment


def test_hours_counted_back_are_refused_and_not_approximated(tiny: Build) -> None:
    play = tiny("""
    fields: {visit: {type: date, by: officer, title: Visit}}
    stages: {first: {owner: officer}, end: {final: completed}}
    steps: {finish: {from: first, to: end, by: officer}}
    deadlines: {before: {title: Before, kind: not_before, backwards_from: visit, period: 48 hours}}
    """)
    assert play.refused("2026-01-06 09:00", "ben", "fill", visit="2026-02-16").codes == ("deadline-not-computable",)


def test_a_limit_without_a_value_on_the_day_is_named(tiny: Build) -> None:
    play = tiny("""
    limits:
      share:
        says: A share
        basis: house_rule
        direction: at_least
        unit: number
        values: [{from: 2030-01-01, value: 5, source: House rules, confirmed_on: never}]
    fields: {kept: {type: number, title: Kept}}
    stages: {first: {owner: officer}, end: {final: completed}}
    steps: {finish: {from: first, to: end, by: officer, sets: {kept: limit('share')}}}
    """)
    assert "share" in blocker(play.refused("2026-01-06 09:00", "ben", "do", "finish"), "value-unknown").reason


def test_a_case_is_not_opened_without_an_id(play: Play) -> None:
    outcome = decide(play.rehearsal.binding, None, Request("open", "ben"), moment("2026-01-06 09:00"))
    assert isinstance(outcome, Refusal)
    assert outcome.codes == ("no-id", "field-missing")
