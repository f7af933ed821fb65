"""What the engine works on: moments, events, the case they fold into, requests, and the outcomes it gives back.

Everything here is frozen. A case is the fold of its events (`engine.case.history`); nothing in it was ever typed
directly.
"""

from inprocap_flow.engine.case.records.asking import (
    SYSTEM_ACTOR,
    Blocker,
    Decision,
    Ground,
    Handed,
    Message,
    Refusal,
    Request,
)
from inprocap_flow.engine.case.records.event import EVENT_SCHEMA, Event
from inprocap_flow.engine.case.records.moments import LONGEST_AGO, TICK, When, first_of, last_of, stamp, unstamp
from inprocap_flow.engine.case.records.state import (
    MAIN,
    ApprovalState,
    Case,
    DeadlineState,
    DocumentVersion,
    GivenSignature,
    Interest,
    LineState,
    WatchState,
    key,
)

__all__ = [
    "EVENT_SCHEMA",
    "LONGEST_AGO",
    "MAIN",
    "SYSTEM_ACTOR",
    "TICK",
    "ApprovalState",
    "Blocker",
    "Case",
    "DeadlineState",
    "Decision",
    "DocumentVersion",
    "Event",
    "GivenSignature",
    "Ground",
    "Handed",
    "Interest",
    "LineState",
    "Message",
    "Refusal",
    "Request",
    "WatchState",
    "When",
    "first_of",
    "key",
    "last_of",
    "stamp",
    "unstamp",
]
