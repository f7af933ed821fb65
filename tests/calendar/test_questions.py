"""Questions for a date as people type them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from inprocap_flow.calendar.bad_values import BadMoment, BadPeriod, BadValue
from inprocap_flow.calendar.periods import Period
from inprocap_flow.calendar.questions import Question, parse_question

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("35 days after 2026-11-23", Question(Period(35, "days"), "forward", DAY)),
        ("P35D after 2026-11-23", Question(Period(35, "days"), "forward", DAY)),
        ("  10  Working Days BEFORE 2026-11-23 ".lower(), Question(Period(10, "working days"), "backward", DAY)),
        ("3 weeks After 2026-11-23", Question(Period(3, "weeks"), "forward", DAY)),
        (
            "48 hours after 2026-11-24 14:10",
            Question(Period(48, "hours"), "forward", datetime(2026, 11, 24, 14, 10, tzinfo=BERLIN)),
        ),
        ("from 2026-11-23: 30 days", Question(Period(30, "days"), "forward", DAY)),
        *(
            (text, Question(Period(30, "days"), "forward", DAY, Period(5, "days")))
            for text in (
                "from 2026-11-23: 30 days, prolonged by 5 days",
                "30 days, prolonged by 5 days after 2026-11-23",
                "30 days prolonged by 5 days after 2026-11-23",
                "30 days after 2026-11-23, prolonged by 5 days",
                "30 days after 2026-11-23 prolonged by 5 days",
            )
        ),
        (
            "from 2026-11-24 14:10: 2 hours",
            Question(Period(2, "hours"), "forward", datetime(2026, 11, 24, 14, 10, tzinfo=BERLIN)),
        ),
    ],
)
def test_a_question_is_read_in_the_words_that_people_use(text: str, question: Question) -> None:
    assert parse_question(text, BERLIN) == question


@pytest.mark.parametrize(
    ("text", "kind", "fact", "mend"),
    [
        ("0 days after 2026-11-23", BadPeriod, "a period of no length", "write at least 1"),
        (
            "-5 days after 2026-11-23",
            BadPeriod,
            "it is negative",
            'to count backwards use "backwards_from" or "before"',
        ),
        ("35 after 2026-11-23", BadPeriod, "could be days or working days", 'write "35 days"'),
        ("1.5 months after 2026-11-23", BadPeriod, "parts of a unit are ambiguous", "smaller unit"),
        ("2 months 5 days after 2026-11-23", BadPeriod, "it mixes units", "one number and one unit"),
        ("10 business days after 2026-11-23", BadPeriod, "does not count in business days", "write it in working days"),
        ("2 fortnights after 2026-11-23", BadPeriod, "does not count in fortnights", "twice as many"),
        ("90 minutes after 2026-11-23", BadPeriod, "does not count in minutes", "write it in hours"),
        ("35 days from 2026-11-23", BadPeriod, '"from" leaves open', "do not count the day itself"),
        ("within 30 days of 2026-11-23", BadPeriod, '"within" leaves open', '"after" and "before"'),
        ("35 days", BadPeriod, "does not say from which day", "35 days after 2026-11-23"),
        ("", BadPeriod, "there is no question", "35 days after 2026-11-23"),
        (", prolonged by  after " * 5000, BadPeriod, "longer than any question", "35 days after 2026-11-23"),
        ("after 2026-11-23", BadPeriod, "is no question", "35 days after 2026-11-23"),
        ("35 days after 23.11.2026", BadMoment, "is not a moment", '"2026-07-07"'),
        ("35 days after 2026-11", BadMoment, "is more than one day", "write the day"),
        ("35 days after 2026-02-30", BadMoment, "is not in the calendar", '"2026-07-07"'),
        ("2 hours after 2026-03-29 02:30", BadMoment, "does not exist in Europe/Berlin", "before or after the change"),
        ("2 hours after 2026-10-25 02:30", BadMoment, "exists twice", '"2026-10-25 02:30 +02:00" or'),
        ("30 days before 2026-11-23, prolonged by 5 days", BadPeriod, "prolongs a period counted backwards", "forward"),
    ],
)
def test_what_is_zero_negative_or_ambiguous_is_refused_with_the_mend(
    text: str, kind: type[BadValue], fact: str, mend: str
) -> None:
    with pytest.raises(kind) as refused:
        parse_question(text, BERLIN)
    assert fact in refused.value.fact
    assert mend in refused.value.mend
