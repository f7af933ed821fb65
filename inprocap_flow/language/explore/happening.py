"""Everything that can happen next in an abstract case: steps, beginnings, ends of deadlines, acts on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from inprocap_flow.language.explore.carrying import begun, carry_out, landed
from inprocap_flow.language.explore.coming import Happening, then
from inprocap_flow.language.explore.counting import added, moved_on
from inprocap_flow.language.explore.effects import effects
from inprocap_flow.language.explore.expiring import expiries
from inprocap_flow.language.explore.given import with_values
from inprocap_flow.language.explore.judging import asked, due, judge
from inprocap_flow.language.explore.lines import by_people
from inprocap_flow.language.explore.ordering import happens_at_once
from inprocap_flow.language.explore.state import NOT_STARTED, Deed, Seat, State
from inprocap_flow.language.explore.truth import YES
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE, Step

MOST_KEPT = 2_000  # cases of which everything that may happen next is kept, for one scope


def opened(world: World) -> Iterator[Happening]:
    """Yield how the case may stand once it has been opened."""
    step = world.definition.main.begins
    nothing = Seat("", world.begins_with(CASE), tuple(NOT_STARTED for _ in world.clocks[CASE]))
    state = State(nothing, tuple(() for _ in world.kinds))
    for one in with_values(world, state, step):
        for branch in judge(world, one, CASE, one.main, step, all_given=True).branches:
            for outcome in carry_out(world, one, CASE, one.main, step, branch):
                deed = Deed("open", CASE, step.name, None, outcome.seat)
                yield from then(world, deed, outcome.state, outcome.follows)


def happenings(world: World, state: State) -> Iterable[Happening]:
    """Return everything that may happen next; nothing in a case that has ended."""
    kept: tuple[Happening, ...] | None = world.nexts.get(state)
    if kept is not None:
        return kept
    if len(world.nexts) >= MOST_KEPT:
        return _happenings(world, state)
    world.nexts[state] = found = tuple(dict.fromkeys(_happenings(world, state)))
    return found


def _happenings(world: World, state: State) -> Iterator[Happening]:
    if world.is_final(state.main.leaf):
        return
    by_itself = happens_at_once(world, state)
    yield from _steps(world, state, CASE, state.main, by_itself=by_itself)
    yield from expiries(world, state, CASE, state.main, by_itself=by_itself)
    for kind in world.kinds:
        for seat, _ in world.crowd(state, kind):
            yield from _steps(world, state, kind, seat, by_itself=by_itself)
            yield from expiries(world, state, kind, seat, by_itself=by_itself)
        if not by_itself:
            yield from _beginnings(world, state, kind)
    for step in world.outside:
        yield from _done(world, state, step.line, None, step)


# ---------------------------------------------------------------------------------------------------- steps


class Ways(NamedTuple):
    """What a line that stands in one way can do, as long as the main line stands as it does.

    ``ready`` are steps that touch nothing but their own line, with how it stands then; ``others`` hang on more.
    """

    ready: tuple[tuple[Deed, Seat], ...]
    others: tuple[tuple[str, Step], ...]


def _steps(world: World, state: State, kind: str, seat: Seat, *, by_itself: bool) -> Iterator[Happening]:
    """Yield what a line can do; *by_itself*: only what nobody does, as nobody can before some clock has ended."""
    key = (kind, seat, state.main)
    ways: Ways | None = world.ways.get(key)
    if ways is None:
        ways = world.ways[key] = _ways(world, state, kind, seat)
    for deed, after in ways.ready:
        if by_itself and deed.verb != "fired":
            continue
        if kind == CASE:
            yield from then(world, deed, State(after, state.crowds), ())
        else:
            for one in moved_on(world, state, kind, seat, after):
                yield from then(world, deed, one, ())
    for verb, step in ways.others:
        if by_itself and verb != "fired" and not step.is_automatic:
            continue
        # What an automatic step waits for may have been filled in meanwhile.
        if not step.is_automatic or due(world, state, kind, seat, step) & YES:
            yield from _done(world, state, kind, seat, step, verb=verb)


def _ways(world: World, state: State, kind: str, seat: Seat) -> Ways:
    steps = [("do", one) for one in world.by_leaf[kind].get(seat.leaf, ()) if by_people(one) or one.is_automatic]
    steps += [("fired", one) for one in world.fired(kind, seat.leaf)]
    ready: list[tuple[Deed, Seat]] = []
    others: list[tuple[str, Step]] = []
    for verb, step in steps:
        if step.is_automatic or (kind == CASE and world.decides) or not _stays_by_itself(world, kind, step):
            others.append((verb, step))
            continue
        judged = judge(world, state, kind, seat, step)
        for branch in judged.branches:
            does = effects(world, kind, step, branch)
            if does.is_idle(seat):
                world.taken.add((kind, step.name))
            else:
                after = landed(world, kind, seat, does)
                ready.append((Deed(verb, kind, step.name, seat, after), after))
    return Ways(tuple(ready), tuple(others))


def _stays_by_itself(world: World, kind: str, step: Step) -> bool:
    """Return whether *step* hangs on no other track and changes nothing but its own line."""
    return all(effects(world, kind, step, one).only_itself for one in step.targets) and not asked(world, kind, step)


def _done(
    world: World, state: State, kind: str, seat: Seat | None, step: Step, *, verb: str = "do"
) -> Iterator[Happening]:
    named = (kind, step.name)
    idle = all(effects(world, kind, step, one).is_idle(seat) for one in step.targets)
    if named in world.taken and idle and not (kind == CASE and world.decides):
        return  # it changes nothing, and that it is possible is known
    for one in with_values(world, state, step) if kind == CASE else (state,):
        now = one.main if kind == CASE else seat
        judged = judge(world, one, kind, now, step, all_given=True)
        for branch in judged.branches:
            if one is state and effects(world, kind, step, branch).is_idle(seat):
                world.taken.add(named)
                continue
            for outcome in carry_out(world, one, kind, now, step, branch):
                deed = Deed(verb, kind, step.name, seat, outcome.seat)
                yield from then(world, deed, outcome.state, outcome.follows)


def _beginnings(world: World, state: State, kind: str) -> Iterator[Happening]:
    line = world.line(kind)
    if line.begins.is_system or not world.may_have_parent(state, kind):
        return
    if world.scope.exact and sum(number for _, number in world.crowd(state, kind)) >= world.scope.most:
        return
    if world.scope.alone and world.crowd(state, kind):
        return  # one is followed already; what others do elsewhere is among the steps from outside
    for one, seat, follows in begun(world, state, line):
        deed = Deed("begin", kind, line.begins.name, None, seat)
        yield from then(world, deed, added(world, one, kind, seat, 1), follows)
