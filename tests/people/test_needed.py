"""Whose absence stops what, on which days: small organisations whose answer can be seen at a glance."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from inprocap_flow.language.checks import Around
from inprocap_flow.language.checks.absence_stops_approval import check as absences
from inprocap_flow.language.expressions.syntax import parse
from inprocap_flow.language.guards.abstraction import Known
from inprocap_flow.language.model import (
    CASE,
    Absence,
    AlreadyThere,
    Approval,
    Branch,
    Definition,
    Derogation,
    Field,
    Line,
    Organisation,
    Person,
    Role,
    Signature,
    Stage,
    Step,
)
from inprocap_flow.language.people.needed import needed_together, who_is_needed
from inprocap_flow.language.people.staff import ALWAYS, stretches, with_absences

PEOPLE = (
    Person("ada", ("officer",)),
    Person("dora", ("legal",)),
    Person("june", ("head",)),
    Person("nils", ("head", "legal")),
)


def organisation(*people: Person) -> Organisation:
    return Organisation("lab", "1", {}, "UTC", "EUR", people={one.id: one for one in people or PEOPLE})


def definition(*signatures: Signature) -> Definition:
    go = Step(
        "go", CASE, ("drafted",), (Branch("done"),), by=("officer",), already_there=AlreadyThere(approvals=("a",))
    )
    main = Line(
        CASE, {}, Step("begin", CASE, (), (Branch("drafted"),), by=("officer",)),
        {"drafted": Stage("drafted", {}, "officer"), "done": Stage("done", {}, final="completed")}, {"go": go},
        fields={"small": Field("small", "yes_no", {}), "places": Field("places", "whole_number", {})},
        approvals={"a": Approval("a", CASE, signatures)},
    )  # fmt: skip
    roles = {name: Role(name, {}) for name in ("officer", "legal", "head")}
    return Definition("made-up", "1", "en", {}, main, roles=roles)


FOUR_EYES = definition(Signature("legal"), Signature("head", not_same_as=("legal",)))


def test_only_who_nobody_can_stand_in_for_is_needed() -> None:
    (ada,) = who_is_needed(Known(FOUR_EYES), organisation())
    assert (ada.person, ada.approvals, ada.steps) == ("ada", (), ("begin", "go"))  # who never signs: she carries out


def test_one_person_in_two_roles_does_not_stand_in_for_two_people() -> None:
    small = organisation(PEOPLE[0], PEOPLE[1], PEOPLE[3])
    assert [one.person for one in who_is_needed(Known(FOUR_EYES), small)] == ["ada", "dora", "nils"]


def test_signatures_whose_conditions_exclude_each_other_are_not_needed_together() -> None:
    approval = Approval("a", CASE, (Signature("legal"), Signature("head", when=parse("small")),
                                    Signature("officer", when=parse("not small"))))  # fmt: skip
    assert needed_together(Known(FOUR_EYES), approval) == [(0, 1), (0, 2)]


def test_an_absence_is_told_with_its_days_and_who_is_missing() -> None:
    lab = with_absences(organisation(), [("dora", Absence("2026-08-03", "2026-08-21")),
                                         ("nils", Absence("2026-08-10", "2026-08-14"))])  # fmt: skip
    (found,) = absences(FOUR_EYES, Around(organisation=lab))
    told = "From 2026-08-10 until 2026-08-14 nobody can give `a` for `go`: dora and nils are away."
    assert found.fact.startswith(told)


def test_a_substitute_signs_for_whoever_is_away_unless_it_is_another_signature_too() -> None:
    away = Absence("2026-08-03", "2026-08-21")
    helped = organisation(PEOPLE[0], PEOPLE[1], Person("june", ("head",), (away,), "ada"))
    assert list(absences(FOUR_EYES, Around(organisation=helped))) == []
    useless = organisation(PEOPLE[0], PEOPLE[1], Person("june", ("head",), (away,), "dora"))
    assert [one.origin for one in absences(FOUR_EYES, Around(organisation=useless))] == ["approvals.a"]


def test_what_is_over_is_not_told_and_what_has_no_end_has_none() -> None:
    lab = with_absences(organisation(), [("ada", Absence("2026-01-05", "2026-01-09"))])
    assert list(absences(FOUR_EYES, Around(organisation=lab, day=date(2026, 1, 10)))) == []
    gone = with_absences(organisation(), [("ada", ALWAYS)])
    (stretch,) = stretches(gone, date(2026, 1, 10))
    assert (str(stretch), stretch.away) == ("from 2026-01-10 on", frozenset({"ada"}))


def test_a_derogation_that_nobody_could_grant_without_somebody_is_told_like_a_step() -> None:
    plain = definition(Signature("legal"))
    lift = Derogation("lift", {}, ("house",), ("officer",), already_there=AlreadyThere(approvals=("b",)))
    haste = Derogation("haste", {}, ("house",), ("head",))
    main = replace(plain.main, approvals={**plain.main.approvals, "b": Approval("b", CASE, (Signature("head"),))})
    lifting = replace(plain, main=main, derogations={"lift": lift, "haste": haste})
    small = organisation(PEOPLE[0], PEOPLE[1], PEOPLE[2])
    needed = {one.person: one for one in who_is_needed(Known(lifting), small)}
    assert (needed["june"].approvals, needed["june"].steps) == ((("b", "lift"),), ("haste",))
    assert needed["ada"].steps == ("begin", "go", "lift")


def test_nobody_unknown_can_be_away() -> None:
    with pytest.raises(KeyError):
        with_absences(organisation(), [("zoe", ALWAYS)])
