"""A role is called otherwise in the next version: signatures stay, and whoever acted in it has still acted in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Decision, Refusal
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.migrations import ROLES, LineChange
from inprocap_flow.language.model import Organisation, Person
from inprocap_flow.machine.compile import compile_definition
from tests.engine.conftest import ORGANISATION, Play
from tests.engine.test_migrating import PURCHASE, codes, over, plan

Newer = Callable[..., Binding]


def called(organisation: Organisation, was: str, now: str) -> Organisation:
    """Return the organisation whose people hold the role under both names, as while two versions are in use."""
    people = {
        name: Person(name, (*one.roles, now) if was in one.roles else one.roles, one.absent, one.substitute)
        for name, one in organisation.people.items()
    }
    return replace(organisation, people=people)


@pytest.fixture
def renaming(tmp_path: Path) -> Newer:
    """Return version 2027.1 of the purchase, in which the role *was* is called *now*, and more is changed."""

    def build(was: str, now: str, *changes: tuple[str, str]) -> Binding:
        text = PURCHASE.replace("version: 2026.1", "version: 2027.1", 1)
        text = re.sub(rf"\b{was}\b", now, text)
        for before, after in changes:
            assert before in text, before
            text = text.replace(before, after)
        (tmp_path / "purchase.yaml").write_text(text, encoding="utf-8")
        machine = compile_definition(load_procedure(tmp_path / "purchase.yaml"))
        return Binding(machine, called(ORGANISATION, was, now))

    return build


def moved(play: Play, new: Binding, when: str, was: str = "", now: str = "") -> Decision | Refusal:
    """Bring the case over, with the role renamed in the plan if names are given."""
    renamed = {ROLES: {was: now}} if was else {}
    return over(play, new, when, plan(play, new, main=LineChange(renamed=renamed)))


def test_signatures_of_a_role_that_is_only_called_otherwise_stay(ready: Play, renaming: Newer) -> None:
    ready.does("2026-01-07 09:00", "dora", "sign", "launch")
    outcome = moved(ready, renaming("legal", "counsel"), "2026-01-07 10:00", "legal", "counsel")
    assert isinstance(outcome, Decision)
    assert [(one.status, one.role) for one in ready.approval("launch").signatures] == [("standing", "counsel")]
    assert outcome.events[0].data["roles"] == {"legal": "counsel"}
    assert "obligations" not in outcome.events[0].data
    for when, who in (("2026-01-07 11:00", "emil"), ("2026-01-07 12:00", "june")):
        ready.does(when, who, "sign", "launch")
    ready.does("2026-01-08 08:00", "ben", "fill", closing_day="2026-02-20")
    ready.does("2026-01-08 09:00", "ben", "do", "send_call", docs=("notice",))


def test_without_a_word_in_the_plan_the_signatures_are_void(ready: Play, renaming: Newer) -> None:
    ready.does("2026-01-07 09:00", "dora", "sign", "launch")
    moved(ready, renaming("legal", "counsel"), "2026-01-07 10:00")
    assert [one.status for one in ready.approval("launch").signatures] == ["void"]


def test_signatures_of_a_role_that_has_a_new_name_and_stricter_bounds_are_void(ready: Play, renaming: Newer) -> None:
    ready.does("2026-01-07 09:00", "dora", "sign", "launch")
    stricter = ("counsel: {title: Legal service}", "counsel: {title: Legal service, apart_from: [evaluator]}")
    moved(ready, renaming("legal", "counsel", stricter), "2026-01-07 10:00", "legal", "counsel")
    assert [one.status for one in ready.approval("launch").signatures] == ["void"]


def test_who_signed_under_the_old_name_is_kept_apart_under_the_new_one(ready: Play, renaming: Newer) -> None:
    """The launch is not signed by one person as legal and as authority: not across a renaming either."""
    both = replace(ORGANISATION, people={**ORGANISATION.people, "dora": Person("dora", ("legal", "authority"))})
    ready.rehearsal.binding = replace(ready.rehearsal.binding, organisation=both)
    ready.does("2026-01-07 09:00", "dora", "sign", "launch", role="legal")
    new = replace(renaming("legal", "counsel"), organisation=called(both, "legal", "counsel"))
    moved(ready, new, "2026-01-07 10:00", "legal", "counsel")
    assert ready.case.acted["dora"] == ("counsel",)
    refusal = ready.refused("2026-01-07 12:00", "dora", "sign", "launch", role="authority")
    assert "four-eyes" in [one.code for one in refusal.blockers]


def test_a_renaming_of_roles_is_taken_back_with_the_migration(ready: Play, renaming: Newer) -> None:
    ready.does("2026-01-07 09:00", "dora", "sign", "launch")
    before = ready.case
    moved(ready, renaming("legal", "counsel"), "2026-01-07 10:00", "legal", "counsel")
    number = str(ready.events[-1].decision)
    ready.does("2026-01-07 11:00", "ben", "annul", number, reason="Wrong plan")
    assert (ready.case.approvals, ready.case.acted["dora"]) == (before.approvals, before.acted["dora"])


def test_a_role_that_is_still_there_is_not_renamed(ready: Play, renaming: Newer) -> None:
    kept = ("  board: {title: Board, at_least: 3}", "  board: {title: Board, at_least: 3}\n  legal: {title: Lawyers}")
    outcome = moved(ready, renaming("legal", "counsel", kept), "2026-01-07 10:00", "legal", "counsel")
    assert codes(outcome) == [("not-by-a-plan", "legal")]
