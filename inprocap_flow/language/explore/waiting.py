"""What can still happen while a line stays where it is."""

from __future__ import annotations

from collections.abc import Callable

from inprocap_flow.language.explore.happening import happenings
from inprocap_flow.language.explore.state import Seat, State
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE


def can_come(world: World, state: State, kind: str, seat: Seat, good: Callable[[State, Seat], bool]) -> bool:
    """Return whether a case may come to be as *good* says while the line that stands as *seat* stays in its stage.

    A track is only followed as long as some track stands in that stage: which one is not told apart.
    """
    seen, waiting = {state}, [state]
    while waiting:
        for _, more in happenings(world, waiting.pop()):
            if more is None or more in seen:
                continue
            staying = [one for one in _seats(world, more, kind) if one.leaf == seat.leaf]
            if any(good(more, one) for one in staying):
                return True
            if staying:
                seen.add(more)
                waiting.append(more)
    return False


def _seats(world: World, state: State, kind: str) -> list[Seat]:
    return [state.main] if kind == CASE else [one for one, _ in world.crowd(state, kind)]
