"""What happens to clocks of an abstract case: they start, end, stand still, and others follow them."""

from __future__ import annotations

from inprocap_flow.language.explore.counting import added, left_by_one
from inprocap_flow.language.explore.ordering import left_off
from inprocap_flow.language.explore.scope import place
from inprocap_flow.language.explore.state import (
    MET,
    MISSED,
    NOT_STARTED,
    OPEN,
    OVER,
    RUNNING,
    STOPPED,
    SUSPENDED,
    WAIVED,
    Seat,
    State,
    as_crowd,
)
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE, Step


def after(status: str, wanted: str) -> str:
    """Return how a clock stands that is to be *wanted*; what does not run is neither stopped nor suspended again."""
    if wanted == STOPPED and status not in OPEN:
        return WAIVED if status == NOT_STARTED else status
    if wanted == MET and status not in (*OPEN, MISSED):
        return status
    return wanted


def set_own(world: World, seat: Seat, kind: str, name: str, wanted: str) -> Seat:
    """Return a track with its own deadline *name* changed, and what is counted back from it on the same track."""
    number = world.clock_at.get((kind, name))
    if number is None:
        return seat
    seat = seat.with_clock(number, after(seat.clocks[number], wanted))
    for follower, position in world.counted_from.get((kind, name), ()):
        if follower == kind:
            changed = followed(seat.clocks[position], wanted)
            if changed != seat.clocks[position]:
                name_of_it = world.clocks[kind][position].name
                seat = set_own(world, seat.with_clock(position, changed), kind, name_of_it, changed)
    return seat


def followed(status: str, anchor: str) -> str:
    """Return how a clock stands that is counted back from one which now stands as *anchor*."""
    if anchor == RUNNING:
        return status if status == WAIVED else RUNNING
    if anchor in (STOPPED, MET):
        return STOPPED if status in OPEN else status
    if anchor == SUSPENDED:
        return SUSPENDED if status == RUNNING else status
    return status


def set_clock(world: World, state: State, kind: str, name: str, wanted: str, *, extended: bool = False) -> list[State]:
    """Return every case that there may be once a deadline is changed that a line of *kind* calls *name*."""
    owner, bare = place(world.definition, kind, name)
    number = world.clock_at.get((owner, bare))
    if number is None:
        return [state]
    if owner != CASE:  # of the track that this one belongs to: any of them
        found = [state] if not world.crowd(state, owner) or world.scope.alone else []
        for seat, _ in world.crowd(state, owner):
            found += _of_one(world, state, owner, seat, bare, wanted)
        return found
    clocks = state.main.clocks
    status = clocks[number] if extended else after(clocks[number], wanted)
    main = state.main.with_clock(number, status)
    changed = state._replace(main=left_off(main, bare) if bare in world.lengths else main)
    return _followers(world, changed, owner, bare, status, extended=extended)


def _of_one(world: World, state: State, kind: str, seat: Seat, name: str, wanted: str) -> list[State]:
    changed = set_own(world, seat, kind, name, wanted)
    return [added(world, one, kind, changed, 1) for one in left_by_one(world, state, kind, seat)]


def _followers(world: World, state: State, kind: str, name: str, anchor: str, *, extended: bool) -> list[State]:
    states = [state]
    for follower, position in world.counted_from.get((kind, name), ()):
        if follower == CASE:
            found = (_main_follower(world, one, position, anchor, extended=extended) for one in states)
            states = [more for several in found for more in several]
        else:
            states = [_track_followers(world, one, follower, position, anchor) for one in states]
    return states


def _main_follower(world: World, state: State, position: int, anchor: str, *, extended: bool) -> list[State]:
    before = state.main.clocks[position]
    name = world.clocks[CASE][position].name
    wanted = [followed(before, anchor)]
    if extended:  # one that ended by itself may run again
        wanted = [before, RUNNING] if before in (OVER, MISSED, MET) else [before]
    found: list[State] = []
    for status in wanted:
        changed = state._replace(main=state.main.with_clock(position, status))
        found += [state] if status == before else _followers(world, changed, CASE, name, status, extended=extended)
    return found


def _track_followers(world: World, state: State, kind: str, position: int, anchor: str) -> State:
    crowd: dict[Seat, int] = {}
    for seat, number in world.crowd(state, kind):
        status = seat.clocks[position]
        gone = seat.leaf in world.finals[kind]
        now = seat if gone else seat.with_clock(position, followed(status, anchor))
        crowd[now] = _together(world, crowd.get(now, 0), number)
    return state.with_crowd(world.position[kind], as_crowd(crowd))


def _together(world: World, one: int, other: int) -> int:
    return one + other if world.scope.exact else min(one + other, world.scope.most)


def end_all(world: World, state: State, step: Step) -> State:
    """Return the case with everything ended that *step* ends: unfinished tracks and open clocks, but for the spared."""
    spared = set(step.ends_everything_but)
    main = state.main._replace(clocks=_stopped(world, CASE, state.main.clocks, spared))
    for name in world.lengths:
        if main.clocks[world.clock_at[CASE, name]] not in OPEN:
            main = left_off(main, name)
    state = state._replace(main=main)
    for kind in world.kinds:
        if kind not in spared:
            state = _ended(world, state, kind, spared)
    return state


def _ended(world: World, state: State, kind: str, spared: set[str]) -> State:
    line = world.line(kind)
    empty = state.with_crowd(world.position[kind], ())
    for seat, number in world.crowd(state, kind):
        finished = seat.leaf in world.finals[kind]
        leaf = seat.leaf if finished or line.if_case_ends is None else line.leaf(line.if_case_ends)
        now = Seat(leaf, seat.facts, _stopped(world, kind, seat.clocks, spared))
        empty = added(world, empty, kind, now, number)
    return empty


def _stopped(world: World, kind: str, clocks: tuple[str, ...], spared: set[str]) -> tuple[str, ...]:
    return tuple(
        STOPPED if status in OPEN and not deadline.outlives_case and deadline.name not in spared else status
        for deadline, status in zip(world.clocks[kind], clocks, strict=True)
    )
