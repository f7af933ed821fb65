"""A change put into an overlay that is there: comments, layout and everything else stay as they are."""

from __future__ import annotations

import pytest

from inprocap_flow.errors import NotAllowed
from inprocap_flow.service.starting.adding import added

FILE = """\
# What we ask beside the law.
overlay: house
version: 1
language: en
title: House
organisation: lab
for: {open: 1, restricted: 1}

approvals:
  # The board wanted this in 2019.
  board_agrees:
    title: Agreement of the board
    signatures: [{role: board}]

at:
  awarded:  # when the award is decided
    already_there: {approvals: [board_agrees]}  # not the letter
  call_sent:
    tells: [legal]

# Kept for later: a watch on the forecast.
"""
NEW = """\
overlay: house
version: 2
title: another
for: {open: 1}
roles:
  director: {title: Director}

approvals:
  director_agrees:
    title: Agreement of the director
    signatures:
      - role: director

at:
  %s:
    already_there: {approvals: [director_agrees]}
"""


def test_sections_grow_at_their_end_and_new_ones_come_last() -> None:
    text = added(FILE, NEW % "opened")
    assert text.startswith(FILE.partition("at:\n")[0].rstrip())
    assert "    signatures: [{role: board}]\n  director_agrees:\n    title: Agreement of the director\n" in text
    assert "    tells: [legal]\n  opened:\n    already_there: {approvals: [director_agrees]}\n" in text
    assert text.endswith("# Kept for later: a watch on the forecast.\n\nroles:\n  director: {title: Director}\n")


def test_every_line_that_was_there_is_there_in_its_order() -> None:
    lines = added(FILE, NEW % "opened").split("\n")
    left = iter(lines)
    assert all(line in left for line in FILE.rstrip().split("\n"))


def test_at_the_same_milestone_both_approvals_are_asked_for() -> None:
    text = added(FILE.replace("  # not the letter", ""), NEW % "awarded")
    assert "    already_there: {approvals: [board_agrees, director_agrees]}\n" in text
    assert "  awarded:  # when the award is decided\n" in text


@pytest.mark.parametrize(
    ("there", "now"),
    [
        ("    tells: [legal]\n", "    tells: [legal]\n    already_there: {approvals: [director_agrees]}\n"),
        (
            "    already_there: {documents: [paper]}\n",
            "    already_there: {approvals: [director_agrees], documents: [paper]}\n",
        ),
        (
            "    already_there:\n      documents: [paper]\n",
            "    already_there:\n      approvals: [director_agrees]\n      documents: [paper]\n",
        ),
        (
            "    already_there:\n      approvals: [one]\n",
            "    already_there:\n      approvals: [one, director_agrees]\n",
        ),
    ],
)
def test_an_approval_is_put_to_what_the_milestone_asks_for_already(there: str, now: str) -> None:
    file = FILE.replace("    tells: [legal]\n", there)
    assert f"  call_sent:\n{now}" in added(file, NEW % "call_sent")


def test_a_change_for_some_of_the_procedures_says_so_at_each_entry() -> None:
    text = added(FILE, NEW % "opened", ("open",))
    assert "  director_agrees:\n    only_for: [open]\n" in text
    assert "  opened:\n    only_for: [open]\n" in text
    assert "  director: {title: Director, only_for: [open]}\n" in text


def test_what_has_the_name_already_is_refused_with_what_to_write() -> None:
    with pytest.raises(NotAllowed, match="`board_agrees` stands under `approvals:` already") as refused:
        added(FILE, (NEW % "opened").replace("director_agrees", "board_agrees"))
    assert "put it in by hand" in refused.value.mend
    assert "title: Agreement of the director" in refused.value.mend


def test_a_list_of_entries_at_a_milestone_is_left_to_people() -> None:
    file = FILE.replace("    tells: [legal]\n", "    - only_for: open\n      tells: [legal]\n")
    with pytest.raises(NotAllowed, match="`call_sent` stands under `at:` already"):
        added(file, NEW % "call_sent")


def test_a_section_in_braces_is_laid_out_first() -> None:
    with pytest.raises(NotAllowed, match="stands on one line") as refused:
        added(f"{FILE}roles: {{board: {{title: Board}}}}\n", NEW % "opened")
    assert refused.value.mend == "lay the file out first: inprocap-flow format"


def test_a_role_that_is_declared_is_not_declared_again() -> None:
    text = added(f"{FILE}roles:\n  director: {{title: Head}}\n", NEW % "opened")
    assert text.count("director:") == 1
