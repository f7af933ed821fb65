"""Ways to where a finding shows that was decided without exploring: to where its steps start, or into its stage."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from inprocap_flow.language.checks.plays import Plays
from inprocap_flow.language.explore.asking import Path
from inprocap_flow.language.explore.coming import Happening
from inprocap_flow.language.explore.judging import judge
from inprocap_flow.language.explore.reads import read_along
from inprocap_flow.language.explore.scope import Part, Scope, closed
from inprocap_flow.language.explore.search import Bound, search
from inprocap_flow.language.explore.seats import standing_in
from inprocap_flow.language.explore.state import RUNNING, Deed, State
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE, Definition, Step
from inprocap_flow.service.counterexamples.asking import asks

NOT_STARTED = "deadline-not-started"
_MOST_WAYS = 6
Fits = Callable[[World, State, Plays], bool]
_SOON = Bound(states=5_000, seconds=5)


def ways_for(definition: Definition, plays: Plays) -> Iterator[Path]:
    """Yield ways to where *plays* shows, the shortest first; later ones look at more of what they depend on.

    Where none of these will do, ways to where nothing else keeps the step back. None where nothing leads there.
    """
    if plays.steps and plays.steps[0] == definition.main.begins:
        yield Path(())
        return
    own: set[Part] = {("track", kind, "") for kind in (plays.line, plays.tracks[0]) if kind != CASE}
    own |= {("deadline", plays.line, plays.clock)} if plays.clock else set()
    parts = closed(definition, read_along(definition, asks(plays)) | own)
    seen: set[Path] = set()
    for fits in (_stands, _is_free) if plays.steps else (_stands,):
        for path in _ways(definition, plays, parts, fits):
            if path not in seen:
                seen.add(path)
                yield path


def _ways(definition: Definition, plays: Plays, parts: frozenset[Part], fits: Fits) -> Iterator[Path]:
    for _ in range(_MOST_WAYS):
        path = _way(definition, plays, parts, fits)
        if path is None:
            return
        yield path
        more = closed(definition, parts | read_along(definition, path.deeds))
        if more == parts:
            return
        parts = more


def _way(definition: Definition, plays: Plays, parts: frozenset[Part], fits: Fits) -> Path | None:
    def there(world: World, happened: Happening) -> Deed | None:
        state = happened.state
        return happened.deed if state is not None and fits(world, state, plays) else None

    found = search(definition, Scope(parts, 1, exact=True), _SOON, _SOON.ends(time.process_time()), there)
    return Path(found.path(*found.fault)) if found.fault is not None else None


def _stands(world: World, state: State, plays: Plays) -> bool:
    kind, leaves = plays.tracks
    if kind and not any(seat.leaf in leaves for seat, _ in world.crowd(state, kind)):
        return False
    return _runs(world, state, plays) if plays.clock else _starts(world, state, plays)


def _is_free(world: World, state: State, plays: Plays) -> bool:
    """Return whether the case stands so that the first step could be carried out, but for the fault."""
    if not _stands(world, state, plays):
        return False
    first = plays.steps[0]
    if first.line != CASE and not first.sources:
        return not judge(world, state, first.line, None, first).refused
    return any(not judge(world, state, first.line, seat, first).refused for seat in standing_in(world, state, first))


def _runs(world: World, state: State, plays: Plays) -> bool:
    """Return whether the deadline runs on a line that stands where its step may be taken, if there is one."""
    first = plays.steps[0] if plays.steps else None
    if first is not None and not _may_be_taken(world, state, first):
        return False
    clock = world.clock_at[plays.line, plays.clock]
    seats = (state.main,) if plays.line == CASE else tuple(seat for seat, _ in world.crowd(state, plays.line))
    return any(
        seat.clocks[clock] == RUNNING and (first is None or not first.sources or seat.leaf in first.sources)
        for seat in seats
    )


def _starts(world: World, state: State, plays: Plays) -> bool:
    first = plays.steps[0] if plays.steps else None
    if first is not None and not _may_be_taken(world, state, first):
        return False
    if first is not None and NOT_STARTED in plays.codes:
        return any(
            judge(world, state, first.line, seat, first).refused.startswith(NOT_STARTED)
            for seat in standing_in(world, state, first)
        )
    if first is not None and first.line != CASE and not first.sources:
        return True  # a track is begun
    leaves = {plays.stage} if plays.stage else set(first.sources if first is not None else ())
    seats = (state.main,) if plays.line == CASE else tuple(seat for seat, _ in world.crowd(state, plays.line))
    return any(seat.leaf in leaves or not leaves for seat in seats)


def _may_be_taken(world: World, state: State, step: Step) -> bool:
    """Return whether the case stands where *step* may be taken, as far as stages tell."""
    return not world.is_final(state.main.leaf) and (not step.while_case or state.main.leaf in step.while_case)
