"""A case played in memory: the same decisions as in the store, nothing kept. For scenarios, plans and tests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Case, Decision, Event, Message, Refusal, Request
from inprocap_flow.engine.decide import decide


@dataclass(slots=True)
class Rehearsal:
    """One case in memory, with everything that was decided and refused on the way."""

    binding: Binding
    case: Case | None = None
    events: list[Event] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    secrets: dict[str, Any] = field(default_factory=dict)
    number: int = 0

    def __post_init__(self) -> None:
        self.binding = replace(self.binding, reveal=self._reveal)

    def _reveal(self, commitment: str) -> Any:
        return self.secrets[commitment]

    def play(self, request: Request, now: datetime) -> Decision | Refusal:
        """Decide *request* at *now* and keep what came of it."""
        self.number += 1
        extra = {"seed": f"{self.number:064x}", **request.extra}
        if request.kind == "open":
            extra.setdefault("case", "case-rehearsed")
        outcome = decide(self.binding, self.case, replace(request, extra=extra), now, self.events)
        self.events += outcome.events
        self.messages += outcome.messages
        if outcome.case is not None:
            self.case = outcome.case
        if isinstance(outcome, Refusal):
            self.refusals.append(outcome)
        else:
            self.secrets |= {name: sealed["value"] for name, sealed in outcome.sealed.items()}
        return outcome

    def copy(self) -> Rehearsal:
        """Return the same case to go on with in another way; records are frozen, so only the lists are copied."""
        twin = Rehearsal(self.binding, self.case, list(self.events), list(self.messages), list(self.refusals))
        twin.secrets, twin.number = dict(self.secrets), self.number
        return twin
