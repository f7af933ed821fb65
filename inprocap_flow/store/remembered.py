"""What a process remembers of cases between transactions, so that a case it has just moved is not decoded again.

Only what was committed is remembered, and it counts only while the database still shows the same head of the chain:
the head covers every event, so the same head is the same case, whoever else writes to the database.
"""

from __future__ import annotations

import threading
from typing import NamedTuple

from inprocap_flow.store.port import Loaded
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
