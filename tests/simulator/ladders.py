"""Ladders once more, by walking day by day: what must be planned and said, known without `engine.reminding`.

Written from decision 0007 and the language reference, not from the engine. It is slow and has no other aim than to be
obviously right; the one thing it borrows is who may still sign an approval, which other suites prove.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from inprocap_flow.engine.case.approvals import standing
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.needing import is_needed
from inprocap_flow.engine.case.records import MAIN, ApprovalState, Case, DeadlineState, LineState, When
from inprocap_flow.engine.case.signers import who_may_give
from inprocap_flow.language.model import Reminder
from tests.simulator.silences import forgotten, is_forgotten, organisation_says
from tests.simulator.slow_days import DAY, LATE, Again, Days, Said, Slow, Step, addressed, coded, days_of, so_long_after

# ---------------------------------------------------------------------------------------------- ladders of a case


def slow_ladders(binding: Binding, case: Case) -> dict[str, Slow]:
    """Return every ladder that *case* has, by name."""
    found = [*_of_clocks(binding, case), *_of_approvals(binding, case), *_of_lines(binding, case)]
    return {ladder.name: ladder for ladder in found}


def _of_clocks(binding: Binding, case: Case) -> Iterator[Slow]:
    for clock in case.deadlines.values():
        declared = binding.definition.line(case.lines[clock.line].kind).deadlines[clock.name]
        if clock.end is None or not declared.remind or not _matters(case, clock):
            continue
        days = days_of(binding, declared.calendar)
        end = datetime.fromisoformat(clock.end)
        last = days.day_of(end - timedelta(microseconds=1))
        if clock.last_day:  # one counted backwards, or set to end at midnight, names the day at whose beginning it ends
            last = min(last, date.fromisoformat(clock.last_day))
        begins = When.from_plain(clock.history[-1]["at"]).last if clock.history else None
        steps: list[Step] = []
        for place, one in enumerate(declared.remind):
            to = addressed(binding, case, one.role, clock.line)
            if one.before is not None and clock.status == "running":
                steps.append(Step(_before(days, end, last, one.before), place, "before", one.before, to, clock.end))
            if one.after is not None:
                steps.append(Step(_after_end(days, end, last, one.after), place, "after", one.after, to, clock.end))
        name = f"deadline {clock.line} {clock.name}"
        yield Slow(name, "deadline", clock.line, clock.name, _or_at_once(steps, begins, end), (), end, begins)


def _matters(case: Case, clock: DeadlineState) -> bool:
    if clock.status == "running":
        return True
    over = case.main.ended or case.lines[clock.line].ended
    return clock.status in ("over", "missed") and (clock.outlives_case or not over)


def _before(days: Days, end: datetime, last: date, code: str) -> datetime:
    count, unit = coded(code)
    if unit == "H":
        return end.astimezone(UTC) - timedelta(hours=count)
    day = days.off_quiet(days.away_from(last, count, unit, -1), -1)
    if days.at_hour(day) >= end:
        day = days.off_quiet(day - DAY, -1)
    return days.at_hour(day)


def _after_end(days: Days, end: datetime, last: date, code: str) -> datetime:
    count, unit = coded(code)
    if unit == "H":
        return end.astimezone(UTC) + timedelta(hours=count)
    day = days.away_from(last, count, unit, 1)
    at = days.at_hour(day)
    if at < end:  # nobody is told of an end before it: at it, or at the hour of its day
        day = days.day_of(end)
        at = max(end.astimezone(UTC), days.at_hour(day))
    return days.at_hour(days.off_quiet(day, 1)) if days.quiet(day) else at


def _or_at_once(steps: list[Step], begins: datetime | None, end: datetime) -> tuple[Step, ...]:
    """If all that leads somebody up to the end lies behind from the first, the nearest is due at once, and no other."""
    found = list(steps)
    if begins is not None and begins < end:
        for to in {step.to for step in steps}:
            leading = [step for step in steps if step.side == "before" and step.to == to]
            if leading and all(step.at < begins for step in leading):
                nearest = max(leading, key=lambda step: (step.at, step.place))
                found = [step for step in found if step not in leading] + [nearest._replace(at=begins)]
    return tuple(sorted(found, key=lambda step: (step.at, step.place)))


def _of_approvals(binding: Binding, case: Case) -> Iterator[Slow]:
    days = days_of(binding)
    for state in case.approvals.values():
        declared = binding.definition.line(case.lines[state.line].kind).approvals.get(state.name)
        if declared is None:
            continue
        if state.open and state.asked_at:
            empty = Slow(f"approval {state.line} {state.name}", "approval", state.line, state.name)
            yield from _waiting(binding, case, declared.remind, days, datetime.fromisoformat(state.asked_at), empty)
        yield from _lapsing(binding, case, state, declared.remind, days)


def _lapsing(
    binding: Binding, case: Case, state: ApprovalState, remind: Iterable[Reminder], days: Days
) -> Iterator[Slow]:
    """Of a signature that stands and lapses: but not where nothing goes on any more."""
    if case.main.ended or case.lines[state.line].ended:
        return
    for given in state.signatures:
        again = [
            one
            for one in state.signatures
            if (one.index, one.person, one.status) == (given.index, given.person, "standing")
        ]
        if given.status != "standing" or given.valid_until is None or given.against or again[-1] is not given:
            continue
        end, begins = datetime.fromisoformat(given.valid_until), datetime.fromisoformat(given.at)
        last = days.day_of(end - timedelta(microseconds=1))
        steps = [
            Step(
                _before(days, end, last, one.before_lapse),
                place,
                "before",
                one.before_lapse,
                addressed(binding, case, one.role, state.line) or (f"person:{given.person}",),
                given.valid_until,
            )
            for place, one in enumerate(remind)
            if one.before_lapse is not None
        ]
        if steps:
            name = f"validity {state.line} {state.name} {given.index} {given.person}"
            yield Slow(name, "validity", state.line, state.name, _or_at_once(steps, begins, end), (), end, begins)


def _of_lines(binding: Binding, case: Case) -> Iterator[Slow]:
    if case.main.ended:
        return
    days = days_of(binding)
    for line in case.lines.values():
        declared = binding.definition.line(line.kind)
        stage = declared.stages.get(line.state)
        if line.ended or stage is None:
            continue
        if line.id == MAIN and organisation_says(binding, stage):
            yield forgotten(binding, case, stage, days)
        elif stage.owner and line.last:
            remind = [*([Reminder("", after=stage.remind_after)] if stage.remind_after else []), *stage.remind]
            told = [one if one.role else Reminder(stage.owner, after=one.after, every=one.every) for one in remind]
            empty = Slow(f"silence {line.id}", "silence", line.id, line.state)
            yield from _waiting(binding, case, told, days, When.from_plain(line.last).last, empty)
        for approval in declared.approvals.values():
            yield from _papers(binding, case, line, approval, days)


def _papers(binding: Binding, case: Case, line: LineState, approval: Any, days: Days) -> Iterator[Slow]:
    chosen = line.fields.get(approval.meeting) if approval.meeting else None
    for index, signature in enumerate(approval.signatures):
        if not (signature.due_by and chosen):
            continue
        committee = binding.definition.line(line.kind).fields[approval.meeting].committee or ""
        meetings = [one for one in binding.organisation.committees.get(committee, ()) if one.id == chosen]
        day = date.fromisoformat(meetings[0].gates[signature.due_by])
        end = datetime.combine(day + DAY, time(), days.zone).astimezone(UTC)
        steps = [
            Step(
                _before(days, end, day, one.before),
                place,
                "before",
                one.before,
                addressed(binding, case, one.role, line.id),
                day.isoformat(),
            )
            for place, one in enumerate(approval.remind)
            if one.before is not None
        ]
        if steps:
            ordered = tuple(sorted(steps, key=lambda step: (step.at, step.place)))
            name = f"papers {line.id} {approval.name} {index}"
            yield Slow(name, "papers", line.id, approval.name, ordered, (), end)


def _waiting(
    binding: Binding, case: Case, remind: Iterable[Reminder], days: Days, start: datetime, empty: Slow
) -> Iterator[Slow]:
    """Of something that waits since *start*: single steps so long after it, and those that come again."""
    steps: list[Step] = []
    again: list[Again] = []
    for place, one in enumerate(remind):
        to = addressed(binding, case, one.role, empty.line)
        if one.after is not None:
            in_hours = coded(one.after)[1] == "H"
            at, counted = so_long_after(days, start if in_hours else days.day_of(start), one.after, 1)
            steps.append(Step(at, place, "after", one.after, to, counted))
        if one.every is not None:
            in_hours = coded(one.every)[1] == "H"
            again.append(Again(start if in_hours else days.day_of(start), place, one.every, to))
    if steps or again:
        ordered = tuple(sorted(steps, key=lambda step: (step.at, step.place)))
        yield empty._replace(steps=ordered, again=tuple(again), begins=start)


# ---------------------------------------------------------------------------------------------- what is due


def steps_from(binding: Binding, ladder: Slow, first: datetime, last: datetime | None = None) -> list[Step]:
    """Return the steps from *first* to *last* (both included), in order; without *last* the first one of each kind."""
    found = [step for step in ladder.steps if step.at >= first and (last is None or step.at <= last)]
    days = days_of(binding)
    for one in ladder.again:
        times, before = 0, None
        while True:
            times += 1
            at, counted = so_long_after(days, one.start, one.code, times)
            if last is not None and at > last:
                break
            if at >= first and at != before:  # two that a long closure pushes to one morning are one
                found.append(Step(at, one.place, "every", one.code, one.to, counted))
                before = at
                if last is None:
                    break
    return sorted(found, key=lambda step: (step.at, step.place))


def next_step(binding: Binding, ladder: Slow, first: datetime) -> Step | None:
    """Return the first step at or after *first*; of several at one moment one that does not repeat."""
    found = steps_from(binding, ladder, first)
    return min(found, key=lambda step: (step.at, step.side == "every"), default=None)


def what_is_said(binding: Binding, case: Case, ladder: Slow, due: datetime, now: datetime) -> list[Said]:
    """Return the messages that a claim at *now* must write, when the row of *ladder* said *due*."""
    holds = [step for step in steps_from(binding, ladder, due, now) if _still_says(binding, case, ladder, step, now)]
    last: dict[str, Step] = {}
    for step in holds:
        for to in step.to or _concerned(binding, case, ladder, now):
            last[to] = step
    return [
        Said(
            ladder.name,
            to,
            step.says,
            step.at,
            now - step.at > LATE,
            len(holds) - 1,
            (ladder.name, to, step.says, step.place, step.counted),
        )
        for to, step in last.items()
    ]


def _still_says(binding: Binding, case: Case, ladder: Slow, step: Step, now: datetime) -> bool:
    if ladder.end is not None and ladder.kind != "deadline" and now >= ladder.end:
        return False
    if ladder.kind == "silence" and ladder.line == MAIN:
        stage = binding.definition.main.stages[case.main.state]
        return not organisation_says(binding, stage) or is_forgotten(binding, case, step, now)
    if ladder.kind in ("silence", "validity"):
        return True
    if ladder.kind in ("approval", "papers"):
        facts = CaseFacts(binding, case, ladder.line, When.exactly(now))
        found = standing(facts, ladder.about)
        was_used = any(given.status == "used" for given in found.state.signatures)
        return not found.given and (ladder.kind == "approval" or not was_used or is_needed(facts, found))
    clock = case.deadlines[f"{ladder.line} {ladder.about}"]
    one = binding.definition.line(case.lines[clock.line].kind).deadlines[clock.name].remind[step.place]
    # The only condition of the simulated procedure: that some offer is still there.
    if one.when is not None and all(line.ended for line in case.tracks("offer")):
        return False
    ended = clock.status != "running" or datetime.fromisoformat(clock.end or "") <= now
    if step.side == "before":
        return not ended
    if one.if_not_done and clock.status == "over":
        return False
    since = case.lines[clock.line].since
    moved_on = since is not None and When.from_plain(since).first > datetime.fromisoformat(clock.end or "")
    return ended and not (now - step.at > LATE and clock.status == "over" and moved_on)


def _concerned(binding: Binding, case: Case, ladder: Slow, now: datetime) -> tuple[str, ...]:
    """Return whoever has still to sign, else the owner of the stage."""
    if ladder.kind in ("approval", "papers"):
        facts = CaseFacts(binding, case, ladder.line, When.exactly(now))
        if people := who_may_give(facts, standing(facts, ladder.about)):
            return tuple(f"person:{person}" for person in people)
    line = case.lines[ladder.line]
    owner = binding.definition.line(line.kind).stages[line.state].owner
    return addressed(binding, case, owner or "", ladder.line)
