"""A role that is called otherwise, or for which another one acts, is one difference and not one for each place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from inprocap_flow.service.reading.book import open_book
from inprocap_flow.service.reading.differing import Difference, differences

DEFINITIONS = Path(__file__).parents[2] / "definitions"
DAY = date(2026, 11, 23)
OVERLAY = """\
overlay: ours
version: 1
language: en
title: Ours
organisation: example-lab
for: {market-consultation: 2026.1}
"""


def differing(folder: Path, text: str) -> tuple[Difference, ...]:
    overlay = folder / "ours.yaml"
    overlay.write_text(OVERLAY + text, encoding="utf-8")
    path = DEFINITIONS / "market-consultation.yaml"
    before, after = (open_book(path, (DEFINITIONS,), overlays=own, day=DAY) for own in ((), (overlay,)))
    return differences(before, after)


def test_another_title_of_a_role_is_said_once_with_the_number_of_its_places(tmp_path: Path) -> None:
    (role,) = differing(tmp_path, "rename: {roles: {legal: The lawyers}}\n")
    assert (role.what, role.kind, role.title) == ("changed", "role", "The lawyers")
    said = role.changes[0].now[0].text
    assert said.startswith("It stands in ")
    assert said.endswith('where "Legal service" stood.')


def test_a_role_that_another_one_acts_for_is_said_once_too(tmp_path: Path) -> None:
    text = "roles: {board: {title: Board}}\nreplace_role: {approving_authority: board}\n"
    found = differing(tmp_path, text)
    assert [(one.kind, one.title) for one in found if one.kind == "role"] == [("role", "Board")]
    assert not [one for one in found if one.kind in {"step", "stage", "approval"}]


def test_what_changes_beside_the_title_is_still_a_difference(tmp_path: Path) -> None:
    text = "rename: {roles: {legal: The lawyers}, steps: {plan_consultation: Begin to plan}}\n"
    assert "Begin to plan" in {one.title for one in differing(tmp_path, text) if one.kind == "step"}
