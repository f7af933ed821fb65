"""Looking through all abstract cases in a scope, first those that are reached soonest, up to a bound that is stated."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from inprocap_flow.language.explore.happening import Happening, happenings, opened
from inprocap_flow.language.explore.scope import Scope, closed
from inprocap_flow.language.explore.state import Deed, State
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE, Definition

Fault = Callable[[World, Happening], "Deed | None"]
"""Whether something that happens is what is looked for: then the deed that shows it, itself or one tried after it."""


@dataclass(frozen=True, slots=True)
class Bound:
    """How far a search goes: so many abstract cases, so many seconds for all of one property, so many tracks."""

    states: int = 20_000
    seconds: float = 20.0
    tracks: int = 3


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
    along: frozenset[str] = frozenset(),
) -> Search:
    """Return all abstract cases in *scope*, or those up to the first at which *fault* says so.

    *until* is the moment (of `time.monotonic`) at which it gives up; *back* keeps the ways back for `stuck`.
    *along*: the main line only does what is named there.
    """
    world = World(definition, Scope(closed(definition, scope.parts), scope.most, scope.exact))
    found = Search(world)
    waiting: deque[State] = deque()

    def note(before: State | None, happened: Happening) -> bool:
        """Keep what happened; return whether it is the fault looked for."""
        deed, state = happened
        shown = fault(world, happened) if fault is not None else None
        if shown is not None:
            found.fault = (before, (deed,) if shown is deed else (deed, shown))
            return True
        if state is None or (along and deed.kind == CASE and deed.name not in along):
            return False
        found.done.add((deed.kind, deed.name))
        found.done |= {tuple(name.split(".", 1)) for name in deed.follows}  # type: ignore[misc]
        if back and before is not None:
            found.into.setdefault(state, []).append(before)
        if state not in found.came:
            found.came[state] = (before, deed)
            waiting.append(state)
        return False

    if any(note(None, one) for one in opened(world)):
        return found
    looked = 0
    while waiting:
        looked += 1
        if len(found.came) > bound.states or (looked % 64 == 0 and time.monotonic() > until):
            found.complete = False
            return found
        state = waiting.popleft()
        if any(note(state, one) for one in happenings(world, state)):
            return found
    return found


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
