"""When deadlines will end, asked of the engine itself, for a case that has not got there yet.

The engine is given a case as it would stand, and the day on which the deadline would start: noon of that day, where
the hour matters. So floors, closing hours, holidays and dated limits are the same as in a real decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from inprocap_flow.calendar.bad_values import BadMoment
from inprocap_flow.calendar.compute import Computed, closing
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.calendar.zones import local, start_of_day
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import MAIN, Blocker, Case, DeadlineState, LineState, When, key, stamp, unstamp
from inprocap_flow.engine.timing.clocks import Clock, earliest, floor_of, start_clock
from inprocap_flow.language.expressions.tree import Expr, Name, walk
from inprocap_flow.language.model import CASE, Deadline
from inprocap_flow.language.values import encode
from inprocap_flow.records import changed, record
from inprocap_flow.service.planning.network import Day

NOON = time(12)
_DAY = timedelta(days=1)


@record
class Ends:
    """When a deadline ends: ``gate`` is the first local day on which it is over, ``last_day`` the last that counts.

    ``end`` is exclusive. ``limits`` are the values of law that were used; ``period`` what was counted. ``wrong`` says
    why this end would be refused. ``by_hand``: somebody must type it, and this is only a proposal.
    """

    gate: Day
    last_day: date
    end: datetime
    provisional: bool = False
    limits: Mapping[str, Any] = field(default_factory=dict)
    period: str = ""
    by_hand: bool = False
    wrong: str = ""


@dataclass(slots=True)
class Clocks:
    """The case that is planned, as far as its clocks can read it. Answers are remembered by day."""

    binding: Binding
    case: Case
    _known: dict[tuple[str, str, Day, str], Ends | tuple[Blocker, ...]] = field(default_factory=dict)

    def facts(self, kind: str, day: Day) -> CaseFacts:
        """Return the facts of a line of *kind* at noon of *day*."""
        return CaseFacts(self.binding, self.case, planned_id(kind), When.exactly(self.noon(day)))

    def noon(self, day: Day) -> datetime:
        return local(datetime.combine(date.fromordinal(day), NOON), self.binding.zone)

    def tell(self, **fields: Any) -> None:
        """Let the case know encoded values of its fields; what was computed before is computed again."""
        main = changed(self.case.main, fields={**self.case.main.fields, **fields})
        self.case = changed(self.case, lines={**self.case.lines, MAIN: main})
        self._known.clear()

    def reach(self, milestone: str, day: Day) -> None:
        """Let the case have reached *milestone* on *day*, for limits that look at the day of another event."""
        reached = ({"at": stamp(self.noon(day)), "planned": True},)
        main = changed(self.case.main, milestones={milestone: reached, **self.case.main.milestones})
        self.case = changed(self.case, lines={**self.case.lines, MAIN: main})

    def run(self, kind: str, name: str, ends: Ends) -> None:
        """Let a deadline run, so that others can be counted back from it."""
        state = DeadlineState(planned_id(kind), name, "running", stamp(ends.end), last_day=ends.last_day.isoformat())
        self.case = changed(self.case, deadlines={**self.case.deadlines, key(planned_id(kind), name): state})

    def but(self, **fields: Any) -> Clocks:
        """Return the same clocks for a case in which some fields have other values."""
        other = Clocks(self.binding, self.case)
        other.tell(**fields)
        return other

    def period_fields(self, deadline: Deadline) -> dict[str, Period | None]:
        """Return the period fields that *deadline* rests on, with their values; None: nobody has filled it."""
        names = [part.name for source in (deadline.period, deadline.at_least, deadline.proposes)
                 if isinstance(source, Expr) for part in walk(source) if isinstance(part, Name)]  # fmt: skip
        fields = self.binding.definition.main.fields
        periods = [name for name in dict.fromkeys(names) if name in fields and fields[name].type == "period"]
        known = self.case.main.fields
        return {name: None if known.get(name) is None else parse_period(str(known[name])) for name in periods}

    def typed(self, deadline: Deadline) -> bool:
        """Tell whether somebody types the end of *deadline* and has not done so."""
        if not isinstance(deadline.ends_at, Name):
            return deadline.ends_at is not None
        return self.case.main.fields.get(deadline.ends_at.name) is None

    def ends(
        self, kind: str, deadline: Deadline, day: Day, length: Period | None = None, extra: Period | None = None
    ) -> Ends | tuple[Blocker, ...]:
        """Return when *deadline* ends if it starts on *day*, or what the engine lacks to say so.

        *length* is how long a typed one is left open, above the lawful floor; *extra* how much longer than planned.
        """
        known = (kind, deadline.name, day, f"{length} {extra}")
        if known not in self._known:
            self._known[known] = self._ends(kind, deadline, day, length, extra)
        return self._known[known]

    def _ends(
        self, kind: str, deadline: Deadline, day: Day, length: Period | None, extra: Period | None
    ) -> Ends | tuple[Blocker, ...]:
        facts = self.facts(kind, day)
        if deadline.backwards_from is None and self.typed(deadline):
            found = self._proposed(facts, deadline, length)
        else:
            found = self._started(facts, deadline)
        return found if isinstance(found, tuple) or extra is None else self.longer(kind, deadline, found, extra)

    def _started(self, facts: CaseFacts, deadline: Deadline) -> Ends | tuple[Blocker, ...]:
        clock = start_clock(facts, deadline, facts.when)
        if isinstance(clock, Clock):
            plain = clock.computed
            limits = plain.get("limits") or (plain.get("floor") or {}).get("limits") or {}
            last = None if deadline.backwards_from else clock.last_day  # of the far edge nothing is left (R9)
            last = last or self._last_day(clock.end)
            return self._made(clock.end, last, clock.provisional, limits=limits, period=str(plain.get("period", "")))
        refused = {"too-early", "below-floor", "above-ceiling"}
        if deadline.backwards_from or not {blocker.code for blocker in clock} <= refused:
            return clock
        end = self._fixed_end(facts, deadline)
        if end is None:
            return clock
        later = max(end, facts.when.last)
        return self._made(later, self._last_day(later), wrong=clock[0].reason)

    def _fixed_end(self, facts: CaseFacts, deadline: Deadline) -> datetime | None:
        """Return the moment that was typed, unlawful or not."""
        bare = replace(deadline, at_least=None, at_most=None)
        long_ago = When.exactly(unstamp("1990-01-01T00:00:00Z"))
        clock = start_clock(facts, bare, long_ago)
        return clock.end if isinstance(clock, Clock) else None

    def _proposed(self, facts: CaseFacts, deadline: Deadline, length: Period | None) -> Ends | tuple[Blocker, ...]:
        floor = floor_of(facts, deadline, facts.when)
        if isinstance(floor, tuple):
            return floor
        limits = dict(facts.journal.limits)
        wished = length.code if length else deadline.proposes
        asked = floor_of(facts, replace(deadline, at_least=wished), facts.when) if wished is not None else None
        if isinstance(asked, tuple):
            return asked
        days: list[tuple[datetime, Computed]] = []
        if floor is not None:
            days.append((earliest(facts, deadline, floor), floor))
        if asked is not None:
            days.append((self._closing(asked, deadline), asked))
        if not days:
            return (Blocker("field-missing", f"nothing proposes an end of {deadline.name}", about=deadline.name),)
        end, by = max(days, key=lambda one: one[0])
        provisional = any(one.provisional for _, one in days)
        period = str(by.how.asked.period)
        return self._made(end, self._last_day(end), provisional, limits=limits, period=period, by_hand=True)

    def _closing(self, computed: Computed, deadline: Deadline) -> datetime:
        """Return when a typed deadline closes: at its hour, on a working day."""
        calendar = self.binding.calendar(deadline.calendar)
        day = computed.last_day or computed.how.last
        while True:
            day = day if calendar.is_working_day(day) else calendar.next_working_day(day)
            try:
                return closing(day, deadline.closes_at or "24:00", self.binding.zone)
            except BadMoment:  # a clock time that the spring leaves out
                day += _DAY

    def longer(self, kind: str, deadline: Deadline, found: Ends, extra: Period) -> Ends:
        """Return the same end, as much later as somebody asks "what if" about."""
        noon = When.exactly(self.noon(found.last_day.toordinal()))
        last = floor_of(self.facts(kind, found.last_day.toordinal()), replace(deadline, at_least=extra.code), noon)
        if not isinstance(last, Computed):
            return found
        end = self._closing(last, deadline)
        return changed(found, end=end, last_day=self._last_day(end), gate=self.binding.day(end).toordinal())

    def _last_day(self, end: datetime) -> date:
        """Return the last local day of which some part lies before *end*."""
        day = self.binding.day(end)
        return day - _DAY if end == start_of_day(day, self.binding.zone) else day

    def _made(self, end: datetime, last_day: date, provisional: bool = False, **more: Any) -> Ends:
        return Ends(self.binding.day(end).toordinal(), last_day, end, provisional, **more)


def planned_id(kind: str) -> str:
    """Return the id of the line of *kind* in a planned case: there is one of each."""
    return MAIN if kind == CASE else f"{kind}/planned"


def blank_case(binding: Binding, fields: Mapping[str, Any]) -> Case:
    """Return a case that stands at its beginning, with one track of every kind and *fields* filled (encoded)."""
    definition = binding.definition
    defaults = {name: declared.default for name, declared in definition.main.fields.items()
                if declared.default is not None}  # fmt: skip
    main = LineState(MAIN, CASE, definition.main.leaf(definition.main.begins.targets[0].to), 0,
                     fields={**defaults, **fields})  # fmt: skip
    organisation = binding.organisation.name
    case = Case("case-planned", organisation, definition.name, definition.version, "", lines={MAIN: main})
    return with_planned_tracks(binding, case)


def with_planned_tracks(binding: Binding, case: Case) -> Case:
    """Return *case* with one more track of every kind, on which the clocks of tracks can be planned."""
    tracks = {}
    for number, (kind, line) in enumerate(binding.definition.tracks.items(), 1):
        first = line.leaf(line.begins.targets[0].to)
        parent = planned_id(line.parent) if line.parent else None
        tracks[planned_id(kind)] = LineState(planned_id(kind), kind, first, 10_000 + number, parent=parent)
    return changed(case, lines={**case.lines, **tracks})


def encoded(period: Period) -> Any:
    """Return *period* as the value of a field."""
    return encode(period)


@dataclass(slots=True)
class Work:
    """On which days people work: working days of the organisation on which it is not closed."""

    calendar: Calendar
    _next: dict[Day, Day] = field(default_factory=dict)
    _before: dict[Day, Day] = field(default_factory=dict)

    def works(self, day: Day) -> bool:
        known = date.fromordinal(day)
        closed = any(closure.first <= known <= closure.last for closure in self.calendar.closures)
        return not closed and self.calendar.is_working_day(known)

    def on_or_after(self, day: Day) -> Day:
        """Return *day* if people work then, else the next day on which they do."""
        if day not in self._next:
            found = day
            while not self.works(found):
                found += 1
            self._next[day] = found
        return self._next[day]

    def on_or_before(self, day: Day) -> Day:
        """Return *day* if people work then, else the last day before it on which they did."""
        if day not in self._before:
            found = day
            while not self.works(found):
                found -= 1
            self._before[day] = found
        return self._before[day]

    def after(self, day: Day, period: Period) -> Day:
        """Return the day that lies *period* of work after *day*. Plain counting: this is experience, and no law."""
        from inprocap_flow.calendar.reckoning import count_days

        if period.unit == "working days":
            for _ in range(period.count):
                day = self.on_or_after(day + 1)
            return day
        if period.unit == "hours":
            return day + -(-period.count // 24)
        return count_days(date.fromordinal(day), period, self.calendar).toordinal()

    def before(self, day: Day, period: Period) -> Day:
        """Return the last day of work from which *period* of work still ends by *day*."""
        from inprocap_flow.calendar.reckoning import count_days

        if period.unit == "working days":
            for _ in range(period.count):
                day = self.on_or_before(day - 1)
            return day
        if period.unit == "hours":
            return self.on_or_before(day + period.count // -24)
        return self.on_or_before(count_days(date.fromordinal(day), period, self.calendar, sign=-1).toordinal())

    def covers(self, day: Day) -> bool:
        """Tell whether the holidays of that day's time are known."""
        return self.calendar.covers(date.fromordinal(day))
