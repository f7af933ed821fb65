"""A decision in the making: the case as it stands so far, and the events that led there.

The only mutable thing in the engine, alive within one call of `decide`. Every change goes through `emit`, which
puts the event on the case with the same function that replay uses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.history import DECIDED_WITH, apply
from inprocap_flow.engine.case.records import MAIN, SYSTEM_ACTOR, Blocker, Case, Event, Message, Request, When
from inprocap_flow.errors import DefinitionDefect
from inprocap_flow.records import draft, field, record

MOST_AUTOMATIC_MOVES = 1000
DEEPEST_MOVES = 30  # lines that move lines that move lines; shipped procedures need two


class Refused(Exception):
    """A line that was moved or created refused, so the whole decision is refused (language, 6.4f)."""

    def __init__(self, blockers: list[Blocker]) -> None:
        super().__init__(blockers)
        self.blockers = blockers


@record
class Saved:
    """How far a decision had come: what `Work.restore` goes back to."""

    case: Case
    lengths: tuple[int, int, int]  # of events, messages, warnings
    sealed: Mapping[str, Any] = field(repr=False)
    described: Mapping[str, Any] | None
    automatic: int


@draft
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
    sealed: dict[str, Any] = field(default_factory=dict, repr=False)
    actor: str = SYSTEM_ACTOR
    role: str | None = None
    on_behalf_of: str | None = None
    as_of: int | None = None
    seed: bytes = field(default=b"", repr=False)
    automatic: int = 0
    depth: int = 0  # of lines that move lines
    assumed: bool = False  # an imprecise moment was read so that the request is possible
    described: Mapping[str, Any] | None = None  # the request, for the first event of this decision

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
            request=self._asked(),
            as_of=self.as_of,
            account=self.request.account,
        )
        self.described = None
        self.case = apply(self.case, event)
        self.events.append(event)
        return event

    def _asked(self) -> Mapping[str, Any] | None:
        """Return the request, for the first event; with what it is decided with, where the record says otherwise."""
        named = self.binding.decided_with
        if self.described is None or not named or named == self.case.decided_with:
            return self.described
        return {**self.described, DECIDED_WITH: named}

    def tell(self, kind: str, line: str, to: tuple[str, ...], subject: str, about: tuple[str, ...] = ()) -> None:
        """Put a message in the outbox, about the last event."""
        if to:
            self.messages.append(Message(self.events[-1].seq, kind, to, subject, about, line))

    def count_automatic(self, what: str) -> None:
        """Count a step that fired itself. Raises DefinitionDefect when they never end."""
        self.automatic += 1
        if self.automatic > MOST_AUTOMATIC_MOVES:
            raise DefinitionDefect(
                f"more than {MOST_AUTOMATIC_MOVES} automatic moves in one decision, the last one {what}",
                mend="give the loop of as_soon_as steps an end",
            )

    @contextmanager
    def moving(self, what: str) -> Iterator[None]:
        """Go one line deeper: a line moves another. Raises DefinitionDefect when lines move each other in a circle."""
        self.depth += 1
        if self.depth > DEEPEST_MOVES:
            raise DefinitionDefect(
                f"lines move each other without end, the last one {what}",
                mend="take one of the moves out of the circle",
            )
        try:
            yield
        finally:
            self.depth -= 1

    @contextmanager
    def by_system(self) -> Iterator[None]:
        """Go on as the system: nobody asked for what happens meanwhile."""
        kept = (self.actor, self.role, self.on_behalf_of)
        self.actor, self.role, self.on_behalf_of = SYSTEM_ACTOR, None, None
        try:
            yield
        finally:
            self.actor, self.role, self.on_behalf_of = kept

    def save(self) -> Saved:
        """Remember how far the decision has come, for `restore`."""
        lengths = (len(self.events), len(self.messages), len(self.warnings))
        return Saved(self.case, lengths, dict(self.sealed), self.described, self.automatic)

    def restore(self, saved: Saved) -> None:
        """Undo everything since *saved*, as if it had not been tried."""
        self.case, self.sealed, self.described = saved.case, dict(saved.sealed), saved.described
        self.automatic = saved.automatic
        events, messages, warnings = saved.lengths
        del self.events[events:], self.messages[messages:], self.warnings[warnings:]
