"""Looking through all abstract cases in a scope, first those that are reached soonest, up to a bound that is stated."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from math import inf

from inprocap_flow.language.explore.happening import Happening, happenings, opened
from inprocap_flow.language.explore.scope import Scope, closed
from inprocap_flow.language.explore.state import Deed, State
from inprocap_flow.language.explore.world import OutOfTime, World
from inprocap_flow.language.model import CASE, Definition

Fault = Callable[[World, Happening], "Deed | None"]
"""Whether something that happens is what is looked for: then the deed that shows it, itself or one tried after it."""


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
        """Return the same bound with the moment at which everything that begins now must be answered."""
        return replace(self, until=time.process_time() + self.in_all)

    def ends(self, begun: float) -> float:
        """Return the moment at which a question gives up that was begun at the moment *begun*."""
        return min(begun + self.seconds, self.until)


@dataclass(slots=True)
class Search:
    """What was found: every case reached with the one before it, and whether that is all there is."""

    world: World
    came: dict[State, tuple[State | None, Deed]] = field(default_factory=dict)
    into: dict[State, list[State]] = field(default_factory=dict)
    done: set[tuple[str, str]] = field(default_factory=set)
    complete: bool = True
    fault: tuple[State | None, tuple[Deed, ...]] | None = None

    def path(self, state: State | None, last: tuple[Deed, ...] = ()) -> tuple[Deed, ...]:
        """Return what leads to *state*, from the opening on, and *last* after it."""
        deeds: list[Deed] = []
        while state is not None:
            state, deed = self.came[state]
            deeds.append(deed)
        return (*deeds[::-1], *last)


def search(
    definition: Definition,
    scope: Scope,
    bound: Bound,
    until: float,
    fault: Fault | None = None,
    *,
    back: bool = False,
    along: tuple[Deed, ...] = (),
    taken: frozenset[tuple[str, str]] | None = None,
) -> Search:
    """Return all abstract cases in *scope*, or those up to the first at which *fault* says so.

    *until* is the moment (of `time.process_time`) at which it gives up; *back* keeps the ways back for `stuck`.
    *along* is a path of a smaller scope: cases that have come far on it are looked at first, all others after them.
    *taken* are steps, by line and name: it is enough once each of them was; without *along*, what came of the rarest
    deeds is looked at first.
    """
    world = _world(definition, Scope(closed(definition, scope.parts), scope.most, scope.exact))
    found = Search(world, done=world.taken)
    waiting = Waiting(along, by_news=taken is not None and not along)

    def note(before: State | None, happened: Happening) -> bool:
        """Keep what happened; return whether it is the fault looked for."""
        deed, state = happened
        shown = fault(world, happened) if fault is not None else None
        if shown is not None:
            found.fault = (before, (deed,) if shown is deed else (deed, shown))
            return True
        if state is None:
            return False
        found.done.add((deed.kind, deed.name))
        found.done |= {tuple(name.split(".", 1)) for name in deed.follows}  # type: ignore[misc]
        if back and before is not None:
            found.into.setdefault(state, []).append(before)
        if state not in found.came:
            found.came[state] = (before, deed)
            waiting.add(before, deed, state)
        return taken is not None and taken <= found.done

    world.until = until
    try:
        _go_on(found, waiting, note, bound.states, until)
    except OutOfTime:
        found.complete = False
    return found


_LAST: deque[World] = deque(maxlen=4)  # several questions often begin in one scope


def _world(definition: Definition, scope: Scope) -> World:
    """Return *definition* as it is seen in *scope*, with all that an earlier question found out there."""
    kept = next((one for one in _LAST if one.definition is definition and one.scope == scope), None)
    if kept is None:
        kept = World(definition, scope)
        _LAST.append(kept)
    return kept


def _go_on(
    found: Search, waiting: Waiting, note: Callable[[State | None, Happening], bool], most: int, until: float
) -> None:
    """Look at one case after the other until *note* says that it is enough. Raises OutOfTime, also for too many."""
    world = found.world
    if any(note(None, one) for one in opened(world)):
        return
    looked = 0
    while (state := waiting.next()) is not None:
        looked += 1
        if len(found.came) > most or (looked % 64 == 0 and time.process_time() > until):
            raise OutOfTime
        if any(note(state, one) for one in happenings(world, state)):
            return


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
