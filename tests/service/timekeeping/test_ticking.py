"""One tick: what is due is done once, late or not, here or elsewhere; what is overtaken is not said."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from inprocap_flow import logs
from inprocap_flow.engine.case.records import Decision, Request
from inprocap_flow.engine.decide import decide
from inprocap_flow.errors import DefinitionDefect
from inprocap_flow.service.acting import act
from inprocap_flow.service.timekeeping.ticking import tick
from inprocap_flow.store.connection import Watch
from tests.engine.conftest import moment
from tests.service.timekeeping.conftest import House
from tests.simulator.faults import Counter, Crash, Fault


def test_where_nothing_is_due_a_tick_is_one_look(house: House) -> None:
    house.opens()
    counter = Counter()
    watched = house.again(counter)
    ticked = watched.ticks("2026-01-06 09:00")
    assert not ticked.did_something
    assert ticked.soonest.moment == moment("2026-01-12 08:00")
    assert [one.split()[0] for one in counter.taken()] == ["PRAGMA", "SELECT"]
    watched.ticks("2026-01-06 09:01")
    assert counter.taken() == ["PRAGMA data_version"]  # nobody has changed anything since
    house.does("2026-01-06 10:00", "ben", "fill", fields={"note": "a"})
    assert watched.ticks("2026-01-06 11:00").soonest.moment == moment("2026-01-13 08:00")


def test_a_reminder_that_is_due_is_written_once_and_the_next_rung_put_in_its_place(house: House) -> None:
    house.opens()
    house.calls()
    ticked = house.ticks("2026-02-06 08:00")
    assert (ticked.written, ticked.handed, ticked.sent) == (1, 1, 1)
    assert house.reminders == [("case-1", "role:officer", "tenders")]
    assert house.planned == [("case-1", "deadline case tenders", "2026-02-18 08:00")]
    assert not house.ticks("2026-02-06 08:01").did_something
    (detail,) = house.details()
    ((version,),) = house.rows("SELECT definition_hash FROM cases")
    assert detail == {
        "definition": version,
        "ladder": "deadline case tenders",
        "of": "deadline",
        "rung": "before P10WD",
        "due_at": "2026-02-06T07:00:00.000000Z",
        "late": False,
        "merged": 0,
        "end": "2026-02-20T15:00:00.000000Z",
        "since": "2026-01-05T09:00:00.000000Z",
        "escalation": False,
    }


def test_a_deadline_ends_though_nobody_asks_for_anything_with_its_lawful_moment(house: House) -> None:
    house.opens()
    house.calls()
    ticked = house.ticks("2026-02-20 16:00")
    assert ticked.ended == 1
    (over,) = house.events("deadline_over")
    assert (over.actor, over.happened.first, over.recorded_at) == (
        "system", moment("2026-02-20 16:00"), moment("2026-02-20 16:00"),
    )  # fmt: skip
    (moved,) = [event for event in house.events("moved") if event.data["to"] == "closed"]
    assert moved.actor == "system"
    assert house.ticks("2026-02-20 16:01").ended == 0


def test_after_a_downtime_the_end_is_the_lawful_one_and_what_followed_counts_from_it(house: House) -> None:
    house.opens()
    house.calls()
    ticked = house.ticks("2026-02-25 11:00")
    assert ticked.ended == 1
    (over,) = house.events("deadline_over")
    assert (over.happened.first, over.recorded_at) == (moment("2026-02-20 16:00"), moment("2026-02-25 11:00"))
    assert house.events("deadline_started")[-1].data["last_day"] == "2026-03-02"
    # Both rungs that led up to it are overtaken; that it is over is still news, five days late.
    assert house.reminders == [("case-1", "role:unit", "tenders")]
    (detail,) = house.details()
    assert detail["late"]
    assert detail["due_at"] == "2026-02-20T15:00:00.000000Z"


def test_several_deadlines_that_ended_meanwhile_end_in_order(house: House) -> None:
    house.opens()
    house.calls()
    assert house.ticks("2026-03-05 11:00").ended == 2
    (over,), (missed,) = house.events("deadline_over"), house.events("deadline_missed")
    assert over.happened.first < missed.happened.first == moment("2026-03-03 00:00")
    assert ("case-1", "role:authority", "report") in house.reminders


def test_overdue_rungs_of_one_ladder_are_one_message(house: House) -> None:
    house.opens()
    house.calls()
    house.ticks("2026-02-19 09:00")
    assert house.reminders == [("case-1", "role:officer", "tenders")]
    (detail,) = house.details()
    assert (detail["rung"], detail["late"], detail["merged"]) == ("before P2D", True, 1)


@pytest.mark.parametrize("overtaking", ["prolong", "withdraw_call", "finish"])
def test_what_was_moved_stopped_or_ended_before_the_tick_is_never_said(house: House, overtaking: str) -> None:
    house.opens()
    house.calls()
    house.does("2026-02-05 10:00", "ben", "fill", fields={"closes": "2026-04-20T16:00:00+02:00"})
    house.does("2026-02-06 08:00", "ben", "do", overtaking)
    house.ticks("2026-02-06 08:00")
    house.ticks("2026-02-06 12:00")
    assert house.reminders == []


def test_whoever_has_still_to_sign_is_asked_again_until_all_have(house: House) -> None:
    house.opens()
    house.calls()
    house.ticks("2026-02-20 16:00")
    house.does("2026-02-23 10:00", "ben", "fill", fields={"note": "a"})
    house.does("2026-02-23 10:00", "ben", "ask", "plan")
    house.ticks("2026-02-26 08:00")
    assert {to for _, to, about in house.reminders if about == "plan"} == {"person:dora", "person:june"}
    house.does("2026-02-27 10:00", "dora", "sign", "plan")
    house.ticks("2026-03-03 08:00")
    assert [to for _, to, about in house.reminders if about == "plan"].count("person:june") == 2
    assert [to for _, to, about in house.reminders if about == "plan"].count("person:dora") == 1
    house.does("2026-03-03 10:00", "june", "sign", "plan")
    house.ticks("2026-03-20 08:00")
    assert len([1 for *_, about in house.reminders if about == "plan"]) == 3


def test_silence_reminds_the_owner_once_and_again_after_the_next_event(house: House) -> None:
    house.opens()
    house.ticks("2026-01-12 08:00")
    house.ticks("2026-02-12 08:00")
    assert house.reminders == [("case-1", "role:officer", "draft")]
    house.does("2026-02-13 10:00", "ben", "fill", fields={"note": "a"})
    house.ticks("2026-02-20 08:00")
    assert len(house.reminders) == 2


def test_a_case_that_cannot_be_decided_on_holds_up_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2, 3):
        house.opens(f"case-{number}")
        house.calls(case=f"case-{number}")
    real = decide

    def failing(binding: object, case: object, *rest: object) -> object:
        if getattr(case, "id", "") == "case-2":
            raise DefinitionDefect("it misbehaves")
        return real(binding, case, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("inprocap_flow.service.acting.decide", failing)
    ticked = house.ticks("2026-02-20 16:00")
    assert (ticked.ended, ticked.failed) == (2, 1)
    monkeypatch.undo()
    assert house.ticks("2026-02-20 16:01").ended == 1


def test_a_case_from_history_is_not_carried_on_by_itself(house: House) -> None:
    house.opens()
    house.calls()
    with house.desk.store.writing() as work:
        work.connection.execute("UPDATE cases SET historic = 1")
        work.connection.execute("DELETE FROM reminders")
    ticked = house.ticks("2026-03-20 16:00")
    assert not ticked.did_something


def test_it_can_be_told_to_stop_between_two_transactions(house: House) -> None:
    for number in (1, 2, 3):
        house.opens(f"case-{number}")
        house.calls(case=f"case-{number}")
    asked = iter((True, True, False, False, False, False))
    house.at("2026-02-06 08:00")
    ticked = tick(house.desk, goes_on=lambda: next(asked))
    assert ticked.written < 3
    assert ticked.handed == 0
    assert len(house.reminders) == ticked.written
    tick(house.desk)
    assert len(house.reminders) == 3


# ---------------------------------------------------------------------------------------------- crashes


def _everything_due(house: House) -> None:
    house.opens()
    house.calls()  # over by now, with a message to the unit, and a report begun
    house.opens("case-2")  # silent
    house.opens("case-3")
    house.calls("2026-03-02 16:00", case="case-3")  # a reminder before the end


EXPECTED = {
    ("case-1", "role:unit", "tenders"),
    ("case-2", "role:officer", "draft"),
    ("case-3", "role:officer", "tenders"),
}


@pytest.fixture
def copies(house: House) -> Iterator[Callable[[Watch | None], House]]:
    """Give a fresh copy of one installation in which every kind of thing is due."""
    _everything_due(house)
    file = Path(house.url.removeprefix("sqlite:///"))
    house.desk.store.close()  # all of it is in the file now
    made: list[House] = []

    def copy(watch: Watch | None = None) -> House:
        other = file.with_name(f"copy-{len(made)}.db")
        shutil.copy(file, other)
        made.append(House(house.desk, house.clock, f"sqlite:///{other}").again(watch))
        return made[-1]

    yield copy
    for one in made:
        one.desk.store.close()


def test_a_tick_cut_at_any_statement_and_begun_again_does_everything_once(
    copies: Callable[[Watch | None], House],
) -> None:
    counter = Counter()
    copies(counter).ticks("2026-02-20 16:00")
    whole = len(counter.taken())
    assert whole > 60
    for number in range(1, whole + 1, 2):
        broken = copies(Fault(at=number, after_it=number % 4 == 1))
        with suppress(Crash):
            broken.ticks("2026-02-20 16:00")
        after = broken.again()
        after.ticks("2026-02-20 16:00")
        after.ticks("2026-02-20 17:00")  # when every lease has run out
        assert set(after.reminders) == EXPECTED
        assert len(after.reminders) == len(EXPECTED)
        assert len(after.events("deadline_over")) == 1
        assert after.rows("SELECT count(*) FROM outbox WHERE state = 'pending'") == [(0,)]
        assert after.rows("SELECT count(*) FROM deliveries WHERE state != 'sent'") == [(0,)]
        after.desk.store.close()


# ---------------------------------------------------------------------------------------------- the machine's clock


def test_a_clock_that_goes_back_an_hour_says_nothing_twice_and_loses_nothing(house: House) -> None:
    house.opens()
    house.calls()
    house.ticks("2026-02-06 08:10")
    assert len(house.reminders) == 1
    house.ticks("2026-02-06 07:15")  # an hour earlier
    house.ticks("2026-02-06 08:00")
    assert len(house.reminders) == 1
    house.does("2026-02-06 07:20", "ben", "fill", fields={"note": "entered by a clock that is slow"})
    house.ticks("2026-02-18 08:00")
    assert len(house.reminders) == 2


def test_an_end_that_was_recorded_stays_recorded_when_the_clock_goes_back(house: House) -> None:
    house.opens()
    house.calls()
    house.ticks("2026-02-20 16:10")
    house.ticks("2026-02-20 15:10")
    house.ticks("2026-02-20 16:10")
    assert len(house.events("deadline_over")) == 1


def test_a_clock_that_leaps_a_month_says_each_thing_once_late_and_nothing_when_it_gets_there(house: House) -> None:
    house.opens()
    house.opens("case-2")
    house.calls("2026-03-31 16:00", case="case-2")
    house.ticks("2026-02-12 08:00")
    assert house.reminders == [("case-1", "role:officer", "draft")]
    assert house.details()[0]["late"]
    house.ticks("2026-01-12 08:00")  # set right again
    house.ticks("2026-02-12 08:00")
    assert len(house.reminders) == 1


def test_somebody_who_is_faster_leaves_nothing_to_do(house: House) -> None:
    house.opens()
    house.calls()
    house.at("2026-02-20 16:00")
    assert isinstance(act(house.desk, "case-1", Request("fill", "ben", fields={"note": "a"})), Decision)
    assert house.ticks("2026-02-20 16:00").ended == 0
    assert len(house.events("deadline_over")) == 1


def test_within_an_hour_of_its_moment_nothing_is_late(house: House) -> None:
    house.opens()
    house.clock.moment = moment("2026-01-12 08:00") + timedelta(minutes=59)
    tick(house.desk)
    assert not house.details()[0]["late"]


def test_the_log_says_what_a_tick_did_with_ids_only(house: House) -> None:
    house.opens()
    house.calls()
    house.opens("case-2")
    lines = StringIO()
    logs.set_up("json", "info", lines)
    try:
        house.ticks("2026-02-20 16:00")
    finally:
        logs.set_up()
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    events = [line["event"] for line in found]
    assert events.count("deadline_expired") == 1
    written = [(line["case"], line["reminder"]) for line in found if line["event"] == "reminder_written"]
    assert written == [("case-2", "silence:case"), ("case-1", "deadline:case:tenders")]
    (done,) = [line for line in found if line["event"] == "tick_done"]
    assert (done["ended"], done["written"], done["handed"]) == (1, 2, 2)
    assert "Ben" not in lines.getvalue()
