"""A role that is called like a kind of track follows it when a plan renames the kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.migrations import TRACKS, LineChange, Migration
from inprocap_flow.language.model import Definition
from inprocap_flow.language.versions import ahead
from inprocap_flow.language.versions.renaming import NewWords
from inprocap_flow.records import changed

SHIPPED = Path(__file__).parents[2] / "definitions"


@pytest.fixture(scope="module")
def opened() -> Definition:
    return load_procedure(SHIPPED / "open.yaml", [SHIPPED])


def words(old: Definition, new: Definition) -> NewWords:
    plan = Migration(old.name, "1", "2", lines={"": LineChange(renamed={TRACKS: {"supplier": "tenderer"}})})
    return NewWords(old, plan, new)


def roles_of(definition: Definition, was: str, now: str) -> Definition:
    roles = {now if name == was else name: role for name, role in definition.roles.items()}
    return changed(definition, roles=roles)


def test_a_role_follows_the_kind_of_track_whose_name_it_has(opened: Definition) -> None:
    new = roles_of(opened, "supplier", "tenderer")
    assert words(opened, new).roles(("supplier", "buyer")) == ("tenderer", "buyer")


def test_a_role_that_the_new_version_still_has_keeps_its_name(opened: Definition) -> None:
    assert words(opened, opened).roles(("supplier",)) == ("supplier",)


def test_a_step_that_nobody_carries_out_is_told_without_an_empty_name() -> None:
    assert ahead._other_people("note", (), ()) == "note is carried out by itself, on another condition."
    assert ahead._other_people("note", (), ("buyer",)) == "note is carried out by buyer, and was by itself."
    assert ahead._other_people("note", ("buyer",), ()) == "note is carried out by itself, and was by buyer."
