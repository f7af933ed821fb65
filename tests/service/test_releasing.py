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
from inprocap_flow.service.releasing import read_procedure, release_organisation, release_procedure
from inprocap_flow.service.versions import versions
from tests.service.conftest import DEFINITIONS

PURCHASE = Path(__file__).parents[1] / "engine" / "purchase.yaml"


def test_the_same_content_again_changes_nothing(desk: Desk) -> None:
    first = release_procedure(desk, PURCHASE, by="ben")
    again = release_procedure(desk, PURCHASE, by="ben")
    assert [one.new for one in first] == [True]
    assert [one.new for one in again] == [False]
    assert first[0].content_hash == again[0].content_hash


def test_a_released_version_never_changes(desk: Desk, tmp_path: Path) -> None:
    release_procedure(desk, PURCHASE, by="ben")
    changed = PURCHASE.read_text(encoding="utf-8").replace("value: 15 days", "value: 14 days")
    (tmp_path / "purchase.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(NotAllowed, match="purchase 2026"):
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
    book, _ = release_procedure(desk, own / "open.yaml", by="ben")
    with desk.store.reading() as reading:
        (released,) = reading.releases("rulebook")
    assert released.content_hash == book.content_hash
    with pytest.raises(NotAllowed, match="eu-2014-24"):
        release_procedure(desk, DEFINITIONS / "open.yaml", by="ben")


def _change(path: Path, was: str, now: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, now), encoding="utf-8")


def test_a_definition_with_a_finding_of_correctness_is_not_released(desk: Desk, tmp_path: Path) -> None:
    lost = "  lost: {title: Lost, owner: officer}\n"
    text = PURCHASE.read_text(encoding="utf-8").replace("stages:\n  preparation:", f"stages:\n{lost}  preparation:", 1)
    (tmp_path / "purchase.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match="unreachable-stage"):
        release_procedure(desk, tmp_path / "purchase.yaml", by="ben")
    with desk.store.reading() as reading:
        assert reading.releases("procedure") == ()


def test_names_of_people_are_not_in_what_is_released(desk: Desk) -> None:
    release_organisation(desk, DEFINITIONS / "organisations" / "example-lab.yaml", by="ben")
    with desk.store.reading() as reading:
        content = str(reading.released("organisation", "example-lab").content)
        people = reading.people("example-lab")
    assert "Invented" in next(person.name for person in people)
    assert "Ada" not in content
    assert "@" not in content


def test_the_next_version_is_prepared_while_the_present_one_opens_cases(desk: Desk, tmp_path: Path) -> None:
    release_organisation(desk, DEFINITIONS / "organisations" / "example-lab.yaml", by="ben")
    release_procedure(desk, PURCHASE, by="ben")
    later = PURCHASE.read_text(encoding="utf-8").replace("version: 2026.1", "version: 2027.1")
    (tmp_path / "purchase.yaml").write_text(later, encoding="utf-8")
    release_procedure(desk, tmp_path / "purchase.yaml", by="ben", valid_from=date(2027, 1, 1))
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
