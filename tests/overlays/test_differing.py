"""A role that is called otherwise, or for which another one acts, is one difference and not one for each place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow
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


def otherwise(folder: Path, *swaps: tuple[str, str]) -> tuple[Difference, ...]:
    """Return what differs between open and a copy of it with other words."""
    path, text = DEFINITIONS / "open.yaml", (DEFINITIONS / "open.yaml").read_text("utf-8")
    for was, now in swaps:
        assert was in text
        text = text.replace(was, now)
    (folder / "open.yaml").write_text(text, encoding="utf-8")
    before, after = (open_book(one, (DEFINITIONS,), day=DAY) for one in (path, folder / "open.yaml"))
    return differences(before, after)


TAKES = ("takes: 3 working days", "takes: 5 working days")


def test_only_what_is_otherwise_is_said_below_a_sentence_that_stays(tmp_path: Path) -> None:
    (tenders,) = (one for one in otherwise(tmp_path, TAKES) if one.kind == "deadline")
    ((was,), (now,)) = next((one.was, one.now) for one in tenders.changes if one.label == "What people may do to it")
    assert was.text == now.text
    assert [one.text[:27] for one in was.below] == ["It takes 3 working days bef"]
    assert [one.text[:27] for one in now.below] == ["It takes 5 working days bef"]


def test_what_is_only_new_below_a_sentence_that_stays_has_nothing_that_was(tmp_path: Path) -> None:
    told = ("        tells:\n          - ilo_adviser\n", "        tells:\n          - ilo_adviser\n          - legal\n")
    (tenders,) = (one for one in otherwise(tmp_path, told) if one.kind == "deadline")
    ((was,), (now,)) = next((one.was, one.now) for one in tenders.changes)
    assert (was.text, was.below) == (now.text, ())
    assert [one.text for one in now.below] == ["Told: the Legal service."]


def test_a_sentence_that_stays_is_printed_once_with_what_was_and_what_is(tmp_path: Path) -> None:
    otherwise(tmp_path, TAKES)
    given = ["diff", str(DEFINITIONS / "open.yaml"), str(tmp_path / "open.yaml")]
    shown = CliRunner(env={"COLUMNS": "80"}).invoke(inprocap_flow, given, prog_name="inprocap-flow").stdout
    part = " ".join(shown.partition("What people may do to it")[2].partition("\n\n")[0].split())
    assert part.startswith("as before: The Procurement officer may move its end to a later moment")
    assert part.count("The Procurement officer may move its end") == 1
    assert "was: It takes 3 working days before the end." in part
    assert "is: It takes 5 working days before the end." in part
    assert "Told:" not in part
