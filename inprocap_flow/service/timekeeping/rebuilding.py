"""The rows of reminders made anew from the cases: for cases older than reminders, and when an organisation changed.

Nothing in ``reminders`` is the only record of anything, so it may be made anew at any time. What was said is not said
again: the id of a message is derived from what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from inprocap_flow import logs
from inprocap_flow.engine.acts.recount import outdated
from inprocap_flow.engine.case.records import SYSTEM_ACTOR, Request
from inprocap_flow.engine.reminding.ladder import Ladder
from inprocap_flow.engine.reminding.ladders import ladders
from inprocap_flow.engine.reminding.rungs import Rung
from inprocap_flow.errors import FlowError
from inprocap_flow.service.acting import act
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.timekeeping.ladders import first_rung, planned
from inprocap_flow.store.connection import StoreUnavailable
from inprocap_flow.store.planned import Planned
from inprocap_flow.store.port import Writing

RULES = "2"  # raised when ladders are made by other rules, so that every installation makes its rows anew once
BATCH = 500
_DAY = timedelta(days=1)


def rebuild_where_needed(desk: Desk, now: datetime, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Make anew what rests on an older version of an organisation, or of our rules; return how many cases were done.

    An organisation may have moved its hour, its quiet days or its calendars. Deadlines that were provisional on an
    older calendar are reckoned again, too. The mark is set when all is done: who is stopped in between begins again.
    """
    done = 0
    for organisation, mark in _stale(desk):
        done += rebuild(desk, organisation, now, goes_on)
        if not goes_on():
            break
        with desk.store.writing() as work:
            work.reminders.set_mark(_mark_of(organisation), mark)
    return done


def _stale(desk: Desk) -> list[tuple[str, str]]:
    with desk.store.reading() as reading:
        found = []
        for organisation in reading.reminders.organisations():
            mark = f"{RULES} {reading.newest('organisation', organisation)}"
            if reading.reminders.mark(_mark_of(organisation)) != mark:
                found.append((organisation, mark))
        return found


def _mark_of(organisation: str) -> str:
    return f"ladders {organisation}"


def rebuild(desk: Desk, organisation: str, now: datetime, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Make the rows of every case of *organisation* anew; return how many cases were looked at."""
    done = 0
    for case_id in _cases(desk, organisation):
        if not goes_on():
            break
        try:
            _rebuild_case(desk, case_id, now)
        except StoreUnavailable:
            raise
        except FlowError as wrong:
            logs.happened(logs.REMINDER_FAILED, level="error", case=case_id, code=wrong.code)
        done += 1
    logs.happened(logs.LADDERS_REBUILT, organisation=organisation, count=done)
    return done


def _cases(desk: Desk, organisation: str) -> Iterator[str]:
    last = ""
    while True:
        with desk.store.reading() as reading:
            found = reading.reminders.live_cases(organisation, after=last, most=BATCH)
        if not found:
            return
        yield from found
        last = found[-1]


def _rebuild_case(desk: Desk, case_id: str, now: datetime) -> None:
    with desk.store.reading() as reading:  # most cases are as they should be, and need no lock to be found so
        case = reading.load(case_id).case
        binding = desk.binding(reading, case)
        moves = bool(outdated(binding, case))
        known = {row.ladder: row for row in reading.reminders.of_case(case_id)}
        right = known == _wanted(known, list(ladders(binding, case)), case_id, now)
    if moves:
        act(desk, case_id, Request("recount", SYSTEM_ACTOR))
    if right and not moves:
        return
    with desk.store.writing() as work:
        case = work.load(case_id).case
        _put_right(work, case_id, list(ladders(desk.binding(work, case), case)), now)


def _put_right(work: Writing, case_id: str, found: list[Ladder], now: datetime) -> None:
    known = {row.ladder: row for row in work.reminders.of_case(case_id)}
    wanted = _wanted(known, found, case_id, now)
    work.reminders.put(row for name, row in wanted.items() if known.get(name) != row)
    work.reminders.drop(case_id, [name for name in known if name not in wanted])


def _wanted(known: dict[str, Planned], found: list[Ladder], case_id: str, now: datetime) -> dict[str, Planned]:
    rungs = ((ladder, _next(ladder, known.get(ladder.name), now)) for ladder in found)
    return {ladder.name: planned(case_id, ladder.name, rung) for ladder, rung in rungs if rung is not None}


def _next(ladder: Ladder, row: Planned | None, now: datetime) -> Rung | None:
    """Return what is to be said next: nothing before what is planned, but for another hour of the same day.

    Where the ladder says other things than what is planned (the organisation wants to hear sooner), from now on.
    """
    if row is None:
        return first_rung(ladder, now)
    if row.rung not in ladder.says:
        return ladder.first_from(now)
    return ladder.first_from(datetime.fromisoformat(row.due_at) - _DAY / 2)
