"""What one tick did."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from inprocap_flow.store.planned import Soonest


class Ticked(NamedTuple):
    """What one tick did. ``soonest`` is what is due next as it stood at the end; ``failed`` counts cases and bundles.

    ``handed`` counts messages for which recipients were found, ``sent`` and ``dead`` bundles.
    """

    at: datetime
    soonest: Soonest
    ended: int = 0  # deadlines
    written: int = 0  # reminders
    overtaken: int = 0
    handed: int = 0
    sent: int = 0
    dead: int = 0
    failed: int = 0

    @property
    def did_something(self) -> bool:
        return any((self.ended, self.written, self.overtaken, self.handed, self.sent, self.dead, self.failed))
