"""``why`` for acts on deadlines and for signatures: who may, what stands in the way, between which ends, from when."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Lab


@pytest.fixture
def sent(lab: Lab) -> Lab:
    """A case with three clocks: tenders until 20 February 12:00, answers six days before, a hold until 16 January."""
    shutil.copy(Path(__file__).with_name("clocks.yaml"), lab.folder / "clocks.yaml")
    lab.done("01-05 08:00", "release", "clocks.yaml", "--as", "ben")
    lab.case = lab.json("01-05 09:00", "open", "clocks", "--as", "ben")["case"]
    lab.done("01-05 09:10", "set", lab.case, "last=2026-02-20", "--as", "ben")
    lab.done("01-06 09:00", "do", lab.case, "send", "--as", "ben")
    return lab


def codes(found: Any) -> list[str]:
    return [blocker["code"] for blocker in found["blockers"]]


def test_who_may_extend_until_when_and_between_which_ends(sent: Lab) -> None:
    found = sent.json("01-07 09:00", "why", sent.case, "extend", "tenders")
    assert (found["act"], found["deadline"], found["possible"], found["who"]) == ("extend", "tenders", True, ["ben"])
    assert (found["until"], found["safe_until"]) == ("2026-02-20T11:00:00Z", "2026-02-12T23:00:00Z")
    assert [(one["side"], one["moment"]) for one in found["ends"]] == [
        ("later", "2026-02-20T11:00:00Z"),
        ("floor", "2026-01-16T23:00:00Z"),
    ]
    text = sent.done("01-07 09:00", "why", sent.case, "extend", "tenders")
    flat = " ".join(text.split())
    assert "Receipt of tenders (tenders) can be extended now" in flat
    assert "by Officer: Ben Invented (ben)" in flat
    assert "bring --reason TEXT, --until DAY or --by-law PERIOD" in flat
    assert "until Fri 2026-02-20 12:00, safely until Thu 2026-02-12 24:00" in flat
    assert "later than Fri 2026-02-20 12:00: what was announced is not made shorter" in flat
    assert "not before Fri 2026-01-16 24:00: at least 10 days after Tue 2026-01-06" in flat
    assert max(map(len, text.splitlines())) <= 80


def test_why_an_act_is_not_possible_gives_the_same_reasons_as_the_act(sent: Lab) -> None:
    why = sent.json("02-21 09:00", "why", sent.case, "extend", "tenders")
    words = ("deadline", "extend", sent.case, "tenders", "--until", "2026-03-20", "--as", "ben", "--reason", "x")
    refused = sent.json("02-21 09:00", *words)
    assert codes(why) == codes(refused) == ["deadline-over"]
    assert not why["possible"]


@pytest.mark.parametrize(
    ("act", "deadline", "expected"),
    [
        ("resume", "tenders", ["not-suspended"]),
        ("stop", "tenders", ["act-not-declared"]),
        ("extend", "answers", ["act-not-declared"]),
        ("satisfy", "answers", []),
        ("suspend", "tenders", []),
        ("restart", "hold", []),
        ("correct", "hold", []),
    ],
)
def test_every_act_on_a_deadline_can_be_asked_about(sent: Lab, act: str, deadline: str, expected: list[str]) -> None:
    found = sent.json("01-07 09:00", "why", sent.case, act, deadline)
    assert codes(found) == expected
    assert found["possible"] is not bool(expected)


def test_a_window_or_standstill_is_corrected_to_no_less_than_its_own_period(sent: Lab) -> None:
    found = sent.json("01-07 09:00", "why", sent.case, "correct", "hold")
    assert [(one["side"], one["moment"]) for one in found["ends"]] == [
        ("later", "2026-01-07T08:00:00Z"),
        ("floor", "2026-01-16T23:00:00Z"),
    ]


def test_whether_one_person_may_act_on_a_deadline_is_said_with_the_reason(sent: Lab) -> None:
    assert codes(sent.json("01-07 09:00", "why", sent.case, "extend", "tenders", "--as", "dora")) == ["not-entitled"]
    assert codes(sent.json("01-07 09:00", "why", sent.case, "extend", "tenders", "--as", "ben")) == []


def test_a_clock_that_stands_still_is_not_extended_but_resumed(sent: Lab) -> None:
    sent.done("01-12 09:00", "deadline", "suspend", sent.case, "tenders", "--as", "dora", "--reason", "x")
    assert codes(sent.json("01-13 09:00", "why", sent.case, "extend", "tenders")) == ["deadline-suspended"]
    assert codes(sent.json("01-13 09:00", "why", sent.case, "resume", "tenders")) == []


def test_an_unknown_deadline_and_an_act_without_one_say_what_to_type(sent: Lab) -> None:
    result = sent("01-07 09:00", "why", sent.case, "extend", "tenderz")
    assert result.exit_code == 1
    assert "tenders" in result.stderr
    result = sent("01-07 09:00", "why", sent.case, "extend")
    assert "extend tenders" in " ".join(result.stderr.split())
    result = sent("01-07 09:00", "why", sent.case, "tenders")
    assert "extend tenders" in " ".join(result.stderr.split())
    result = sent("01-07 09:00", "why", sent.case, "go", "tenders")
    assert result.exit_code == 2


# ---------------------------------------------------------------------------------------------- approvals


def test_who_may_sign_what_line_by_line_and_what_stands_in_the_way(ready: Lab) -> None:
    found = ready.json("01-06 10:00", "why", ready.case, "sign", "launch")
    assert (found["approval"], found["possible"], found["blockers"]) == ("launch", True, [])
    assert [(one["role"], one["possible"], one["who"]) for one in found["missing"]] == [
        ("legal", True, ["dora"]),
        ("holder", False, ["emil", "fay"]),
        ("authority", False, ["june"]),
    ]
    text = ready.done("01-06 10:00", "why", ready.case, "sign", "launch")
    assert "Dora Invented (dora)" in text
    assert 'signs the approval "Launch" before' in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80


def test_an_approval_may_be_named_alone_where_no_step_is_called_so(ready: Lab) -> None:
    assert ready.json("01-06 10:00", "why", ready.case, "launch")["approval"] == "launch"


def test_an_approval_that_nothing_needs_yet_says_which_step_will(drafted: Lab) -> None:
    found = drafted.json("01-06 10:00", "why", drafted.case, "sign", "award")
    assert "not-signable" in codes(found)
    assert "notify" in next(b["mend"] for b in found["blockers"] if b["code"] == "not-signable")


def test_why_one_person_cannot_sign_is_what_signing_would_say(ready: Lab) -> None:
    why = codes(ready.json("01-06 10:00", "why", ready.case, "sign", "launch", "--as", "ben"))
    refused = codes(ready.json("01-06 10:00", "sign", ready.case, "launch", "--as", "ben"))
    assert why == refused == ["not-entitled"]
    assert codes(ready.json("01-06 10:00", "why", ready.case, "sign", "launch", "--as", "dora")) == []


def test_an_approval_that_is_given_already_and_one_that_is_unknown(called: Lab) -> None:
    found = called.json("01-20 09:00", "why", called.case, "sign", "launch")
    assert not found["possible"]
    result = called("01-20 09:00", "why", called.case, "sign", "lunch")
    assert result.exit_code == 1
    assert "launch" in result.stderr


TWICE = """
procedure: twice
version: "1"
language: en
title: Twice
rulebook: none
counting: plain
roles: {officer: {title: Officer}, legal: {title: Legal}, holder: {title: Holder}, board: {title: Board}}
begins: {step: begin, by: officer, to: first}
stages: {first: {owner: officer}, second: {owner: officer}, end: {final: completed}}
steps:
  start: {from: first, to: second, by: officer, already_there: {approvals: [start]}}
  finish: {from: second, to: end, by: officer, ends: everything}
