"""A plan that means the same for many cases says it once, and lists them under where they stand."""

from __future__ import annotations

import random

from inprocap_flow.cli.alike import Block, together

SAYS = ("  - decide_award needs the approval security.",)


def test_a_case_of_its_own_has_its_place_and_what_is_said_of_it() -> None:
    assert list(together([Block("case-1  Lasers", "in award.decided", SAYS)])) == [
        "",
        "case-1  Lasers",
        "  in award.decided",
        *SAYS,
    ]


def test_what_is_the_same_for_several_cases_is_said_once_with_the_cases_under_where_they_stand() -> None:
    blocks = [Block(f"case-{n}", where, SAYS) for n, where in ((1, "in a"), (2, "in b"), (3, "in a"))]
    assert list(together(blocks)) == [
        "",
        "The same for 3 cases",
        *SAYS,
        "  in a",
        "    case-1",
        "    case-3",
        "  in b",
        "    case-2",
    ]


def test_cases_of_which_nothing_is_said_are_counted() -> None:
    assert list(together([Block("case-1", "in a", ()), Block("case-2", "in a", ())]))[1:] == [
        "2 cases",
        "  in a",
        "    case-1",
        "    case-2",
    ]


def test_no_case_is_lost_or_told_twice() -> None:
    drawn = random.Random(20261123)
    blocks = [
        Block(f"case-{number}", f"in {drawn.choice('abc')}", (f"  - {drawn.choice('xy')}",)) for number in range(50)
    ]
    lines = list(together(blocks))
    assert sorted(line.strip() for line in lines if "case-" in line) == sorted(block.head for block in blocks)
    assert sum(line.startswith("The same for") for line in lines) == 2
