"""Books to read from: a small invented procedure, and the shipped ones."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from inprocap_flow import bundled
from inprocap_flow.service.reading.book import Book, open_book
from inprocap_flow.service.reading.finding import read_one
from inprocap_flow.service.reading.sentences import Section

HERE = Path(__file__).parent
DAY = date(2026, 7, 1)
REVIEW = "write the output anew with REVIEW_OUTPUT=1 and read the difference before you commit it"


@pytest.fixture(scope="session")
def lamp() -> Book:
    return open_book(HERE / "definitions" / "lamp.yaml", day=DAY)


@pytest.fixture(scope="session")
def pcp() -> Book:
    folder = bundled.root("definitions")
    return open_book(folder / "pcp.yaml", (folder,), day=DAY)


Said = Callable[..., str]


@pytest.fixture
def said() -> Said:
    """Return what a reading of one name says, as one text; with a label, only the groups called so."""

    def read(book: Book, name: str, label: str = "") -> str:
        return "\n".join(text_of(section, label) for section in read_one(book, name))

    return read


def text_of(section: Section, label: str = "") -> str:
    """Return everything that a section says, sentence after sentence."""
    groups = [group for group in section.groups if not label or group.label == label]
    return "\n".join(one.text for group in groups for sentence in group.sentences for one in sentence.walk())


def compare(name: str, text: str) -> None:
    """Compare a whole output with its reviewed file."""
    reviewed = HERE / "reviewed" / name
    if os.environ.get("REVIEW_OUTPUT"):
        reviewed.write_text(text, encoding="utf-8")
    assert reviewed.is_file(), f"{name} was never reviewed: {REVIEW}"
    assert text == reviewed.read_text(encoding="utf-8"), REVIEW


def without_lines(text: str) -> str:
    """Return *text* without line numbers, which every change of a shipped file moves; the margin goes with them."""
    return re.sub(r"( *)\b([a-z0-9_-]+\.yaml):\d+$", r" \2:N", text, flags=re.MULTILINE)
