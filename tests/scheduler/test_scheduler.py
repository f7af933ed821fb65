"""When it looks: at once, when something is due, when it is woken, and never later than after 30 seconds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from inprocap_flow.engine.case.records import Decision, Request
from inprocap_flow.errors import FlowError
from inprocap_flow.scheduler import MOST_APART, Belief, Scheduler, run, wait_for
from inprocap_flow.service.acting import act
from inprocap_flow.service.timekeeping.ticked import Ticked
from inprocap_flow.store.planned import Soonest
from tests.service.timekeeping.conftest import House, built

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONGEST = 20.0  # seconds; then something hangs


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


@pytest.mark.parametrize(
    ("due", "sleep"),
    [
        (None, MOST_APART),
        (NOW + seconds(5), seconds(5)),
        (NOW + seconds(3600), MOST_APART),
        (NOW, MOST_APART),  # it could not be done, so it is tried again, but not at once
        (NOW - seconds(60), MOST_APART),
    ],
)
def test_it_sleeps_until_something_is_due_and_never_longer_than_half_a_minute(
    due: datetime | None, sleep: timedelta
) -> None:
    assert wait_for(Ticked(NOW, Soonest(reminder=due, moment=due)), NOW) == sleep


def test_what_fell_due_while_it_worked_is_done_at_once() -> None:
    assert wait_for(Ticked(NOW, Soonest(moment=NOW + seconds(2))), NOW + seconds(3)) == seconds(0)


# ---------------------------------------------------------------------------------------------- the machine's clock


def test_a_clock_that_goes_with_time_is_believed() -> None:
    belief = Belief()
    assert all(belief.holds(NOW + seconds(30 * count), 30.0 * count) for count in range(5))


def test_a_clock_that_goes_back_is_believed() -> None:
    belief = Belief()
    assert belief.holds(NOW, 0)
    assert belief.holds(NOW - timedelta(hours=1), 30)
    assert belief.holds(NOW - timedelta(hours=1) + seconds(30), 60)


def test_a_machine_that_slept_is_believed() -> None:
    belief = Belief()
    assert belief.holds(NOW, 0)
    assert belief.holds(NOW + timedelta(days=30), timedelta(days=30).total_seconds())


def test_a_clock_that_leaps_a_month_is_not_acted_on_until_it_has_stayed_there_for_ten_minutes() -> None:
    belief, leap = Belief(), timedelta(days=30)
    assert belief.holds(NOW, 0)
    assert not any(belief.holds(NOW + leap + seconds(at), at) for at in range(30, 630, 30))
    assert belief.holds(NOW + leap + seconds(630), 630)
    assert belief.holds(NOW + leap + seconds(660), 660)


def test_a_clock_that_leaps_and_comes_back_has_done_no_harm() -> None:
    belief = Belief()
    assert belief.holds(NOW, 0)
    assert not belief.holds(NOW + timedelta(days=30), 30)
    assert belief.holds(NOW + seconds(60), 60)
    assert not belief.holds(NOW + timedelta(days=30), 90)  # patience begins anew


# ---------------------------------------------------------------------------------------------- a scheduler that runs


@dataclass
class Told:
    """What a scheduler told, and a way to wait for it."""

    ticks: list[Ticked] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, ticked: Ticked) -> None:
        with self.news:
            self.ticks.append(ticked)
            self.news.notify_all()

    def wait(self, count: int) -> None:
        with self.news:
            assert self.news.wait_for(lambda: len(self.ticks) >= count, LONGEST), self.ticks


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = built(f"sqlite:///{tmp_path / 'cases.db'}", tmp_path)
    yield made
    made.desk.store.close()


def test_it_does_at_the_start_what_is_due(house: House) -> None:
    house.opens()
    house.at("2026-01-12 08:00")
    told, stopped = Told(), threading.Event()
    thread = threading.Thread(target=run, args=(house.desk, stopped), kwargs={"tell": told})
    thread.start()
    told.wait(1)
    stopped.set()
    thread.join(LONGEST)
    assert not thread.is_alive()
    assert told.ticks[0].written == 1


def test_an_outcome_recorded_in_the_same_process_wakes_it(house: House) -> None:
    house.opens()
    told = Told()
    scheduler = Scheduler(house.desk, tell=told)
    scheduler.start()
    try:
        house.at("2026-01-05 10:00")
        outcome = act(house.desk, "case-1", Request("ask", "ben", "plan"))
        assert not isinstance(outcome, Decision)  # nothing needs it yet, so there is no message
        house.calls()
        house.does("2026-02-20 16:30", "ben", "fill", fields={"note": "a"})
        house.does("2026-02-20 16:30", "ben", "ask", "plan")
        told.wait(1)  # long before 30 seconds have passed
    finally:
        scheduler.stop()
    assert sum(ticked.handed for ticked in told.ticks) >= 1


def test_a_tick_that_fails_is_followed_by_another(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.opens()
    house.at("2026-01-12 08:00")
    real, failures = house.desk.store.soonest, [FlowError("the disk is full")]

    def failing(**more: bool) -> Soonest:
        if failures:
            raise failures.pop()
        return real(**more)

    monkeypatch.setattr(house.desk.store, "soonest", failing)
    told = Told()
    scheduler = Scheduler(house.desk, tell=told)
    scheduler.start()
    try:
        while failures:
            threading.Event().wait(0.01)
        scheduler.wake()
        told.wait(1)
    finally:
        scheduler.stop()
    assert house.reminders


def test_no_clock_that_goes_back_makes_it_wait_until_the_clock_is_there_again(house: House) -> None:
    house.opens()
    gone_by, told, stopped = [0.0], Told(), threading.Event()
    scheduler = Scheduler(house.desk, tell=told, steady=lambda: gone_by[0])
    scheduler.start()
    watching = threading.Thread(target=scheduler.watch, args=(stopped, 0.02))
    watching.start()
    try:
        house.does("2026-01-05 12:00", "ben", "fill", fields={"note": "a"})
        house.at("2026-01-12 08:00")
        gone_by[0] = 31.0  # by now it should have looked, whatever any clock shows
        told.wait(1)
    finally:
        stopped.set()
        watching.join(LONGEST)
        scheduler.stop()
    assert told.ticks[0].written == 1


def test_a_stop_while_a_run_plans_the_next_one_ends(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """APScheduler holds, while it waits for runs to end, the lock that a run needs to plan the next one."""
    planning, stopping = threading.Event(), threading.Event()
    modify, shutdown = BackgroundScheduler.modify_job, BackgroundScheduler.shutdown

    def slowly(jobs: BackgroundScheduler, *words: Any, **named: Any) -> Any:
        planning.set()
        stopping.wait(0.5)
        return modify(jobs, *words, **named)

    def seen(jobs: BackgroundScheduler, *, wait: bool) -> None:
        threading.Timer(0.1, stopping.set).start()  # by then it holds its lock
        shutdown(jobs, wait)

    monkeypatch.setattr(BackgroundScheduler, "modify_job", slowly)
    monkeypatch.setattr(BackgroundScheduler, "shutdown", seen)
    scheduler = Scheduler(house.desk)
    scheduler.start()
    assert planning.wait(LONGEST)
    stopper = threading.Thread(target=scheduler.stop, daemon=True)
    stopper.start()
    stopper.join(LONGEST)
    assert not stopper.is_alive()


def test_stopping_twice_and_waking_after_the_end_do_nothing(house: House) -> None:
    scheduler = Scheduler(house.desk)
    scheduler.start()
    scheduler.stop()
    scheduler.stop()
    scheduler.wake()
