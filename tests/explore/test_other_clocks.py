"""A way that was found is gone although a deadline beside it ends first: it may as well have ended before."""

from __future__ import annotations

from pathlib import Path

from inprocap_flow.language.checks import expiry_refused
from inprocap_flow.language.checks.behaviour import Behavioural, Verdict, judged
from inprocap_flow.language.load import load_procedure
from inprocap_flow.service.holding import held, scene_of

ROUND = """\
procedure: round
version: 1
language: en
title: Round
rulebook: none
roles: {officer: {title: Officer}}
fields: {need: {type: text, title: Need}, again: {type: yes_no, title: Again}}
begins: {step: open_case, by: officer, to: s0, handed_in: {fields: [need]}, starts: [early]}
stages: {s0: {owner: officer}, s1: {owner: officer}, s2: {owner: officer}, done: {final: completed}}
steps:
  go0: {from: s0, to: s1, by: officer}
  go1:
    from: s1
    by: officer
    handed_in: {fields: [again]}
    branches: [{when: again, to: s0}, {otherwise: s2}]
    starts: [late]
  go2: {from: s2, to: done, by: officer, ends: everything}
  early_over: {from: EARLY, to: s2, by: system}
  late_over: {from: s2, to: done, by: system, ends: everything}
deadlines:
  early: {title: Early, kind: open_until, period: 23 days, when_over: early_over}
  late: {title: Late, kind: open_until, period: 33 days, when_over: late_over}
"""


def asked(tmp_path: Path, text: str, one: Behavioural = expiry_refused) -> Verdict:
    path = tmp_path / "round.yaml"
    path.write_text(text, encoding="utf-8")
    definition = load_procedure(path)
    (verdict,) = held(definition, judged(definition, checks=[one]), scene_of())
    return verdict


def test_a_clock_that_takes_the_case_away_in_one_stage_may_have_ended_in_another(tmp_path: Path) -> None:
    """Drawn by chance: ``early`` takes the case out of s0, unless it was over before the case came back there."""
    verdict = asked(tmp_path, ROUND.replace("EARLY", "s0"))
    (late,) = [one for one in verdict.asked if one.about == "late"]
    assert late.answer.doubt == ""
    assert late.answer.verdict == "found"


def test_a_clock_that_surely_ends_first_and_takes_the_case_away_from_everywhere_is_a_proof(tmp_path: Path) -> None:
    verdict = asked(tmp_path, ROUND.replace("EARLY", "[s0, s1]"))
    assert {one.about: one.answer.verdict for one in verdict.asked}["late"] == "proven"


def test_one_that_may_be_extended_leaves_the_question_open(tmp_path: Path) -> None:
    text = ROUND.replace("EARLY", "[s0, s1]").replace("title: Early,", "title: Early, acts: {extend: {by: officer}},")
    verdict = asked(tmp_path, text)
    (late,) = [one for one in verdict.asked if one.about == "late"]
    assert "The way that was found does not play (not-refused)" in late.answer.doubt
