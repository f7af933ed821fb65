"""What was worked out of things that never change, kept while a process runs: by the things themselves.

Nothing rests on it. A file that was read and not changed since gives the same nodes, the same nodes the same document,
and so on; so a check of many files, or of one file again and again, does each part of the work once.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Remembered(Generic[Result]):
    """At most *most* results; those found first go first. Several threads may ask; then some work is done twice."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._held: dict[tuple[object, ...], tuple[tuple[object, ...], Result]] = {}
        self._lock = Lock()

    def of(self, things: tuple[object, ...], work: Callable[[], Result], *said: object) -> Result:
        """Return what *work* gives for these very *things* (not for equal ones), and for what is *said* besides.

        The things are held as long as the result is, so none of them can be taken for another. What *work* raises is
        not kept.
        """
        key = (*map(id, things), *said)
        held = self._held.get(key)
        if held is not None:
            return held[1]
        result = work()
        with self._lock:
            self._held[key] = (things, result)
            while len(self._held) > self.most:
                del self._held[next(iter(self._held))]
        return result

    def forget(self, things: tuple[object, ...], *said: object) -> None:
        """Keep the result for these things no longer."""
        with self._lock:
            self._held.pop((*map(id, things), *said), None)
