"""Connections to one database, kept open between transactions and lent to one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from inprocap_flow.store.connection import Connection


class Connections:
    """The connections of one store; as many are made as are lent at once. Safe for threads."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._idle: list[Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    @contextmanager
    def lent(self) -> Iterator[Connection]:
        """Lend a connection that nobody else has; what was begun on it and not ended is undone if anything raises."""
        connection = self._take()
        try:
            yield connection
        except BaseException:
            # Also when the program is being stopped: a connection never goes back in the middle of something.
            if connection.give_up():
                self._give_back(connection)
            raise
        self._give_back(connection)

    def _take(self) -> Connection:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def _give_back(self, connection: Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close the connections that lie idle now; one that is lent is closed as soon as it comes back."""
        with self._lock:
            idle, self._idle, self._closed = self._idle, [], True
        for connection in idle:
            connection.close()
