"""That every step is taken somewhere is shown by taking each once: not everything need be looked at for it."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import pytest

from inprocap_flow.language.checks import step_never_possible
from inprocap_flow.language.checks.asked import answered
from inprocap_flow.language.explore import search
from inprocap_flow.language.explore.asking import FOUND, NOT_DECIDED, PROVEN
from inprocap_flow.language.explore.endings import NeverDone, scopes_of_steps
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition

CLOCKS = 6
HEAD = """\
procedure: many
version: 1
language: en
title: Many clocks
rulebook: none
roles: {officer: {title: Officer}}
begins: {step: open_case, by: officer, to: work}
stages:
  work: {owner: officer}
  far: {owner: officer}
  done: {final: completed}
"""


def many(tmp_path: Path, *, never: bool = False) -> Definition:
    """Return a procedure whose clocks stand in thousands of ways, and in which each step is soon taken."""
    names = [f"clock_{number}" for number in range(CLOCKS)]
    clocks = "".join(f"  {name}: {{title: Clock, kind: not_before, period: 5 days}}\n" for name in names)
    starts = "".join(f"  start_{name}: {{from: work, to: same, by: officer, starts: [{name}]}}\n" for name in names)
    some = " or ".join(f"not over('{name}')" for name in names)
    asks = ", already_there: {within: [clock_0], after: [clock_0]}" if never else ""
    path = tmp_path / "many.yaml"
    path.write_text(
        f"{HEAD}deadlines:\n{clocks}steps:\n{starts}"
        f'  go: {{from: work, to: far, by: officer, already_there: {{that: [{{holds: "{some}", if_not: Late}}]}}}}\n'
        f"  finish: {{from: far, to: done, by: officer, ends: everything{asks}}}\n",
        encoding="utf-8",
    )
    return load_procedure(path)


def verdicts(definition: Definition, states: int) -> dict[str, str]:
    bound = Bound(states=states).begun()
    return {one.about: one.answer.verdict for one in answered(step_never_possible.ask(definition), bound)}


def test_that_every_step_is_taken_is_known_long_before_everything_was_looked_at(tmp_path: Path) -> None:
    assert set(verdicts(many(tmp_path), 200).values()) == {PROVEN}


def test_a_step_that_is_never_taken_is_told_only_when_everything_was_looked_at(tmp_path: Path) -> None:
    of = many(tmp_path, never=True)
    assert verdicts(of, 200) == {"search 1": NOT_DECIDED}
    assert verdicts(of, 20_000)["finish"] == FOUND


def test_a_step_that_was_shown_the_way_is_taken_though_nothing_else_was_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_LAST", deque(maxlen=2))
    definitions = Path(__file__).parents[2] / "definitions"
    of = load_procedure(definitions / "open.yaml", [definitions])
    parts = next(one for one in scopes_of_steps(of) if ("track", "assessment", "") in one)
    dead, answer = NeverDone(of, parts).answered(Bound(states=300))
    assert answer.states > 300, "the search of the whole scope was given up"
    assert dead == []
