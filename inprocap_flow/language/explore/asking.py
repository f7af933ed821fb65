"""A question about all cases of a definition, answered in the smallest scope that decides it.

It begins with the parts that the question names. A fault that this scope reaches may be no fault, because what was left
aside stood in the way: then what its path depends on is looked at, too. When nothing is left to add, the path is looked
for with tracks that are counted exactly, so that it can be played.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from inprocap_flow.language.explore.reads import read_along
from inprocap_flow.language.explore.scope import Part, Scope, closed
from inprocap_flow.language.explore.search import Bound, Fault, Search, search
from inprocap_flow.language.explore.state import Deed, State
from inprocap_flow.language.model import Definition

PROVEN, FOUND, NONE_FOUND, NOT_DECIDED = "proven", "found", "none found", "not decided"


class Path(NamedTuple):
    """What leads to a fault: deeds from the opening on; the last one is the fault itself, or leads to it."""

    deeds: tuple[Deed, ...]
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """How a question was answered: *proven* never to happen, *found*, *none found* up to a bound, *not decided*."""

    verdict: str
    path: Path | None = None
    states: int = 0
    seconds: float = 0.0
    up_to: str = ""


def never(definition: Definition, parts: Iterable[Part], fault: Fault, bound: Bound) -> Answer:
    """Return whether *fault* never happens in any case of *definition*. *parts*: what the question is about."""
    asked = _Question(definition, fault, bound)
    whole = closed(definition, frozenset(parts))
    along: tuple[Deed, ...] = ()
    while True:
        found = asked.look(Scope(whole), along)
        if found.fault is None:
            return asked.answer(PROVEN) if found.complete else asked.answer(NONE_FOUND, asked.reached(found))
        deeds = _deeds(found)
        more = nearest(definition, whole, deeds)
        if more == whole:
            return asked.exactly(whole, deeds)
        whole, along = more, deeds


def nearest(definition: Definition, parts: frozenset[Part], deeds: Sequence[Deed]) -> frozenset[Part]:
    """Return *parts* with what the path depends on next: all milestones, else what is asked for last of all."""
    milestones = {part for part in read_along(definition, deeds) if part[0] == "milestone"} - parts
    if milestones:
        return closed(definition, parts | milestones)
    for deed in reversed(deeds):
        for part in sorted(read_along(definition, [deed]) - parts, key=_dear):
            return closed(definition, parts | {part})
    return parts


def _dear(part: Part) -> tuple[bool, Part]:
    return part[0] == "track", part


def _deeds(found: Search) -> tuple[Deed, ...]:
    assert found.fault is not None
    return found.path(*found.fault)


class _Question:
    """One question on its way: how long it may still take, and how much was looked at."""

    def __init__(self, definition: Definition, fault: Fault, bound: Bound) -> None:
        self.definition, self.fault, self.bound = definition, fault, bound
        self.begun = time.process_time()
        self.states = 0

    def look(self, scope: Scope, along: tuple[Deed, ...]) -> Search:
        """Search *scope*, first along the path that a smaller scope has found."""
        bound = self.bound
        until = bound.ends(self.begun)
        found = search(self.definition, scope, bound, until, self.fault, along=along)
        self.states += len(found.came)
        return found

    def exactly(self, parts: frozenset[Part], along: tuple[Deed, ...]) -> Answer:
        """Return a path with as few tracks as will do, or that there is none up to the bound."""
        for most in range(1, self.bound.tracks + 1):
            found = self.look(Scope(parts, most, exact=True), along)
            if found.fault is not None:
                return self.answer(FOUND, path=Path(_deeds(found)))
            if not found.complete:
                return self.answer(NOT_DECIDED, self.reached(found))
        return self.answer(NONE_FOUND, f"{self.bound.tracks} tracks of each kind")

    def reached(self, found: Search) -> str:
        return f"{len(found.came)} abstract cases"

    def answer(self, verdict: str, up_to: str = "", path: Path | None = None) -> Answer:
        return Answer(verdict, path, self.states, time.process_time() - self.begun, up_to)
