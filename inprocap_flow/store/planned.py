"""What is planned, and when something is due next: looks that a scheduler takes again and again, so they are light."""

from __future__ import annotations

import threading
from collections.abc import Callable
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
    """Looks again and again when something is due next, on a connection of its own. Safe for threads.

    Where the database says cheaply whether anybody has changed anything since, what was seen then still holds.
    """

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._connection: Connection | None = None  # made at the first look; many who open a store never look
        self._lock = threading.Lock()
        self._seen: dict[bool, tuple[object, Soonest]] = {}

    def soonest(self, live: bool) -> Soonest:
        """Return when something is due next; unless *live*, cases from history are among it."""
        with self._lock:
            if self._connection is None:
                self._connection, self._seen = self._connect(), {}
            try:
                return self._looked(self._connection, live)
            except BaseException:  # the next look tries another connection
                self._connection.close()
                self._connection = None
                raise

    def _looked(self, connection: Connection, live: bool) -> Soonest:
        mark = connection.mark_of_changes()  # first: a change right behind it is seen the next time
        if mark is not None and live in self._seen and self._seen[live][0] == mark:
            return self._seen[live][1]
        sql = connection.statements
        found = Soonest.of(connection.look((sql.soonest_live if live else sql.soonest).sql))
        self._seen[live] = (mark, found)
        return found

    def close(self) -> None:
        """Close its connection."""
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def due(connection: Connection, until: datetime, after: Planned | None, most: int) -> tuple[Planned, ...]:
    """Return rungs that are due at *until*, the longest due first, those behind *after*."""
    sql, named = connection.statements, {"until": sortable(until), "most": most}
    if after is None:
        return tuple(map(Planned._make, connection.rows(sql.due_reminders, **named)))
    behind = {"after_due_at": after.due_at, "after_case_id": after.case_id, "after_ladder": after.ladder}
    return tuple(map(Planned._make, connection.rows(sql.more_due_reminders, **named, **behind)))
