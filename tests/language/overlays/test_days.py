"""Overlays that come later, and values that begin later than what reads them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from inprocap_flow import bundled
from inprocap_flow.errors import Problem
from inprocap_flow.language import checks
from inprocap_flow.language.checks import ANYWHERE, Around
from inprocap_flow.language.choices import changes_from, first_day
from inprocap_flow.language.files import Library
from inprocap_flow.language.inspect import check
from inprocap_flow.language.load import load_organisation, load_procedure
from inprocap_flow.language.model import Organisation
from inprocap_flow.language.overlays import inspecting
from inprocap_flow.language.overlays.inspecting import inspect_overlay
from inprocap_flow.language.procedures import read_rulebook
from tests.language.overlays.test_inspecting import library, overlay

__all__ = ["library"]  # a fixture

TODAY = date(2026, 11, 23)
LATER = """\
limits:
  dear:
    says: From here on the board agrees
    basis: house_rule
    unit: EUR
    values:
      from: 2027-03-01
      value: 200000
      source: invented
      confirmed_on: never
roles:
  board: {title: Board}
approvals:
  board_says: {signatures: [{role: board, when: "value >= limit('dear')"}]}
at:
  award_decided:
    already_there: {approvals: [board_says]}
"""


def chosen(library: Path, text: str) -> Path:
    """Let the organisation choose other overlays; return its file."""
    path = library / "organisations" / "lab.yaml"
    said = path.read_text(encoding="utf-8")
    before, _, rest = said.partition("overlays:\n")
    path.write_text(f"{before}overlays:\n{text}procedures:{rest.partition('procedures:')[2]}", encoding="utf-8")
    return path


def without_value(problems: list[Problem]) -> list[str]:
    return [one.fact for one in problems if one.code == "limit-without-value"]


def test_a_value_that_begins_after_the_overlay_that_reads_it_is_found(library: Path) -> None:
    path = overlay(library, "late", LATER)
    chosen(library, "  - {overlay: late, from: 2026-12-01}\n")
    (found,) = [one for one in inspect_overlay(path, day=TODAY) if one.code == "limit-without-value"]
    assert found.fact == "The limit `dear` has no value on 2026-12-01: the first one begins on 2027-03-01."
    assert found.place.file.endswith("late.yaml")
    assert "when:" in found.source_line
    assert found.mend


def test_an_overlay_that_begins_with_its_values_or_after_them_is_not_spoken_of(library: Path) -> None:
    path = overlay(library, "late", LATER)
    chosen(library, "  - {overlay: late, from: 2027-03-01}\n")
    assert without_value(inspect_overlay(path, day=TODAY)) == []


def test_a_day_between_two_values_is_found(library: Path) -> None:
    values = "values:\n      - {from: 2020-01-01, until: 2026-12-31, value: 1, source: a, confirmed_on: never}\n"
    values += "      - {from: 2027-03-01, value: 2, source: b, confirmed_on: never}\n"
    text = LATER.partition("values:")[0] + values + "roles:" + LATER.partition("roles:")[2]
    path = overlay(library, "late", text)
    chosen(library, "  - {overlay: late}\n")
    fact = "The limit `dear` has no value from 2027-01-01 on: the next one begins on 2027-03-01."
    assert without_value(inspect_overlay(path, day=TODAY)) == [fact]
    assert without_value(inspect_overlay(path, day=date(2027, 4, 1))) == []


def test_the_days_that_count_are_today_and_each_on_which_the_choice_changes(library: Path) -> None:
    whose, _ = load_organisation(library / "organisations" / "lab.yaml")
    assert changes_from(whose, TODAY) == (TODAY, date(2027, 1, 1))
    assert changes_from(whose, date(2027, 1, 1)) == (date(2027, 1, 1),)
    assert first_day(whose, "newer", TODAY) == date(2027, 1, 1)
    assert first_day(whose, "house", TODAY) == TODAY
    assert first_day(whose, "unheard_of", TODAY) == TODAY


def test_what_a_coming_overlay_brings_is_told_with_the_day(library: Path) -> None:
    overlay(library, "coming", "lengthen: {standstill: {period: 1 day}}\n")
    lab = chosen(library, "  - {overlay: house, until: 2026-12-31}\n  - {overlay: coming, from: 2027-02-01}\n")
    assert check([library / "fair.yaml"], organisation=lab) == check(
        [library / "fair.yaml"], organisation=lab, day=None
    )
    told = [one for one in check([library / "fair.yaml"], organisation=lab, day=TODAY) if one.severity == "error"]
    assert told
    assert {one.fact.partition(",")[0] for one in told} == {"From 2027-02-01 on"}
    assert all(one.place.file.endswith("coming.yaml") for one in told)


def test_what_is_wrong_today_is_not_told_again_of_later_days(library: Path) -> None:
    lab = library / "organisations" / "lab.yaml"
    facts = [one.fact for one in check([library / "fair.yaml"], organisation=lab, day=TODAY)]
    plain = [fact.partition("that day: ")[2] or fact for fact in facts]
    assert len(plain) == len(set(plain))


def test_checks_that_ask_nothing_of_an_organisation_find_the_same_for_all() -> None:
    """What they found is kept for all overlays of a procedure; whoever looks at the organisation is told by a fault."""
    folder = bundled.root("definitions")
    book = read_rulebook(Library((folder,)), folder / "rulebooks" / "eu-2014-24.yaml")
    around = Around(book, _Untouchable(), TODAY)
    definition = load_procedure(folder / "market-consultation.yaml", (folder,))
    for one in ANYWHERE:
        assert list(one.check(definition, around)) == list(one.check(definition, Around(book, None, TODAY))), one.CODE


class _Untouchable(Organisation):
    """An organisation of which nothing may be asked."""

    def __init__(self) -> None:
        pass

    def __getattribute__(self, name: str) -> object:
        raise AssertionError(f"asked for {name}")


def test_what_is_found_without_an_overlay_is_found_once_in_a_run(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two overlays for one procedure: the checks that ask nothing of an organisation look at the procedure once."""
    files = [overlay(library, name, "at:\n  award_proposed: {tells: [legal]}\n") for name in ("one", "two")]
    looked: list[str] = []
    really = checks.check

    def noted(definition: object, *words: object, **more: object) -> list[Problem]:
        looked.append("base" if more.get("checks") is ANYWHERE else "all")
        return really(definition, *words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(inspecting, "check", noted)
    check(files)
    assert looked.count("base") == 1
