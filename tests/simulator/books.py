"""What is known of each case without the code that is tested: ladders, clocks, what was said; and how to look."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.history import effective
from inprocap_flow.engine.case.records import Case, Event
from inprocap_flow.store import rows, snapshot
from inprocap_flow.store.moments import sortable
from tests.simulator.ladders import next_step, slow_ladders, what_is_said
from tests.simulator.slow_days import Said, Slow

ENDS = {"deadline_over": "over", "deadline_met": "met", "deadline_missed": "missed", "deadline_stopped": "stopped"}
MOVES = ("deadline_extended", "deadline_recomputed", "deadline_corrected", "deadline_resumed")


class Row(NamedTuple):
    """What a row of reminders says."""

    due_at: str
    says: str


class Written(NamedTuple):
    """A reminder in the outbox, as far as it can be foretold."""

    case_id: str
    ladder: str
    to: str
    says: str
    due_at: str
    late: bool
    merged: int


@dataclass
class Clock:
    """A clock as the events tell it; ``set_at`` is when its end was last set."""

    status: str
    end: str | None
    set_at: datetime


@dataclass
class Ledger:
    """The clocks of a case, kept from its events alone. It does not accept an end that is told twice or too early."""

    clocks: dict[tuple[str, str], Clock] = field(default_factory=dict)
    ended: int = 0  # by themselves

    def note(self, event: Event) -> None:
        if not event.kind.startswith("deadline_"):
            return
        place, at = (event.line, event.data["deadline"]), event.happened
        if event.kind == "deadline_started":
            self.clocks[place] = Clock("running", event.data["end"], at.first)
        elif event.kind == "deadline_stopped" and place not in self.clocks:
            self.clocks[place] = Clock("stopped", None, at.first)
        else:
            self._change(self.clocks[place], event)

    def _change(self, clock: Clock, event: Event) -> None:
        if event.kind in ENDS:
            if is_by_itself(event):
                assert clock.status == "running", f"{event.kind} of a clock that is {clock.status}"
                moment = max(datetime.fromisoformat(clock.end or ""), clock.set_at)
                assert event.happened.first == event.happened.last == moment, "it ends at its lawful moment"
                self.ended += 1
            clock.status = ENDS[event.kind]
        elif event.kind == "deadline_suspended":
            assert clock.status == "running"
            clock.status = "suspended"
        elif event.kind in MOVES:
            clock.status, clock.end = "running" if event.kind == "deadline_resumed" else clock.status, event.data["end"]
        clock.set_at = event.happened.first

    def over_at(self, now: datetime) -> list[tuple[str, str]]:
        """Return the clocks that run although their end has come."""
        running = ((place, clock) for place, clock in self.clocks.items() if clock.status == "running")
        return [place for place, clock in running if clock.end and datetime.fromisoformat(clock.end) <= now]


def is_by_itself(event: Event) -> bool:
    """Return whether *event* says that a clock ended because its time was over."""
    return event.kind in ENDS and (event.request or {}).get("kind") == "expiry"


@dataclass
class Book:
    """One case as it must be."""

    case_id: str
    case: Case | None = None
    ladders: dict[str, Slow] = field(default_factory=dict)
    made_with: Binding | None = None  # the ladders
    rows: dict[str, Row] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    events: list[Event] = field(default_factory=list)
    said: set[tuple[object, ...]] = field(default_factory=set)
    requests: int = 0

    @property
    def version(self) -> int:
        return self.case.version if self.case else 0

    def turn(self, binding: Binding, case: Case, events: Iterable[Event], now: datetime) -> None:
        """Take in an outcome: what the ladders of the case are now, and what is planned because they changed."""
        before = self.ladders_with(binding)
        self.case, self.made_with = case, binding
        self.ladders = slow_ladders(binding, case)
        for name in before.keys() - self.ladders.keys():
            self.rows.pop(name, None)
        for name, ladder in self.ladders.items():
            if name not in before or before[name].same != ladder.same:
                self._plan(binding, ladder, ladder.begins or now)
        self._keep(events)

    def ladders_with(self, binding: Binding) -> dict[str, Slow]:
        """Return the ladders as they are made with today's organisation."""
        if self.made_with is not binding and self.case is not None:
            self.ladders, self.made_with = slow_ladders(binding, self.case), binding
        return self.ladders

    def _plan(self, binding: Binding, ladder: Slow, first: datetime) -> None:
        step = next_step(binding, ladder, first)
        if step is None:
            self.rows.pop(ladder.name, None)
        else:
            self.rows[ladder.name] = Row(sortable(step.at), step.says)

    def claim(self, binding: Binding, name: str, now: datetime) -> list[Said]:
        """Take in that the row of a ladder was claimed at *now*; return what must have been written then."""
        assert self.case is not None
        row, ladder = self.rows.pop(name), self.ladders_with(binding).get(name)
        assert row.due_at <= sortable(now), f"{name} is planned otherwise than for {row}"
        if ladder is None:
            return []
        self._plan(binding, ladder, just_after(now))
        found = what_is_said(binding, self.case, ladder, datetime.fromisoformat(row.due_at), now)
        new = [one for one in found if one.once not in self.said]
        self.said |= {one.once for one in found}
        return new

    def made_anew(self, binding: Binding, now: datetime) -> None:
        """Take in that the rows were made anew, because the organisation is another."""
        ladders = self.ladders_with(binding)
        for name in self.rows.keys() - ladders.keys():
            del self.rows[name]
        for name, ladder in ladders.items():
            row = self.rows.get(name)
            first = half_a_day_before(row.due_at) if row else ladder.begins or now
            if row and row.says not in ladder.says:  # of another length than was planned
                first = now
            self._plan(binding, ladder, first)

    def _keep(self, events: Iterable[Event]) -> None:
        new = list(events)
        self.events += new
        if any(event.kind == "annulled" or event.as_of is not None for event in new):
            self.ledger = Ledger(ended=self.ledger.ended)
            new = list(effective(self.events))
        for event in new:
            self.ledger.note(event)

    def clocks_agree(self, listed: dict[tuple[str, str], tuple[str, str | None]]) -> None:
        """Compare the clocks of the state, of the list and of the ledger."""
        assert self.case is not None
        ours = {place: (clock.status, _sorted(clock.end)) for place, clock in self.ledger.clocks.items()}
        state = {(one.line, one.name): (one.status, _sorted(one.end)) for one in self.case.deadlines.values()}
        assert ours == state, "the clocks are as the events say"
        assert listed == state, "the list of deadlines is as the state says"


