"""A path of one scope, looked for in another: whether a case can go along it, whatever else happens meanwhile."""

from __future__ import annotations

import time
from heapq import heappop, heappush
from typing import NamedTuple

from inprocap_flow.language.explore.coming import Happening, seen
from inprocap_flow.language.explore.happening import happenings, opened
from inprocap_flow.language.explore.ordering import without
from inprocap_flow.language.explore.projecting import Projection
from inprocap_flow.language.explore.search import Fault, Search
from inprocap_flow.language.explore.state import Deed, State
from inprocap_flow.language.explore.world import OutOfTime, TooMany, World

Place = tuple[int, State]  # how far along a path a case has come, and how it stands


class Trail(NamedTuple):
    """A path through abstract cases of ``world``: how it stood after each deed; ``fault`` is what its end shows."""

    world: World
    states: tuple[State, ...]
    deeds: tuple[Deed, ...]
    fault: Fault | None = None


def trail(found: Search, end: State | None, last: tuple[Deed, ...] = (), fault: Fault | None = None) -> Trail:
    """Return the path of *found* to *end*; *last* are the deeds after it that show *fault*."""
    states: list[State] = []
    one = end
    while one is not None:
        states.append(one)
        one = found.came[one][0]
    return Trail(found.world, tuple(states[::-1]), found.path(end, last), fault)


class Followed(NamedTuple):
    """What leads along a path in another scope; no ``deeds``: nothing does, if ``complete``."""

    deeds: tuple[Deed, ...] | None
    state: State | None
    complete: bool


def follow(world: World, path: Trail, most: int, until: float) -> Followed:
    """Look for *path* in the cases of *world*, of which at most *most* are looked at; whoever came farthest goes on.

    Whatever happens meanwhile must not show in the world of *path*. *until*: moment of `time.process_time`.
    """
    return Following(world, path).go_on(most, until) or Followed(None, None, complete=False)


class Following:
    """The cases that have come some way along a path, each with where it came from."""

    def __init__(self, world: World, path: Trail) -> None:
        self.path = path
        self.shown = Projection(world, path.world)
        self.states = tuple(without(state) for state in path.states)  # of lengths a larger scope may know more
        self.came: dict[Place, tuple[Place | None, Deed]] = {}
        self.waiting: list[tuple[int, int, Place]] = []
        self.at: Place | None = None  # what is looked at just now
        self.end: Place | None = None  # where the path ends
        self.last: tuple[Deed, ...] = ()  # what shows its fault there

    def go_on(self, most: int, until: float) -> Followed | None:
        """Return what leads along the path, as far as *most* cases tell; None if time runs out: then it can go on."""
        self.shown.large.until = until
        try:
            return self._look(most, until)
        except TooMany:
            return Followed(None, None, complete=False)
        except OutOfTime:
            return None

    def _look(self, most: int, until: float) -> Followed:
        world = self.shown.large
        if not self.came and any(self.note(None, one) for one in opened(world)):
            return self.found()
        looked = 0
        while self.at is not None or self.waiting:
            at = self.at = self.at or heappop(self.waiting)[2]
            looked += 1
            if len(self.came) > most:
                raise TooMany
            if looked % 16 == 0 and time.process_time() > until:
                raise OutOfTime
            if any(self.note(at, one) for one in happenings(world, at[1])):
                return self.found()
            self.at = None
        return Followed(None, None, complete=True)

    def note(self, before: Place | None, happened: Happening) -> bool:
        """Keep a case that goes along the path; return whether its end is reached."""
        at = before[0] if before is not None else -1
        if self._shows(at, happened):
            self.end = before
            return True
        if happened.state is None:
            return False
        for place in self._places(at, happened.state):
            key = (place, happened.state)
            if key in self.came:
                continue
            self.came[key] = (before, happened.deed)
            heappush(self.waiting, (-place, len(self.came), key))
            if self.path.fault is None and place == len(self.path.states) - 1:
                self.end = key
                return True
        return False

    def _shows(self, at: int, happened: Happening) -> bool:
        """Return whether the fault of the path, if it has one, shows where the path ends."""
        if self.path.fault is None or at != len(self.path.states) - 1:
            return False
        tried = self.path.fault(self.shown.large, seen(self.shown.large, happened))
        if tried is not None:
            self.last = (happened.deed,) if tried is happened.deed else (happened.deed, tried)
        return tried is not None

    def _places(self, at: int, state: State) -> list[int]:
        """Return how far along the path a case has come that stands like this: a deed farther, or none."""
        looks, states = self.shown.of(state), self.states
        return [one for one in (at + 1, at) if 0 <= one < len(states) and states[one] == looks]

    def found(self) -> Followed:
        deeds: list[Deed] = []
        at = self.end
        while at is not None:
            at, deed = self.came[at]
            deeds.append(deed)
        return Followed((*deeds[::-1], *self.last), self.end[1] if self.end is not None else None, complete=True)
