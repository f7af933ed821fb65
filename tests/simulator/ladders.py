"""Ladders once more, by walking day by day: what must be planned and said, known without `engine.reminders`.

Written from decision 0007 and the language reference, not from the engine. It is slow and has no other aim than to be
obviously right; the one thing it borrows is who may still sign an approval, which other suites prove.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from inprocap_flow.engine.case.approvals import is_needed, standing, who_may_give
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import ApprovalState, Case, DeadlineState, LineState, When
from inprocap_flow.language.model import Reminder

DAY = timedelta(days=1)
LATE = timedelta(hours=1)
CODE = re.compile(r"(PT?)([0-9]+)(WD|[DWMYH])")


class Step(NamedTuple):
    """One moment of a ladder. ``place`` is the how manieth reminder of the definition; ``counted`` what it rests on."""

    at: datetime
    place: int
    side: str
    code: str
    to: tuple[str, ...]
    counted: str = ""

    @property
    def says(self) -> str:
        return f"{self.side} {self.code}"


class Again(NamedTuple):
    """A reminder that comes again and again, counted from ``start``: a day or, for hours, a moment."""

    start: date | datetime
    place: int
    code: str
    to: tuple[str, ...]


class Slow(NamedTuple):
    """A ladder: its single steps in order, those that repeat, what it leads up to, and since when it is as it is."""

    name: str
    kind: str
    line: str
    about: str
    steps: tuple[Step, ...] = ()
    again: tuple[Again, ...] = ()
    end: datetime | None = None
    begins: datetime | None = None

    @property
    def same(self) -> tuple[Any, ...]:
        """What makes it the ladder that it is; since when is no part of it."""
        return self[:-1]


class Said(NamedTuple):
    """A message that must be in the outbox."""

    ladder: str
    to: str
    says: str
    due_at: datetime
    late: bool
    merged: int
    once: tuple[object, ...]  # no two messages of a case may share this


# ---------------------------------------------------------------------------------------------- days


@dataclass
class Days:
    """The days of one organisation: which are quiet, which are worked on, and at which hour people are reminded."""

    binding: Binding
    calendar: str = ""

    def __post_init__(self) -> None:
        calendars: Any = self.binding.organisation.calendars
        wishes = self.binding.organisation.reminders
        plain = calendars[wishes.calendar]
        worked = calendars[self.calendar] if self.calendar else plain
        self.quiet_days, self.hour = wishes.quiet_days, time.fromisoformat(wishes.hour)
        self.zone = self.binding.zone
        self.weekend, self.idle_weekend = plain["weekend"], worked["weekend"]
        self.holidays, self.idle = _holidays(plain), _holidays(worked)
        self.walked: dict[tuple[date, int, str, int], date] = {}
        self.closed = {day for one in plain["closures"] for day in _each_day(one)}

    def quiet(self, day: date) -> bool:
        if "weekends" in self.quiet_days and day.weekday() in self.weekend:
            return True
        if "holidays" in self.quiet_days and day in self.holidays:
            return True
        return "closures" in self.quiet_days and day in self.closed

    def works(self, day: date) -> bool:
        return day.weekday() not in self.idle_weekend and day not in self.idle

    def away_from(self, day: date, count: int, unit: str, step: int) -> date:
        """Walk *count* units from *day*, forwards (*step* 1) or backwards (-1)."""
        asked = (day, count, unit, step)
        if asked not in self.walked:
            self.walked[asked] = self._walk(*asked)
        return self.walked[asked]

    def _walk(self, day: date, count: int, unit: str, step: int) -> date:
        if unit in "MY":
            return _months(day, count * step * (12 if unit == "Y" else 1))
        left = count * 7 if unit == "W" else count
        while left:
            day += DAY * step
            left -= unit != "WD" or self.works(day)
        return day

    def off_quiet(self, day: date, step: int) -> date:
        while self.quiet(day):
            day += DAY * step
        return day

    def at_hour(self, day: date) -> datetime:
        return datetime.combine(day, self.hour, self.zone).astimezone(UTC)

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def _holidays(plain: Any) -> set[date]:
    found = {date.fromisoformat(day) for day in plain["holidays"]}
    return found | {day for one in plain["closures"] if one["counts_as_holiday"] for day in _each_day(one)}


def _each_day(closure: Any) -> Iterator[date]:
    day = date.fromisoformat(closure["first"])
    while day <= date.fromisoformat(closure["last"]):
        yield day
        day += DAY


_known: dict[tuple[int, str], tuple[Binding, Days]] = {}


def days_of(binding: Binding, calendar: str = "") -> Days:
    """Return the days of an organisation; kept as long as the binding is the same object."""
    known = _known.get((id(binding), calendar))
    if known is None or known[0] is not binding:
        if len(_known) > 20:
            _known.clear()
        known = _known[id(binding), calendar] = (binding, Days(binding, calendar))
    return known[1]


def _months(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 + months
    found = date(month // 12, month % 12 + 1, 1)
    for _ in range(day.day - 1):  # as far into that month as it goes
        if (found + DAY).month != found.month:
            break
        found += DAY
    return found


def _coded(code: str) -> tuple[int, str]:
    found = CODE.fullmatch(code)
    assert found is not None, code
    return int(found[2]), found[3]


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
        last = date.fromisoformat(clock.last_day) if clock.last_day else days.day_of(end - timedelta(microseconds=1))
        begins = When.from_plain(clock.history[-1]["at"]).last if clock.history else None
        steps: list[Step] = []
        for place, one in enumerate(declared.remind):
            to = _named(binding, case, one.role, clock.line)
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
    count, unit = _coded(code)
    if unit == "H":
        return end.astimezone(UTC) - timedelta(hours=count)
    day = days.off_quiet(days.away_from(last, count, unit, -1), -1)
    if days.at_hour(day) >= end:
        day = days.off_quiet(day - DAY, -1)
    return days.at_hour(day)


def _after_end(days: Days, end: datetime, last: date, code: str) -> datetime:
    count, unit = _coded(code)
    if unit == "H":
        return end.astimezone(UTC) + timedelta(hours=count)
    day = days.away_from(last, count, unit, 1)
    at = days.at_hour(day)
    if at < end:  # nobody is told of an end before it: at it, or at the hour of its day
        day = days.day_of(end)
        at = max(end.astimezone(UTC), days.at_hour(day))
    return days.at_hour(days.off_quiet(day, 1)) if days.quiet(day) else at


def _or_at_once(steps: list[Step], begins: datetime | None, end: datetime) -> tuple[Step, ...]:
    """If all that leads up to the end lies behind from the first, the nearest is due at once, and no other."""
    steps = sorted(steps, key=lambda step: (step.at, step.place))
    leading = [step for step in steps if step.side == "before"]
    if leading and begins is not None and begins < end and all(step.at < begins for step in leading):
        kept = [step for step in steps if step.side != "before"]
        steps = sorted([*kept, leading[-1]._replace(at=begins)], key=lambda step: (step.at, step.place))
    return tuple(steps)


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
                _named(binding, case, one.role, state.line) or (f"person:{given.person}",),
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
        if stage.owner and line.last:
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
                _named(binding, case, one.role, line.id),
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
        to = _named(binding, case, one.role, empty.line)
        if one.after is not None:
            in_hours = _coded(one.after)[1] == "H"
            at, counted = _since(days, start if in_hours else days.day_of(start), one.after, 1)
            steps.append(Step(at, place, "after", one.after, to, counted))
        if one.every is not None:
            in_hours = _coded(one.every)[1] == "H"
            again.append(Again(start if in_hours else days.day_of(start), place, one.every, to))
    if steps or again:
        ordered = tuple(sorted(steps, key=lambda step: (step.at, step.place)))
        yield empty._replace(steps=ordered, again=tuple(again), begins=start)


def _since(days: Days, start: date | datetime, code: str, times: int) -> tuple[datetime, str]:
    """Return the moment *times* periods after *start*, and the day or moment that was counted."""
    count, unit = _coded(code)
    if isinstance(start, datetime):
        at = start.astimezone(UTC) + timedelta(hours=count * times)
        return at, at.isoformat()
    day = days.away_from(start, count * times, unit, 1)
    return days.at_hour(days.off_quiet(day, 1)), day.isoformat()


def _named(binding: Binding, case: Case, role: str, line_id: str) -> tuple[str, ...]:
    """Return who is told: firms by their track, others by their role, nobody yet for no role."""
    if not role:
        return ()
    speaks = binding.definition.roles[role].speaks_for
    line: LineState | None = case.lines[line_id]
    while speaks and line is not None:
        if line.kind == speaks:
            return (f"track:{line.id}",)
        line = case.lines.get(line.parent) if line.parent else None
    return (f"role:{role}",)


# ---------------------------------------------------------------------------------------------- what is due


def steps_from(binding: Binding, ladder: Slow, first: datetime, last: datetime | None = None) -> list[Step]:
    """Return the steps from *first* to *last* (both included), in order; without *last* the first one of each kind."""
    found = [step for step in ladder.steps if step.at >= first and (last is None or step.at <= last)]
    days = days_of(binding)
    for one in ladder.again:
        times, before = 0, None
        while True:
            times += 1
            at, counted = _since(days, one.start, one.code, times)
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
    return _named(binding, case, owner or "", ladder.line)
