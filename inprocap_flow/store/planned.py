"""What is planned, and when something is due next: looks that a scheduler takes again and again, so they are light."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from inprocap_flow.records import record
from inprocap_flow.store.connection import Connection, Row
from inprocap_flow.store.moments import sortable


class Planned(NamedTuple):
    """A row of ``reminders``: the next rung of a ladder. ``due_at`` is UTC text of fixed width, as it stands there."""

    due_at: str
    case_id: str
    ladder: str
    rung: str


@record
class Soonest:
    """When something is due next, of each kind, as one look saw it; None where nothing is planned.

    ``messages`` says whether messages wait for whom nobody was found yet; ``moment`` is the first moment of all.
    """

    expiry: datetime | None = None
    reminder: datetime | None = None
    delivery: datetime | None = None
    messages: bool = False
    moment: datetime | None = None

    @classmethod
    def of(cls, row: Row) -> Soonest:
        """Return what a row of the statement says."""
        expiry, reminder, delivery = (datetime.fromisoformat(text) if text else None for text in row[:3])
        first = min(filter(None, (expiry, reminder, delivery)), default=None)
        return cls(expiry, reminder, delivery, bool(row[3]), first)

    def is_due(self, now: datetime) -> bool:
        """Return whether there is anything to do at *now*."""
        return self.messages or (self.moment is not None and self.moment <= now)


class Lookout:
    """Looks again and again when something is due next, on a connection of its own; not safe for threads.

    Where the database says cheaply whether anybody has changed anything since, what was seen then still holds.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._mark_of_changes = connection.mark_of_changes
        self._seen: dict[bool, tuple[object, Soonest]] = {}

    def soonest(self, live: bool) -> Soonest:
        """Return when something is due next; unless *live*, cases from history are among it."""
        mark = self._mark_of_changes()  # first: a change right behind it is seen the next time
        if mark is not None and live in self._seen and self._seen[live][0] == mark:
            return self._seen[live][1]
        sql = self.connection.statements
        found = Soonest.of(self.connection.look((sql.soonest_live if live else sql.soonest).sql))
        self._seen[live] = (mark, found)
        return found


def due(connection: Connection, until: datetime, after: Planned | None, most: int) -> tuple[Planned, ...]:
    """Return rungs that are due at *until*, the longest due first, those behind *after*."""
    sql, named = connection.statements, {"until": sortable(until), "most": most}
    if after is None:
        return tuple(map(Planned._make, connection.rows(sql.due_reminders, **named)))
    behind = {"after_due_at": after.due_at, "after_case_id": after.case_id, "after_ladder": after.ladder}
    return tuple(map(Planned._make, connection.rows(sql.more_due_reminders, **named, **behind)))
