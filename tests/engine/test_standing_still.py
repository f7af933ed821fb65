"""A clock that stands still more than once: what was lost is given back together, on the case and on each track."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inprocap_flow.calendar.zones import end_of_day
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import stamp
from inprocap_flow.engine.timing.reclocking import recounted
from tests.calendar import slow_count
from tests.engine.conftest import Build, Play, at

CLOCKS = """
fields:
  last: {type: moment, by: officer, title: Last}
stages: {first: {owner: officer}, end: {final: completed}}
steps:
  begin: {from: first, to: same, by: officer, starts: [days, working, hours]}
deadlines:
  days:
    title: Days
    kind: not_before
    period: 10 days
    counting: eu-1182-71
    acts: {suspend: {by: officer}, resume: {by: officer}, extend: {by: officer}}
  working:
    title: Working days
    kind: not_before
    period: 8 working days
    counting: eu-1182-71
    acts: {suspend: {by: officer}, resume: {by: officer}, extend: {by: officer}}
  hours:
    title: Hours
    kind: not_before
    period: 240 hours
    counting: eu-1182-71
    acts: {suspend: {by: officer}, resume: {by: officer}}
tracks:
  bid:
    title: Bid
    begins: {step: bid, by: firm, to: open, while: first, starts: own}
    stages: {open: {owner: firm}, out: {final: out}}
    steps: {leave: {from: open, to: out, by: firm}}
    deadlines:
      own:
        title: Own
        kind: not_before
        period: 10 days
        counting: eu-1182-71
        acts: {suspend: {by: officer}, resume: {by: officer}}
    if_case_ends: out
"""


@pytest.fixture
def play(tiny: Build) -> Play:
    """Ten days from Tuesday 6 January end on Friday 16 January, so do eight working days and 240 hours (at 10:00)."""
    play = tiny(CLOCKS)
    play.does("2026-01-06 09:00", "ben", "do", "begin")
    return play


def stands_still(play: Play, name: str, began: str, again: str, on: str = "case") -> None:
    play.does(f"2026-01-{began}", "ben", "suspend", name, on=on, reason="x")
    play.does(f"2026-01-{again}", "ben", "resume", name, on=on, reason="x")


def test_two_lost_days_move_a_friday_to_one_monday_only(play: Play) -> None:
    stands_still(play, "days", "07 09:00", "08 09:00")
    assert play.ends("days") == "2026-01-20 00:00"  # Saturday, so Monday 19 January, whole
    stands_still(play, "days", "08 10:00", "09 09:00")
    assert play.ends("days") == "2026-01-20 00:00"  # Sunday: the same Monday
    stands_still(play, "days", "12 10:00", "13 09:00")
    assert play.ends("days") == "2026-01-20 00:00"
    stands_still(play, "days", "13 10:00", "14 09:00")
    assert play.ends("days") == "2026-01-21 00:00"


def test_each_unit_gives_back_its_own(play: Play) -> None:
    for began, again in (("09 09:30", "12 09:30"), ("12 09:40", "13 09:30")):  # from Friday to Monday, to Tuesday
        for moment, kind in ((began, "suspend"), (again, "resume")):
            for name in ("working", "hours"):
                play.does(f"2026-01-{moment}", "ben", kind, name, reason="x")
    assert play.ends("working") == "2026-01-21 00:00"  # two working days: Friday and Monday
    assert play.ends("hours") == "2026-01-20 10:00"  # 72 hours and 24


def test_every_track_has_its_own_account(play: Play) -> None:
    play.does("2026-01-06 10:00", "al", "do", "bid", new="bid/al")
    play.does("2026-01-06 10:00", "bo", "do", "bid", new="bid/bo")
    stands_still(play, "own", "07 09:00", "08 09:00", on="bid/al")
    stands_still(play, "own", "08 09:00", "12 09:00", on="bid/bo")
    stands_still(play, "own", "12 09:00", "13 09:00", on="bid/al")
    assert play.ends("own", "bid/al") == "2026-01-20 00:00"  # two days: Sunday, so Monday
    assert play.ends("own", "bid/bo") == "2026-01-21 00:00"  # four days


def test_an_end_that_was_decided_since_is_where_giving_back_begins_anew(play: Play) -> None:
    stands_still(play, "days", "07 09:00", "09 09:00")
    play.does("2026-01-09 10:00", "ben", "extend", "days", reason="x", extra={"until": "2026-01-22"})
    stands_still(play, "days", "12 09:00", "13 09:00")
    assert play.ends("days") == "2026-01-24 00:00"  # one day after Thursday 22 January, not three


def test_every_step_of_the_trace_is_called_convention(play: Play) -> None:
    stands_still(play, "days", "07 09:00", "08 09:00")
    stands_still(play, "days", "12 09:00", "13 09:00")
    backs = play.deadline("days").computed["given_back"]
    assert {step["basis"] for back in backs for step in back["trace"]} == {"convention"}
    assert "given back together, 2 days" in backs[-1]["trace"][1]["text"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["days", "working"]), st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=4))
def test_however_often_it_stands_still_it_ends_where_the_slow_walk_ends(
    tiny: Build, name: str, gaps: list[tuple[int, int]]
) -> None:
    play = tiny(CLOCKS)
    play.does("2026-01-06 09:00", "ben", "do", "begin")
    day, hour, times = 7, 0, []
    for ahead, stands in gaps:
        day += ahead
        hour = hour + 1 if ahead == 0 else 1
        if play.deadline(name).status != "running" or f"2026-01-{day:02} 08:{hour:02}" >= play.ends(name):
            break
        again = day + stands
        play.does(f"2026-01-{day:02} 08:{hour:02}", "ben", "suspend", name, reason="x")
        play.does(f"2026-01-{again:02} 08:{hour + 1:02}", "ben", "resume", name, reason="x")
        times.append((date(2026, 1, day), date(2026, 1, again)))
        day, hour = again, hour + 1
    zone = play.rehearsal.binding.zone
    if times:
        unit = "days" if name == "days" else "working days"
        last = slow_count.given_back_together(date(2026, 1, 16), times, unit, (), moves=True)
        assert play.ends(name) == f"{end_of_day(last, zone):%Y-%m-%d %H:%M}"
    state = play.deadline(name)
    facts = CaseFacts(play.rehearsal.binding, play.case, "case", at("2026-01-06 09:00"))
    clock = recounted(facts, play.rehearsal.binding.definition.main.deadlines[name], state)
    assert not isinstance(clock, tuple)
    assert stamp(clock.end) == state.end
