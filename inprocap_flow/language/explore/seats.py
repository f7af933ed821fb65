"""The lines of an abstract case that stand where a step starts."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.explore.state import Seat, State
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE, Step


def standing_in(world: World, state: State, step: Step) -> Iterator[Seat]:
    """Yield how each line stands that could take *step*; tracks that stand alike are one, those left aside none."""
    if step.line == CASE:
        if state.main.leaf in step.sources:
            yield state.main
    elif step.line in world.position and not world.is_final(state.main.leaf):
        yield from (seat for seat, _ in world.crowd(state, step.line) if seat.leaf in step.sources)
