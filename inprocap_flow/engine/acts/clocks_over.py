"""The clocks of a case as it goes over to another version: reckoned again, given an end, stopped, or started."""

from __future__ import annotations

from datetime import date, datetime

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.engine.acts.fitting import Fit, clock_of
from inprocap_flow.engine.carrying.deadlines import end, follow, start
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.records import Blocker, DeadlineState, key, stamp, unstamp
from inprocap_flow.engine.timing.clocks import Clock, Typed, as_typed, start_clock, typed_clock
from inprocap_flow.engine.timing.reclocking import corrected, recounted
from inprocap_flow.language.migrations import ASK, RECOMPUTE, START, STOP
from inprocap_flow.language.model import Deadline

MIGRATE = "migrate"  # the kind of request


def bring_over(work: Work, fit: Fit, was: DeadlineState) -> list[Blocker]:
    """Do to a clock that ran what the plan says of it; return why that cannot be."""
    declared, into, choice = clock_of(fit, was)
    name = into.name if into else fit.change(fit.case.lines[was.line]).now("deadlines", was.name)
    state = work.case.deadlines[key(was.line, name)]
    if (declared is None and into is None) or not state.is_open:
        return []  # it followed another one meanwhile
    if choice == STOP:
        end(work, was.line, name, "deadline_stopped", {"source": MIGRATE, "ground": _ground(fit)})
        return []
    if into is None or choice not in (RECOMPUTE, ASK):
        return []
    return _recompute(work, fit, state, into) if choice == RECOMPUTE else _set_end(work, fit, state, into)


def _recompute(work: Work, fit: Fit, state: DeadlineState, into: Deadline) -> list[Blocker]:
    clock = recounted(work.facts(state.line), into, state)
    if isinstance(clock, tuple):
        return list(clock)
    if clock.end <= work.when.last < unstamp(state.end or stamp(clock.end)):
        reason = f"Reckoned by the new rules, {into.name} would have ended at {stamp(clock.end)}, before anybody knew."
        return [Blocker("would-be-over", reason, about=into.name, line=state.line, mend="keep its end, or give one")]
    if stamp(clock.end) != state.end:
        data = {"deadline": into.name, "ground": _ground(fit), **clock.to_plain()}
        work.emit("deadline_recomputed", state.line, data)
        follow(work, state.line, into.name)
    return []


def _set_end(work: Work, fit: Fit, state: DeadlineState, into: Deadline) -> list[Blocker]:
    typed = _typed(work, fit, state.line, into)
    if isinstance(typed, Blocker):
        return [typed]
    if stamp(typed.end) == state.end:
        return []
    moved = corrected(work.facts(state.line), into, state, typed)
    if isinstance(moved, tuple):
        return list(moved)
    data = {"deadline": into.name, "ground": _ground(fit), **moved.clock.to_plain(), **moved.more}
    work.emit("deadline_corrected", state.line, data)
    follow(work, state.line, into.name)
    return []


def _typed(work: Work, fit: Fit, line_id: str, declared: Deadline) -> Typed | Blocker:
    text = fit.answers.ends[key(line_id, declared.name)]
    try:
        value: date | datetime = date.fromisoformat(text) if len(text) == 10 else unstamp(text)
        return as_typed(work.facts(line_id), declared, value)
    except (ValueError, BadValue):
        reason = f'The end of {declared.name}, "{text}", is neither a day nor a moment.'
        return Blocker("bad-value", reason, about=declared.name, line=line_id, mend="give one such as 2026-03-20")


def start_new(work: Work, fit: Fit, line_id: str, declared: Deadline, choice: str | None) -> list[Blocker]:
    """Start a clock that is new, where the plan says so; return why that cannot be."""
    if choice not in (START, ASK) or key(line_id, declared.name) in work.case.deadlines:
        return []
    clock: Clock | tuple[Blocker, ...]
    if choice == START:
        clock = start_clock(work.facts(line_id), declared, work.when)
    else:
        typed = _typed(work, fit, line_id, declared)
        if isinstance(typed, Blocker):
            return [typed]
        clock = typed_clock(work.facts(line_id), declared, work.when, typed)
    if isinstance(clock, tuple):
        return list(clock)
    if clock.end <= work.when.last:
        reason = f"{declared.name} would have ended at {stamp(clock.end)}, before it began."
        return [Blocker("would-be-over", reason, about=declared.name, line=line_id, mend="let it come later")]
    start(work, line_id, declared, clock, {"ground": _ground(fit)})
    return []


def _ground(fit: Fit) -> str:
    return f"{fit.plan.to_version} instead of {fit.plan.from_version}"
