"""What cannot be told about a deadline because a day is not known exactly. It is said so, and never called overdue."""

from __future__ import annotations

from datetime import datetime

from inprocap_flow.engine.case.records import DeadlineState, When, unstamp

BEGINNING = "whether it is over: the day on which it began is not known exactly"
BEFORE = "whether it was over before it stood still: the day on which it began is not known exactly"


def doubt(state: DeadlineState, now: datetime) -> str:
    """Return what cannot be told about a deadline at *now*, as the end of "cannot tell ..."; "" if all is certain.

    A clock that began on an unknown day runs until its latest possible end. Between its earliest and its latest
    possible end nobody can say whether it is over; whoever meets it then may have been late. What stands still may have
    been over before.
    """
    if state.doubt:
        return state.doubt
    if state.status == "suspended" and state.earliest is not None:
        return BEFORE if unstamp(state.earliest) <= When.from_plain(state.suspended).last else ""
    if state.status != "running" or state.earliest is None or state.end is None:
        return ""
    return BEGINNING if unstamp(state.earliest) <= now < unstamp(state.end) else ""
