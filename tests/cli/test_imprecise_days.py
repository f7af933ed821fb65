"""What people read where the day of an event is not known: no day is made up, and what was assumed is said."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Lab

FOUND_LATER = """
procedure: found-later
version: "1"
language: en
title: Found later
rulebook: none
counting: eu-1182-71
may_backdate: [officer]
roles: {officer: {title: Officer}}
begins: {step: begin, by: officer, to: first}
stages: {first: {owner: officer}, second: {owner: officer}, end: {final: completed}}
steps:
  start: {from: first, to: second, by: officer, starts: window}
  act: {from: second, to: same, by: officer, already_there: {within: window}}
  close: {from: second, to: end, by: officer, ends: everything}
deadlines:
  window: {title: Window, kind: open_until, period: 10 days}
"""


@pytest.fixture
def begun(lab: Lab) -> Lab:
    """A case whose window began on a day of January 2026 that nobody knows; it is 20 January."""
    (lab.folder / "found-later.yaml").write_text(FOUND_LATER.lstrip(), encoding="utf-8")
    lab.done("01-02 08:00", "release", "found-later.yaml", "--as", "ben")
    lab.case = lab.json("01-02 09:00", "open", "found-later", "--as", "ben")["case"]
    found = ("--happened", "2026-01", "--reason", "Found later", "--evidence", "a letter without day")
    lab.done("01-20 09:00", "do", lab.case, "start", "--as", "ben", *found)
    return lab


def test_the_note_of_a_deadline_counts_from_the_latest_day_and_says_when_it_may_have_ended(begun: Lab) -> None:
    note = " ".join(begun.done("01-21 09:00", "deadlines", begun.case, "--explain").split())
    assert "started 2026-01 (day not known)" in note
    assert "or ends Mon 2026-01-12 24:00, if it began as early as it may have" in note
    assert "How it was counted, from the latest moment at which it may have begun:" in note


def test_what_was_let_through_in_doubt_says_so_at_once_and_in_the_history(begun: Lab) -> None:
    words = "A day that is not known exactly was read so that this is possible."
    assert words in " ".join(begun.done("01-21 09:00", "do", begun.case, "act", "--as", "ben").split())
    assert words in " ".join(begun.done("01-21 09:01", "history", begun.case).split())