def just_after(now: datetime) -> datetime:
    """Return the next moment that there is."""
    return now + timedelta(microseconds=1)


def half_a_day_before(due_at: str) -> datetime:
    """Return from when on a row that was planned is looked for again, after the organisation changed its hour."""
    return datetime.fromisoformat(due_at) - timedelta(hours=12)


def _sorted(end: str | None) -> str | None:
    return sortable(datetime.fromisoformat(end)) if end else None


# ---------------------------------------------------------------------------------------------- looking


@dataclass
class Look:
    """A connection that only looks, by statements of its own."""

    raw: Any
    outbox: int = 0  # the last row seen
    seen: set[str] = field(default_factory=set)  # where rows have no number

    def versions(self) -> dict[str, int]:
        return dict(self.raw.execute("select id, version from cases").fetchall())

    def case(self, case_id: str) -> Case:
        return snapshot.read(self.raw.execute("select state from cases where id = ?", (case_id,)).fetchone()[0])

    def events(self, case_id: str, after: int) -> list[Event]:
        found = self.raw.execute("select * from events where case_id = ? and seq > ? order by seq", (case_id, after))
        return [rows.event(row)[0] for row in found]

    def clocks(self, case_id: str) -> dict[tuple[str, str], tuple[str, str | None]]:
        asked = "select line, name, status, end_at from deadlines where case_id = ?"
        return {(row[0], row[1]): (row[2], row[3]) for row in self.raw.execute(asked, (case_id,))}

    def reminders(self) -> dict[tuple[str, str], Row]:
        listed = self.raw.execute("select case_id, ladder, due_at, rung from reminders").fetchall()
        found = {(row[0], row[1]): Row(row[2], row[3]) for row in listed}
        assert len(found) == len(listed), "one row for each ladder"
        return found

    def written(self) -> list[Written]:
        """Return the reminders put into the outbox since the last look."""
        found = []
        for kind, case_id, recipient, detail in self._put_since():
            if kind == "reminder":
                said = json.loads(detail)
                found.append(
                    Written(
                        case_id, said["ladder"], recipient, said["rung"], said["due_at"], said["late"], said["merged"]
                    )
                )
        return found

    def _put_since(self) -> Iterable[Any]:
        if isinstance(self.raw, sqlite3.Connection):
            asked = "select rowid, kind, case_id, recipient, detail from outbox where rowid > ? order by rowid"
            for rowid, *row in self.raw.execute(asked, (self.outbox,)).fetchall():
                self.outbox = rowid
                yield row
            return
        for message_id, *row in self.raw.execute("select id, kind, case_id, recipient, detail from outbox").fetchall():
            if message_id not in self.seen:
                self.seen.add(message_id)
                yield row

    def next_due(self) -> str | None:
        """Return the earliest moment at which anything is due."""
        asked = (
            "select min(due) from (select min(due_at) as due from reminders"
            " union all select min(end_at) from deadlines where status = 'running'"
            " union all select min(next_at) from deliveries where state in ('pending', 'sending'))"
        )
        found = self.raw.execute(asked).fetchone()[0]
        return str(found) if found else None
