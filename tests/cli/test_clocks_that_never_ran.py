"""Stopping a clock that never ran is told nobody: nothing that they know of has changed."""

from __future__ import annotations

from tests.cli.conftest import Lab

PROCEDURE = """
procedure: tidy
version: "{version}"
language: en
title: Tidy
rulebook: none
counting: plain
may_backdate: [officer]
roles:
  officer: {{title: Officer}}
begins: {{step: begin, by: officer, to: first, starts: [word]}}
stages: {{first: {{owner: officer}}, second: {{owner: officer}}, end: {{final: completed}}}}
steps:
  ask: {{title: Ask, from: first, to: first, by: officer, starts: [answer]}}
  turn: {{title: Turn, from: first, to: second, by: system, stops: [answer, hold]}}
  skip: {{title: Skip, from: first, to: second, by: officer, stops: [answer, hold]}}
  go: {{from: second, to: end, by: officer, ends: everything, already_there: {{after: [hold]}}}}
deadlines:
  word: {{title: Word, kind: open_until, period: 10 days, when_over: turn}}
  answer: {{title: Answer, kind: not_before, period: 30 days}}
  hold: {{title: Hold, kind: not_before, period: 30 days}}
own_lengths: {{source: Invented for a test, confirmed_on: never}}
"""
PLAN = "migration: over\nprocedure: tidy\nfrom: '1'\nto: '2'\nreason: A newer one\n"


def _tidy(lab: Lab, version: str = "1") -> None:
    path = lab.file("tidy.yaml", PROCEDURE.format(version=version))
    lab.done("01-05 08:00", "release", path, "--despite", "Made for this test")


def _case(lab: Lab) -> str:
    _tidy(lab)
    return str(lab.json("01-05 09:00", "open", "tidy", "--as", "ben", "--role", "officer")["case"])


def test_a_step_says_that_it_stops_a_clock_only_where_that_ran(lab: Lab) -> None:
    case = _case(lab)
    lab.done("01-06 09:00", "do", case, "ask", "--as", "ben")
    for more in ("--dry-run",), ():
        said = lab.done("01-07 09:00", "do", case, "skip", "--as", "ben", *more)
        assert "Answer (answer) stopped" in said
        assert "Hold" not in said


def test_a_history_tells_a_clock_that_never_ran_from_one_that_was_stopped(lab: Lab) -> None:
    case = _case(lab)
    lab.done("01-06 09:00", "do", case, "ask", "--as", "ben")
    lab.done("01-07 09:00", "do", case, "skip", "--as", "ben")
    said = lab.done("01-07 10:00", "history", case)
    assert "Answer: is stopped" in said
    assert "Hold: never ran, and holds nothing up any more" in said


def test_what_was_due_before_a_case_goes_over_names_no_clock_that_never_ran(lab: Lab) -> None:
    case = _case(lab)
    lab.done("01-06 09:00", "do", case, "ask", "--as", "ben")
    _tidy(lab, "2")
    plan = lab.file("over.yaml", PLAN)
    for more in ("--dry-run",), ():
        said = " ".join(lab.done("01-20 09:00", "migrate", plan, *more, "--as", "ben").split())
        assert "due before, and carried out first: turn, answer stopped" in said
        assert "hold" not in said
