"""A value is one and the same in all that a step asks for: what no value meets together is no way for a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.language.checks import ends_left_open
from inprocap_flow.language.checks.asked import answered
from inprocap_flow.language.explore.asking import FOUND, PROVEN
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.load import load_procedure

WRITTEN = (Path(__file__).parents[1] / "checks" / "ends-left-open" / "accepted.yaml").read_text("utf-8")
AWARD = """\
  award:
    from: closed
    to: done
    by: authority
    handed_in: {{fields: [why, sure]}}
    already_there:
      that:
        - {{holds: "{one}", if_not: Not so}}
        - {{holds: "{other}", if_not: Not so either}}
"""
FIELDS = """\
fields:
  why: {type: choice, choices: [alone, lowest, other], title: Why this firm}
  sure: {type: yes_no, title: Is it sure}
"""


def answer(tmp_path: Path, one: str, other: str) -> str:
    """Return whether a case may end with an offer open, if both conditions are asked for."""
    before, _, rest = WRITTEN.partition("  award:\n")
    after = rest[rest.index("\napprovals:") :]
    text = before.replace("fields:\n", FIELDS, 1) + AWARD.format(one=one, other=other) + after
    file = tmp_path / "accepted.yaml"
    file.write_text(text, "utf-8")
    found = answered(ends_left_open.ask(load_procedure(file)), Bound(seconds=20).begun())
    return next(one.answer.verdict for one in found if one.about == "offer")


NOBODY = "count('offer', 'sent') == 0"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"why != 'alone' or {NOBODY}", "why == 'alone'"),
        (f"not sure or {NOBODY}", "sure"),
        (f"why != 'alone' or {NOBODY}", f"why == 'alone' or why in ['lowest', 'other'] and {NOBODY}"),
        (f"why != 'alone' or sure and {NOBODY}", "why == 'alone' and sure"),
    ],
)
def test_what_no_value_meets_together_is_no_way(tmp_path: Path, one: str, other: str) -> None:
    assert answer(tmp_path, one, other) == PROVEN


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"why != 'alone' or {NOBODY}", "why != 'lowest'"),
        (f"not sure or {NOBODY}", "why == 'alone'"),
        (f"why != 'alone' or {NOBODY}", "sure"),
    ],
)
def test_what_some_value_meets_together_stays_a_way(tmp_path: Path, one: str, other: str) -> None:
    assert answer(tmp_path, one, other) == FOUND
