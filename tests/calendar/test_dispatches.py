"""The last dispatch of the present content starts the clock; a courtesy copy does not."""

from __future__ import annotations

from datetime import datetime

import pytest

from inprocap_flow.calendar.bad_values import BadMoment
from inprocap_flow.calendar.dispatches import Dispatch, start_of_clock


def sent(addressee: str, at: str, content: str = "letter 1") -> Dispatch:
    return Dispatch(addressee, datetime.fromisoformat(f"2027-03-{at}+01:00"), content)


FIRST, SECOND = sent("al", "17T09:00"), sent("bo", "18T16:30")


def test_the_last_of_several_dispatches_starts_the_period_for_all() -> None:
    start = start_of_clock([SECOND, FIRST])
    assert start.at == SECOND.sent_at
    assert [(step.rule, step.text, step.basis) for step in start.trace] == [
        ("R12", "The last of 2 dispatches starts it: bo, Thu 2027-03-18 16:30 +01:00.", "convention")
    ]


def test_a_courtesy_copy_starts_nothing_anew() -> None:
    start = start_of_clock([FIRST, SECOND, sent("al", "20T10:00"), sent("al", "21T10:00")])
    assert start.at == SECOND.sent_at
    assert start.trace[0].text == "2 further copies of the same content started nothing."
    assert start_of_clock([FIRST, SECOND, sent("al", "20T10:00")]).trace[0].text.startswith("1 further copy of")


def test_a_corrected_letter_starts_a_new_period_when_everybody_has_it() -> None:
    new = [sent("al", "22T09:00", "letter 2"), sent("bo", "23T09:00", "letter 2")]
    start = start_of_clock([FIRST, SECOND, *new])
    assert start.at == new[1].sent_at
    assert "only what was sent since Mon 2027-03-22 09:00 +01:00 starts the period" in start.trace[0].text


def test_no_period_starts_while_somebody_has_only_the_old_letter_or_none() -> None:
    start = start_of_clock([FIRST, SECOND, sent("al", "22T09:00", "letter 2")], ["al", "bo", "cy"])
    assert start.at is None
    assert start.missing == ("al", "bo", "cy")[1:]
    assert start.trace[-1].text == "The period has not started: bo, cy was not sent the present content."


def test_one_addressee_is_named_without_counting() -> None:
    assert start_of_clock([FIRST]).trace[-1].text == "The dispatch to al starts it: Wed 2027-03-17 09:00 +01:00."


def test_without_any_dispatch_there_is_no_period() -> None:
    with pytest.raises(BadMoment, match="nothing was sent"):
        start_of_clock([], ["al"])
