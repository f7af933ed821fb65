"""Which of two clocks of the case ends first, from how long both last and when they were started.

Of each clock whose length is kept apart (`lengths`) it is known how many days it lasts at most from now on, and by how
many days its last day lies before that of another that was started with it or after it. Both are bounds: time may pass
or not between two deeds, so nothing that a case can come to is left out.

Sooner started and no later in its last day means ended no later, wherever the last day is moved to. Both may then
end at the same moment: the one whose name comes first ends first, and the other before anybody can do anything
(`happens_at_once`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from inprocap_flow.calendar.rules import COUNTINGS
from inprocap_flow.language.explore.state import RUNNING, Seat, State
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE

_LEFT, _AHEAD = "left ", "ahead "
_NOW = -1  # days left to a clock that ends at this very moment


class Known(NamedTuple):
    """What is known of clocks that run, in days.

    ``left``: from today to the last day, at most; -1 if it ends at this very moment, and was not looked at yet. It is
    never less, so that what can be known stays bounded however often clocks start one another anew.
    ``ahead``: from the last day of the second clock to that of the first, at most.
    """

    left: dict[str, int]
    ahead: dict[tuple[str, str], int]


def started(world: World, seat: Seat, names: Iterable[str]) -> Seat:
    """Return the main line *seat* after a step has started the clocks *names* of the case, all at one moment."""
    known, together = _read(seat), list[str]()
    for name in (one for one in names if one in world.lengths):
        days = world.lengths[name].days
        _forget(known, name)
        for other in _compared(world, seat, name):
            known.ahead[other, name] = known.left.get(other, world.lengths[other].days) - days
            if other in together:
                known.ahead[name, other] = days - world.lengths[other].days
        together.append(name)
    return _written(seat, known) if together else seat


def ended(world: World, seat: Seat, name: str) -> Seat:
    """Return the main line *seat* on which the clock *name* has just ended because time passed."""
    known = _read(seat)
    for other in _compared(world, seat, name):
        if (other, name) in known.ahead:  # today is the day after the last day of *name*, or later
            left = known.left.get(other, world.lengths[other].days)
            known.left[other] = max(_NOW, min(left, known.ahead[other, name] - 1))
    _forget(known, name)
    return _written(seat, known)


def left_off(seat: Seat, name: str) -> Seat:
    """Return the main line *seat* without what is known of a clock that runs no more, or may end otherwise."""
    known = _read(seat)
    _forget(known, name)
    return _written(seat, known)


def ends_later(world: World, seat: Seat, name: str) -> bool:
    """Return whether another clock that runs surely ends before *name* does."""
    if name not in world.lengths:
        return False
    ahead, length = _read(seat).ahead, world.lengths[name].days
    moves = COUNTINGS[world.lengths[name].counted[0]].moves_to_working_day  # so that both may end on one day
    for other in _compared(world, seat, name):
        days = ahead.get((other, name), 1)
        if days < 0 and not moves:
            return True
        if days < -length:  # the other was to end at the very moment at which this one was started
            return True
        if days <= 0 and other < name:
            return True
    return False


def happens_at_once(world: World, state: State) -> bool:
    """Return whether a clock ends at this very moment, so that nobody can do anything before that."""
    return bool(world.lengths) and any(days < 0 for days in _read(state.main).left.values())


def without(state: State) -> State:
    """Return *state* without anything that is known of lengths."""
    facts = frozenset(fact for fact in state.main.facts if not fact.startswith((_LEFT, _AHEAD)))
    return state if len(facts) == len(state.main.facts) else state._replace(main=state.main._replace(facts=facts))


def _compared(world: World, seat: Seat, name: str) -> Iterator[str]:
    """Yield the other clocks that run and are counted as *name* is."""
    for other, length in world.lengths.items():
        runs = seat.clocks[world.clock_at[CASE, other]] == RUNNING
        if other != name and runs and length.counted == world.lengths[name].counted:
            yield other


def _forget(known: Known, name: str) -> None:
    known.left.pop(name, None)
    for pair in [pair for pair in known.ahead if name in pair]:
        del known.ahead[pair]


def _read(seat: Seat) -> Known:
    known = Known({}, {})
    for fact in seat.facts:
        if fact.startswith(_LEFT):
            name, _, days = fact.removeprefix(_LEFT).partition("=")
            known.left[name] = int(days)
        elif fact.startswith(_AHEAD):
            pair, _, days = fact.removeprefix(_AHEAD).partition("=")
            one, _, other = pair.partition(" ")
            known.ahead[one, other] = int(days)
    return known


def _written(seat: Seat, known: Known) -> Seat:
    facts = {fact for fact in seat.facts if not fact.startswith((_LEFT, _AHEAD))}
    facts |= {f"{_LEFT}{name}={days}" for name, days in known.left.items()}
    for (one, other), days in known.ahead.items():
        if days <= 0 or one not in known.left or days <= known.left[one]:  # else the end of the other tells nothing
            facts.add(f"{_AHEAD}{one} {other}={days}")
    return seat._replace(facts=frozenset(facts))
