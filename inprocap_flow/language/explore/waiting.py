"""What can still happen while a line stays where it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from inprocap_flow.language.explore.happening import happenings
from inprocap_flow.language.explore.state import Seat, State
from inprocap_flow.language.explore.world import OutOfTime, World
from inprocap_flow.language.model import CASE


def can_come(
    world: World, state: State, kind: str, seat: Seat, good: Callable[[State, Seat], bool], about: Hashable
) -> bool:
    """Return whether a case may come to be as *good* says while the line that stands as *seat* stays in its stage.

    A track is only followed as long as some track stands in that stage: which one is not told apart. *about* names what
    is *good*: what was found out about a case is kept for all that come there. Raises OutOfTime; asked again, it goes
    on from there.
    """
    key = (about, kind, seat.leaf)
    known = world.can_come.setdefault(key, {})
    came, waiting = world.coming.pop((key, state), ({state: None}, [state]))
    while waiting:
        one = waiting.pop()
        found = known.get(one)
        if found is None:
            nexts = _nexts(world, one, kind, seat.leaf)
            found = True if any(good(more, there) for more, there in nexts) else None
            fresh = [more for more in dict.fromkeys(more for more, _ in nexts) if more not in came]
            came |= dict.fromkeys(fresh, one)
            waiting += fresh
        if found:
            _keep(known, came, one)
            return True
        if len(came) % 64 == 0 and time.process_time() > world.until:
            world.coming[key, state] = (came, waiting)
            raise OutOfTime
    known |= dict.fromkeys(came, False)
    return False


def _nexts(world: World, state: State, kind: str, leaf: str) -> list[tuple[State, Seat]]:
    """Return the cases that may come next in which a line of *kind* stands in *leaf*, with each such line."""
    states = [more for _, more in happenings(world, state) if more is not None]
    return [(more, seat) for more in states for seat in _seats(world, more, kind) if seat.leaf == leaf]


def _keep(known: dict[State, bool], came: dict[State, State | None], last: State) -> None:
    """Keep that what is good may come wherever the way to it led through."""
    one: State | None = last
    while one is not None:
        known[one] = True
        one = came[one]


def _seats(world: World, state: State, kind: str) -> list[Seat]:
    return [state.main] if kind == CASE else [one for one, _ in world.crowd(state, kind)]
