"""What a step does to an abstract case: every way in which it may come out (language, 6.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from inprocap_flow.language.explore.clocks import end_all, set_clock, set_own
from inprocap_flow.language.explore.counting import added, left_by_one, spread
from inprocap_flow.language.explore.judging import judge
from inprocap_flow.language.explore.state import MET, RUNNING, STOPPED, Seat, State, as_crowd
from inprocap_flow.language.explore.truth import NO, YES
from inprocap_flow.language.explore.views import View
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.expressions.tree import Compare, Not
from inprocap_flow.language.model import CASE, Branch, Create, Line, Move, Step

SAME = "same"


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
    for moved, now in _on_its_line(world, state, kind, seat, step, branch, apart=apart):
        started = tuple(dict.fromkeys((*step.starts, *step.restarts, *branch.starts)))
        ended = [(name, MET) for name in (*step.meets, *branch.meets)]
        ended += [(name, STOPPED) for name in (*step.stops, *branch.stops)]
        changed = _elsewhere(world, moved, kind, ended)
        if step.ends_everything:
            changed = [end_all(world, one, step) for one in changed]
        changed = [more for one in changed for more in _elsewhere(world, one, kind, [(n, RUNNING) for n in started])]
        if step.extends is not None:
            name = step.extends.deadline
            changed = [more for one in changed for more in set_clock(world, one, kind, name, RUNNING, extended=True)]
        view = View(world, state, kind, seat, frozenset((*step.handed_in.fields, *step.already_there.fields)))
        for one in changed:
            last = one.main if kind == CASE else now
            for other, follows in _others(world, one, step, view):
                yield Outcome(other, other.main if kind == CASE else last, follows)


def _on_its_line(
    world: World, state: State, kind: str, seat: Seat | None, step: Step, branch: Branch, *, apart: bool
) -> Iterator[tuple[State, Seat | None]]:
    """Yield the case with the line of the step where it leads, and what it does to the clocks of that line."""
    if seat is None and kind != CASE:
        yield state, None
        return
    before = state.main if kind == CASE else seat
    assert before is not None
    leaf = before.leaf if branch.to == SAME else world.line(kind).leaf(branch.to)
    after = Seat(leaf, before.facts | world.gains(kind, step), before.clocks)
    if kind == CASE:
        yield state._replace(main=after), after
        return
    for name, status in _own_changes(world, kind, step, branch):
        after = set_own(world, after, kind, name, status)
    for fewer in (state,) if apart else left_by_one(world, state, kind, before):
        yield added(world, fewer, kind, after, 1), after


def _own_changes(world: World, kind: str, step: Step, branch: Branch) -> Iterator[tuple[str, str]]:
    own = world.line(kind).deadlines
    changes = [(name, MET) for name in (*step.meets, *branch.meets)]
    changes += [(name, STOPPED) for name in (*step.stops, *branch.stops)]
    changes += [(name, RUNNING) for name in (*step.starts, *step.restarts, *branch.starts)]
    yield from ((name, status) for name, status in changes if name in own)


def _elsewhere(world: World, state: State, kind: str, changes: list[tuple[str, str]]) -> list[State]:
    """Return the case with clocks changed that do not belong to the track that acts."""
    states = [state]
    own = {} if kind == CASE else world.line(kind).deadlines
    for name, status in changes:
        if name not in own:
            states = [more for one in states for more in set_clock(world, one, kind, name, status)]
    return states


def _others(world: World, state: State, step: Step, view: View) -> Iterator[tuple[State, tuple[str, ...]]]:
    """Yield the case with every other line moved and begun as the step says; nothing if one of them refuses."""
    found: list[tuple[State, tuple[str, ...]]] = [(state, ())]
    for number, move in enumerate(step.moves):
        if move.track in world.position:
            rest = any(_leaves_to(earlier, move) for earlier in step.moves[:number])
            found = [
                (more, (*said, *told))
                for one, said in found
                for more, told in _moved(world, one, move, view, rest=rest)
            ]
    for create in step.creates:
        if create.track in world.position:
            found = [(more, (*said, *told)) for one, said in found for more, told in _created(world, one, create, view)]
    yield from dict.fromkeys(found)


_OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}


def _leaves_to(earlier: Move, move: Move) -> bool:
    """Return whether *move* concerns exactly those whom *earlier* left: the same stages, the opposite condition."""
    one, other = earlier.where, move.where
    if (earlier.track, earlier.stages) != (move.track, move.stages) or one is None or other is None:
        return False
    if isinstance(one, Compare) and isinstance(other, Compare) and len(one.signs) == len(other.signs) == 1:
        return one.operands == other.operands and _OPPOSITE.get(one.signs[0]) == other.signs[0]
    return other == Not(one) or one == Not(other)


def _moved(
    world: World, state: State, move: Move, view: View, *, rest: bool
) -> Iterator[tuple[State, tuple[str, ...]]]:
    """Yield the case with the tracks moved that *move* concerns; with *rest*, all that stand there still."""
    line = world.line(move.track)
    leaves = set(line.leaves) if not move.stages else {leaf for s in move.stages for leaf in line.leaves_under(s)}
    step = line.steps[move.step]
    concerned = [(seat, n) for seat, n in world.crowd(state, move.track) if seat.leaf in leaves]
    found: list[tuple[State, tuple[str, ...]]] = [(state, ())]
    for seat, number in concerned:
        meets = view._replace(each=(move.track, seat)).truth(move.where)
        if not meets & YES:
            if meets & NO:
                continue
            return  # unknown whether it is concerned: refused
        alike = Alike(move.track, seat, number, may_stay=bool(meets & NO) and not rest)
        found = [(more, (*said, *told)) for one, said in found for more, told in _moved_alike(world, one, alike, step)]
    yield from found


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
    for numbers in spread(world, number, len(ways) + may_stay):
        crowd = dict(world.crowd(state, kind))
        crowd.pop(seat, None)
        states = [state.with_crowd(world.position[kind], as_crowd(crowd))]
        for branch, count in zip(ways, numbers, strict=False):
            if count:
                states = [more for one in states for more in _joined(world, one, alike, step, branch, count)]
        if may_stay and numbers[-1]:
            states = [added(world, one, kind, seat, numbers[-1]) for one in states]
        moved = any(numbers[: len(ways)])
        yield from ((one, told if moved else ()) for one in states)


def _joined(world: World, state: State, alike: Alike, step: Step, branch: Branch, count: int) -> Iterator[State]:
    """Yield the case with *count* of them arrived where *step* leads, and what it does elsewhere."""
    for outcome in carry_out(world, state, alike.kind, alike.seat, step, branch, apart=True):
        if outcome.seat is not None:
            yield added(world, outcome.state, alike.kind, outcome.seat, count - 1)


def _created(world: World, state: State, create: Create, view: View) -> Iterator[tuple[State, tuple[str, ...]]]:
    """Yield the case with the tracks begun that *create* asks for."""
    line = world.line(create.track)
    least, most = _how_many(world, state, create, view)
    for number in range(least, most + 1):
        if not number:
            yield state, ()
            continue
        for one, seat in begun(world, state, line):
            if world.scope.exact and _all_of(world, one, create.track) + number > world.scope.most:
                continue
            yield added(world, one, create.track, seat, number), (f"{create.track}.{line.begins.name}",)


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


def begun(world: World, state: State, line: Line) -> Iterator[tuple[State, Seat]]:
    """Yield how a new track of *line* stands once it has begun, with what its beginning does elsewhere."""
    step = line.begins
    judged = judge(world, state, line.kind, None, step)
    if judged.refused:
        return
    for branch in judged.branches:
        clocks = tuple("none" for _ in world.clocks[line.kind])
        facts = world.begins_with(line.kind) | world.gains(line.kind, step)
        seat = Seat(line.leaf(branch.to), facts, clocks)
        for name, status in _own_changes(world, line.kind, step, branch):
            seat = set_own(world, seat, line.kind, name, status)
        for number, deadline in enumerate(world.clocks[line.kind]):
            anchor = deadline.backwards_from or ""
            if anchor and world.definition.find_deadline(line.kind, anchor) is not None:
                found = world.statuses(state, line.kind, seat, anchor)
                if any(world.known_moment(status) for status in found):
                    seat = seat.with_clock(number, RUNNING)
        changes = [(name, MET) for name in (*step.meets, *branch.meets)]
        changes += [(name, STOPPED) for name in (*step.stops, *branch.stops)]
        changes += [(name, RUNNING) for name in (*step.starts, *step.restarts, *branch.starts)]
        for one in _elsewhere(world, state, line.kind, changes):
            yield one, seat
