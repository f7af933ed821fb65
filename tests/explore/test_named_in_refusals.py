"""A finding is shown only by a refusal that names what the finding names; another fault beside it shows nothing."""

from __future__ import annotations

from pathlib import Path

from inprocap_flow.language.checks import ends_left_open, started_while_running
from inprocap_flow.language.checks.behaviour import Behavioural, judged
from inprocap_flow.language.load import load_procedure
from inprocap_flow.service.holding import held, scene_of

HEAD = """\
procedure: round
version: 1
language: en
title: Round
rulebook: none
roles: {officer: {title: Officer}}
fields: {need: {type: text, title: Need}, again: {type: yes_no, title: Again}, ready: {type: yes_no, title: Ready}}
begins: {step: open_case, by: officer, to: s0, handed_in: {fields: [need]}}
stages: {s0: {owner: officer}, s1: {owner: officer}, s2: {owner: officer}, done: {final: completed}}
deadlines:
  wait: {title: Wait, kind: not_before, period: 20 days, remind: [{role: officer, before: 1 day}]}
  short:
    {title: Short, kind: due, period: 5 days, acts: {extend: {by: officer}}, remind: [{role: officer, before: 1 day}]}
  long: {title: Long, kind: due, period: 50 days, remind: [{role: officer, before: 1 day}]}
"""


def answers(tmp_path: Path, text: str, one: Behavioural) -> dict[str, str]:
    path = tmp_path / "round.yaml"
    path.write_text(f"{HEAD}{text}", encoding="utf-8")
    definition = load_procedure(path)
    (verdict,) = held(definition, judged(definition, checks=[one]), scene_of())
    return {asked.about: asked.answer.verdict for asked in verdict.asked}


def test_an_end_that_leaves_one_clock_open_does_not_show_that_it_leaves_another(tmp_path: Path) -> None:
    steps = """\
steps:
  go: {from: s0, to: s1, by: officer, starts: [short, wait, long]}
  end: {from: s1, to: done, by: officer, already_there: {after: [wait]}}
"""
    assert answers(tmp_path, steps, ends_left_open) == {
        "wait": "proven", "short": "not decided", "long": "found"
    }  # fmt: skip


def test_a_step_that_starts_one_clock_while_it_runs_does_not_show_that_it_starts_another(tmp_path: Path) -> None:
    steps = """\
steps:
  go0: {from: s0, to: s1, by: officer, starts: [wait]}
  go1: {from: s1, to: s2, by: officer, already_there: {after: [wait]}}
  go2:
    from: s2
    by: officer
    handed_in: {fields: [again]}
    starts: [short, long]
    branches: [{when: again, to: s0}, {otherwise: done}]
"""
    found = answers(
        tmp_path, steps.replace("otherwise: done, ends: everything", "otherwise: done"), started_while_running
    )
    assert found == {"go0 wait": "proven", "go2 short": "not decided", "go2 long": "found"}


def test_the_end_of_a_clock_that_would_leave_one_open_does_not_show_that_it_leaves_another(tmp_path: Path) -> None:
    head = HEAD.replace(
        "wait: {title: Wait, kind: not_before,", "wait: {title: Wait, kind: open_until, when_over: end,"
    )
    steps = """\
steps:
  go: {from: s0, to: s1, by: officer, starts: [short, wait, long]}
  end: {from: s1, to: done, by: system}
"""
    path = tmp_path / "round.yaml"
    path.write_text(f"{head}{steps}", encoding="utf-8")
    definition = load_procedure(path)
    (verdict,) = held(definition, judged(definition, checks=[ends_left_open]), scene_of())
    assert {one.about: one.answer.verdict for one in verdict.asked} == {
        "wait": "proven", "short": "not decided", "long": "found"
    }  # fmt: skip


def test_an_automatic_end_that_does_not_come_because_it_is_not_due_shows_nothing(tmp_path: Path) -> None:
    """``ready`` is given last, and by then ``short`` is over: what it waits for came too late to leave it open."""
    steps = """\
steps:
  go: {from: s0, to: s1, by: officer, starts: [short, wait]}
  say: {from: s1, to: s2, by: officer, handed_in: {fields: [ready]}, already_there: {after: [wait]}}
  end: {from: s2, to: done, as_soon_as: ready}
  back: {from: s2, to: s1, by: officer}
"""
    assert answers(tmp_path, steps, ends_left_open)["short"] != "found"


def test_an_automatic_end_that_is_due_and_leaves_a_clock_open_is_found(tmp_path: Path) -> None:
    steps = """\
steps:
  go: {from: s0, to: s1, by: officer, starts: [long]}
  say: {from: s1, to: s2, by: officer, handed_in: {fields: [ready]}}
  end: {from: s2, to: done, as_soon_as: ready}
  back: {from: s2, to: s1, by: officer, handed_in: {fields: [again]}}
"""
    assert answers(tmp_path, steps, ends_left_open)["long"] == "found"
