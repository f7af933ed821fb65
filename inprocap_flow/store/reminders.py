"""What will be due, within one transaction: the next rung of each ladder, and deadlines that have ended unsaid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from inprocap_flow.records import record
from inprocap_flow.store.connection import Connection
from inprocap_flow.store.port import sortable

_BEFORE_ALL = ("", "", "")


class Planned(NamedTuple):
    """A row of ``reminders``: the next rung of a ladder. ``due_at`` is UTC text of fixed width."""

    due_at: str
    case_id: str
    ladder: str
    rung: str


@record
class Soonest:
    """When something is due next, of each kind; None where nothing is. ``waiting``: messages nobody was found for yet.

    All of it as one look saw it, so that whoever waits until then misses nothing.
    """

    expiry: datetime | None = None
    reminder: datetime | None = None
    delivery: datetime | None = None
    waiting: bool = False

    @property
    def moment(self) -> datetime | None:
        """The first of all."""
        return min(filter(None, (self.expiry, self.reminder, self.delivery)), default=None)


def soonest(connection: Connection) -> Soonest:
    """Return when something is due next. One statement, so it needs no transaction around it."""
    row = connection.row(connection.statements.soonest)
    assert row is not None  # a select of values always gives one row
    expiry, reminder, delivery = (text and datetime.fromisoformat(text) for text in row[:3])
    return Soonest(expiry, reminder, delivery, bool(row[3]))


class ReminderReading:
    """What is planned and what is due."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._sql = connection.statements

    def due(self, until: datetime, *, after: Planned | None = None, most: int = 100) -> tuple[Planned, ...]:
        """Return rungs that are due at *until*, the longest due first, those behind *after*."""
        names = ("after_due_at", "after_case_id", "after_ladder")
        behind = dict(zip(names, after or _BEFORE_ALL, strict=False))
        found = self.connection.rows(self._sql.due_reminders, until=sortable(until), most=most, **behind)
        return tuple(Planned(*row) for row in found)

    def of_case(self, case_id: str) -> tuple[Planned, ...]:
        """Return what is planned for a case, the earliest first."""
        return tuple(Planned(*row) for row in self.connection.rows(self._sql.case_reminders, of_case_id=case_id))

    def cases_over_time(
        self, until: datetime, *, after: tuple[str, str] = ("", ""), most: int = 100
    ) -> tuple[tuple[str, str], ...]:
        """Return end and case of deadlines that have ended by *until* and still count as running."""
        behind = {"after_end_at": after[0], "after_case_id": after[1]}
        found = self.connection.rows(self._sql.cases_over_time, until=sortable(until), most=most, **behind)
        return tuple((str(row[0]), str(row[1])) for row in found)

    def live_cases(self, organisation: str, *, after: str = "", most: int = 500) -> tuple[str, ...]:
        """Return ids of cases that were not imported from history, in order, those behind *after*."""
        asked = {"of_organisation": organisation, "after": after, "most": most}
        return tuple(str(row[0]) for row in self.connection.rows(self._sql.live_cases, **asked))

    def organisations(self) -> tuple[str, ...]:
        """Name every organisation that has a case."""
        return tuple(str(row[0]) for row in self.connection.rows(self._sql.organisations))

    def mark(self, name: str) -> str:
        """Return a mark that was set, "" if none was."""
        row = self.connection.row(self._sql.find_setting, of_name=name)
        return str(row[0]) if row else ""


class ReminderWriting(ReminderReading):
    """The same, to be changed."""

    def put(self, rows: Iterable[Planned]) -> None:
        """Plan the next rungs of ladders, in the place of what was planned for them."""
        self.connection.write_all(self._sql.put_reminder, [row._asdict() for row in rows])

    def drop(self, case_id: str, ladders: Iterable[str]) -> None:
        """Forget ladders of a case."""
        gone = [{"of_case_id": case_id, "of_ladder": ladder} for ladder in ladders]
        self.connection.write_all(self._sql.drop_reminder, gone)

    def claim(self, row: Planned, following: Planned | None) -> bool:
        """Put *following* (None: nothing) in the place of *row*; False if the row says something else by now."""
        still = {"of_case_id": row.case_id, "of_ladder": row.ladder, "of_due_at": row.due_at}
        if following is None:
            return bool(self.connection.write(self._sql.end_reminder, still))
        return bool(self.connection.write(self._sql.move_reminder, {**still, **following._asdict()}))

    def set_mark(self, name: str, value: str) -> None:
        """Set a mark of this installation."""
        self.connection.write(self._sql.put_setting, {"name": name, "value": value})
