"""Deadlines that are over are recorded with their lawful moment, though nobody asks for anything (decision 0007)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from inprocap_flow import logs
from inprocap_flow.engine.case.records import SYSTEM_ACTOR, Decision, Request
from inprocap_flow.engine.turn import TIME
from inprocap_flow.errors import FlowError
from inprocap_flow.service.acting import act
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.connection import StoreUnavailable

EXPIRIES = ("deadline_over", "deadline_met", "deadline_missed")
BATCH = 100  # deadlines looked at together


def expire(desk: Desk, now: datetime, goes_on: Callable[[], bool]) -> tuple[int, int]:
    """Let time pass in every case in which a deadline is over at *now*; return how many ended, and cases that failed.

    A case whose definition misbehaves is logged, holds up no other, and is tried again with the next tick. Whoever is
    faster (a person with a request, another scheduler) has recorded the same: then nothing is left to do.
    """
    ended = failed = 0
    for case_id in _cases(desk, now):
        if not goes_on():
            break
        try:
            outcome = act(desk, case_id, Request(TIME, SYSTEM_ACTOR))
        except StoreUnavailable:
            raise
        except FlowError as wrong:
            logs.happened(logs.TIME_NOT_PASSED, level="error", case=case_id, code=wrong.code)
            failed += 1
            continue
        events = outcome.events if isinstance(outcome, Decision) else ()
        ended += sum(event.kind in EXPIRIES for event in events)
    return ended, failed


def _cases(desk: Desk, now: datetime) -> Iterator[str]:
    """Yield each case once, also while we and others change what is found."""
    seen: set[str] = set()
    last = ("", "")
    while True:
        with desk.store.reading() as reading:
            found = reading.reminders.cases_over_time(now, after=last, most=BATCH)
        if not found:
            return
        for _, case_id in found:
            if case_id not in seen:
                seen.add(case_id)
                yield case_id
        last = found[-1]
