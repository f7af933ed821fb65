"""What will be due, within one transaction: the next rung of each ladder, and deadlines that have ended unsaid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from inprocap_flow.store.connection import Connection
from inprocap_flow.store.moments import sortable
from inprocap_flow.store.planned import Planned


class ReminderReading:
    """What is planned."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._sql = connection.statements

    def of_case(self, case_id: str) -> tuple[Planned, ...]:
        """Return what is planned for a case, the earliest first."""
        return tuple(map(Planned._make, self.connection.rows(self._sql.case_reminders, of_case_id=case_id)))

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
