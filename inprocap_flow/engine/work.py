"""A decision in the making: the case as it stands so far, and the events that led there.

The only mutable thing in the engine, alive within one call of `decide`. Every change goes through `emit`, which
puts the event on the case with the same function that replay uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from inprocap_flow.engine.binding import Binding
from inprocap_flow.engine.facts import CaseFacts
from inprocap_flow.engine.history import apply
from inprocap_flow.engine.records import MAIN, SYSTEM_ACTOR, Blocker, Case, Event, Message, Request, When
from inprocap_flow.errors import DefinitionDefect

MOST_AUTOMATIC_MOVES = 1000


@dataclass(slots=True)
class Work:
    """What a decision has done so far. ``when`` is the moment that law counts from, ``now`` when it is recorded."""

    binding: Binding
    case: Case
    request: Request
    now: datetime
    when: When
    outcome: int
    decision: int
    events: list[Event] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    warnings: list[Blocker] = field(default_factory=list)
    sealed: dict[str, Any] = field(default_factory=dict)
    actor: str = SYSTEM_ACTOR
    role: str | None = None
    on_behalf_of: str | None = None
    as_of: int | None = None
    seed: bytes = b""
    automatic: int = 0
    described: Mapping[str, Any] | None = None  # the request, for the first event of this decision
    journals: list[dict[str, Any]] = field(default_factory=list)

    def facts(self, line_id: str = MAIN, case: Case | None = None) -> CaseFacts:
        """Return the facts of a line as the case stands now (or as *case* says)."""
        return CaseFacts(self.binding, case or self.case, line_id, self.when)

    def emit(self, kind: str, line: str, data: Mapping[str, Any], *, happened: When | None = None) -> Event:
        """Record an event and let it take effect."""
        event = Event(
            seq=self.case.next_seq,
            outcome=self.outcome,
            decision=self.decision,
            kind=kind,
            line=line,
            data=data,
            happened=happened or self.when,
            recorded_at=self.now,
            actor=self.actor,
            role=self.role,
            on_behalf_of=self.on_behalf_of,
            request=self.described,
            as_of=self.as_of,
            account=self.request.account,
        )
        self.described = None
        self.case = apply(self.case, event)
        self.events.append(event)
        return event

    def tell(self, kind: str, line: str, to: tuple[str, ...], subject: str, about: tuple[str, ...] = ()) -> None:
        """Put a message in the outbox, about the last event."""
        if to:
            self.messages.append(Message(self.events[-1].seq, kind, to, subject, about, line))

    def count_automatic(self, what: str) -> None:
        """Count a move that nobody asked for. Raises DefinitionDefect when they never end."""
        self.automatic += 1
        if self.automatic > MOST_AUTOMATIC_MOVES:
            raise DefinitionDefect(
                f"more than {MOST_AUTOMATIC_MOVES} automatic moves in one decision, the last one {what}",
                mend="give the loop of as_soon_as steps an end",
            )
