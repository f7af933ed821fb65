"""How a clock of the kind `due` is told: a task that is due by a day, or a validity that lasts until one."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Lab

DUTIES = """
procedure: duties
version: "1"
language: en
title: Duties
rulebook: none
roles: {officer: {title: Officer}}
documents: {paper: {title: Paper, by: officer}}
begins: {step: begin, by: officer, to: first, starts: [clock]}
stages: {first: {owner: officer}, second: {owner: officer}, end: {final: completed}}
steps:
  go: {title: Go, from: first, to: second, by: officer, milestone: gone, stops: [clock]}
  close: {title: Close, from: second, to: end, by: officer, ends: everything}
deadlines:
  clock: {title: Clock, kind: due, period: 3 months, MET remind: {role: officer, before: 1 day}}
own_lengths: {source: Invented for a test, confirmed_on: never}
"""


@pytest.mark.parametrize(
    ("met_when", "said"),
    [
        ("", "lasts until"),
        ("met_when: reached('gone'),", "lasts until"),
        ("met_when: has('paper'),", "due by"),
        ("met_when: reached('gone') and has('paper'),", "due by"),
    ],
)
def test_what_a_condition_asks_to_be_done_is_due_and_what_only_a_milestone_ends_lasts(
    lab: Lab, met_when: str, said: str
) -> None:
    (lab.folder / "duties.yaml").write_text(DUTIES.replace("MET", met_when), encoding="utf-8")
    lab.done("01-05 08:00", "release", "duties.yaml", "--as", "ben")
    case = lab.json("01-05 09:00", "open", "duties", "--as", "ben")["case"]
    assert f"Clock (clock): {said} " in " ".join(lab.done("01-05 10:00", "deadlines", case).split())
