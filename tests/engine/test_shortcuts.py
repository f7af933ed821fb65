"""A plan moves a case over, and nothing else: it takes no step, stops no clock, fills no field."""

from __future__ import annotations

from typing import Any

import pytest

from inprocap_flow.engine.records import Decision
from inprocap_flow.language.migrations import Answers, LineChange
from tests.engine.conftest import Play
from tests.engine.test_migrating import codes, newer, over, plan

__all__ = ["newer"]  # a fixture


def refused(play: Play, new: Any, when: str, change: LineChange, answers: Answers | None = None) -> list[str]:
    """Return what the plan is refused for, and that nothing of the case has changed."""
    before = play.case.lines
    found = codes(over(play, new, when, plan(play, new, answers, main=change)))
    assert {code for code, _ in found} == {"not-by-a-plan"}
    assert play.case.lines == before
    return [about for _, about in found]


def test_a_standstill_that_the_new_version_has_too_is_not_stopped(standing_still: Play, newer: Any) -> None:
    change = LineChange(deadlines={"standstill": "stop"})
    assert refused(standing_still, newer(), "2026-03-05 09:00", change) == ["standstill"]
    longer = newer(("value: 10 days, source", "value: 20 days, source"))
    assert refused(standing_still, longer, "2026-03-05 09:00", change) == ["standstill"]
    assert standing_still.deadline("standstill").status == "running"


def test_no_case_is_mapped_from_a_stage_that_is_still_there_past_steps_and_signatures(ready: Play, newer: Any) -> None:
    change = LineChange(stages={"preparation.ready": "bidding.over"})
    assert refused(ready, newer(), "2026-01-12 10:00", change) == ["preparation.ready"]


def test_no_case_is_mapped_from_a_stage_that_is_gone_past_a_milestone(ready: Play, newer: Any) -> None:
    new = newer(
        ("      ready: {title: Ready}", "      complete: {title: Ready}"),
        ("preparation.ready", "preparation.complete"),
    )
    change = LineChange(stages={"preparation.ready": "bidding.running"})
    assert refused(ready, new, "2026-01-12 10:00", change) == ["call_sent"]
    right = LineChange(stages={"preparation.ready": "preparation.complete"})
    assert isinstance(over(ready, new, "2026-01-12 10:00", plan(ready, new, main=right)), Decision)


@pytest.mark.parametrize(
    ("change", "answers"),
    [
        (LineChange(values={"value": {"amount": "1", "currency": "EUR"}}), None),
        (LineChange(fields={"value": "ask"}), Answers(values={"case value": {"amount": "1", "currency": "EUR"}})),
        (LineChange(), Answers(values={"case value": {"amount": "1", "currency": "EUR"}})),
        (LineChange(fields={"value": "drop"}), None),
    ],
    ids=["for all", "asked for", "for one", "dropped"],
)
def test_what_goes_over_as_it_is_is_neither_filled_nor_emptied(
    ready: Play, newer: Any, change: LineChange, answers: Answers | None
) -> None:
    ready.does("2026-01-07 09:00", "dora", "sign", "launch")
    assert refused(ready, newer(), "2026-01-07 10:00", change, answers) == ["value"]


def test_signatures_for_a_value_that_is_another_now_are_void(ready: Play, newer: Any) -> None:
    ready.does("2026-01-07 09:00", "dora", "sign", "launch")
    new = newer(("  value:\n    type: money\n    above: 0", "  value:\n    type: number\n    above: 0"))
    change = LineChange(fields={"value": "ask"}, values={"value": "5"})
    assert isinstance(over(ready, new, "2026-01-07 10:00", plan(ready, new, main=change)), Decision)
    assert "approval_voided" in ready.kinds
    assert [one.status for one in ready.approval("launch").signatures] == ["void"]


@pytest.mark.parametrize(
    "pairs",
    [{"call_sent": "bids_closed"}, {"call_sent": "bids_closed", "bids_closed": "call_sent"}],
    ids=["one for another", "exchanged"],
)
def test_nothing_sealed_comes_open_because_a_milestone_is_called_as_another(
    bids_in: Play, newer: Any, pairs: dict[str, str]
) -> None:
    change = LineChange(renamed={"milestones": pairs})
    assert refused(bids_in, newer(), "2026-02-11 09:00", change) == list(pairs)
