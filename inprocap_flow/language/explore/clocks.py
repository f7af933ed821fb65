"""What happens to clocks of an abstract case: they start, end, stand still, and others follow them."""

from __future__ import annotations

from collections.abc import Iterable

from inprocap_flow.language.explore.counting import added, left_by_one, spread
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
            found += _of_one(world, state, owner, seat, bare, wanted, extended=extended)
        return found
    clocks = state.main.clocks
    status = clocks[number] if extended else after(clocks[number], wanted)
    main = state.main.with_clock(number, status)
    changed = state._replace(main=left_off(main, bare) if bare in world.lengths else main)
    return _followers(world, changed, owner, bare, status, extended=extended)


def _of_one(
    world: World, state: State, kind: str, seat: Seat, name: str, wanted: str, *, extended: bool
) -> list[State]:
    ways = own_extended(world, seat, kind, name) if extended else [set_own(world, seat, kind, name, wanted)]
    return [added(world, one, kind, now, 1) for now in ways for one in left_by_one(world, state, kind, seat)]


def _followers(world: World, state: State, kind: str, name: str, anchor: str, *, extended: bool) -> list[State]:
    states = [state]
    for follower, position in world.counted_from.get((kind, name), ()):
        if follower == CASE:
            found = [_main_follower(world, one, position, anchor, extended=extended) for one in states]
        elif extended:
            found = [_perhaps_again(world, one, follower, position) for one in states]
        else:
            found = [[_track_followers(world, one, follower, position, anchor)] for one in states]
        states = [more for several in found for more in several]
    return states


def again(status: str) -> list[str]:
    """Return how a clock may stand once what it is counted back from ends later: one that ended by itself runs again.

    Whether it did, and whether its new end lies ahead, is not known here.
    """
    return [status, RUNNING] if status in (NOT_STARTED, SUSPENDED, OVER, MISSED, MET) else [status]


def _main_follower(world: World, state: State, position: int, anchor: str, *, extended: bool) -> list[State]:
    before = state.main.clocks[position]
    name = world.clocks[CASE][position].name
    found: list[State] = []
    for status in again(before) if extended else [followed(before, anchor)]:
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


def _perhaps_again(world: World, state: State, kind: str, position: int) -> list[State]:
    """Return the case with any of the tracks of *kind* having the clock at *position* run again."""
    found = [state.with_crowd(world.position[kind], ())]
    for seat, number in world.crowd(state, kind):
        ways = [seat] if seat.leaf in world.finals[kind] else own_again(world, seat, kind, position)
        found = [
            _parted(world, one, kind, ways, counts) for one in found for counts in spread(world, number, len(ways))
        ]
    return found


def _parted(world: World, state: State, kind: str, seats: list[Seat], counts: tuple[int, ...]) -> State:
    for seat, number in zip(seats, counts, strict=True):
        state = added(world, state, kind, seat, number)
    return state


def own_again(world: World, seat: Seat, kind: str, position: int) -> list[Seat]:
    """Return how a track may stand once what its clock at *position* is counted back from ends later."""
    ways = [seat.with_clock(position, status) for status in again(seat.clocks[position])]
    name = world.clocks[kind][position].name
    return list(dict.fromkeys(more for one in ways for more in own_extended(world, one, kind, name)))


def own_extended(world: World, seat: Seat, kind: str, name: str) -> list[Seat]:
    """Return how a track may stand once its own deadline *name* ends later."""
    ways = [seat]
    for follower, position in world.counted_from.get((kind, name), ()):
        if follower == kind:
            ways = [more for one in ways for more in own_again(world, one, kind, position)]
    return ways


def recounted(world: World, state: State, clocks: Iterable[tuple[str, int]]) -> list[State]:
    """Return the case as it may be once the fields have changed from which *clocks* (line, position) are counted."""
    states = [state]
    for kind, position in clocks:
        if kind == CASE:
            name = world.clocks[CASE][position].name
            states += [
                more
                for one in states
                for new in _from_a_field(one.main.clocks[position])
                for more in set_clock(world, one, CASE, name, new)
            ]
        else:
            states += [
                _track_followers(world, one, kind, position, new) for one in states for new in (RUNNING, STOPPED)
            ]
    return list(dict.fromkeys(states))


def own_recounted(world: World, seat: Seat, kind: str, clocks: Iterable[tuple[str, int]]) -> list[Seat]:
    """Return how a track may stand once its own fields have changed from which *clocks* are counted."""
    seats = [seat]
    for of, position in clocks:
        if of == kind:
            name = world.clocks[kind][position].name
            seats += [
                set_own(world, one, kind, name, new) for one in seats for new in _from_a_field(one.clocks[position])
            ]
    return list(dict.fromkeys(seats))


def _from_a_field(status: str) -> tuple[str, ...]:
    """Return how else a clock may stand after that: it runs once the field is known, and is stopped if it is not."""
    return (RUNNING, STOPPED) if status in OPEN else () if status == WAIVED else (RUNNING,)


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
