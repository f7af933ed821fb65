"""A field that names another case takes the short name of a case, as every command does."""

from __future__ import annotations

import pytest

from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.opening import open_desk
from inprocap_flow.service.releasing import release_procedure
from inprocap_flow.settings import Settings
from tests.cli.conftest import Lab

FILE = """\
procedure: note
version: 2026.1
language: en
title: A note on another case
rulebook: none
roles:
  officer: {title: Officer}
fields:
  other: {type: case, by: officer, title: The other case}
begins:
  step: begin
  by: officer
  to: noted
  may_fill: [other]
stages:
  noted: {title: Noted, owner: officer}
  over: {final: completed}
steps:
  finish: {title: Finish, from: noted, to: over, by: officer}
"""


@pytest.fixture
def noting(drafted: Lab) -> Lab:
    """A case to be named, and a procedure whose cases name another."""
    path = drafted.folder / "note.yaml"
    path.write_text(FILE, encoding="utf-8")
    settings = Settings(database=str(drafted.folder / "lab.db"), key_file=drafted.folder / "sealing.key")
    desk = open_desk(settings)
    release_procedure(desk, path, by="ben", terms=UNEXPLORED)
    desk.store.close()
    return drafted


def _shown(lab: Lab, case: str) -> str:
    return lab.done("01-06 09:00", "show", case)


def test_the_short_name_of_a_case_becomes_its_id_when_a_case_is_opened(noting: Lab) -> None:
    opened = noting.json("01-06 08:00", "open", "note", "--as", "ben", f"other={noting.case[-6:]}")["case"]
    assert f"{noting.case}  (other)" in _shown(noting, opened)


def test_the_short_name_of_a_case_becomes_its_id_when_a_field_is_set(noting: Lab) -> None:
    opened = noting.json("01-06 08:00", "open", "note", "--as", "ben")["case"]
    assert "Mind" not in noting("01-06 08:30", "set", opened, "--as", "ben", f"other={noting.case[-6:]}").output
    assert f"{noting.case}  (other)" in _shown(noting, opened)


def test_a_case_that_is_kept_elsewhere_may_be_named_and_whoever_names_it_is_told(noting: Lab) -> None:
    result = noting("01-06 08:00", "open", "note", "--as", "ben", "other=case-of-the-buyer")
    assert result.exit_code == 0
    assert "Mind: no case case-of-the-buyer is kept here" in " ".join(result.output.split())


def test_a_short_name_that_may_mean_two_cases_is_refused(noting: Lab) -> None:
    noting.json("01-06 08:00", "open", "note", "--as", "ben")
    result = noting("01-06 08:10", "open", "note", "--as", "ben", "other=case-01")
    assert result.exit_code == 1
    assert "case-01 may mean 2 cases" in " ".join(result.output.split())


def test_clearing_the_field_still_clears_it(noting: Lab) -> None:
    opened = noting.json("01-06 08:00", "open", "note", "--as", "ben", f"other={noting.case}")["case"]
    noting.done("01-06 08:30", "set", opened, "--as", "ben", "other=")
    assert noting.case not in _shown(noting, opened)
