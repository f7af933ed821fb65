"""What a process remembers of cases between transactions, so that a case it has just moved is not decoded again.

Only what was committed is remembered, and it counts only while the database still shows the same head of the chain:
the head covers every event, so the same head is the same case, whoever else writes to the database.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from inprocap_flow.store.records import Loaded, Person
from inprocap_flow.store.snapshot import Written

MOST_CASES = 64  # a remembered case takes about as much memory as ten times its text


class Remembered(NamedTuple):
    """A case as loaded or recorded, and its text if this process wrote it."""

    loaded: Loaded
    written: Written | None = None


class Memory:
    """The cases used last. Safe for threads: entries are frozen and replaced whole."""

    def __init__(self) -> None:
        self._cases: dict[str, Remembered] = {}
        self._people: dict[str, tuple[list[tuple[Any, ...]], tuple[Person, ...]]] = {}
        self._lock = threading.Lock()

    def get(self, case_id: str) -> Remembered | None:
        """Return what is remembered of a case; whether it still stands is for the database to say."""
        return self._cases.get(case_id)

    def keep(self, *cases: Remembered) -> None:
        """Remember *cases*, and forget those that were not used for longest."""
        with self._lock:
            for case in cases:
                self._cases.pop(case.loaded.case.id, None)
                self._cases[case.loaded.case.id] = case
            while len(self._cases) > MOST_CASES:
                del self._cases[next(iter(self._cases))]

    def people(
        self, organisation: str, rows: list[tuple[Any, ...]], make: Callable[[], tuple[Person, ...]]
    ) -> tuple[Person, ...]:
        """Return the people that *rows* are, the same tuple as before if the rows are the same."""
        known = self._people.get(organisation)
        if known is None or known[0] != rows:
            known = self._people[organisation] = (rows, make())
        return known[1]
