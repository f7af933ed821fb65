"""Releasing: what is sound goes in once, under its content; what is not stays out."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from inprocap_flow.engine.case.records import Request
from inprocap_flow.errors import InvalidInput, NotAllowed
from inprocap_flow.language.model import said
from inprocap_flow.service.choosing import day_of, release_for
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.judging import UNEXPLORED, Terms
from inprocap_flow.service.releasing import (
    OtherContent,
    read_procedure,
    release_files,
    release_organisation,
    release_overlay,
    release_procedure,
)
from inprocap_flow.service.versions import versions
from tests.service.conftest import DEFINITIONS

LAB = DEFINITIONS / "organisations" / "example-lab.yaml"
PURCHASE = Path(__file__).parents[1] / "engine" / "purchase.yaml"


def test_the_same_content_again_changes_nothing(desk: Desk) -> None:
    first = release_procedure(desk, PURCHASE, by="ben", terms=UNEXPLORED)
    again = release_procedure(desk, PURCHASE, by="ben", terms=UNEXPLORED)
    assert [one.new for one in first] == [True]
    assert [one.new for one in again] == [False]
    assert first[0].content_hash == again[0].content_hash


def test_a_released_version_never_changes(desk: Desk, tmp_path: Path) -> None:
    release_procedure(desk, PURCHASE, by="ben", terms=UNEXPLORED)
    changed = PURCHASE.read_text(encoding="utf-8").replace("value: 15 days", "value: 14 days")
    (tmp_path / "purchase.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(NotAllowed, match="purchase 2026"):
        release_procedure(desk, tmp_path / "purchase.yaml", by="ben", terms=UNEXPLORED)


def test_what_is_released_together_goes_in_together_or_not_at_all(desk: Desk, tmp_path: Path) -> None:
    release_procedure(desk, PURCHASE, by="ben", terms=UNEXPLORED)
    changed = PURCHASE.read_text(encoding="utf-8").replace("value: 15 days", "value: 14 days")
    (tmp_path / "purchase.yaml").write_text(changed, encoding="utf-8")
    files = [("organisation", LAB), ("procedure", DEFINITIONS / "open.yaml"), ("procedure", tmp_path / "purchase.yaml")]
    with pytest.raises(OtherContent) as refused:
        release_files(desk, files, by="ben", terms=UNEXPLORED)
    assert refused.value.path == tmp_path / "purchase.yaml"
    with desk.store.reading() as reading:
        there = [one.name for kind in ("procedure", "rulebook", "organisation") for one in reading.releases(kind)]
        assert there == ["purchase"]
        assert reading.people("example-lab") == ()


def test_a_fault_while_releases_are_written_leaves_none_of_them(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("inprocap_flow.service.releasing._put_people", fails)
    with pytest.raises(OSError, match="full"):
        release_files(desk, [("procedure", PURCHASE), ("organisation", LAB)], by="ben", terms=UNEXPLORED)
    with desk.store.reading() as reading:
        assert (reading.releases("procedure"), reading.releases("organisation")) == ((), ())


def test_another_content_is_refused_before_cases_are_explored(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release_procedure(desk, PURCHASE, by="ben", terms=UNEXPLORED)
    changed = PURCHASE.read_text(encoding="utf-8").replace("value: 15 days", "value: 14 days")
    (tmp_path / "purchase.yaml").write_text(changed, encoding="utf-8")
    monkeypatch.setattr("inprocap_flow.service.releasing.judge", lambda *_: pytest.fail("it was explored"))
    with pytest.raises(OtherContent):
        release_procedure(desk, tmp_path / "purchase.yaml", by="ben")


def test_a_copy_uses_the_blocks_and_the_rulebook_copied_with_it_not_those_that_are_shipped(
    desk: Desk, tmp_path: Path
) -> None:
    own = Path(shutil.copytree(DEFINITIONS, tmp_path / "own"))
    _change(own / "blocks" / "preparation.yaml", "Confirm the need", "Confirm what we need")
    _change(own / "rulebooks" / "eu-2014-24.yaml", "value: 35 days", "value: 36 days")
    assert own not in desk.definitions
    definition = read_procedure(desk, own / "open.yaml")
    assert said(definition.main.steps["confirm_need"].title) == "Confirm what we need"
    book, _ = release_procedure(desk, own / "open.yaml", by="ben", terms=UNEXPLORED)
    with desk.store.reading() as reading:
        (released,) = reading.releases("rulebook")
    assert released.content_hash == book.content_hash
    with pytest.raises(NotAllowed, match="eu-2014-24"):
        release_procedure(desk, DEFINITIONS / "open.yaml", by="ben", terms=UNEXPLORED)


def _change(path: Path, was: str, now: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, now), encoding="utf-8")


def test_a_definition_with_a_finding_of_correctness_is_not_released(desk: Desk, tmp_path: Path) -> None:
    lost = "  lost: {title: Lost, owner: officer}\n"
    text = PURCHASE.read_text(encoding="utf-8").replace("stages:\n  preparation:", f"stages:\n{lost}  preparation:", 1)
    (tmp_path / "purchase.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match="unreachable-stage"):
        release_procedure(desk, tmp_path / "purchase.yaml", by="ben", terms=UNEXPLORED)
    with desk.store.reading() as reading:
        assert reading.releases("procedure") == ()


def test_names_of_people_are_not_in_what_is_released(desk: Desk) -> None:
    release_organisation(desk, DEFINITIONS / "organisations" / "example-lab.yaml", by="ben", terms=UNEXPLORED)
    with desk.store.reading() as reading:
        content = str(reading.released("organisation", "example-lab").content)
        people = reading.people("example-lab")
    assert "Invented" in next(person.name for person in people)
    assert "Ada" not in content
    assert "@" not in content


def test_the_next_version_is_prepared_while_the_present_one_opens_cases(desk: Desk, tmp_path: Path) -> None:
    release_organisation(desk, DEFINITIONS / "organisations" / "example-lab.yaml", by="ben", terms=UNEXPLORED)
    release_procedure(desk, PURCHASE, by="ben", terms=UNEXPLORED)
    later = PURCHASE.read_text(encoding="utf-8").replace("version: 2026.1", "version: 2027.1")
    (tmp_path / "purchase.yaml").write_text(later, encoding="utf-8")
    release_procedure(desk, tmp_path / "purchase.yaml", by="ben", valid_from=date(2027, 1, 1), terms=UNEXPLORED)
    found = {day: _states(desk, day) for day in (date(2026, 12, 31), date(2027, 1, 1))}
    assert found == {
        date(2026, 12, 31): {"2026.1": "in force", "2027.1": "coming"},
        date(2027, 1, 1): {"2026.1": "superseded", "2027.1": "in force"},
    }


def _states(desk: Desk, day: date) -> dict[str, str]:
    return {one.entry.version: one.state for one in versions(desk, day) if one.kind == "procedure"}


@pytest.mark.parametrize(("moment", "version"), [("2026-12-31T22:59", "2026.1"), ("2026-12-31T23:00", "2027.1")])
def test_a_case_is_opened_on_the_version_of_the_day_in_the_zone_of_the_organisation(
    desk: Desk, tmp_path: Path, moment: str, version: str
) -> None:
    text = (DEFINITIONS / "organisations" / "example-lab.yaml").read_text(encoding="utf-8")
    assert "zone: Europe/Berlin" in text
    test_the_next_version_is_prepared_while_the_present_one_opens_cases(desk, tmp_path)
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    with desk.store.reading() as reading:
        day = day_of(desk, reading, "example-lab", Request("open", "ada"), now)
        assert release_for(desk, reading, "purchase", "example-lab", day).version == version


STUCK = Path(__file__).parents[1] / "checks" / "case-stuck" / "refused.yaml"


def stuck(folder: Path) -> Path:
    """Return a procedure in which a case can come to stand still for ever."""
    return Path(shutil.copy(STUCK, folder / "refused.yaml"))


def judged(desk: Desk) -> list[dict[str, object]]:
    with desk.store.reading() as reading:
        return [dict(entry.judged) for entry in reading.releases("procedure")]


def test_a_definition_of_which_cases_can_come_to_a_stand_is_not_released(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="case-stuck"):
        release_procedure(desk, stuck(tmp_path), by="ben")
    assert judged(desk) == []


def test_who_overrules_a_finding_says_why_and_both_stand_in_the_release(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match="only with a reason"):
        release_procedure(desk, stuck(tmp_path), by="ben", terms=Terms(despite=" "))
    (released,) = release_procedure(desk, stuck(tmp_path), by="ben", terms=Terms(despite="A trial, for one day"))
    assert released.judged.overruled == ("case-stuck",)
    (kept,) = judged(desk)
    assert (kept["overruled"], kept["reason"]) == (["case-stuck"], "A trial, for one day")
    with desk.store.reading() as reading:
        assert [entry.released_by for entry in reading.releases("procedure")] == ["ben"]
    again = release_procedure(desk, stuck(tmp_path), by="kim")  # it is there, and nothing is said anew
    assert (again[0].new, judged(desk)) == (False, [kept])


def test_what_could_not_be_decided_within_the_bound_stands_in_the_release(desk: Desk, tmp_path: Path) -> None:
    (released,) = release_procedure(desk, stuck(tmp_path), by="ben", terms=UNEXPLORED)
    assert "case-stuck" in released.judged.undecided
    assert judged(desk)[0]["explored"] == "0 cases and 0 s, 3 tracks of a kind"


def test_nobody_overrules_what_a_definition_needs_or_what_the_law_demands(desk: Desk, tmp_path: Path) -> None:
    text = PURCHASE.read_text(encoding="utf-8").replace("to: bidding.running", "to: bidding.nowhere", 1)
    (tmp_path / "purchase.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match="nowhere"):
        release_procedure(desk, tmp_path / "purchase.yaml", by="ben", terms=Terms(despite="We must"))
    floor = Path(shutil.copy(STUCK.parents[1] / "sealed-read-early" / "refused.yaml", tmp_path / "refused.yaml"))
    with pytest.raises(InvalidInput, match="sealed-read-early"):
        release_procedure(desk, floor, by="ben", terms=Terms(despite="We must"))


def test_what_an_overlay_makes_of_a_procedure_is_explored_before_it_is_released(desk: Desk, tmp_path: Path) -> None:
    """The overlay is sound, and so are its files; what would be released is the procedure with it, which is not."""
    release_procedure(desk, stuck(tmp_path), by="ben", terms=UNEXPLORED)
    (tmp_path / "overlays").mkdir()
    (tmp_path / "organisations").mkdir()
    (tmp_path / "overlays" / "house.yaml").write_text(OVERLAY, encoding="utf-8")
    shutil.copytree(DEFINITIONS / "calendars", tmp_path / "calendars")
    house = (DEFINITIONS / "organisations" / "example-lab.yaml").read_text(encoding="utf-8")
    file = tmp_path / "organisations" / "house.yaml"
    named = house.replace("organisation: example-lab", "organisation: house")
    file.write_text(f"{named}\noverlays:\n  - {{overlay: house}}\n", encoding="utf-8")
    release_organisation(desk, file, by="ben")
    with pytest.raises(InvalidInput, match="case-stuck"):
        release_overlay(desk, tmp_path / "overlays" / "house.yaml", by="ben")
    with desk.store.reading() as reading:
        assert reading.releases("overlay") == reading.releases("applied") == ()
    done = release_overlay(desk, tmp_path / "overlays" / "house.yaml", by="ben", terms=Terms(despite="A trial"))
    assert [(one.kind, one.judged.overruled) for one in done] == [("overlay", ()), ("applied", ("case-stuck",))]


OVERLAY = """\
overlay: house
version: "1"
language: en
title: House rules
organisation: house
for: {refused: "1"}
rename: {steps: {send_call: Send the call out}}
"""
