"""Roles in the file of an organisation that nothing knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.errors import Problem
from inprocap_flow.language.inspect import check, inspect

PROCEDURE = """procedure: purchase
version: 1
language: en
title: Purchase
rulebook: none
roles:
  procurement_officer: {title: Procurement officer}
begins: {step: open_case, by: procurement_officer, to: open}
stages:
  open: {owner: procurement_officer}
  done: {final: completed}
steps:
  close: {title: Close, from: open, to: done, by: procurement_officer}
"""
HOUSE = """organisation: house
version: 1
title: House
zone: Europe/Berlin
currency: EUR
calendars:
  holidays: [{public: DE-HH, years: [2026, 2026]}]
people:
  ada: {name: Ada Invented, roles: [HELD]}
"""


def checked(folder: Path, *held: str, more: str = "") -> list[Problem]:
    (folder / "organisations").mkdir(parents=True)
    (folder / "purchase.yaml").write_text(PROCEDURE, encoding="utf-8")
    house = folder / "organisations" / "house.yaml"
    house.write_text(HOUSE.replace("HELD", ", ".join(held)) + more, encoding="utf-8")
    return check([house], (folder,))


def test_a_misspelt_role_of_a_person_is_told_at_its_place(tmp_path: Path) -> None:
    (found,) = checked(tmp_path, "procurement_officer", "procurment_officer")
    assert (found.code, found.severity, found.place.line) == ("unknown-role", "advice", 9)
    assert found.source_line[found.place.column - 1 :].startswith("procurment_officer")
    assert "ada can do nothing with it" in found.fact
    assert "Did you mean `procurement_officer`?" in found.mend


def test_a_role_that_some_procedure_block_or_overlay_declares_is_known(tmp_path: Path) -> None:
    folder = tmp_path / "definitions"
    for inside, role in (("blocks", "secretary"), ("overlays", "director")):
        (folder / inside).mkdir(parents=True)
        text = f"{inside[:-1]}: one\nroles:\n\n  {role}:  # a remark\n    title: Somebody\n"
        (folder / inside / "one.yaml").write_text(text, encoding="utf-8")
    assert checked(folder, "procurement_officer", "secretary", "director") == []


def test_a_word_outside_the_roles_of_a_file_declares_no_role(tmp_path: Path) -> None:
    (found,) = checked(tmp_path, "procurement_officer", "close")
    assert found.code == "unknown-role"


def test_nothing_is_said_of_roles_where_there_is_no_procedure_at_all(tmp_path: Path) -> None:
    house = tmp_path / "house.yaml"
    house.write_text(HOUSE.replace("HELD", "anybody"), encoding="utf-8")
    assert check([house], (tmp_path,)) == []


def test_advice_about_a_role_is_answered_by_a_remark_in_the_file(tmp_path: Path) -> None:
    more = "  # advice unknown-role: for the procedure of next year\n  bo: {name: Bo Invented, roles: curator}\n"
    (found,) = checked(tmp_path, "procurement_officer", more=more)
    assert found.explained


def test_who_is_lacking_because_of_a_misspelt_role_is_named(tmp_path: Path) -> None:
    checked(tmp_path, "procurment_officer")
    house = tmp_path / "organisations" / "house.yaml"
    found = inspect(tmp_path / "purchase.yaml", (tmp_path,), organisation=house).problems
    lacking = next(one for one in found if one.code == "too-few-people")
    assert "ada has `procurment_officer`: did you mean `procurement_officer`?" in lacking.mend


def test_a_release_minds_a_misspelt_role(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INPROCAP_FLOW_DEFINITIONS", str(tmp_path))
    checked(tmp_path, "procurement_officer", "procurment_officer")
    words = ["--db", "trial.db", "release", "organisations/house.yaml"]
    done = CliRunner().invoke(inprocap_flow, words, prog_name="inprocap-flow")
    assert done.exit_code == 0, done.output
    said = " ".join(done.stdout.split())
    assert "Mind: organisations/house.yaml:9" in said
    assert "Did you mean `procurement_officer`?" in said


def test_a_role_that_keeps_the_records_of_the_house_need_be_known_to_no_procedure(tmp_path: Path) -> None:
    assert not checked(tmp_path, "procurement_officer", "records_office", more="keeps_record: records_office\n")
