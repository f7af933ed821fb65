"""A number that is given for good stays the same along a path; so does that a field was left empty for good."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.language.checks import read_before_known
from inprocap_flow.language.checks.asked import answered
from inprocap_flow.language.explore.asking import FOUND, NOT_DECIDED, PROVEN
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.explore.values import as_number, each_value
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Field

PHASES = """\
procedure: phases
version: 1
language: en
title: Phases
rulebook: none
roles: {officer: {title: Officer}}
fields:
  phases: {type: whole_number, minimum: 1LIMIT, by: officer, fixed_from: sent, title: Phases}
  length_2: {type: period, by: officer, fixed_from: sent, title: Length of the second phase}
begins: {step: open_case, by: officer, to: drafted}
stages:
  drafted: {owner: officer}
  first: {owner: officer}
  second: {owner: officer}
  done: {final: completed}
steps:
  send:
    from: drafted
    to: first
    by: officer
    milestone: sent
    already_there:
      fields: phases
      that: [{holds: "SENT", if_not: The length is missing.}]
  go_on:
    from: first
    to: second
    by: officer
    starts: phase_2
    already_there: {that: [{holds: "GOES_ON", if_not: There is no second phase.}]}
  stop: {from: [first, second], to: done, by: officer, ends: everything}
deadlines:
  phase_2: {title: Second phase, kind: not_before, period: length_2}
"""


def answer(tmp_path: Path, sent: str, goes_on: str, limit: str = ", maximum: 3") -> str:
    """Return whether going on may lack the length of the second phase."""
    file = tmp_path / "phases.yaml"
    text = PHASES.replace("SENT", sent).replace("GOES_ON", goes_on).replace("LIMIT", limit)
    file.write_text(text, encoding="utf-8")
    found = answered(read_before_known.ask(load_procedure(file)), Bound().begun())
    return next(one.answer.verdict for one in found if one.about == "go_on length_2")


@pytest.mark.parametrize(
    ("sent", "goes_on"),
    [
        ("phases < 2 or known(length_2)", "phases >= 2"),
        ("phases == 1 or known(length_2)", "phases != 1"),
        ("phases < 3 or known(length_2)", "phases == 3"),
        ("phases > 0 and known(length_2)", "phases >= 1"),
    ],
)
def test_what_whoever_needs_it_had_to_give_is_never_missing(tmp_path: Path, sent: str, goes_on: str) -> None:
    assert answer(tmp_path, sent, goes_on) == PROVEN


@pytest.mark.parametrize(
    ("sent", "goes_on"),
    [
        ("phases < 3 or known(length_2)", "phases >= 2"),
        ("phases == 2 or known(length_2)", "phases >= 2"),
        ("phases >= 1", "phases >= 2"),
    ],
)
def test_what_somebody_who_needs_it_need_not_have_given_is_found(tmp_path: Path, sent: str, goes_on: str) -> None:
    assert answer(tmp_path, sent, goes_on) == FOUND


def test_a_number_without_an_end_is_not_kept_and_what_hangs_on_it_stays_undecided(tmp_path: Path) -> None:
    assert answer(tmp_path, "phases < 2 or known(length_2)", "phases >= 2", "") == NOT_DECIDED


def test_only_a_whole_number_within_bounds_has_values_that_can_be_counted() -> None:
    def values(**said: object) -> tuple[str, ...]:
        return each_value(Field(name="n", title="N", **{"type": "whole_number", **said}))  # type: ignore[arg-type]

    assert values(minimum=1, maximum=3) == ("1", "2", "3")
    assert values(above=0, maximum=2) == ("1", "2")
    assert values(minimum=-1, maximum=0) == ("-1", "0")
    assert values(minimum=1) == values(maximum=3) == values(minimum=1, maximum=100) == ()
    assert values(type="number", minimum=1, maximum=2) == ()


def test_a_word_is_no_number_even_if_it_could_be_read_as_one() -> None:
    assert [as_number(one) for one in ("3", "-1")] == [3, -1]
    assert [as_number(one) for one in ("nan", "inf", "1e3", "one", "")] == [None] * 5
