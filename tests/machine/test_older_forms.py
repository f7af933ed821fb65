"""A version that another program released: read as it is, derived again, or refused in words; never guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.errors import DefinitionDefect
from inprocap_flow.language.canonical import canonical_json
from inprocap_flow.language.load import load_procedure
from inprocap_flow.machine import released, table
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.released import form_of, from_released
from inprocap_flow.machine.table import Machine, released_form
from inprocap_flow.service import desk as desks
from tests.service.timekeeping.conftest import House, house  # noqa: F401 - the fixture

PURCHASE = Path(__file__).parents[1] / "engine" / "purchase.yaml"


@pytest.fixture(scope="module")
def machine() -> Machine:
    return compile_definition(load_procedure(PURCHASE))


def plain(machine: Machine, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(canonical_json(released_form(machine)))
    return found | more


@pytest.fixture
def newer_program(monkeypatch: pytest.MonkeyPatch) -> int:
    """A program that writes tables in another form than this one."""
    for module in (released, table):
        monkeypatch.setattr(module, "FORM", 2)
    monkeypatch.setattr(desks, "FORM", 2)
    return 2


def test_what_was_released_before_there_were_numbers_is_of_the_first_form(machine: Machine) -> None:
    assert "form" not in released_form(machine)
    assert form_of(plain(machine)) == 1


@pytest.mark.usefixtures("newer_program")
def test_tables_of_an_older_form_are_derived_again_and_the_version_keeps_its_hash(machine: Machine) -> None:
    old = plain(machine, tables={"": {"an older": "form"}})
    del old["form"]
    back = from_released(old, machine.content_hash)
    assert back.tables == machine.tables
    assert back.content_hash == machine.content_hash


@pytest.mark.usefixtures("newer_program")
def test_a_newer_program_says_its_form_in_what_it_releases(machine: Machine) -> None:
    assert form_of(released_form(machine)) == 2


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"form": 3}, "released by a newer program"),
        ({"form": "two"}, "says that its form is"),
        ({"form": True}, "says that its form is"),
        ({"tables": {"": {"moves": 1}}}, "cannot be read by this program"),
        ({"tables": []}, "cannot be read by this program"),
        ({"definition": {"name": "x"}}, "cannot be read by this program"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(machine: Machine, more: dict[str, Any], says: str) -> None:
    with pytest.raises(DefinitionDefect, match=says) as refused:
        from_released(plain(machine) | more)
    assert "mend" in str(refused.value)


def test_a_case_goes_on_by_a_row_of_an_older_form_and_the_log_says_so(
    house: House,  # noqa: F811
    newer_program: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    again = house.again()  # the row was written by a program without numbers
    assert newer_program == 2
    again.opens()
    again.calls()
    again.does("2026-01-06 09:00", "ben", "do", "withdraw_call")
    said = capsys.readouterr()
    assert (said.out + said.err).count("release_compiled_again") == 1
