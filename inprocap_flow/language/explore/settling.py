"""What follows by itself in an abstract case: automatic steps until none must be taken (language, 6.5), and 6.6."""

from __future__ import annotations

from inprocap_flow.language.explore.carrying import carry_out
from inprocap_flow.language.explore.judging import due, judge
from inprocap_flow.language.explore.state import OPEN, Seat, State
from inprocap_flow.language.explore.truth import YES
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE, Step

Settled = tuple[State, tuple[str, ...]]
MOST_KEPT = 20_000  # cases of which it is kept what follows, for one scope


def settle(world: World, state: State) -> list[Settled]:
    """Return every case that there may be once all automatic steps are taken, with the steps taken."""
    kept = world.settled.get(state)
    if kept is None:
        kept = _settled(world, state) if _may_move(world, state) else [(state, ())]
        if len(world.settled) < MOST_KEPT:
            world.settled[state] = kept
    return kept


def _settled(world: World, state: State) -> list[Settled]:
    found: dict[State, tuple[str, ...]] = {}
    waiting: list[Settled] = [(state, ())]
    seen = {state}
    while waiting:
        one, said = waiting.pop()
        moved, stays = _once(world, one)
        if stays:
            found.setdefault(one, said)
        else:  # nobody sees it like this; but tracks that are left aside may do something before it moves on
            moved += _by_the_way(world, one)
        for more, name in moved:
            if more not in seen:
                seen.add(more)
                waiting.append((more, (*said, name)))
    return list(found.items())


def _may_move(world: World, state: State) -> bool:
    """Return whether some line stands where an automatic step starts."""
    if world.automatic[CASE].get(state.main.leaf):
        return True
    for kind in world.moving:
        automatic = world.automatic[kind]
        if any(seat.leaf in automatic for seat, _ in world.crowd(state, kind)):
            return True
    return False


def _once(world: World, state: State) -> tuple[list[tuple[State, str]], bool]:
    """Return where the next automatic step may lead, and whether there may be none: tracks come before the case."""
    moved: list[tuple[State, str]] = []
    must = False
    if world.is_final(state.main.leaf):
        return [], True
    for kind in world.kinds:
        for seat, _ in world.crowd(state, kind):
            found, sure = _automatic(world, state, kind, seat)
            moved += found
            must = must or sure
    if must:
        return moved, False
    found, sure = _automatic(world, state, CASE, state.main)
    kept = [(one, name) for one, name in found if not left_open(world, one)]
    may_stay = len(kept) < len(found) or any(world.may_be_held_up(one) for one, _ in kept)
    return [*moved, *kept], not sure or may_stay


def _by_the_way(world: World, state: State) -> list[tuple[State, str]]:
    """Return what may come of steps that tracks left aside, or not followed, take within one decision."""
    return [one for step in world.by_the_way for one in _fired(world, state, step.line, None, step)[0]]


def _automatic(world: World, state: State, kind: str, seat: Seat) -> tuple[list[tuple[State, str]], bool]:
    moved: list[tuple[State, str]] = []
    for step in world.automatic[kind].get(seat.leaf, ()):
        found, sure = _fired(world, state, kind, seat, step)
        moved += found
        if sure:
            return moved, True
    return moved, False


def _fired(
    world: World, state: State, kind: str, seat: Seat | None, step: Step
) -> tuple[list[tuple[State, str]], bool]:
    answer = due(world, state, kind, seat, step)
    if not answer & YES:
        return [], False
    judged = judge(world, state, kind, seat, step)
    if judged.refused:
        return [], False
    name = f"{kind}.{step.name}"
    moved = [
        (outcome.state, name)
        for branch in judged.branches
        for outcome in carry_out(world, state, kind, seat, step, branch)
    ]
    return moved, bool(moved) and answer == YES and judged.sure


def left_open(world: World, state: State) -> tuple[str, ...]:
    """Return what would be left open if the case ended like this; nothing while it goes on."""
    if not world.is_final(state.main.leaf):
        return ()
    found = [
        kind for kind in world.kinds if any(seat.leaf not in world.finals[kind] for seat, _ in world.crowd(state, kind))
    ]
    found += _open_clocks(world, CASE, state.main)
    for kind in world.kinds:
        for seat, _ in world.crowd(state, kind):
            found += _open_clocks(world, kind, seat)
    return tuple(dict.fromkeys(found))


def _open_clocks(world: World, kind: str, seat: Seat) -> list[str]:
    return [
        f"{kind}.{one.name}" if kind else one.name
        for one, status in zip(world.clocks[kind], seat.clocks, strict=True)
        if status in OPEN and not one.outlives_case
    ]
