"""Which ladders a case has: what somebody is to be reminded of, and when next. The service keeps the next rungs.

A ladder hangs on one thing (a clock, an approval that waits, a signature that lapses, papers that are due, a line where
nothing happens) and is there as long as that thing is. Its name is the key of its row: ``deadline <line> <name>``,
``safety <line> <name>`` (until when an extension is safe), ``approval <line> <name>``, ``papers <line> <name>
<signature>``, ``validity <line> <name> <signature> <person>``, ``silence <line>``. A case that was imported from
history has none: nobody is reminded of the past.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from inprocap_flow.calendar.zones import end_of_day
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import (
    MAIN,
    ApprovalState,
    Case,
    DeadlineState,
    GivenSignature,
    LineState,
    When,
    unstamp,
)
from inprocap_flow.engine.reminding.ladder import Ladder, in_order
from inprocap_flow.engine.reminding.rungs import Pace, Repeat, Rung, after, again, before, pace_of, since
from inprocap_flow.engine.reminding.silence import NEVER, begins_anew, by_default, case_ladder
from inprocap_flow.engine.timing.safety import safe_until
from inprocap_flow.language.model import Approval, Deadline, Reminder
from inprocap_flow.records import changed

_OVER = ("over", "missed")
SAFETY_WARNING = "P2WD"  # before the day until which an extension is safe; convention, no law


# ---------------------------------------------------------------------------------------------- of a whole case


def ladders(binding: Binding, case: Case) -> Iterator[Ladder]:
    """Yield every ladder that *case* has now, in order of its clocks, approvals and lines."""
    if case.historic:
        return
    for clock in case.deadlines.values():
        yield from of_deadline(binding, case, clock)
    for line in case.lines.values():
        yield from of_line(binding, case, line)
    for approval in case.approvals.values():
        yield from of_approval(binding, case, approval)


def ladder_named(binding: Binding, case: Case, name: str) -> Ladder | None:
    """Return the ladder *name*, if the case has it now; only the thing that it hangs on is looked at."""
    kind, line_id, *rest = name.split(" ")
    if case.historic or line_id not in case.lines:
        return None
    found: Iterator[Ladder] = iter(())
    if kind in ("silence", "papers"):
        found = of_line(binding, case, case.lines[line_id])
    elif rest and kind in ("deadline", "safety") and (clock := case.deadlines.get(f"{line_id} {rest[0]}")):
        found = of_deadline(binding, case, clock)
    elif rest and (approval := case.approvals.get(f"{line_id} {rest[0]}")):
        found = of_approval(binding, case, approval)
    return next((ladder for ladder in found if ladder.name == name), None)


def changes(binding: Binding, old: Case | None, new: Case) -> tuple[list[Ladder], list[str]]:
    """Return the ladders that are new or otherwise in *new*, and the names of those that are gone.

    Only what changed is looked at: a clock, an approval or a line carried over untouched has the ladders it had.
    """
    if new.historic:
        return [], []
    if old is not None and old.definition_hash != new.definition_hash:
        return _of_versions(binding, old, new)
    binding = binding.of(new)
    had = {} if old is None else {ladder.name: ladder for ladder in _touched(binding, old, new)}
    has = {ladder.name: ladder for ladder in _touched(binding, new, old)}
    return [one for one in has.values() if had.get(one.name) != one], [name for name in had if name not in has]


def _of_versions(binding: Binding, old: Case, new: Case) -> tuple[list[Ladder], list[str]]:
    """Return the same where the case went over to another version: it reminds of something else, even if nothing moved.

    A clock that has ended, and of which nothing more is to be said, has no ladder worth a look in either.
    """
    had = {ladder.name: ladder for ladder in ladders(binding.of(old), old)}
    has = {ladder.name: ladder for ladder in ladders(binding.of(new), new)}
    return [one for one in has.values() if had.get(one.name) != one], [name for name in had if name not in has]


def _touched(binding: Binding, case: Case, other: Case | None) -> Iterator[Ladder]:
    """Yield the ladders of *case* that hang on something that is otherwise in *other*."""
    if other is None:
        yield from ladders(binding, case)
        return
    lines = [line for line in case.lines.values() if other.lines.get(line.id) is not line]
    ended = {line.id for line in lines if _ended(line, other)}
    # Most moves touch no clock, or no approval: then all of them are the same mapping, and none is looked at.
    if ended or case.deadlines is not other.deadlines:
        for place, clock in case.deadlines.items():
            if other.deadlines.get(place) is not clock or clock.line in ended or MAIN in ended:
                yield from of_deadline(binding, case, clock)
    for line in lines:
        yield from of_line(binding, case, line, silent=line.id != MAIN)
    if begins_anew(binding, case, other):
        yield from _silent(binding, case, case.main)
    if ended or case.approvals is not other.approvals:
        for place, approval in case.approvals.items():
            if other.approvals.get(place) is not approval or approval.line in ended or MAIN in ended:
                yield from of_approval(binding, case, approval)


def _ended(line: LineState, other: Case) -> bool:
    """Return whether *line* has ended in one case and not in the other."""
    known = other.lines.get(line.id)
    return known is not None and known.ended != line.ended


# ---------------------------------------------------------------------------------------------- of one thing


def of_deadline(binding: Binding, case: Case, clock: DeadlineState) -> Iterator[Ladder]:
    """Yield the ladder of a clock: up to its end while it runs, and after it unless it was met or stopped."""
    declared = _declared(binding, case, clock)
    if declared is None or clock.end is None or not _counts(case, clock):
        return
    yield from _reminded(binding, case, clock, declared) if declared.remind else ()
    yield from _safely(binding, case, clock, declared) if "extend" in declared.acts else ()


def _reminded(binding: Binding, case: Case, clock: DeadlineState, declared: Deadline) -> Iterator[Ladder]:
    pace, end = pace_of(binding, declared.calendar), unstamp(clock.end or "")
    last_day = date.fromisoformat(clock.last_day) if clock.last_day else pace.last_day(end)
    begins = When.from_plain(clock.history[-1]["at"]).last if clock.history else None
    runs = clock.status == "running"
    rungs: list[Rung] = []
    for number, one in enumerate(declared.remind):
        to = addressed(binding, case, one.role, clock.line)
        rungs += [before(pace, end, last_day, one, number, to)] if one.before and runs else []
        rungs += [after(pace, end, last_day, one, number, to)] if one.after else []
    name = f"deadline {clock.line} {clock.name}"
    yield Ladder(name, "deadline", clock.line, clock.name, _nearest_at_once(rungs, begins, end), (), end, begins)


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


def of_approval(binding: Binding, case: Case, state: ApprovalState) -> Iterator[Ladder]:
    """Yield the ladder of an approval that waits, and one for each of its signatures that stands and will lapse."""
    declared = _approval(binding, case, state.line, state.name)
    if declared is None or not declared.remind:
        return
    pace = pace_of(binding)
    if state.open and state.asked_at:
        yield from _waiting(binding, case, state, declared, pace)
    if case.main.ended or case.lines[state.line].ended:
        return  # a signature may lapse where nothing goes on any more
    # Who signed again after a lapse has two that stand; only the last one can still lapse.
    standing = {(one.index, one.person): one for one in state.signatures if one.status == "standing"}
    for given in standing.values():
        if given.valid_until and not given.against:
            yield from _lapsing(binding, case, state, declared, given, pace)


def _approval(binding: Binding, case: Case, line_id: str, name: str) -> Approval | None:
    line = case.lines.get(line_id)
    return binding.definition.line(line.kind).approvals.get(name) if line else None


def _waiting(binding: Binding, case: Case, state: ApprovalState, declared: Approval, pace: Pace) -> Iterator[Ladder]:
    start = unstamp(state.asked_at or "")
    name = f"approval {state.line} {state.name}"
    yield from _since(binding, case, declared.remind, pace, start, Ladder(name, "approval", state.line, state.name, ()))


def _since(
    binding: Binding, case: Case, reminders: tuple[Reminder, ...], pace: Pace, start: datetime, empty: Ladder
) -> Iterator[Ladder]:
    """Yield *empty* with the rungs that are counted from *start*, unless there are none."""
    rungs: list[Rung] = []
    repeats: list[Repeat] = []
    for number, one in enumerate(reminders):
        to = addressed(binding, case, one.role, empty.line)
        rungs += [since(pace, start, one, number, to)] if one.after else []
        repeats += [again(pace, start, one, number, to)] if one.every else []
    if rungs or repeats:
        yield changed(empty, rungs=tuple(sorted(rungs, key=in_order)), repeats=tuple(repeats), begins=start)


def _lapsing(
    binding: Binding, case: Case, state: ApprovalState, declared: Approval, given: GivenSignature, pace: Pace
) -> Iterator[Ladder]:
    end, begins = unstamp(given.valid_until or ""), unstamp(given.at)
    rungs: list[Rung] = []
    for number, one in enumerate(declared.remind):
        if one.before_lapse:
            to = addressed(binding, case, one.role, state.line) or (f"person:{given.person}",)
            rungs.append(before(pace, end, pace.last_day(end), one, number, to))
    if rungs:
        name = f"validity {state.line} {state.name} {given.index} {given.person}"
        found = _nearest_at_once(rungs, begins, end)
        yield Ladder(name, "validity", state.line, state.name, found, (), end, begins)


def of_line(binding: Binding, case: Case, line: LineState, *, silent: bool = True) -> Iterator[Ladder]:
    """Yield the ladder of a line where nothing happens, and those of papers that are due at gates of a meeting.

    Without the first one if not *silent*.
    """
    if line.ended or case.main.ended:
        return
    yield from _silent(binding, case, line) if silent else ()
    for approval in binding.definition.line(line.kind).approvals.values():
        if approval.meeting and any(one.before for one in approval.remind):
            yield from _papers(binding, case, line, approval)


def _silent(binding: Binding, case: Case, line: LineState) -> Iterator[Ladder]:
    stage = binding.definition.line(line.kind).stages.get(line.state)
    if stage is None or stage.owner is None or line.last is None:
        return
    if line.id == MAIN and by_default(binding, stage):
        found = case_ladder(binding, case, stage, addressed(binding, case, stage.owner, MAIN))
        yield from (found,) if found else ()
        return
    own = (Reminder("", after=stage.remind_after),) if stage.remind_after not in (None, NEVER) else ()
    named = tuple(one if one.role else changed(one, role=stage.owner) for one in (*own, *stage.remind))
    empty = Ladder(f"silence {line.id}", "silence", line.id, line.state, ())
    yield from _since(binding, case, named, pace_of(binding), When.from_plain(line.last).last, empty)


def _papers(binding: Binding, case: Case, line: LineState, approval: Approval) -> Iterator[Ladder]:
    """Yield what leads up to the gate of each signature, once the meeting is chosen. The gate's day is included."""
    facts = CaseFacts(binding, case, line.id, When.exactly(_EPOCH))
    pace = pace_of(binding)
    for index, signature in enumerate(approval.signatures):
        day = facts.gate(approval.meeting or "", signature.due_by) if signature.due_by else None
        if not isinstance(day, date):
            continue
        end = end_of_day(day, pace.zone)
        rungs: list[Rung] = []
        for number, one in enumerate(approval.remind):
            to = addressed(binding, case, one.role, line.id)
            rungs += [before(pace, end, day, one, number, to)] if one.before else []
        name = f"papers {line.id} {approval.name} {index}"
        yield Ladder(name, "papers", line.id, approval.name, tuple(sorted(rungs, key=in_order)), (), end)


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")  # gates depend on no moment


# ---------------------------------------------------------------------------------------------- rungs and recipients


def _nearest_at_once(rungs: list[Rung], begins: datetime | None, end: datetime) -> tuple[Rung, ...]:
    """Return *rungs* in order. Where all that lead up to *end* lay behind from the first, the nearest is due then."""
    ordered = sorted(rungs, key=in_order)
    leading = [rung for rung in ordered if rung.side == "before"]
    if not leading or begins is None or leading[-1].at >= begins or begins >= end:
        return tuple(ordered)
    at_once = changed(leading[-1], at=begins)
    return tuple(sorted((at_once, *(rung for rung in ordered if rung.side != "before")), key=in_order))


def addressed(binding: Binding, case: Case, role: str, line_id: str) -> tuple[str, ...]:
    """Return how the outbox names the holders of *role*: those who speak for a track by the track, others by the role.

    Nobody for no role.
    """
    if not role:
        return ()
    declared = binding.definition.roles.get(role)
    line: LineState | None = case.lines.get(line_id)
    while declared is not None and declared.speaks_for and line is not None:
        if line.kind == declared.speaks_for:
            return (f"track:{line.id}",)
        line = case.lines.get(line.parent) if line.parent else None
    return (f"role:{role}",)
