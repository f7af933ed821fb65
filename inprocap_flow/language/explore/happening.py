"""Everything that can happen next in an abstract case: steps, beginnings, ends of deadlines, acts on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from inprocap_flow.language.explore.carrying import begun, carry_out, landed
from inprocap_flow.language.explore.clocks import set_clock, set_own
from inprocap_flow.language.explore.counting import added, moved_on
from inprocap_flow.language.explore.effects import effects
from inprocap_flow.language.explore.given import with_values
from inprocap_flow.language.explore.judging import asked, due, judge
from inprocap_flow.language.explore.settling import left_open, settle
from inprocap_flow.language.explore.state import (
    MET,
    MISSED,
    NOT_STARTED,
    OPEN,
    OVER,
    RUNNING,
    STOPPED,
    SUSPENDED,
    Deed,
    Seat,
    State,
)
from inprocap_flow.language.explore.truth import YES
from inprocap_flow.language.explore.views import View
from inprocap_flow.language.explore.world import World, by_people
from inprocap_flow.language.model import CASE, Deadline, Step

MOST_KEPT = 2_000  # cases of which everything that may happen next is kept, for one scope
LEFT_OPEN = "left-open: "
PERHAPS = ": perhaps"  # ends the refusal of a step that values may let through or not
ACTS = {"suspend": SUSPENDED, "resume": RUNNING, "satisfy": MET, "stop": STOPPED, "restart": RUNNING}


class Happening(NamedTuple):
    """Something that may happen, and the case then; None if the engine refuses it (`Deed.refused`)."""

    deed: Deed
    state: State | None


def opened(world: World) -> Iterator[Happening]:
    """Yield how the case may stand once it has been opened."""
    step = world.definition.main.begins
    nothing = Seat("", world.begins_with(CASE), tuple(NOT_STARTED for _ in world.clocks[CASE]))
    state = State(nothing, tuple(() for _ in world.kinds))
    for one in with_values(world, state, step):
        for branch in judge(world, one, CASE, one.main, step, all_given=True).branches:
            for outcome in carry_out(world, one, CASE, one.main, step, branch):
                deed = Deed("open", CASE, step.name, None, outcome.seat)
                yield from _then(world, deed, outcome.state, outcome.follows)


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
    yield from _steps(world, state, CASE, state.main)
    yield from _expiries(world, state, CASE, state.main)
    for kind in world.kinds:
        for seat, _ in world.crowd(state, kind):
            yield from _steps(world, state, kind, seat)
            yield from _expiries(world, state, kind, seat)
        yield from _beginnings(world, state, kind)
    for step in world.outside:
        yield from _done(world, state, step.line, None, step)


def _then(world: World, deed: Deed, state: State, follows: tuple[str, ...]) -> Iterator[Happening]:
    """Yield what follows by itself; what leaves something open is refused as a whole."""
    for settled, more in settle(world, state):
        if _came_back(deed, state, settled):
            continue
        told = Deed(*deed[:5], (*follows, *more), deed.refused) if follows or more else deed
        names = left_open(world, settled)
        if names:
            yield Happening(told._replace(refused=f"{LEFT_OPEN}{', '.join(names)}"), None)
        else:
            yield Happening(told, settled)


def _came_back(deed: Deed, state: State, settled: State) -> bool:
    """Return whether the main line entered by itself the stage that it left in this decision: none comes of that."""
    left = deed.before.leaf if deed.before is not None and deed.kind == CASE and deed.verb == "do" else None
    return left == settled.main.leaf != state.main.leaf


# ---------------------------------------------------------------------------------------------------- steps


class Ways(NamedTuple):
    """What a line that stands in one way can do, as long as the main line stands as it does.

    ``ready`` are steps that touch nothing but their own line, with how it stands then; ``others`` hang on more.
    """

    ready: tuple[tuple[Deed, Seat], ...]
    others: tuple[tuple[str, Step], ...]


def _steps(world: World, state: State, kind: str, seat: Seat) -> Iterator[Happening]:
    key = (kind, seat, state.main)
    ways: Ways | None = world.ways.get(key)
    if ways is None:
        ways = world.ways[key] = _ways(world, state, kind, seat)
    for deed, after in ways.ready:
        if kind == CASE:
            yield from _then(world, deed, State(after, state.crowds), ())
        else:
            for one in moved_on(world, state, kind, seat, after):
                yield from _then(world, deed, one, ())
    for verb, step in ways.others:
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
                yield from _then(world, deed, outcome.state, outcome.follows)


def _beginnings(world: World, state: State, kind: str) -> Iterator[Happening]:
    line = world.line(kind)
    if line.begins.is_system or not world.may_have_parent(state, kind):
        return
    if world.scope.exact and sum(number for _, number in world.crowd(state, kind)) >= world.scope.most:
        return
    for one, seat in begun(world, state, line):
        deed = Deed("begin", kind, line.begins.name, None, seat)
        yield from _then(world, deed, added(world, one, kind, seat, 1), ())


# ------------------------------------------------------------------------------------------------- deadlines


def _expiries(world: World, state: State, kind: str, seat: Seat) -> Iterator[Happening]:
    for number, deadline in enumerate(world.clocks[kind]):
        status = seat.clocks[number]
        if status == RUNNING and not _waits(world, state, kind, seat, deadline):
            yield from _ends(world, state, kind, seat, number, deadline)
        yield from _acts(world, state, kind, seat, number, deadline)
        if _hangs_on_a_field(world, kind, deadline) and status not in OPEN:
            changed = seat.with_clock(number, RUNNING)
            for one in _with_seat(world, state, kind, seat, changed):
                yield from _then(world, Deed("count", kind, deadline.name, seat, changed), one, ())


def _waits(world: World, state: State, kind: str, seat: Seat, deadline: Deadline) -> bool:
    """Return whether something that is counted back from *deadline* runs: it ends first."""
    for follower, number in world.counted_from.get((kind, deadline.name), ()):
        if follower == kind and seat.clocks[number] == RUNNING:
            return True
        if follower != kind and any(one.clocks[number] == RUNNING for one, _ in world.crowd(state, follower)):
            return True
    return False


def _hangs_on_a_field(world: World, kind: str, deadline: Deadline) -> bool:
    anchor = deadline.backwards_from
    return bool(anchor) and world.definition.find_deadline(kind, anchor or "") is None


def _ends(world: World, state: State, kind: str, seat: Seat, number: int, deadline: Deadline) -> Iterator[Happening]:
    for status in _how_it_ends(world, state, kind, seat, deadline):
        changed = seat.with_clock(number, status)
        deed = Deed("expire", kind, deadline.name, seat, changed)
        for one in _with_seat(world, state, kind, seat, changed):
            step = world.line(kind).steps.get(deadline.when_over or "")
            if step is None:
                yield from _then(world, deed, one, ())
            else:
                yield from _fires(world, one, kind, changed, step, deed)


def _how_it_ends(world: World, state: State, kind: str, seat: Seat, deadline: Deadline) -> tuple[str, ...]:
    if deadline.kind != "due":
        return (OVER,)
    if deadline.met_when is None:
        return (MISSED,)
    answer = View(world, state, kind, seat).truth(deadline.met_when)
    return (MET,) if answer == YES else (MET, MISSED) if answer & YES else (MISSED,)


def _fires(world: World, state: State, kind: str, seat: Seat, step: Step, deed: Deed) -> Iterator[Happening]:
    """Yield the end of a deadline with the step that it fires; a refusal is noted, and the end stands."""
    judged = judge(world, state, kind, seat, step)
    refused = "not-offered" if seat.leaf not in step.sources else judged.refused
    done: list[Happening] = []
    if not refused:
        for branch in judged.branches:
            for outcome in carry_out(world, state, kind, seat, step, branch):
                told = (f"{kind}.{step.name}", *outcome.follows)
                done += _then(world, deed._replace(after=outcome.seat), outcome.state, told)
        yield from (one for one in done if one.state is not None)
        if judged.sure and done and all(one.state is not None for one in done):
            return
        refused = next((one.deed.refused for one in done if one.state is None), "perhaps")
        if not done:
            refused = "not-offered"
    for settled, more in settle(world, state):
        yield Happening(deed._replace(follows=more, refused=f"{step.name}: {refused}"), settled)


def _acts(world: World, state: State, kind: str, seat: Seat, number: int, deadline: Deadline) -> Iterator[Happening]:
    status = seat.clocks[number]
    for act, step in world.acts[kind][number]:
        if not _can_be(act, status) or judge(world, state, kind, seat, step).refused:
            continue
        wanted = ACTS[act]
        if kind == CASE:
            found = set_clock(world, state, kind, deadline.name, wanted)
        else:
            changed = set_own(world, seat, kind, deadline.name, wanted)
            found = _with_seat(world, state, kind, seat, changed)
        for one in found:
            yield from _then(world, Deed(act, kind, deadline.name, seat, None), one, ())


def _can_be(act: str, status: str) -> bool:
    standing = {
        "suspend": (RUNNING,),
        "resume": (SUSPENDED,),
        "stop": OPEN,
        "satisfy": (*OPEN, MISSED),
        "restart": (RUNNING, SUSPENDED, OVER, MET, MISSED, STOPPED),
    }
    return status in standing.get(act, ())


def _with_seat(world: World, state: State, kind: str, seat: Seat, changed: Seat) -> list[State]:
    """Return the case with one line that stands otherwise."""
    if kind == CASE:
        return [State(changed, state.crowds)]
    return list(moved_on(world, state, kind, seat, changed))
