"""A way that begins a track below another is played though it says nothing of that other one."""

from __future__ import annotations

from pathlib import Path

from inprocap_flow.language.checks import ends_left_open
from inprocap_flow.language.checks.behaviour import judged
from inprocap_flow.language.load import load_procedure
from inprocap_flow.service.holding import held, scene_of

ASKING = """\
procedure: asking
version: 1
language: en
title: Asking
rulebook: none
roles: {officer: {title: Officer}, firm: {title: Firm, speaks_for: bid, sees: own}}
fields: {need: {type: text, title: Need}}
begins: {step: open_case, by: officer, to: s0, handed_in: {fields: [need]}}
stages: {s0: {owner: officer}, done: {final: completed}}
steps:
  end:
    from: s0
    to: done
    by: officer
    moves: [{tracks: bid, in: begun, step: lapse}]
tracks:
  bid:
    title: Bid
    begins: {step: begin_bid, by: firm, to: begun, while: s0}
    stages: {begun: {owner: firm}, out: {final: out}}
    steps:
      lapse: {from: begun, to: out, by: system}
    if_case_ends: out
  question:
    title: Question
    of: bid
    fields: {asked: {type: text, title: What is asked}}
    begins: {step: ask, by: firm, to: open, while: s0, handed_in: {fields: [asked]}}
    stages: {open: {owner: officer}, answered: {final: answered}}
    steps: {answer: {from: open, to: answered, by: officer}}
    if_case_ends: answered
"""


def test_a_question_that_is_left_open_is_found_and_belongs_to_somebody(tmp_path: Path) -> None:
    path = tmp_path / "asking.yaml"
    path.write_text(ASKING, encoding="utf-8")
    definition = load_procedure(path)
    (verdict,) = held(definition, judged(definition, checks=[ends_left_open]), scene_of())
    assert {one.about: (one.answer.verdict, one.answer.doubt) for one in verdict.asked} == {
        "bid": ("proven", ""), "question": ("found", "")
    }  # fmt: skip
