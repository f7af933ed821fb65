"""Looking through all abstract cases in a scope, first those that are reached soonest, up to a bound that is stated."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from math import inf

from inprocap_flow.language.explore.coming import Happening, seen
from inprocap_flow.language.explore.happening import happenings, opened
from inprocap_flow.language.explore.scope import Scope, closed
from inprocap_flow.language.explore.state import Deed, State
from inprocap_flow.language.explore.world import OutOfTime, TooMany, World
from inprocap_flow.language.model import CASE, Definition

Fault = Callable[[World, Happening], "Deed | None"]
"""Whether something that happens is what is looked for: then the deed that shows it, itself or one tried after it."""

Taken = frozenset[tuple[str, str]]
"""Steps, by line and name."""


@dataclass(frozen=True, slots=True)
class Bound:
    """How far a search goes: so many abstract cases, so many seconds of computing for one question, so many tracks.

    ``in_all``: seconds of computing for all questions about one definition; ``until``: the moment (of
    `time.process_time`) at which these are used up, once it is known.
    """

    states: int = 20_000
    seconds: float = 20.0
    tracks: int = 3
    in_all: float = 60.0
    until: float = inf

    def begun(self) -> Bound:
        """Return the same bound with the moment at which everything that begins now must be answered.

        What has begun already has no more time for beginning once more.
        """
        return replace(self, until=min(self.until, time.process_time() + self.in_all))

    def ends(self, begun: float) -> float:
        """Return the moment at which a question gives up that was begun at the moment *begun*."""
        return min(begun + self.seconds, self.until)


@dataclass(slots=True)
class Search:
    """What was found so far: every case reached with the one before it, and whether that is all there is.

    ``over``: it has come to its end, or to more cases than are looked at; until then it can go on.
    """

    world: World
    looks_for: Fault | None
    waiting: Waiting
    taken: Taken | None = None
    back: bool = False
    came: dict[State, tuple[State | None, Deed]] = field(default_factory=dict)
    into: dict[State, list[State]] = field(default_factory=dict)
    complete: bool = False
    over: bool = False
    fault: tuple[State | None, tuple[Deed, ...]] | None = None
    at: State | None = None  # the case that is looked at just now
    avoid: frozenset[tuple[str, str, str]] = frozenset()  # deeds by verb, line and name: as if nobody ever did them

    @property
    def done(self) -> set[tuple[str, str]]:
        """The steps that were taken by some case of this scope, by line and name."""
        return self.world.taken

    def go_on(self, most: int, until: float) -> None:
        """Look at one case after the other, at most *most*, until the moment *until*, unless it is over.

        A case at which time runs out is looked at again from its beginning.
        """
        if self.over:
            return
        self.world.until = until
        try:
            self._look(most, until)
            self.complete = self.over = True
        except TooMany:
            self.complete, self.over = False, True
        except OutOfTime:
            self.complete = False

    def _look(self, most: int, until: float) -> None:
        if not self.came and any(self._note(None, one) for one in opened(self.world)):
            return
        looked = 0
        while (state := self.at or self.waiting.next()) is not None:
            self.at = state
            looked += 1
            if len(self.came) > most:
                raise TooMany
            if looked % 64 == 0 and time.process_time() > until:
                raise OutOfTime
            if any(self._note(state, one) for one in happenings(self.world, state)):
                return
            self.at = None

    def _note(self, before: State | None, happened: Happening) -> bool:
        """Keep what happened; return whether it is enough."""
        deed, state = happened
        if state is not None and deed[:3] in self.avoid:
            return False
        shown = self.looks_for(self.world, seen(self.world, happened)) if self.looks_for is not None else None
        if shown is not None:
            self.fault = (before, (deed,) if shown is deed else (deed, shown))
            return True
        if state is None:
            return False
        self.done.add((deed.kind, deed.name))
        self.done.update(tuple(name.split(".", 1)) for name in deed.follows)  # type: ignore[misc]
        if self.back and before is not None:
            self.into.setdefault(state, []).append(before)
        if state not in self.came:
            self.came[state] = (before, deed)
            self.waiting.add(before, deed, state)
        return self.taken is not None and self.taken <= self.done

    def path(self, state: State | None, last: tuple[Deed, ...] = ()) -> tuple[Deed, ...]:
        """Return what leads to *state*, from the opening on, and *last* after it."""
        deeds: list[Deed] = []
        while state is not None:
            state, deed = self.came[state]
            deeds.append(deed)
        return (*deeds[::-1], *last)


def begun(
    definition: Definition,
    scope: Scope,
    fault: Fault | None = None,
    *,
    back: bool = False,
    along: tuple[Deed, ...] = (),
    taken: Taken | None = None,
) -> Search:
    """Return a search, not yet gone on with, for all abstract cases in *scope*, or up to one at which *fault* says so.

    *back* keeps the ways back for `stuck`. *along* is a path of a smaller scope: cases that have come far on it are
    looked at first, all others after them. *taken* are steps, by line and name: it is enough once each of them was;
    without *along*, what came of the rarest deeds is looked at first.
    """
    world = seen_in(definition, replace(scope, parts=closed(definition, scope.parts)))
    return Search(world, fault, Waiting(along, by_news=taken is not None and not along), taken, back)


def search(
    definition: Definition, scope: Scope, bound: Bound, until: float, fault: Fault | None = None, *, back: bool = False
) -> Search:
    """Return what `begun` comes to up to *bound* and the moment *until* (of `time.process_time`)."""
    found = begun(definition, scope, fault, back=back)
    found.go_on(bound.states, until)
    return found


_LAST: deque[World] = deque(maxlen=4)  # several questions often begin in one scope


def seen_in(definition: Definition, scope: Scope) -> World:
    """Return *definition* as it is seen in *scope*, with all that an earlier question found out there."""
    kept = next((one for one in _LAST if one.definition is definition and one.scope == scope), None)
    if kept is None:
        kept = World(definition, scope)
        _LAST.append(kept)
    return kept


class Waiting:
    """The cases that are still to be looked at: who has come farthest along a path first, then who came first.

    Or, *by_news*, whoever came by what has happened least often so far.
    """

    def __init__(self, along: tuple[Deed, ...], *, by_news: bool = False) -> None:
        self.names = [f"{deed.kind}.{deed.name}" for deed in along]
        self.far: dict[State, int] = {}
        self.heap: list[tuple[int, int, State]] = []
        self.number = 0
        self.came: Counter[tuple[str, str, str]] | None = Counter() if by_news else None

    def add(self, before: State | None, deed: Deed, state: State) -> None:
        """Put *state* where it belongs; it came by *deed* after *before*."""
        far = self.far.get(before, 0) if before is not None else 0
        # A step that a deadline fired may have come by itself in the smaller scope.
        if far < len(self.names) and self.names[far] in (f"{deed.kind}.{deed.name}", *deed.follows):
            far += 1
        if self.names:
            self.far[state] = far
        self.number += 1
        heappush(self.heap, (self._often(deed) - far, self.number, state))

    def _often(self, deed: Deed) -> int:
        """Return how often such a deed has led to a new case, if that is minded: what is new leads to what is new."""
        if self.came is None:
            return 0
        self.came[deed.verb, deed.kind, deed.name] += 1
        return self.came[deed.verb, deed.kind, deed.name]

    def next(self) -> State | None:
        """Return what to look at next; None if there is nothing left."""
        return heappop(self.heap)[2] if self.heap else None


def ended(world: World, state: State) -> bool:
    """Return whether the case has ended."""
    return state.main.leaf in world.finals[CASE]


def stuck(found: Search) -> Iterator[State]:
    """Yield the cases of a complete search from which no end can be reached, in the order in which they were found."""
    good = {state for state in found.came if ended(found.world, state)}
    waiting = list(good)
    while waiting:
        for before in found.into.get(waiting.pop(), ()):
            if before not in good:
                good.add(before)
                waiting.append(before)
    yield from (state for state in found.came if state not in good)
