"""Every key that an answer has is described, and every key that is described is there."""

from __future__ import annotations

import re
from typing import Any

import pytest

from inprocap_flow.cli.reference import FOLDER
from tests.cli.conftest import Lab

PAGE = (FOLDER / "json.md").read_text(encoding="utf-8")


def described(command: str) -> set[str]:
    """Return the keys at the top of the answer to *command*, from its row of the page."""
    (row,) = re.findall(rf"^\| (?:`[a-z ]+`, )*`{command}`(?:, `[a-z ]+`)* \| (.*) \|$", PAGE, re.MULTILINE)
    return set(re.findall(r"`(\w+)`", re.split(r"[;:]", row)[0]))


def named(thing: str) -> set[str]:
    """Return the keys of a part, from its item of the list at the end of the page."""
    (item,) = re.findall(rf"^- An? \*\*{thing}\*\*(?: \([^)]*\))?: (.*?)(?=^- |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`(\w+)`", re.sub(r"\([^()]*\)", "", item)))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("cases", ()),
        ("show", ("CASE",)),
        ("next", ("CASE",)),
        ("deadlines", ("CASE",)),
        ("track", ("CASE",)),
        ("deliveries list", ()),
        ("deliveries send", ()),
        ("people list", ()),
        ("people show", ("emil",)),
    ],
)
def test_the_keys_of_an_answer_are_those_described(bid_in: Lab, command: str, words: tuple[str, ...]) -> None:
    typed = (*command.split(), *(bid_in.case if word == "CASE" else word for word in words))
    assert set(bid_in.json("02-11 09:00", *typed)) == described(command)


def test_the_keys_of_offers_lines_deadlines_and_approvals_are_those_described(bid_in: Lab) -> None:
    found: Any = bid_in.json("02-11 09:00", "next", bid_in.case)
    assert set(found["open"][0]) == set(found["not_yet"][0]) == named("offer")
    assert set(found["deadlines"][0]) == named("deadline")
    assert set(found["approvals"][0]) == named("approval")
    assert set(bid_in.json("02-11 09:00", "show", bid_in.case)["lines"][0]) == named("line")


def test_the_keys_of_an_act_are_those_described(ready: Lab) -> None:
    known = set(re.findall(r"`(\w+)`", PAGE))
    done = ready.json("01-06 10:00", "sign", ready.case, "launch", "--as", "dora")
    refused = ready.json("01-06 10:00", "do", ready.case, "send_call", "--as", "ben")
    assert set(done) | set(refused) | set(refused["blockers"][0]) <= known
