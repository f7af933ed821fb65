"""A plan moves a case over, and nothing else: it takes no step, stops no clock, fills no field."""

from __future__ import annotations

from typing import Any

import pytest

from inprocap_flow.engine.case.records import Decision
from inprocap_flow.language.migrations import Answers, LineChange
from inprocap_flow.service.rehearsal import Rehearsal
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


@pytest.mark.parametrize(
    ("change", "answers"),
    [
        (LineChange(values={"survey": "None wanted"}), None),
        (LineChange(fields={"survey": "ask"}), Answers(values={"case survey": "None wanted"})),
        (LineChange(), Answers(values={"case survey": "None wanted"})),
    ],
    ids=["for all", "asked for", "for one"],
)
def test_a_new_field_is_filled_by_a_plan_only_of_those_who_may_fill_it(
    ready: Play, newer: Any, change: LineChange, answers: Answers | None
) -> None:
    beside = "  forecast: {type: money, by: officer, title: Forecast}"
    of_others = newer((beside, f"{beside}\n  survey: {{type: text, by: [legal, unit], title: Survey}}"))
    assert refused(ready, of_others, "2026-01-07 10:00", change, answers) == ["survey"]
    own = newer((beside, f"{beside}\n  survey: {{type: text, by: [unit, officer], title: Survey}}"))
    assert isinstance(over(ready, own, "2026-01-07 11:00", plan(ready, own, answers, main=change)), Decision)
    assert ready.case.main.fields["survey"] == "None wanted"


def test_a_new_field_that_comes_only_with_a_step_is_filled_by_a_plan_where_the_step_lies_behind(
    ready: Play, newer: Any
) -> None:
    new = newer(("  need: {type", "  purpose: {type: text, title: The purpose}\n  need: {type"))
    made = plan(ready, new, main=LineChange(values={"purpose": "To cool"}))
    assert isinstance(over(ready, new, "2026-01-07 10:00", made), Decision)


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


OPEN_FOR = "    ends_at: closing_day\n    proposes: 45 days\n    at_least: limit('bid_minimum')\n"
ANSWERS = "    kind: due\n    backwards_from: bids\n    period: 6 days\n    met_when: unfinished('question') == 0\n"
QUESTIONS = "    kind: open_until\n    backwards_from: bids\n    period: 6 days\n"


def test_an_announced_closing_is_not_recomputed_to_an_earlier_one(called: Play, newer: Any) -> None:
    new = newer((OPEN_FOR, "    period: 36 days\n"))
    change = LineChange(deadlines={"bids": "recompute"})
    assert codes(over(called, new, "2026-01-12 09:00", plan(called, new, main=change))) == [("too-early", "bids")]
    assert called.ends("bids") == "2026-02-20 16:00"
    kept = LineChange(deadlines={"bids": "keep"})
    assert isinstance(over(called, new, "2026-01-12 09:00", plan(called, new, main=kept)), Decision)


def test_an_announced_closing_is_recomputed_to_a_later_one(called: Play, newer: Any) -> None:
    new = newer((OPEN_FOR, "    period: 50 days\n"))
    change = LineChange(deadlines={"bids": "recompute"})
    assert isinstance(over(called, new, "2026-01-12 09:00", plan(called, new, main=change)), Decision)
    assert called.ends("bids") > "2026-02-20 16:00"


def test_an_announced_closing_that_follows_another_clock_does_not_become_earlier_either(newer: Any) -> None:
    old = newer((ANSWERS, QUESTIONS), ("version: 2027.1", "version: 2026.1"))
    asked = Play(Rehearsal(old))
    asked.does("2026-01-05 09:00", "ada", "open", "open_case", need="Something that cools")
    asked.does("2026-01-05 10:00", "ben", "fill", value="90000 EUR", closing_day="2026-02-20")
    asked.does("2026-01-05 11:00", "ada", "bring", docs=("specification",))
    asked.does("2026-01-06 09:00", "ben", "do", "finish_draft")
    for hour, signer in (("09:00", "dora"), ("10:00", "emil"), ("11:00", "june")):
        asked.does(f"2026-01-07 {hour}", signer, "sign", "launch")
    asked.does("2026-01-08 09:00", "ben", "do", "send_call", docs=("notice",))
    new = newer((ANSWERS, QUESTIONS.replace("6 days", "20 days")), (OPEN_FOR, "    period: 50 days\n"))
    for choice in ("keep", "recompute"):
        change = LineChange(deadlines={"bids": "recompute", "answers": choice})
        found = codes(over(asked, new, "2026-01-12 09:00", plan(asked, new, main=change)))
        assert found == [("too-early", "answers")]
    assert asked.deadline("answers").status == "running"


RENAMED = (
    ("      drafted: {title: Drafted}", "      begun: {title: Drafted}"),
    ("preparation.drafted", "preparation.begun"),
)


def test_no_case_is_mapped_from_a_stage_that_is_gone_past_a_step_that_it_has_not_carried_out(
    drafted: Play, newer: Any
) -> None:
    """The step reaches no milestone: that nobody has carried it out shows in the stage that was never left."""
    new = newer(*RENAMED)
    past = LineChange(stages={"preparation.drafted": "preparation.ready"})
    assert refused(drafted, new, "2026-01-05 12:00", past) == ["finish_draft"]
    right = LineChange(stages={"preparation.drafted": "preparation.begun"})
    assert isinstance(over(drafted, new, "2026-01-05 13:00", plan(drafted, new, main=right)), Decision)


def test_a_case_that_has_carried_out_the_step_once_may_be_mapped_behind_it(ready: Play, newer: Any) -> None:
    """It was sent back: where it stands now it has left before, by that very step."""
    ready.does("2026-01-06 10:00", "ben", "do", "redraft", reason="Once more")
    past = LineChange(stages={"preparation.drafted": "preparation.ready"})
    new = newer(*RENAMED)
    assert isinstance(over(ready, new, "2026-01-06 12:00", plan(ready, new, main=past)), Decision)
