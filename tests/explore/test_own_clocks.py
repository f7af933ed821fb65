"""A clock of a track that is given more time is that of the track which acts, not of another of its kind."""

from __future__ import annotations

from pathlib import Path

from inprocap_flow.language.checks import ends_left_open
from inprocap_flow.language.checks.behaviour import judged
from inprocap_flow.language.load import load_procedure

ASSESSING = """
procedure: assessing
version: 1
language: en
title: Assessing
rulebook: none
roles:
  officer: {title: Officer}
  firm: {title: Firm, speaks_for: request, sees: own}
begins: {step: open_case, by: officer, to: open}
stages:
  open: {owner: officer}
  done: {final: completed}
steps:
  close:
    from: open
    to: done
    by: officer
    already_there:
      that:
        - all_finished: request
          if_not: A request is undecided.
tracks:
  request:
    title: Request
    fields:
      result_by: {type: date, title: New last day}
    begins: {step: ask, by: firm, to: asked, while: open, starts: result}
    stages:
      asked: {owner: officer}
      admitted: {owner: officer}
      out: {final: out}
    steps:
      take_more_time:
        from: asked
        to: same
        by: officer
        handed_in: {fields: [result_by], reason: yes}
        extends: {deadline: result, until: result_by}
      admit: {from: asked, to: admitted, by: officer, meets: result}
      leave: {from: admitted, to: out, by: firm}
    deadlines:
      result: {title: Result, kind: due, period: 10 days, remind: [{role: officer, before: 1 day}]}
    if_case_ends: out
"""


def test_more_time_for_one_track_does_not_start_the_clock_of_another_again(tmp_path: Path) -> None:
    (tmp_path / "assessing.yaml").write_text(ASSESSING, encoding="utf-8")
    (verdict,) = judged(load_procedure(tmp_path / "assessing.yaml"), checks=[ends_left_open])
    assert {one.about: one.answer.verdict for one in verdict.asked} == {"request": "proven", "request.result": "proven"}
