"""When to look again: APScheduler calls `service.timekeeping.tick`, at most 30 s apart. No rule of a case stands here.

One job in memory, whose next run is the earliest moment at which something is due: nothing is ever lost with it, for
all that is due stands in the database. An outcome recorded in this process wakes it; what others record it sees within
30 s.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from inprocap_flow import logs
from inprocap_flow.clock import Clock, SystemClock, steady_seconds
from inprocap_flow.errors import FlowError
from inprocap_flow.records import draft
from inprocap_flow.service.delivering.forgetting import forget_where_asked
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.timekeeping.rebuilding import rebuild_where_needed
from inprocap_flow.service.timekeeping.ticked import Ticked
from inprocap_flow.service.timekeeping.ticking import tick

MOST_APART: Final = timedelta(seconds=30)
LEAST_APART: Final = timedelta(milliseconds=200)  # however often it is woken
HOUSEKEEPING: Final = 3600.0  # seconds between looks at what rests on older versions of an organisation
_AHEAD: Final = timedelta(hours=1)  # how far the machine's clock may run ahead of time gone by before it is doubted
_PATIENCE: Final = 600.0  # seconds after which a clock that stays ahead is believed
_TICK: Final = "tick"
_LOOK: Final = "look"
LOOKING: Final = timedelta(minutes=1)  # between looks at organisations; most of them find that the day's look is done


@draft
class Belief:
    """Whether the machine's clock can be believed. What ends is recorded for good, so a leap forward is not acted on.

    A clock that leaps ahead by more than an hour of what has gone by (a machine that slept counts as gone by) is
    doubted: nothing is done until it comes back, or for ten minutes, after which it is believed. A clock that goes back
    is believed at once: what was done stays, nothing is done twice, and what is due waits until it is there again.
    """

    wall: datetime | None = None
    steady: float = 0.0
    doubted_since: float | None = None

    def holds(self, wall: datetime, steady: float) -> bool:
        """Return whether *wall* is to be acted on, *steady* seconds into the life of this machine."""
        gone_by = timedelta(seconds=steady - self.steady)
        if self.wall is None or wall - self.wall - gone_by <= _AHEAD:
            if self.doubted_since is not None:
                logs.happened(logs.MACHINE_CLOCK_TRUSTED, level="warning")
            self.wall, self.steady, self.doubted_since = wall, steady, None
            return True
        if self.doubted_since is None:
            self.doubted_since = steady
            logs.happened(logs.MACHINE_CLOCK_DISTRUSTED, level="warning")
        if steady - self.doubted_since < _PATIENCE:
            return False
        logs.happened(logs.MACHINE_CLOCK_TRUSTED, level="warning")
        self.wall, self.steady, self.doubted_since = wall, steady, None
        return True


def wait_for(ticked: Ticked, now: datetime) -> timedelta:
    """Return how long to sleep after *ticked*: until something is due, never longer than 30 s.

    What was due already and is still there could not be done; it is tried again after the full time.
    """
    moment = ticked.soonest.moment
    if moment is None or moment <= ticked.at:
        return MOST_APART
    return min(max(moment - now, timedelta()), MOST_APART)


class Scheduler:
    """Ticks in the background until it is stopped. *tell* is given every tick that did something.

    `run` is all that a program of its own needs. One that does other things too calls `start`, lets a thread `watch`,
    and calls `stop` in the end.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        tell: Callable[[Ticked], None] = lambda _ticked: None,
        machine: Clock | None = None,
        steady: Callable[[], float] = steady_seconds,
    ) -> None:
        self._desk = desk
        self._tell = tell
        self._machine = machine or SystemClock()
        self._steady = steady
        self._belief = Belief()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._planning = threading.Lock()
        self._ticking = False
        self._woken = False
        self._ticked_at: float | None = None
        self._kept_at: float | None = None
        self._jobs: Any = None

    # ------------------------------------------------------------------------------------------ life

    def start(self) -> None:
        """Begin to tick, at once, in a thread of its own."""
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler

        one = ThreadPoolExecutor(1)
        # What takes longer has a thread of its own: no deadline and no message waits for it.
        self._jobs = BackgroundScheduler(timezone=UTC, executors={"default": one, _LOOK: ThreadPoolExecutor(1)})
        self._jobs.add_job(
            self._run,
            "interval",
            id=_TICK,
            seconds=MOST_APART.total_seconds(),
            next_run_time=self._machine.now(),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,  # however late: what is due is due
        )
        self._jobs.add_job(
            self._look,
            "interval",
            id=_LOOK,
            executor=_LOOK,
            seconds=LOOKING.total_seconds(),
            next_run_time=self._machine.now() + LOOKING,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        self._desk.recorded = self.wake
        self._jobs.start()
        logs.happened(logs.SCHEDULER_STARTED)

    def stop(self) -> None:
        """Stop after the transaction that is under way; what is left waits for whoever ticks next."""
        with self._planning:  # else a run that plans the next one waits for us, and we for it
            self._stopping.set()
        if self._jobs is not None:
            self._jobs.shutdown(wait=True)
            self._jobs = None
            logs.happened(logs.SCHEDULER_STOPPED)

    def watch(self, stopped: threading.Event, every: float = 5.0) -> None:
        """Wait until *stopped*, and see to it that no clock that goes back makes the next tick wait for it.

        APScheduler sleeps until a moment of the machine's clock; this looks *every* so many seconds at time gone by.
        """
        most = MOST_APART.total_seconds()
        while not stopped.wait(every):
            if self._ticked_at is not None and self._steady() - self._ticked_at > most and not self._ticking:
                self._plan(timedelta())

    def wake(self) -> None:
        """Tick soon: something was recorded that may be due before the next look. Callable from any thread."""
        with self._lock:
            self._woken = True
            if self._ticking or self._jobs is None:
                return
        self._plan(LEAST_APART)

    # ------------------------------------------------------------------------------------------ one run

    def _run(self) -> None:
        with self._lock:
            self._ticking, self._woken = True, False
        wait = MOST_APART
        try:
            if self._belief.holds(self._machine.now(), self._steady()):
                wait = self._tick()
        except FlowError as wrong:
            logs.happened(logs.TICK_FAILED, level="error", code=wrong.code)
        finally:
            self._ticked_at = self._steady()
            with self._lock:
                self._ticking, woken = False, self._woken
            self._plan(min(wait, LEAST_APART) if woken else wait)

    def _tick(self) -> timedelta:
        self._keep_house()
        ticked = tick(self._desk, goes_on=self._goes_on)
        if ticked.did_something:
            self._tell(ticked)
        return wait_for(ticked, self._desk.clock.now())

    def _keep_house(self) -> None:
        """Make reminders anew that rest on an older version of their organisation, and forget what is to be forgotten.

        At the start, then every hour.
        """
        if self._kept_at is None or self._steady() - self._kept_at >= HOUSEKEEPING:
            rebuild_where_needed(self._desk, self._desk.clock.now(), self._goes_on)
            forget_where_asked(self._desk, self._desk.clock.now(), self._goes_on)
            self._kept_at = self._steady()

    def _look(self) -> None:
        """Look at what organisations use (ruling 20), a few procedures at a time, and tell what was found."""
        if self._belief.doubted_since is not None:
            return  # the day may be another one
        from inprocap_flow.service.daily.keeping import look_where_due
        from inprocap_flow.service.daily.telling import tell

        try:
            now = self._desk.clock.now()
            look_where_due(self._desk, now, self._goes_on)
            tell(self._desk, now, self._goes_on)
        except FlowError as wrong:
            logs.happened(logs.LOOK_FAILED, level="error", code=wrong.code)

    def _goes_on(self) -> bool:
        return not self._stopping.is_set()

    def _plan(self, wait: timedelta) -> None:
        """Let the next run be after *wait*."""
        with self._planning:
            jobs = self._jobs
            if jobs is not None and not self._stopping.is_set():
                jobs.modify_job(_TICK, next_run_time=self._machine.now() + wait)


def run(desk: Desk, stopped: threading.Event, *, tell: Callable[[Ticked], None] = lambda _ticked: None) -> None:
    """Tick in the background until *stopped* is set, then return when the transaction under way is done."""
    scheduler = Scheduler(desk, tell=tell)
    scheduler.start()
    try:
        scheduler.watch(stopped)
    finally:
        scheduler.stop()
