"""A way on which one track is enough for an exploration, and a condition asks for more, is played with more of them."""

from __future__ import annotations

from pathlib import Path

from inprocap_flow.language.checks import ends_left_open
from inprocap_flow.language.checks.behaviour import Verdict, judged
from inprocap_flow.language.load import load_procedure
from inprocap_flow.service.holding import held, scene_of

ASKING = """\
procedure: asking
version: 1
language: en
title: Asking
rulebook: none
own_lengths: {source: Invented for a test, confirmed_on: never}
roles: {officer: {title: Officer}, firm: {title: Firm, speaks_for: bid, sees: own}}
fields: {need: {type: text, title: Need}}
limits:
  fewest:
    says: So many are asked
    basis: custom
    direction: at_least
    unit: number
    values: [{from: 2020-01-01, value: FEWEST, source: Invented for a test, confirmed_on: never}]
begins: {step: open_case, by: officer, to: s0, handed_in: {fields: [need]}}
stages: {s0: {owner: officer}, s1: {owner: officer}, done: {final: completed}}
steps:
  go:
    from: s0
    to: s1
    by: officer
    already_there: {that: [{holds: "count('bid', 'sent') >= limit('fewest')", if_not: Too few.}]}
  end: {from: s1, to: done, by: officer}
tracks:
  bid:
    title: Bid
    fields: {price: {type: money, above: 0, title: Price}}
    begins: {step: begin_bid, by: BEGINS, to: begun, while: s0}
    stages: {begun: {owner: firm}, sent: {owner: officer}, out: {final: out}}
    steps:
      send: {from: begun, to: sent, by: firm, while: s0, handed_in: {fields: [price]}}
      drop: {from: [begun, sent], to: out, by: officer}
    if_case_ends: out
"""


def asked(tmp_path: Path, fewest: int, begins: str) -> Verdict:
    path = tmp_path / "asking.yaml"
    path.write_text(ASKING.replace("FEWEST", str(fewest)).replace("BEGINS", begins), encoding="utf-8")
    definition = load_procedure(path)
    (verdict,) = held(definition, judged(definition, checks=[ends_left_open]), scene_of())
    return verdict


def test_as_many_tracks_as_a_limit_asks_for_come_to_where_they_count(tmp_path: Path) -> None:
    verdict = asked(tmp_path, 3, "[firm, officer]")
    assert [one.answer.doubt for one in verdict.asked] == [""]
    assert verdict.verdict == "found"


def test_more_than_there_are_firms_to_play_them_leave_the_question_open(tmp_path: Path) -> None:
    verdict = asked(tmp_path, 30, "[firm, officer]")
    assert verdict.findings == ()
    assert "does not play (refused-on-the-way): go is refused here" in verdict.asked[0].answer.doubt
