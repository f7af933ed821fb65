"""A way on which another case reports is played like any other: what it reports comes from an invented case."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from inprocap_flow.clock import FixedClock
from inprocap_flow.language.checks import ends_left_open
from inprocap_flow.language.checks.behaviour import judged
from inprocap_flow.language.load import load_procedure
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.explaining import explain
from inprocap_flow.service.holding import held, scene_of
from inprocap_flow.service.scenarios import run_file
from inprocap_flow.store.opening import open_store

HERE = Path(__file__).parent
WAITING = """\
procedure: waiting
version: 1
language: en
title: Waiting for another case
rulebook: none
own_lengths: {source: Invented for a test, confirmed_on: never}
roles: {officer: {title: Officer}}
fields:
  need: {type: text, title: Need}
  other: {type: case, title: The other case}
  sender: {type: case, title: The case that reports}
  value: {type: money, title: Value}
begins: {step: open_case, by: officer, to: s0, handed_in: {fields: [need, other]}}
stages: {s0: {owner: officer}, s1: {owner: officer}, done: {final: completed}}
steps:
  take_value:
    from: s0
    to: s1
    by: linked_case
    handed_in: {fields: [sender, value]}
    already_there: {that: [{holds: sender == other, if_not: Another case.}]}
    starts: [clock]
  end: {from: s1, to: done, by: officer}
deadlines:
  clock: {title: Clock, kind: due, period: 40 days, remind: [{role: officer, before: 1 day}]}
receives:
  value_found: {of: [waiting], step: take_value, sender: sender, with: {value: money}}
"""


def test_what_another_case_reports_comes_on_the_way(tmp_path: Path) -> None:
    (tmp_path / "organisations").mkdir()
    house = (HERE / "organisations" / "house.yaml").read_text(encoding="utf-8")
    (tmp_path / "organisations" / "house.yaml").write_text(house, encoding="utf-8")
    path = tmp_path / "waiting.yaml"
    path.write_text(WAITING, encoding="utf-8")
    definition = load_procedure(path)
    (found,) = judged(definition, checks=[ends_left_open])
    (verdict,) = held(definition, [found], scene_of())
    assert [one.answer.doubt for one in verdict.asked] == [""]
    assert verdict.verdict == "found"
    desk = Desk(open_store("sqlite://"), FixedClock(datetime(2026, 11, 22, 9, tzinfo=UTC)))
    told = explain(desk, path, definition, found, organisation="house")
    assert "report: value_found, of: waiting" in told.text
    (tmp_path / "waiting.test.yaml").write_text(told.text, encoding="utf-8")
    report = run_file(tmp_path / "waiting.test.yaml", desk)
    assert report.passed, [fault.says for fault in report.faults]
