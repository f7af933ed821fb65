"""A case of which the organisation says when it is mentioned: never twice, never not at all, whatever time does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.engine.case.records import Request, When
from inprocap_flow.language.model import Reminding
from inprocap_flow.service.acting import open_case
from inprocap_flow.service.timekeeping.rebuilding import rebuild, rebuild_where_needed
from tests.engine.conftest import moment
from tests.service.timekeeping.conftest import HOUSE, House, built
from tests.simulator.faults import Counter

SAYS = replace(HOUSE, version="2", reminders=Reminding(remind_after="P15WD"))
FILE = "the paper file"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = built(f"sqlite:///{tmp_path / 'cases.db'}", tmp_path)
    made.release(SAYS)
    yield made
    made.desk.store.close()


def closed(house: House) -> None:
    """Open a case whose tenders are closed on 12 January, and whose report is in on the day after."""
    house.opens()
    house.calls("2026-01-12 16:00")
    house.ticks("2026-01-12 17:00")
    house.does("2026-01-13 10:00", "ben", "do", "report_in")


def said(house: House) -> list[str]:
    """Return of each message about silence the day on which it fell due, and what else it says of itself."""
    return [
        f"{one['due_at'][:10]}{' late' * one['late']}{' +' + str(one['merged']) if one['merged'] else ''}"
        for one in house.details()
        if one["of"] == "silence"
    ]


def day_by_day(house: House, days: range) -> list[str]:
    for day in days:
        house.ticks(f"2026-02-{day:02} 09:00")
    return said(house)


def test_a_silent_case_is_mentioned_on_its_day_and_again_after_as_long(house: House) -> None:
    closed(house)
    assert house.planned == [("case-1", "silence case", "2026-02-03 08:00")]
    assert day_by_day(house, range(1, 29)) == ["2026-02-03", "2026-02-24"]


def test_a_case_whose_tracks_went_on_longer_is_mentioned_as_long_after_their_last_event(house: House) -> None:
    closed(house)
    house.does("2026-01-20 10:00", "ada", "do", "ask", new="question/one")
    assert house.planned == [("case-1", "silence case", "2026-02-10 08:00")]
    house.does("2026-02-05 10:00", "ben", "do", "note_down", line="question/one")
    assert day_by_day(house, range(6, 29)) == ["2026-02-26"]


def test_a_track_that_ends_begins_the_count_anew(house: House) -> None:
    closed(house)
    house.does("2026-01-20 10:00", "ada", "do", "ask", new="question/one")
    house.does("2026-01-22 10:00", "ben", "do", "answer", line="question/one")
    assert house.planned == [("case-1", "silence case", "2026-02-12 08:00")]


def test_after_a_downtime_it_is_mentioned_once_and_late(house: House) -> None:
    closed(house)
    house.ticks("2026-04-01 12:00")
    assert said(house) == ["2026-03-17 late +2"]
    house.ticks("2026-04-01 12:01")
    assert len(said(house)) == 1


def test_two_schedulers_mention_it_once(house: House) -> None:
    closed(house)
    other = house.again()
    house.ticks("2026-02-03 09:00")
    other.ticks("2026-02-03 09:00")
    assert said(house) == ["2026-02-03"]


def test_a_clock_that_goes_back_mentions_it_once(house: House) -> None:
    closed(house)
    house.ticks("2026-02-03 08:30")
    house.ticks("2026-02-03 07:30")
    rebuild(house.desk, "lab", house.clock.now())
    house.ticks("2026-02-03 08:30")
    assert said(house) == ["2026-02-03"]


def test_rows_thrown_away_and_made_anew_mention_nothing_twice(house: House) -> None:
    closed(house)
    house.ticks("2026-02-03 09:00")
    with house.desk.store.writing() as work:
        work.reminders.drop("case-1", ["silence case"])
    rebuild(house.desk, "lab", house.clock.now())
    house.ticks("2026-02-03 10:00")
    assert said(house) == ["2026-02-03"]


def test_whoever_enters_something_late_is_not_told_that_nothing_happens(house: House) -> None:
    closed(house)
    house.ticks("2026-02-24 09:00")
    late = When.exactly(moment("2026-01-14 10:00"))
    house.does("2026-02-27 10:00", "ben", "fill", fields={"note": "a"}, happened=late, reason="away", evidence=FILE)
    assert house.ticks("2026-02-27 10:01").written == 0
    assert house.ticks("2026-03-19 09:00").written == 0
    house.ticks("2026-03-20 09:00")
    assert said(house)[-1] == "2026-03-20"


def test_whoever_annuls_something_is_not_told_that_nothing_happens(house: House) -> None:
    closed(house)
    done = house.does("2026-01-19 10:00", "ben", "fill", fields={"note": "a"})
    house.does("2026-02-27 10:00", "ben", "annul", str(done.events[0].decision), reason="of another case")
    assert house.ticks("2026-02-27 10:01").written == 0
    house.ticks("2026-03-20 08:30")
    assert said(house) == ["2026-03-20"]


def test_a_case_opened_with_a_day_long_past_is_not_mentioned_at_once(house: House) -> None:
    house.at("2026-06-01 10:00")
    long_ago = When.exactly(moment("2026-01-13 10:00"))
    asked = Request("open", "ben", extra={"case": "case-1"}, happened=long_ago, reason="moved here", evidence=FILE)
    open_case(house.desk, "watchful", "lab", asked)
    more: dict[str, Any] = {"happened": long_ago, "reason": "moved here", "evidence": FILE}
    house.does("2026-06-01 10:01", "ben", "fill", fields={"closes": "2026-01-14T16:00:00+01:00"}, **more)
    house.does("2026-06-01 10:02", "ben", "do", "call", **more)
    house.ticks("2026-06-01 10:03")
    assert said(house) == []
    house.ticks("2026-07-30 10:00")
    assert len(said(house)) == 1


def test_a_case_from_history_is_never_mentioned(house: House) -> None:
    closed(house)
    with house.desk.store.writing() as work:
        work.connection.execute("UPDATE cases SET historic = 1")
        work.connection.execute("UPDATE cases SET state = json_set(state, '$.historic', json('true'))")
    fresh = house.again()
    rebuild(fresh.desk, "lab", house.clock.now())
    fresh.ticks("2026-12-01 09:00")
    assert said(house) == []


def test_a_case_that_has_ended_is_not_mentioned(house: House) -> None:
    closed(house)
    house.does("2026-01-14 10:00", "ben", "do", "finish")
    house.ticks("2026-12-01 09:00")
    assert said(house) == []


def test_an_organisation_that_begins_to_say_when_is_told_of_old_silences_once(house: House) -> None:
    house.at("2026-01-05 09:01")
    house.release(replace(HOUSE, version="3"))
    closed(house)
    house.ticks("2026-05-04 09:00")
    assert said(house) == []
    house.release(replace(SAYS, version="4"))
    rebuild_where_needed(house.desk, house.clock.now())
    house.ticks("2026-05-04 09:01")
    assert said(house) == ["2026-04-28 late +4"]
    house.release(replace(SAYS, version="5", reminders=Reminding()))
    rebuild_where_needed(house.desk, house.clock.now())
    assert [ladder for _, ladder, _ in house.planned if ladder.startswith("silence")] == []


def test_an_organisation_that_wants_to_hear_sooner_does(house: House) -> None:
    closed(house)
    house.at("2026-01-14 09:00")
    house.release(replace(SAYS, version="3", reminders=Reminding(remind_after="P5WD")))
    rebuild_where_needed(house.desk, house.clock.now())
    assert ("case-1", "silence case", "2026-01-20 08:00") in house.planned


def test_an_organisation_that_wants_to_hear_sooner_is_not_told_of_what_lies_behind(house: House) -> None:
    closed(house)
    house.at("2026-01-30 09:00")
    house.release(replace(SAYS, version="3", reminders=Reminding(remind_after="P5WD")))
    rebuild_where_needed(house.desk, house.clock.now())
    assert ("case-1", "silence case", "2026-02-03 08:00") in house.planned


def test_only_the_first_move_of_a_day_plans_silence_anew(house: House) -> None:
    closed(house)
    counter = Counter()
    watched = house.again(counter)
    watched.does("2026-01-14 10:00", "ben", "fill", fields={"note": "a"})
    assert sum("reminders" in one for one in counter.taken()) == 1
    watched.does("2026-01-14 11:00", "ben", "fill", fields={"note": "b"})
    assert not any("reminders" in one for one in counter.taken())


def test_only_the_first_move_of_a_day_on_a_track_plans_silence_anew(house: House) -> None:
    closed(house)
    counter = Counter()
    watched = house.again(counter)
    watched.does("2026-01-14 10:00", "ada", "do", "ask", new="question/one")
    assert sum("reminders" in one for one in counter.taken()) == 1
    watched.does("2026-01-14 11:00", "ben", "do", "note_down", line="question/one")
    assert not any("reminders" in one for one in counter.taken())
    watched.does("2026-01-15 11:00", "ben", "do", "note_down", line="question/one")
    assert sum("reminders" in one for one in counter.taken()) == 1
