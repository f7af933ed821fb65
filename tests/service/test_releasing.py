"""Releasing: what is sound goes in once, under its content; what is not stays out."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.errors import InvalidInput, NotAllowed
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.releasing import release_organisation, release_procedure
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
