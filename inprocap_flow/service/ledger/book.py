"""The record of a case, made ready to be asked where a firm stood when, and what came with a decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from inprocap_flow.engine.case.kinds import kind_in, kinds_of
from inprocap_flow.engine.case.records import MAIN, Case, Event
from inprocap_flow.language.model import Definition, Line, Step, said, side_of


@dataclass(frozen=True)
class Book:
    """A case with the events that count, in the order in which they count (what was annulled is left out)."""

    case: Case
    definition: Definition
    events: Sequence[Event]
    places: dict[str, list[tuple[int, str]]] = field(default_factory=dict)  # line -> (position, state)
    ends: dict[str, int] = field(default_factory=dict)  # line -> position of the move into its end

    def __post_init__(self) -> None:
        for position, event in enumerate(self.events):
            if event.kind == "began":
                self.places[event.line] = [(position, "")]  # its first stage comes as a move
            elif event.kind == "moved" and event.line != MAIN:
                self.places.setdefault(event.line, []).append((position, str(event.data["to"])))
                if event.data.get("final"):
                    self.ends[event.line] = position

    @cached_property
    def firm_kinds(self) -> tuple[str, ...]:
        """The kinds of tracks that a supplier's side speaks for: firms, not a question or a review of one."""
        kinds = {role.speaks_for for role in self.definition.roles.values() if role.speaks_for}
        return tuple(kind for kind in self.definition.tracks if kind in kinds)

    def firms_at(self, position: int) -> tuple[str, ...]:
        """Return the firms' tracks that had begun and not ended when the decision of *position* was judged."""
        start = self.start_of(position)
        return tuple(
            line
            for line, places in self.places.items()
            if self.kind(line) in self.firm_kinds and places[0][0] < start and self.ends.get(line, start) >= start
        )

    def start_of(self, position: int) -> int:
        """Return the position of the first event of the decision that an event belongs to."""
        while position and self.events[position - 1].decision == self.events[position].decision:
            position -= 1
        return position

    def state_at(self, line: str, position: int) -> str:
        """Return where a track stood just before the decision of *position*."""
        start = self.start_of(position)
        return next((state for place, state in reversed(self.places.get(line, [])) if place < start), "")

    def kind(self, line: str) -> str:
        """Return the kind of a line by its id."""
        return kind_in(self.definition, line, kinds_of(self.case))

    def declared(self, line: str) -> Line:
        """Return what the procedure declares of a line."""
        return self.definition.line(self.kind(line))

    def step(self, line: str, name: str) -> Step | None:
        """Return a step of a line by name, None for one that this version does not have."""
        declared = self.declared(line)
        return declared.begins if declared.begins.name == name else declared.steps.get(name)

    def named(self, line: str, name: str) -> str:
        """Return a step by its title, ``"Give the answer"``; by its name, in backticks, where it has none."""
        step = self.step(line, name) or self.definition.derogations.get(name)
        title = said(step.title) if step is not None else ""
        return f'"{title}"' if title else f"`{name}`"

    def whom(self, who: str) -> str:
        """Return somebody told: ``track:firm/al`` as ``firm/al (Al Ltd)``, ``role:legal`` by title, a person by id."""
        what, _, name = who.partition(":")
        if what == "role" and name in self.definition.roles:
            return said(self.definition.roles[name].title) or name
        if what != "track":
            return who
        firm = self.case.lines[name].fields.get("name") if name in self.case.lines else None
        return f"{name} ({firm})" if isinstance(firm, str) else name  # a sealed name is no text

    def ancestors(self, line: str) -> Iterator[str]:
        """Yield *line* and the tracks that it belongs to."""
        while line != MAIN and line in self.case.lines:
            yield line
            line = self.case.lines[line].parent or MAIN

    def by_the_buyer(self, event: Event) -> bool:
        """Return whether somebody of the buyer's side did it."""
        role = self.definition.roles.get(event.role or "")
        return role is not None and side_of(role) == "buyer"

    def with_decision(self, decision: int, line: str) -> tuple[str, ...]:
        """Return the names of fields and documents that came to a line with a decision."""
        of = (event for event in self.events if event.decision == decision and event.line == line)
        return tuple(dict.fromkeys(name for event in of for name in came(event)))


def came(event: Event) -> tuple[str, ...]:
    """Return the names of the fields or documents that got a value or version with an event."""
    if event.kind == "filled":
        return tuple(event.data["fields"])
    return (str(event.data["document"]),) if event.kind == "brought" else ()
