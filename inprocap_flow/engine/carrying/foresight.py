"""What will come by itself: the case as it would stand if nobody did anything, deadline after deadline.

The same expiries are computed that will be recorded later, so that a refusal can name the moment (language, 6.2).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from inprocap_flow.engine.carrying.settle import expire, next_expiry
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.records import Case, unstamp
from inprocap_flow.errors import FlowError
from inprocap_flow.records import record

MOST_STEPS = 25  # deadlines looked ahead; beyond that nobody plans
FAR = timedelta(days=36500)


@record
class Foreseen:
    """When something comes by itself, and whether a date on the way is provisional."""

    moment: datetime
    provisional: bool = False


def foresee(work: Work, reached: Callable[[Case], bool]) -> Foreseen | None:
    """Return when *reached* will first hold if nobody does anything; None if no running deadline brings it about."""
    case, provisional = work.case, False
    for _ in range(MOST_STEPS):
        due = next_expiry(case, work.now + FAR)
        if due is None:
            return None
        provisional = provisional or due.provisional
        try:
            case = expire(work.binding, case, work.request, work.now, due).case
        except FlowError:  # the definition misbehaves there; that is told when it happens
            return None
        if reached(case):
            return Foreseen(unstamp(due.end or ""), provisional)
    return None
