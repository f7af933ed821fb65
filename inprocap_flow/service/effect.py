"""One effect of an event, and what is needed to tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inprocap_flow.engine.case.records import Event
from inprocap_flow.service.sight import Sight

Values = Mapping[tuple[str, str], Any]  # (line, field) -> encoded value


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that a decision brought about. ``old`` and ``new`` are words; ``mark`` is the hash of a document."""

    seq: int
    kind: str  # of the event
    line: str
    label: str
    text: str = ""
    old: str = ""
    new: str = ""
    mark: str = ""
    more: tuple[str, ...] = ()  # sources, traces and numbers, for those who want all of it
    name: str = ""  # of the field, document, deadline, approval or step


@dataclass(frozen=True)
class Told:
    """An event with the sight that it is told under and the values before it."""

    event: Event
    sight: Sight
    before: Values = field(default_factory=dict)

    @property
    def data(self) -> Mapping[str, Any]:
        return self.event.data

    def effect(self, label: str, text: str = "", **more: Any) -> Effect:
        event = self.event
        return Effect(event.seq, event.kind, event.line, label, text, **more)

    def title(self, what: str) -> str:
        return self.sight.title(what, self.event.line, str(self.data.get(what, "")))
