"""What a step does to an abstract case: every way in which it may come out (language, 6.4)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from inprocap_flow.language.explore.clocks import end_all, own_recounted, recounted, set_clock, set_own
from inprocap_flow.language.explore.counting import added, moved_on, spread
from inprocap_flow.language.explore.effects import SAME, Changes, Effects, Moving, effects
from inprocap_flow.language.explore.judging import judge
from inprocap_flow.language.explore.ordering import started
from inprocap_flow.language.explore.scope import place
from inprocap_flow.language.explore.state import RUNNING, Seat, State, as_crowd
from inprocap_flow.language.explore.truth import NO, YES
from inprocap_flow.language.explore.views import View
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE, Branch, Create, Line, Step


class Outcome(NamedTuple):
    """An abstract case after a step. ``seat`` is how the line of the step stands then; ``follows`` what it fired."""

    state: State
    seat: Seat | None
    follows: tuple[str, ...] = ()


def carry_out(
    world: World, state: State, kind: str, seat: Seat | None, step: Step, branch: Branch, *, apart: bool = False
) -> Iterator[Outcome]:
    """Yield every outcome of *step* on a line of *kind* that stands as *seat* (None: one that is left aside).

    *apart*: the track is not among those counted in *state*; it joins them where it arrives.
    """
    does = effects(world, kind, step, branch)
    for moved, now in _on_its_line(world, state, kind, seat, does, apart=apart):
        if does.only_itself:
            yield Outcome(moved, moved.main if kind == CASE else now)
            continue
        changed = _elsewhere(world, moved, kind, does.ended)
        if step.ends_everything:
            changed = [end_all(world, one, step) for one in changed]
        changed = [more for one in changed for more in _started(world, one, kind, does.started)]
        if does.extended:
            changed = [
                more for one in changed for more in set_clock(world, one, kind, does.extended, RUNNING, extended=True)
            ]
        if does.recounts:
            others = [one for one in does.recounts if one[0] != kind or kind == CASE]
            changed = [more for one in changed for more in recounted(world, one, others)]
        handed = frozenset((*step.handed_in.fields, *step.already_there.fields))
        view = View(world, state, kind, seat, handed, changes=frozenset(step.sets))
        for one in changed:
            last = one.main if kind == CASE else now
            for other, follows in _others(world, one, does, view):
                yield Outcome(other, other.main if kind == CASE else last, follows)


def _on_its_line(
    world: World, state: State, kind: str, seat: Seat | None, does: Effects, *, apart: bool
) -> Iterator[tuple[State, Seat | None]]:
    """Yield the case with the line of the step where it leads, and what it does to the clocks of that line."""
    if seat is None and kind != CASE:
        yield state, None
        return
    before = state.main if kind == CASE else seat
    assert before is not None
    first = landed(world, kind, before, does)
    if kind == CASE:
        yield State(first, state.crowds), first
        return
    for after in own_recounted(world, first, kind, does.recounts):
        if apart:
            yield added(world, state, kind, after, 1), after
            continue
        for one in moved_on(world, state, kind, before, after):
            yield one, after


def landed(world: World, kind: str, before: Seat, does: Effects) -> Seat:
    """Return how a line that stood as *before* stands after a step that does this."""
    after = Seat(does.leaf or before.leaf, before.gained(does.gains), before.clocks)
    for name, status in does.own:
        after = set_own(world, after, kind, name, status)
    return after


def _elsewhere(world: World, state: State, kind: str, changes: Changes) -> list[State]:
    """Return the case with clocks changed that do not belong to the track that acts."""
    states = [state]
    for name, status in changes:
        states = [more for one in states for more in set_clock(world, one, kind, name, status)]
    return states


def _started(world: World, state: State, kind: str, changes: Changes) -> list[State]:
    """Return the case with clocks started that do not belong to the track that acts."""
    states = _elsewhere(world, state, kind, changes)
    names = [name for owner, name in (place(world.definition, kind, one) for one, _ in changes) if owner == CASE]
    return [one._replace(main=started(world, one.main, names)) for one in states] if world.lengths else states


def _others(world: World, state: State, does: Effects, view: View) -> Iterator[tuple[State, tuple[str, ...]]]:
    """Yield the case with every other line moved and begun as the step says; nothing if one of them refuses."""
    found: list[tuple[State, tuple[str, ...]]] = [(state, ())]
    for moving in does.moves:
        found = [(more, (*said, *told)) for one, said in found for more, told in _moved(world, one, moving, view)]
    for create in does.creates:
        found = [(more, (*said, *told)) for one, said in found for more, told in _created(world, one, create, view)]
    yield from _others_moved(world, [*dict.fromkeys(found)], does.aside)


def _moved(world: World, state: State, moving: Moving, view: View) -> Iterator[tuple[State, tuple[str, ...]]]:
    """Yield the case with the tracks moved that a move concerns."""
    if not world.scope.alone:
        yield from _seen_moved(world, state, moving, view)
        return
    step = world.line(moving.move.track).steps[moving.move.step]
    found: list[tuple[State, tuple[str, ...]]] = []
    others = _moved_unseen(world, moving.move.track, step)
    for one, said in _others_moved(world, [(state, ())], others):  # in order of opening: before it, or after
        found += [(more, (*said, *told)) for more, told in _seen_moved(world, one, moving, view)]
    yield from _others_moved(world, found, others)


def _seen_moved(world: World, state: State, moving: Moving, view: View) -> Iterator[tuple[State, tuple[str, ...]]]:
    """Yield the case with the tracks moved that are counted, or followed."""
    kind = moving.move.track
    step = world.line(kind).steps[moving.move.step]
    found: list[tuple[State, tuple[str, ...]]] = [(state, ())]
    for seat, number in world.crowd(state, kind):
        if seat.leaf not in moving.leaves and seat.leaf not in moving.again:
            continue
        came = seat.leaf in moving.came
        meets = YES | NO if came else view._replace(each=(kind, seat)).truth(moving.move.where)
        if not meets & YES:
            if meets & NO:
                continue
            return  # unknown whether it is concerned: refused
        alike = Alike(kind, seat, number, may_stay=came or bool(meets & NO and not moving.rest))
        found = [(more, (*said, *told)) for one, said in found for more, told in _moved_alike(world, one, alike, step)]
    yield from found


def _moved_unseen(world: World, kind: str, step: Step) -> tuple[Step, ...]:
    """Return *step* if it is to be seen when a track takes it that is not followed."""
    return () if all(effects(world, kind, step, one).only_itself for one in step.targets) else (step,)


def _others_moved(
    world: World, found: list[tuple[State, tuple[str, ...]]], steps: tuple[Step, ...]
) -> Iterator[tuple[State, tuple[str, ...]]]:
    """Yield the cases *found*, and each as it may be once tracks that are not looked at have taken *steps*, too."""
    yield from found
    waiting, told = [*found] if steps else [], dict(found)
    while waiting:
        state, said = waiting.pop()
        for step in steps:
            for outcome in _taken_unseen(world, state, step):
                if outcome.state not in told:
                    told[outcome.state] = (*said, f"{step.line}.{step.name}")
                    waiting.append((outcome.state, told[outcome.state]))
                    yield outcome.state, told[outcome.state]


def _taken_unseen(world: World, state: State, step: Step) -> Iterator[Outcome]:
    for branch in judge(world, state, step.line, None, step).branches:
        yield from carry_out(world, state, step.line, None, step, branch)


class Alike(NamedTuple):
    """Tracks that stand alike and are to be moved; each may stay where it is if its condition need not hold."""

    kind: str
    seat: Seat
    number: int
    may_stay: bool


def _moved_alike(world: World, state: State, alike: Alike, step: Step) -> Iterator[tuple[State, tuple[str, ...]]]:
    """Yield the case with all tracks that stand alike moved by *step*, each along any branch."""
    kind, seat, number, may_stay = alike
    judged = judge(world, state, kind, seat, step)
    ways = [] if judged.refused or seat.leaf not in step.sources else list(judged.branches)
    if not ways and not may_stay:
        return
    told = (f"{kind}.{step.name}",)
    crowd = dict(world.crowd(state, kind))
    came = _just_came(world, alike, crowd.get(seat, 0), step)
    for numbers, others in product(spread(world, number, len(ways) + may_stay), came):
        crowd[seat] = others
        moved = any(numbers[: len(ways)])
        found = [(state.with_crowd(world.position[kind], as_crowd(crowd)), told if moved else ())]
        for branch, count in zip(ways, numbers, strict=False):
            if count:
                found = [
                    (more, (*said, *follows))
                    for one, said in found
                    for more, follows in _joined(world, one, alike, step, branch, count)
                ]
        if may_stay and numbers[-1]:
            found = [(added(world, one, kind, seat, numbers[-1]), said) for one, said in found]
        yield from found


def _just_came(world: World, alike: Alike, there: int, step: Step) -> range:
    """Return how many, of those *there* now, may have come from elsewhere by the same *step*: they are not moved."""
    line = world.line(alike.kind)
    most = max(there - alike.number, 0)
    if world.is_endless(there) and any(one.to != SAME and line.leaf(one.to) == alike.seat.leaf for one in step.targets):
        return range(most, world.scope.most + 1)
    return range(most, most + 1)


def _joined(
    world: World, state: State, alike: Alike, step: Step, branch: Branch, count: int
) -> Iterator[tuple[State, tuple[str, ...]]]:
    """Yield the case with *count* of them arrived where *step* leads, and what it does elsewhere."""
    for outcome in carry_out(world, state, alike.kind, alike.seat, step, branch, apart=True):
        if outcome.seat is not None:
            yield added(world, outcome.state, alike.kind, outcome.seat, count - 1), outcome.follows


def _created(world: World, state: State, create: Create, view: View) -> Iterator[tuple[State, tuple[str, ...]]]:
    """Yield the case with the tracks begun that *create* asks for."""
    line = world.line(create.track)
    least, most = _how_many(world, state, create, view)
    if world.scope.alone:
        yield from _one_created(world, state, line, least)
        return
    for number in range(least, most + 1):
        if not number:
            yield state, ()
            continue
        for one, seat, follows in begun(world, state, line):
            if world.scope.exact and _all_of(world, one, create.track) + number > world.scope.most:
                continue
            yield added(world, one, create.track, seat, number), (f"{create.track}.{line.begins.name}", *follows)


def _one_created(world: World, state: State, line: Line, least: int) -> Iterator[tuple[State, tuple[str, ...]]]:
    """Yield the case with tracks begun of which none is followed, or one if none was; without any, if that may be."""
    if not least:
        yield state, ()
    for one, seat, follows in begun(world, state, line):
        told = (f"{line.kind}.{line.begins.name}", *follows)
        yield one, told
        if not world.crowd(one, line.kind):
            yield added(world, one, line.kind, seat, 1), told


def _all_of(world: World, state: State, kind: str) -> int:
    return sum(number for _, number in world.crowd(state, kind))


def _how_many(world: World, state: State, create: Create, view: View) -> tuple[int, int]:
    if create.for_each is None:
        return 1, 1
    if create.for_each not in world.position:
        return 0, world.scope.most
    least = most = 0
    for seat, number in world.crowd(state, create.for_each):
        meets = view._replace(each=(create.for_each, seat)).truth(create.where)
        least += number if meets == YES else 0
        most += number if meets & YES else 0
    forgotten = bool(world.finals[create.for_each])  # who stands in a final stage may not be kept
    return min(least, world.scope.most), world.scope.most if forgotten else min(most, world.scope.most)


def begun(world: World, state: State, line: Line) -> Iterator[tuple[State, Seat, tuple[str, ...]]]:
    """Yield how a new track of *line* stands once it has begun, with what its beginning does elsewhere and fires."""
    step = line.begins
    judged = judge(world, state, line.kind, None, step)
    if judged.refused:
        return
    for branch in judged.branches:
        clocks = tuple("none" for _ in world.clocks[line.kind])
        facts = Seat("", world.begins_with(line.kind)).gained(world.gains(line.kind, step))
        seat = Seat(line.leaf(branch.to), facts, clocks)
        does = effects(world, line.kind, step, branch)
        for name, status in does.own:
            seat = set_own(world, seat, line.kind, name, status)
        for number, deadline in enumerate(world.clocks[line.kind]):
            anchor = deadline.backwards_from or ""
            if anchor and world.definition.find_deadline(line.kind, anchor) is not None:
                found = world.statuses(state, line.kind, seat, anchor)
                if any(world.known_moment(status) for status in found):
                    seat = seat.with_clock(number, RUNNING)
        changed = _elsewhere(world, state, line.kind, does.ended)
        if step.ends_everything:
            changed = [end_all(world, one, step) for one in changed]
        changed = [more for one in changed for more in _started(world, one, line.kind, does.started)]
        handed = frozenset((*step.handed_in.fields, *step.already_there.fields))
        view = View(world, state, line.kind, None, handed, changes=frozenset(step.sets))
        hang = [one for clocks in world.counted_from_fields.values() for one in clocks]
        seats = own_recounted(world, seat, line.kind, hang)
        for one in changed:
            yield from ((other, now, follows) for other, follows in _others(world, one, does, view) for now in seats)
