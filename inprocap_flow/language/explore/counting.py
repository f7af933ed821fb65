"""Tracks that stand alike are counted: one leaves, some arrive, all of them part."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from inprocap_flow.language.explore.state import Seat, State, as_crowd
from inprocap_flow.language.explore.world import World


def added(world: World, state: State, kind: str, seat: Seat, number: int) -> State:
    """Return the case with *number* more tracks that stand as *seat*."""
    if not number or _forgotten(world, kind, seat):
        return state
    crowd = dict(world.crowd(state, kind))
    whole = crowd.get(seat, 0) + number
    crowd[seat] = whole if world.scope.exact else min(whole, world.scope.most)
    return state.with_crowd(world.position[kind], as_crowd(crowd))


def _forgotten(world: World, kind: str, seat: Seat) -> bool:
    """Return whether nothing can come any more of a track that stands like this, and no condition counts it."""
    if seat.leaf not in world.finals[kind] or (kind, seat.leaf) in world.read_finals:
        return False
    return not any(status in ("running", "suspended") for status in seat.clocks)


def left_by_one(world: World, state: State, kind: str, seat: Seat) -> Iterator[State]:
    """Yield the case with one track less that stands as *seat*; where many stand, as many may be left."""
    crowd = dict(world.crowd(state, kind))
    number = crowd.get(seat, 0)
    if not number:
        return
    if world.is_endless(number):
        yield state
    crowd[seat] = number - 1
    yield state.with_crowd(world.position[kind], as_crowd(crowd))


def moved_on(world: World, state: State, kind: str, before: Seat, after: Seat) -> Iterator[State]:
    """Yield the case with one track that stood as *before* and now stands as *after*."""
    position = world.position[kind]
    key = (kind, state.crowds[position], before, after)
    found = world.parted.get(key)
    if found is None:
        fewer = left_by_one(world, state, kind, before)
        found = world.parted[key] = tuple(added(world, one, kind, after, 1).crowds[position] for one in fewer)
    for crowd in found:
        yield state.with_crowd(position, crowd)


def spread(world: World, number: int, ways: int) -> list[tuple[int, ...]]:
    """Return how *number* tracks may part into so many ways."""
    return _spread(number, ways, world.scope.most if world.is_endless(number) else 0)


@lru_cache(maxsize=1024)
def _spread(number: int, ways: int, most: int) -> list[tuple[int, ...]]:
    if ways == 1:
        return [(number,)]
    if not most:
        return [(first, *rest) for first in range(number + 1) for rest in _spread(number - first, ways - 1, 0)]
    parts: list[tuple[int, ...]] = [()]
    for _ in range(ways):
        parts = [(*part, count) for part in parts for count in range(most + 1)]
    return [part for part in parts if sum(part) >= most]
