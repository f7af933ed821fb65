"""What happens to the deadlines of a line: they end, with what that fires, and people act on them."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.explore.carrying import carry_out
from inprocap_flow.language.explore.clocks import own_extended, own_recounted, recounted, set_clock, set_own
from inprocap_flow.language.explore.coming import Happening, then
from inprocap_flow.language.explore.counting import moved_on
from inprocap_flow.language.explore.judging import judge
from inprocap_flow.language.explore.ordering import ended, ends_later
from inprocap_flow.language.explore.settling import settle
from inprocap_flow.language.explore.state import (
    MET,
    MISSED,
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
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE, Deadline, Step

PERHAPS = ": perhaps"  # ends the refusal of a step that values may let through or not
ACTS = {"suspend": SUSPENDED, "resume": RUNNING, "satisfy": MET, "stop": STOPPED, "restart": RUNNING}
LONGER = ("extend", "correct")
ACTS |= dict.fromkeys(LONGER, RUNNING)


def expiries(world: World, state: State, kind: str, seat: Seat, *, by_itself: bool) -> Iterator[Happening]:
    """Yield the ends of the deadlines of a line; and what people do to them, unless only what comes *by_itself*."""
    for number, deadline in enumerate(world.clocks[kind]):
        status = seat.clocks[number]
        if status == RUNNING and not _waits(world, state, kind, seat, deadline):
            yield from _ends(world, state, kind, seat, number, deadline)
        if by_itself:
            continue
        yield from _acts(world, state, kind, seat, number, deadline)
        if _hangs_on_a_field(world, kind, deadline):
            yield from _counts(world, state, kind, seat, number)


def _counts(world: World, state: State, kind: str, seat: Seat, number: int) -> Iterator[Happening]:
    """Yield that somebody fills the field from which a deadline is counted back, or clears it."""
    deed = Deed("count", kind, world.clocks[kind][number].name, seat, None)
    if kind == CASE:
        ways = [(one.main, one) for one in recounted(world, state, [(CASE, number)])]
    else:
        seats = own_recounted(world, seat, kind, [(kind, number)])
        ways = [(now, one) for now in seats for one in _with_seat(world, state, kind, seat, now)]
    for now, one in ways:
        if now != seat:
            yield from then(world, deed._replace(after=now), one, ())


def _waits(world: World, state: State, kind: str, seat: Seat, deadline: Deadline) -> bool:
    """Return whether something that is counted back from *deadline* runs, or what surely ends first."""
    if kind == CASE and ends_later(world, seat, deadline.name):
        return True
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
        if kind == CASE and deadline.name in world.lengths:
            changed = ended(world, changed, deadline.name)
        deed = Deed("expire", kind, deadline.name, seat, changed)
        for one in _with_seat(world, state, kind, seat, changed):
            step = world.line(kind).steps.get(deadline.when_over or "")
            if step is None:
                yield from then(world, deed, one, ())
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
                done += then(world, deed._replace(after=outcome.seat), outcome.state, told)
        yield from (one for one in done if one.state is not None)
        if judged.sure and done and all(one.state and not world.may_be_held_up(one.state, step) for one in done):
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
        wanted, longer = ACTS[act], act in LONGER
        if longer and (kind, deadline.name) not in world.counted_from:
            continue  # nothing changes that is seen here
        if kind == CASE:
            found = set_clock(world, state, kind, deadline.name, wanted, extended=longer)
        elif longer:
            ways = own_extended(world, seat, kind, deadline.name)
            found = [one for changed in ways for one in _with_seat(world, state, kind, seat, changed)]
        else:
            changed = set_own(world, seat, kind, deadline.name, wanted)
            found = _with_seat(world, state, kind, seat, changed)
        for one in found:
            yield from then(world, Deed(act, kind, deadline.name, seat, None), one, ())


def _can_be(act: str, status: str) -> bool:
    standing = {
        "extend": (RUNNING,),
        "correct": (RUNNING,),
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
