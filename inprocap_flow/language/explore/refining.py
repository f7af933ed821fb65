"""What to look at next: the part of a case that shows a path to be none, if there is one.

A small scope reaches things that no case reaches, as what it leaves aside may come out anyhow. A path that it has
found is tried again with one part more, and only this path: does it break off, that part is what was missing. Parts
are cheap or dear: a milestone or a deadline multiplies the abstract cases by two to four, a kind of tracks by many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from inprocap_flow.language.explore.following import Trail
from inprocap_flow.language.explore.given import relied_on
from inprocap_flow.language.explore.lengths import measured
from inprocap_flow.language.explore.reads import read_along, read_by, steps_of, values_read_by
from inprocap_flow.language.explore.scope import Part, closed
from inprocap_flow.language.explore.state import Deed, Seat, State
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE, Definition, step_of

Breaks = Callable[[frozenset[Part], Trail], bool]
"""Whether no case in the scope of these parts goes along a path. Raises OutOfTime where that is not yet found out."""


def breaking(definition: Definition, parts: frozenset[Part], path: Trail, breaks: Breaks) -> frozenset[Part] | None:
    """Return *parts* and the cheapest part that breaks *path* off, or several of one step; None if there are none."""
    blamed = list(dict.fromkeys(group - parts for group in _blamed(definition, path)))
    single = dict.fromkeys(part for group in blamed for part in sorted(group))
    tried = dict.fromkeys(closed(definition, parts | {part}) for part in single)
    for larger in sorted(tried, key=lambda one: _price(one - parts)):
        if breaks(larger, path):
            return larger
    for group in blamed:
        larger = closed(definition, parts | group)
        if len(group) > 1 and breaks(larger, path):
            return _fewest(definition, parts, group, path, breaks)
    return None


def lasting(
    definition: Definition, parts: frozenset[Part], path: Trail, deeds: Iterable[Deed], breaks: Breaks
) -> frozenset[Part] | None:
    """Return *parts* with the lengths of as few clocks as break *path* off; None if they do not, or are not known.

    *deeds*: what the path is made of, with everything that it needs in between.
    """
    along = depending(definition, deeds)
    lengths = measured(definition, parts | along) - parts
    if not any(part[0] == "length" for part in lengths):
        return None
    if breaks(parts | lengths, path):
        return _fewest(definition, parts, lengths, path, breaks)
    more = along | lengths
    return parts | more if breaks(parts | more, path) else None


def _fewest(
    definition: Definition, parts: frozenset[Part], group: frozenset[Part], path: Trail, breaks: Breaks
) -> frozenset[Part]:
    """Return *parts* with as few of *group* as still break *path* off, the dearest left out first."""
    kept = group
    for part in sorted(group, key=lambda one: _price(closed(definition, parts | {one}) - parts), reverse=True):
        fewer = kept - {part}
        if breaks(closed(definition, parts | fewer), path):
            kept = fewer
    return closed(definition, parts | kept)


def depending(definition: Definition, deeds: Iterable[Deed]) -> frozenset[Part]:
    """Return everything on which *deeds* depend, with what that cannot do without."""
    return closed(definition, read_along(definition, deeds))


def staying_away(definition: Definition, path: Trail) -> frozenset[Part]:
    """Return what keeps automatic steps from coming where *path* has none, with all that it needs."""
    found = {part for state in path.states for group in _stayed_away(definition, path.world, state) for part in group}
    last = path.deeds[-1]  # the fault is looked at where no search has gone on from
    if last.before is not None:
        found.update(part for group in _not_come(definition, path.world, last.kind, last.before) for part in group)
    return closed(definition, frozenset(found))


def nearest(definition: Definition, parts: frozenset[Part], deeds: Sequence[Deed]) -> frozenset[Part]:
    """Return *parts* with what the path depends on next: all milestones, else what is asked for last of all."""
    milestones = {part for part in read_along(definition, deeds) if part[0] == "milestone"} - parts
    if milestones:
        return closed(definition, parts | milestones)
    for deed in reversed(deeds):
        for part in sorted(read_along(definition, [deed]) - parts, key=_dear):
            return closed(definition, parts | {part})
    return parts


def _dear(part: Part) -> tuple[bool, Part]:
    return part[0] == "track", part


def _price(added: Iterable[Part]) -> tuple[int, int]:
    """Return how dear parts are: kinds of tracks first, then everything else."""
    kinds = [part[0] for part in added]
    return kinds.count("track"), len(kinds)


def _blamed(definition: Definition, path: Trail) -> Iterator[frozenset[Part]]:
    """Yield what the path depends on, the latest first: what its steps ask for, and what stayed away.

    An automatic step that may be refused need not come: what could refuse it is as much a part of the path.
    """
    ends = len(path.states)
    last = path.deeds[-1]  # the fault is looked at where no search has gone on from
    if last.before is not None:
        yield from _not_come(definition, path.world, last.kind, last.before)
    for number in range(len(path.deeds), -1, -1):
        if number < len(path.deeds):
            yield from _asked_along(definition, path.deeds[number])
        if 0 < number <= ends:
            yield from _stayed_away(definition, path.world, path.states[number - 1])


def _asked_along(definition: Definition, deed: Deed) -> Iterator[frozenset[Part]]:
    yield read_along(definition, [deed])
    for kind, name in steps_of(definition, deed):
        line = definition.line(kind)
        step = line.begins if name == line.begins.name else line.steps.get(name)
        if name in line.deadlines and deed.verb in line.deadlines[name].acts:
            step = step_of(line.deadlines[name], line.deadlines[name].acts[deed.verb])
        if step is not None:
            yield read_by(definition, step) | values_read_by(definition, step) | relied_on(definition, step)


def _stayed_away(definition: Definition, world: World, state: State) -> Iterator[frozenset[Part]]:
    standing = [(CASE, state.main)]
    standing += [(kind, seat) for kind in world.kinds for seat, _ in world.crowd(state, kind)]
    for kind, seat in standing:
        yield from _not_come(definition, world, kind, seat)


def _not_come(definition: Definition, world: World, kind: str, seat: Seat) -> Iterator[frozenset[Part]]:
    for step in world.automatic[kind].get(seat.leaf, ()):
        yield read_by(definition, step) | values_read_by(definition, step) | relied_on(definition, step)
