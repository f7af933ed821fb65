"""How an abstract case of a larger scope looks in a smaller one."""

from __future__ import annotations

from inprocap_flow.language.explore.counting import added
from inprocap_flow.language.explore.state import Seat, State
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE


class Projection:
    """Abstract cases of the world *large* as the world *small* tells them apart; all that *small* has, *large* has."""

    def __init__(self, large: World, small: World) -> None:
        self.large, self.small = large, small
        self.clocks = {
            kind: tuple(large.clock_at[(kind, one.name)] for one in small.clocks[kind]) for kind in (CASE, *small.kinds)
        }
        self.known: dict[State, State] = {}

    def of(self, state: State) -> State:
        """Return how *state* looks in the smaller world."""
        found = self.known.get(state)
        if found is None:
            found = self.known[state] = self._of(state)
        return found

    def _of(self, state: State) -> State:
        shown = State(self._seat(CASE, state.main), tuple(() for _ in self.small.kinds))
        for kind in self.small.kinds:
            for seat, number in self.large.crowd(state, kind):
                shown = added(self.small, shown, kind, self._seat(kind, seat), number)
        return shown

    def _seat(self, kind: str, seat: Seat) -> Seat:
        clocks = tuple(seat.clocks[number] for number in self.clocks[kind])
        kept = self.small.facts[kind]
        return Seat(seat.leaf, frozenset(fact for fact in seat.facts if fact.partition("=")[0] in kept), clocks)
