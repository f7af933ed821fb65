"""Fields that only steps set: what they hold is known wherever a path has come."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from inprocap_flow.language.checks import started_while_running
from inprocap_flow.language.checks.behaviour import judged
from inprocap_flow.language.explore.constants import only_set
from inprocap_flow.language.explore.projecting import Projection
from inprocap_flow.language.explore.scope import Part, Scope, closed
from inprocap_flow.language.explore.search import Bound, search
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition

# While an invoice is disputed no time runs for it, and none can be begun: the time begins anew with what is corrected.
INVOICES = """\
procedure: invoices
version: 1
language: en
title: Invoices
rulebook: none
roles:
  officer: {title: Officer}
  firm: {title: Firm, speaks_for: invoice, sees: own}
begins: {step: open_case, by: officer, to: open}
stages: {open: {owner: officer}, over: {final: completed}}
steps:
  close: {from: open, to: over, by: officer, ends: everything}
tracks:
  invoice:
    title: Invoice
    fields:
      disputed: {type: yes_no, DEFAULT, title: Disputed}
      other: {type: yes_no, default: no, by: officer, title: Another}
    begins: {step: send, by: firm, to: received, starts: [due]}
    stages: {received: {owner: officer}, disputed: {owner: firm}, paid: {final: paid}}
    steps:
      dispute: {from: received, to: disputed, by: officer, sets: {disputed: yes}, stops: [due]}
      correct: {from: disputed, to: received, by: firm, sets: {disputed: no}, starts: [due]}
      pay: {from: received, to: paid, by: officer, stops: [due]}
    deadlines:
      due:
        title: Due
        kind: due
        period: 30 days
        remind: [{role: officer, before: 1 day}]
        acts:
          restart:
            by: officer
            requires: {that: [{holds: CONDITION, if_not: It is disputed.}]}
    if_case_ends: paid
"""


def loaded(folder: Path, condition: str = "not disputed", default: str = "default: no") -> Definition:
    path = folder / "invoices.yaml"
    path.write_text(INVOICES.replace("CONDITION", condition).replace("DEFAULT", default), encoding="utf-8")
    return load_procedure(path)


def told(of: Definition) -> str:
    (verdict,) = judged(of, checks=[started_while_running])
    return {one.about: one.answer.verdict for one in verdict.asked}["correct due"]


def test_what_a_track_was_set_to_by_the_step_before_keeps_an_act_from_its_clock(tmp_path: Path) -> None:
    assert told(loaded(tmp_path)) == "proven"


@pytest.mark.parametrize("condition", ["disputed", "not other", "other or disputed"])
def test_an_act_that_what_was_set_allows_is_found(tmp_path: Path, condition: str) -> None:
    assert told(loaded(tmp_path, condition)) == "found"


def test_a_field_that_somebody_fills_or_that_has_no_default_is_none_that_only_steps_set(tmp_path: Path) -> None:
    of = loaded(tmp_path)
    assert [name for name in ("disputed", "other") if only_set(of, "invoice", name)] == ["disputed"]
    assert not only_set(loaded(tmp_path, default="by: officer"), "invoice", "disputed")


def test_what_an_exploration_with_values_that_are_set_reaches_one_without_reaches_as_well(tmp_path: Path) -> None:
    of = loaded(tmp_path)
    parts: frozenset[Part] = closed(of, frozenset([("deadline", "invoice", "due")]))
    value: Part = ("value", "invoice", "disputed")
    large, small = (
        search(of, Scope(one), Bound(), time.process_time() + 60) for one in (closed(of, parts | {value}), parts)
    )
    shown = Projection(large.world, small.world)
    reached = {shown.of(state) for state in large.came}
    assert reached < set(small.came)
    assert large.complete
