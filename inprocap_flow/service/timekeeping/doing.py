"""The steps of a tick in which there is something to do (decision 0007)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from inprocap_flow.service import delivering
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.timekeeping.expiring import expire
from inprocap_flow.service.timekeeping.reminding import remind
from inprocap_flow.service.timekeeping.ticked import Ticked


def do_all(desk: Desk, now: datetime, goes_on: Callable[[], bool]) -> Ticked:
    """Let time pass, remind, hand messages over, deliver. Raises StoreUnavailable."""
    ended, not_passed = expire(desk, now, goes_on)
    # After that, for a deadline that is over reminds otherwise than one that runs.
    written, overtaken, not_reminded = remind(desk, now, goes_on) if goes_on() else (0, 0, 0)
    handed = delivering.hand_over(desk, now) if goes_on() else 0
    report = delivering.deliver_due(desk, now) if goes_on() else delivering.DeliveryReport()
    return Ticked(
        now,
        desk.store.soonest(live=True),
        ended,
        written,
        overtaken,
        handed,
        report.sent,
        report.dead,
        not_passed + not_reminded + report.failed,
    )
