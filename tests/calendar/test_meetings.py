"""Committee meetings and their gates."""

from __future__ import annotations

from datetime import date

import pytest

from inprocap_flow.calendar.bad_values import BadCalendar
from inprocap_flow.calendar.meetings import Meeting, in_order, meeting_called, next_meeting, next_reachable

SPRING = Meeting("fc-1", date(2026, 3, 18), {"dispatch": date(2026, 2, 25), "department_reading": date(2026, 1, 23)})
SUMMER = Meeting("fc-2", date(2026, 6, 17), {"dispatch": date(2026, 5, 27), "department_reading": date(2026, 4, 24)})
MEETINGS = [SUMMER, SPRING]


def test_meetings_come_in_the_order_of_their_days() -> None:
    assert in_order(MEETINGS) == (SPRING, SUMMER)


def test_the_next_meeting_may_be_on_the_day_itself() -> None:
    assert next_meeting(MEETINGS, date(2026, 3, 18)) == SPRING
    assert next_meeting(MEETINGS, date(2026, 3, 19)) == SUMMER
    assert next_meeting(MEETINGS, date(2026, 6, 18)) is None


def test_a_paper_reaches_a_meeting_until_the_day_of_its_earliest_gate() -> None:
    assert next_reachable(MEETINGS, date(2026, 1, 23)) == SPRING
    assert next_reachable(MEETINGS, date(2026, 1, 24)) == SUMMER
    assert next_reachable(MEETINGS, date(2026, 4, 25)) is None


def test_a_paper_that_has_passed_the_early_gates_is_judged_by_the_gate_it_waits_for() -> None:
    assert next_reachable(MEETINGS, date(2026, 2, 25), gate="dispatch") == SPRING
    assert next_reachable(MEETINGS, date(2026, 2, 26), gate="dispatch") == SUMMER


def test_missed_gates_are_listed_earliest_first() -> None:
    assert SPRING.missed(date(2026, 2, 25)) == ("department_reading",)
    assert SPRING.missed(date(2026, 2, 26)) == ("department_reading", "dispatch")


def test_an_unknown_gate_is_refused_and_not_passed_over() -> None:
    with pytest.raises(BadCalendar, match=r'"fc-1" has no gate "peer_review"\n.*dispatch, department_reading'):
        next_reachable(MEETINGS, date(2026, 1, 1), gate="peer_review")


def test_a_meeting_is_found_by_its_id() -> None:
    assert meeting_called("fc-2", MEETINGS) is SUMMER
    with pytest.raises(BadCalendar, match=r'no meeting "fc-9"\n.*fc-1, fc-2'):
        meeting_called("fc-9", MEETINGS)


def test_two_meetings_of_one_id_are_refused() -> None:
    with pytest.raises(BadCalendar, match='two meetings have the id "fc-1"'):
        in_order([SPRING, Meeting("fc-1", date(2026, 9, 1))])
