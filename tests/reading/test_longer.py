"""What is read and compared of a deadline that an overlay makes longer: both parts, or what it no longer follows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from inprocap_flow.errors import NotFound
from inprocap_flow.language.load import load_organisation
from inprocap_flow.service.confirming import confirm
from inprocap_flow.service.holders import all_holders, holders_for
from inprocap_flow.service.law import limits_on
from inprocap_flow.service.reading.book import Book, open_book
from inprocap_flow.service.reading.differing import differences
from tests.reading.conftest import Said

LIBRARY = Path(__file__).parents[1] / "language" / "overlays" / "library"
BASE = LIBRARY / "fair.yaml"
DAY = date(2026, 7, 1)
HEAD = "overlay: slow\nversion: 1\nlanguage: en\ntitle: Slow\norganisation: lab\nfor: {fair: 1.0}\n"


def opened(folder: Path, body: str = "") -> Book:
    path = folder / "slow.yaml"
    path.write_text(HEAD + body, encoding="utf-8")
    return open_book(BASE, [LIBRARY], overlays=[path] if body else [], day=DAY)


def told(before: Book, after: Book, name: str) -> str:
    """Return what differs in *name*, as one text."""
    changes = [change for one in differences(before, after) if one.name == name for change in one.changes]
    return "\n".join(one.text for change in changes for sentence in change.now for one in sentence.walk())


BY = "lengthen: {standstill: {by: 10 days, why: Letters take longer, cite: House rules 4}}\n"
FIXED = "lengthen: {standstill: {period: 20 days, why: Letters take longer}}\n"
LOST = "It no longer follows the limit standstill: its reductions and later changes do not reach it here."


def test_both_parts_are_read_with_what_they_rest_on(tmp_path: Path, said: Said) -> None:
    text = said(opened(tmp_path, BY), "standstill")
    both = "25 days (15 days by the limit standstill and 10 days more by the limit standstill_longer)"
    assert f"It ends {both} after it starts" in text
    assert "What reduces one part leaves the other as it is." in text
    assert "Basis: law; Fair Act Art. 7, invented" in text
    assert "Basis: house rule; House rules 4" in text
    assert LOST not in text


def test_a_proposal_says_how_much_of_it_is_added(tmp_path: Path, said: Said) -> None:
    text = said(opened(tmp_path, "lengthen: {offers: {by: 1 week, why: We give more}}\n"), "offers")
    assert "37 days (30 days and 1 week more by the limit offers_longer) is a proposal only" in text


def test_a_fixed_length_is_said_to_lose_the_reductions_of_the_law(tmp_path: Path) -> None:
    plain = opened(tmp_path)
    text = told(plain, opened(tmp_path, FIXED), "standstill")
    assert LOST in text
    assert "10 days, if the answer to sent_electronically is yes (Fair Act Art. 7(2), invented)." in text
    assert "say by how much it is longer (`by:`)" in text
    assert LOST not in told(plain, opened(tmp_path, BY), "standstill")


def test_a_fixed_length_in_the_place_of_a_limit_without_reductions_loses_its_changes_only(
    tmp_path: Path, said: Said
) -> None:
    text = said(opened(tmp_path, "lengthen: {offers: {at_least: 30 days, why: We give more}}\n"), "offers")
    assert "It no longer follows the limit window: its later changes do not reach it here." in text


def test_a_procedure_by_itself_loses_nothing(tmp_path: Path, said: Said) -> None:
    assert "no longer follows" not in said(opened(tmp_path), "standstill")


def library(folder: Path, body: str) -> tuple[Path, Path]:
    (folder / "overlays").mkdir()
    opened(folder / "overlays", body)
    return folder, LIBRARY


def test_law_lists_what_an_overlay_adds_where_it_is_written(tmp_path: Path) -> None:
    (holder,) = all_holders(library(tmp_path, BY), "slow")
    (found,) = limits_on(holder, DAY)
    assert (found.limit.name, found.in_words, found.limit.basis) == ("standstill_longer", "10 days", "house_rule")
    assert (found.since, found.confirmed, found.place.line) == (None, False, 7)


def test_law_of_an_organisation_lists_it_too(tmp_path: Path) -> None:
    text = (LIBRARY / "organisations" / "lab.yaml").read_text(encoding="utf-8")
    text = text.replace("overlay: house", "overlay: slow")
    (tmp_path / "organisations").mkdir()
    (tmp_path / "organisations" / "lab.yaml").write_text(text, encoding="utf-8")
    folders = library(tmp_path, BY)
    whose, _ = load_organisation(tmp_path / "organisations" / "lab.yaml", folders)
    names = [name for one in holders_for(whose, DAY, folders) for name in one.limits]
    assert "standstill_longer" in names


def test_what_is_written_out_at_a_deadline_is_not_confirmed_by_itself(tmp_path: Path) -> None:
    folders = library(tmp_path, BY)
    with pytest.raises(NotFound, match="written out in the overlay slow, under lengthen") as refused:
        confirm(folders, tmp_path, "slow", "standstill_longer", by="ada", on=DAY, today=DAY)
    assert "law confirm slow limits.standstill_longer" in refused.value.mend