approvals:
  start: {title: Money, signatures: [{role: holder}, {role: board, how_many: 2}]}
"""


def twice(lab: Lab) -> Lab:
    """A case whose step and whose approval have one name."""
    lab.file("twice.yaml", TWICE)
    lab.done("01-05 08:00", "release", "twice.yaml", "--as", "ben")
    lab.case = lab.json("01-05 09:00", "open", "twice", "--as", "ben")["case"]
    return lab


def test_the_signatures_of_an_approval_are_counted_one_by_one_as_below_it(lab: Lab) -> None:
    twice(lab)
    assert "not asked for yet; 0 of 3 done" in lab.done("01-05 10:00", "why", lab.case, "sign", "start")
    lab.done("01-05 10:00", "sign", lab.case, "start", "--as", "emil")
    lab.done("01-05 11:00", "sign", lab.case, "start", "--as", "kim")
    text = lab.done("01-05 12:00", "why", lab.case, "sign", "start")
    assert "2 of 3 done" in text
    assert "Missing: Board, 1 of 2" in text


def test_a_step_and_an_approval_of_one_name_are_both_answered_for(lab: Lab) -> None:
    twice(lab)
    for now, act in (("01-05 09:30", ""), ("01-05 12:30", "go")):
        if act:
            for hour, person in (("10", "emil"), ("11", "kim"), ("12", "lee")):
                lab.done(f"01-05 {hour}:00", "sign", lab.case, "start", "--as", person)
            lab.done("01-05 12:10", "do", lab.case, "start", "--as", "ben")
        found = lab.json(now, "why", lab.case, "start")
        assert (found["step"], found["possible"]) == ("start", False)
        text = " ".join(lab.done(now, "why", lab.case, "start").split())
        assert f"An approval is called so, too: inprocap-flow why {lab.case} sign start" in text
        expected = "start was carried out already" if act else "start: not yet"
        assert expected in text


def test_of_an_approval_that_was_used_nothing_is_missing(lab: Lab) -> None:
    twice(lab)
    for hour, person in (("10", "emil"), ("11", "kim"), ("12", "lee")):
        lab.done(f"01-05 {hour}:00", "sign", lab.case, "start", "--as", person)
    lab.done("01-05 12:10", "do", lab.case, "start", "--as", "ben")
    assert lab.json("01-05 13:00", "why", lab.case, "sign", "start")["missing"] == []
    text = lab.done("01-05 13:00", "why", lab.case, "sign", "start")
    assert "given, and used by the step it let through" in " ".join(text.split())
    assert "Missing" not in text
