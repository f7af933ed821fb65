"""The ladders of a clock: what leads up to its end and follows it, and until when an extension of it is safe."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Case, DeadlineState, When, unstamp
from inprocap_flow.engine.reminding.addressing import addressed
from inprocap_flow.engine.reminding.ladder import Ladder, nearest_at_once
from inprocap_flow.engine.reminding.rungs import Pace, Rung, after, before, pace_of
from inprocap_flow.engine.timing.safety import safe_until
from inprocap_flow.language.model import Deadline, Reminder

_OVER = ("over", "missed")
SAFETY_WARNING = "P2WD"  # before the day until which an extension is safe; convention, no law


def of_deadline(binding: Binding, case: Case, clock: DeadlineState) -> Iterator[Ladder]:
    """Yield the ladder of a clock: up to its end while it runs, and after it unless it was met or stopped."""
    declared = _declared(binding, case, clock)
    if declared is None or clock.end is None or not _counts(case, clock):
        return
    yield from _reminded(binding, case, clock, declared) if declared.remind else ()
    yield from _safely(binding, case, clock, declared) if "extend" in declared.acts else ()


def _reminded(binding: Binding, case: Case, clock: DeadlineState, declared: Deadline) -> Iterator[Ladder]:
    pace, end = pace_of(binding, declared.calendar), unstamp(clock.end or "")
    last_day = _last_day(pace, clock, end)
    begins = When.from_plain(clock.history[-1]["at"]).last if clock.history else None
    runs = clock.status == "running"
    rungs: list[Rung] = []
    for number, one in enumerate(declared.remind):
        to = addressed(binding, case, one.role, clock.line)
        rungs += [before(pace, end, last_day, one, number, to)] if one.before and runs else []
        rungs += [after(pace, end, last_day, one, number, to)] if one.after else []
    name = f"deadline {clock.line} {clock.name}"
    yield Ladder(name, "deadline", clock.line, clock.name, nearest_at_once(rungs, begins, end), (), end, begins)


def _last_day(pace: Pace, clock: DeadlineState, end: datetime) -> date:
    """Return the last day on which something is in time, as it is shown.

    A clock counted backwards keeps its far edge, at whose beginning it ends: the day before that is the last safe one.
    """
    own = pace.last_day(end)
    return min(date.fromisoformat(clock.last_day), own) if clock.last_day else own


def _safely(binding: Binding, case: Case, clock: DeadlineState, declared: Deadline) -> Iterator[Ladder]:
    """Yield the warning that an extension must soon be begun to be safe. Who sets the clock too late is not warned."""
    until = safe_until(binding, case, clock.line, clock.name)
    if until is None:
        return
    pace = pace_of(binding, declared.calendar)
    roles = declared.acts["extend"].by
    to = tuple(dict.fromkeys(one for role in roles for one in addressed(binding, case, role, clock.line)))
    rung = before(pace, until, pace.last_day(until), Reminder("", before=SAFETY_WARNING), 0, to)
    begins = When.from_plain(clock.history[-1]["at"]).last if clock.history else None
    name = f"safety {clock.line} {clock.name}"
    yield Ladder(name, "safety", clock.line, clock.name, (rung,), (), until, begins)


def _declared(binding: Binding, case: Case, clock: DeadlineState) -> Deadline | None:
    line = case.lines.get(clock.line)
    return binding.definition.line(line.kind).deadlines.get(clock.name) if line else None


def _counts(case: Case, clock: DeadlineState) -> bool:
    """Return whether the end of *clock* still matters to somebody: what has ended waits for nothing any more."""
    if clock.status == "running":
        return True
    ended = case.main.ended or case.lines[clock.line].ended
    return clock.status in _OVER and (clock.outlives_case or not ended)
