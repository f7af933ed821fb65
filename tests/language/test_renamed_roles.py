"""A role called otherwise in the next version: by the plan, or because it is called like a renamed kind of track."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.migrations import ROLES, TRACKS, LineChange, Migration
from inprocap_flow.language.model import Definition
from inprocap_flow.language.versions import ahead
from inprocap_flow.language.versions.drafting import draft_plan, renamed_or_gone
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


def test_a_plan_renames_a_role_wherever_the_old_version_names_it(opened: Definition) -> None:
    new = changed(opened, roles={("payer" if n == "budget_holder" else n): r for n, r in opened.roles.items()})
    plan = Migration(opened.name, "1", "2", lines={"": LineChange(renamed={ROLES: {"budget_holder": "payer"}})})
    said = NewWords(opened, plan, new)
    assert said.roles(("budget_holder", "legal")) == ("payer", "legal")
    assert said.other_roles == {"budget_holder": "payer"}
    launch = said.approval(opened.main.approvals["launch"])
    assert [one.role for one in launch.signatures] == ["legal", "payer", "approving_authority"]


def test_a_draft_asks_whether_a_role_that_is_gone_is_only_called_otherwise(opened: Definition) -> None:
    roles = {("payer" if name == "budget_holder" else name): role for name, role in opened.roles.items()}
    text = draft_plan(opened, changed(opened, version="2", roles=roles), "over")
    assert "# budget_holder: there is no such role any more; what was signed as one is void." in text
    assert "write  renamed: {roles: {budget_holder: payer}}" in text
    assert renamed_or_gone(text) == 1


def test_a_draft_asks_nothing_about_a_role_that_is_gone_where_no_role_is_new(opened: Definition) -> None:
    roles = {name: role for name, role in opened.roles.items() if name != "ilo_adviser"}
    assert renamed_or_gone(draft_plan(opened, changed(opened, version="2", roles=roles), "over")) == 0
