"""The table of what law, grants and custom ask names places in the shipped definitions: each must exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "explanation" / "coverage-of-the-law.md"
PLACE = re.compile(r"(?:\| |<br>)`([\w./-]+\.yaml)` ([a-z][a-z0-9_]*)")


def _places() -> list[tuple[str, str]]:
    return sorted(set(PLACE.findall(TABLE.read_text(encoding="utf-8"))))


@pytest.mark.parametrize(("file", "name"), _places())
def test_every_place_named_in_the_table_is_declared_in_that_file(file: str, name: str) -> None:
    text = (ROOT / "definitions" / file).read_text(encoding="utf-8")
    assert re.search(rf"^\s*(- )?(step: {name}$|{name}:)", text, re.MULTILINE), f"{file} declares no {name}"


def test_every_row_that_is_covered_names_a_place() -> None:
    rows = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if "| covered" in line]
    assert len(rows) > 100
    assert [row for row in rows if not PLACE.search(row)] == []


def test_no_place_is_given_by_a_line_which_the_next_change_would_move() -> None:
    assert re.findall(r"\.yaml:\d+", TABLE.read_text(encoding="utf-8")) == []
