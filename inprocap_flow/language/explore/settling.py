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
        if not stays or world.is_final(one.main.leaf):
            # Nobody sees it like this, or nobody can do any more: but tracks that are left aside may do something.
            moved += _by_the_way(world, one)
        for more, told in moved:
            if more not in seen:
                seen.add(more)
                waiting.append((more, (*said, *told)))
    return list(found.items())


def _may_move(world: World, state: State) -> bool:
    """Return whether some line stands where an automatic step starts, or may do so where the case has ended."""
    if world.automatic[CASE].get(state.main.leaf) or (world.by_themselves and world.is_final(state.main.leaf)):
        return True
    for kind in world.moving:
        automatic = world.automatic[kind]
        if any(seat.leaf in automatic for seat, _ in world.crowd(state, kind)):
            return True
    return False


def _once(world: World, state: State) -> tuple[list[Settled], bool]:
    """Return where the next automatic step may lead, and whether there may be none: tracks come before the case."""
    moved: list[Settled] = []
    must = False
    for kind in world.kinds:
        for seat, _ in world.crowd(state, kind):
            found, sure = _automatic(world, state, kind, seat)
            moved += found
            must = must or sure
    if must or world.is_final(state.main.leaf):
        return moved, not must
    found, sure = _automatic(world, state, CASE, state.main)
    for one, told in found:
        ends, waits = _endings(world, one, world.line(CASE).steps[told[0].rpartition(".")[2]])
        moved += [(more, (*told, *said)) for more, said in ends]
        sure = sure and not waits
    return moved, not sure


def _endings(world: World, state: State, step: Step) -> tuple[list[Settled], bool]:
    """Return how a case to which an automatic *step* led goes on, and whether that step may wait as it may leave
    something open: what is open where it ends the case may still end because the case does.
    """
    if not (left_open(world, state) or (world.by_themselves and world.is_final(state.main.leaf))):
        return [(state, ())], world.may_be_held_up(state, step)
    ends = _settled(world, state)
    clean = [(one, said) for one, said in ends if not left_open(world, one)]
    return clean, len(clean) < len(ends) or any(world.may_be_held_up(one, step) for one, _ in clean)


def _by_the_way(world: World, state: State) -> list[Settled]:
    """Return what may come of steps that tracks left aside, or not followed, take within one decision."""
    steps = world.by_themselves if world.is_final(state.main.leaf) else world.by_the_way
    return [one for step in steps for one in _fired(world, state, step.line, None, step)[0]]


def _automatic(world: World, state: State, kind: str, seat: Seat) -> tuple[list[Settled], bool]:
    moved: list[Settled] = []
    for step in world.automatic[kind].get(seat.leaf, ()):
        found, sure = _fired(world, state, kind, seat, step)
        moved += found
        if sure:
            return moved, True
    return moved, False


def _fired(world: World, state: State, kind: str, seat: Seat | None, step: Step) -> tuple[list[Settled], bool]:
    answer = due(world, state, kind, seat, step)
    if not answer & YES:
        return [], False
    judged = judge(world, state, kind, seat, step)
    if judged.refused:
        return [], False
    moved = [
        (outcome.state, (f"{kind}.{step.name}", *outcome.follows))
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
