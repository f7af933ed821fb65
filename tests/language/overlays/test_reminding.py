"""`remind`: an overlay adds reminders to deadlines and approvals of a procedure; what the procedure says stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.language.checks.finding import Around
from inprocap_flow.language.checks.overlay_weakens import check
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition, Reminder
from inprocap_flow.records import changed
from tests.language.overlays.test_longer_by import BASE, OURS, applied, refused

THEIRS = "national: DE"


def of_reasons(definition: Definition) -> list[tuple[str, str | None]]:
    return [(one.role, one.before) for one in definition.main.deadlines["reasons_given"].remind]


def test_a_reminder_is_added_after_those_of_the_procedure(tmp_path: Path) -> None:
    found = applied(tmp_path, (OURS, "remind: {deadlines: {reasons_given: {role: legal, before: 4 days}}}\n"))
    assert of_reasons(found) == [("officer", "P2D"), ("legal", "P4D")]


def test_somebody_is_reminded_earlier_and_still_when_the_procedure_says(tmp_path: Path) -> None:
    found = applied(tmp_path, (OURS, "remind: {deadlines: {reasons_given: [{role: officer, before: 1 week}]}}\n"))
    assert of_reasons(found) == [("officer", "P2D"), ("officer", "P1W")]


def test_whoever_has_to_sign_is_reminded_where_the_procedure_reminds_nobody(tmp_path: Path) -> None:
    body = "remind: {approvals: {award: [{every: 3 working days}, {after: 2 weeks, role: authority, escalation: yes}]}}"
    found = applied(tmp_path, (OURS, f"{body}\n"))
    every, escalated = found.main.approvals["award"].remind
    assert (every.every, every.role) == ("P3WD", "")
    assert (escalated.after, escalated.role, escalated.escalation) == ("P2W", "authority", True)


def test_a_country_and_a_house_both_add(tmp_path: Path) -> None:
    theirs = "remind: {deadlines: {reasons_given: {role: legal, before: 4 days}}}\n"
    ours = "remind: {deadlines: {reasons_given: {role: authority, after: 1 day, escalation: yes}}}\n"
    found = applied(tmp_path, (OURS, ours), (THEIRS, theirs))
    assert of_reasons(found) == [("officer", "P2D"), ("legal", "P4D"), ("authority", None)]


def test_where_procedures_differ_entries_are_put_together(tmp_path: Path) -> None:
    body = """\
remind:
  - deadlines: {reasons_given: {role: legal, before: 4 days}}
  - only_for: fair
    deadlines: {reasons_given: {role: authority, before: 1 day}}
"""
    assert of_reasons(applied(tmp_path, (OURS, body))) == [("officer", "P2D"), ("legal", "P4D"), ("authority", "P1D")]


def test_a_role_that_acts_for_another_is_reminded_in_its_place(tmp_path: Path) -> None:
    body = """\
roles:
  buyer: {title: Buyer, records_for: firm}
replace_role: {officer: buyer}
remind: {deadlines: {reasons_given: {role: officer, before: 1 week}}}
"""
    assert of_reasons(applied(tmp_path, (OURS, body))) == [("buyer", "P2D"), ("buyer", "P1W")]


def test_a_firm_may_be_reminded_of_what_it_must_keep_to(tmp_path: Path) -> None:
    found = applied(tmp_path, (OURS, "remind: {deadlines: {offers: {role: firm, before: 1 day}}}\n"))
    assert found.main.deadlines["offers"].remind == (Reminder("firm", before="P1D"),)


@pytest.mark.parametrize("thing", ["deadlines: {reasons_given: {role: firm, before: 1 day}}",
                                   "approvals: {award: {role: firm, after: 1 day}}"])  # fmt: skip
def test_a_firm_is_not_told_of_what_the_buyer_keeps_inside(tmp_path: Path, thing: str) -> None:
    ((code, fact, _),) = refused(tmp_path, f"remind: {{{thing}}}\n")
    assert code == "overlay-weakens"
    assert "It would tell `firm` of the" in fact


def test_a_role_of_the_overlay_that_sees_less_is_not_told_either(tmp_path: Path) -> None:
    body = "roles: {guest: {title: Guest, sees: published}}\n"
    ((code, _, _),) = refused(tmp_path, body + "remind: {deadlines: {standstill: {role: guest, before: 1 day}}}\n")
    assert code == "overlay-weakens"


@pytest.mark.parametrize("take_away", ["reasons_given", "award"])
def test_a_result_that_reminds_somebody_less_is_found_without_knowing_the_overlay(take_away: str) -> None:
    base = load_procedure(BASE)
    main = base.main
    reminder = Reminder("legal", after="P1D")
    award = changed(main.approvals["award"], remind=(reminder,))
    before = changed(base, main=changed(main, approvals={**main.approvals, "award": award}))
    reasons = changed(main.deadlines["reasons_given"], remind=(reminder,))
    less = {
        "reasons_given": changed(
            before, main=changed(before.main, deadlines={**main.deadlines, "reasons_given": reasons})
        ),
        "award": base,
    }[take_away]
    (finding,) = check(less, Around(base=before))
    assert finding.fact == f"Somebody who is reminded of `{take_away}` in the procedure is not, or at another time."
