"""An abstract case: where the main line stands, what it has reached, how clocks stand, how many tracks stand where."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

NOT_STARTED, RUNNING, SUSPENDED, OVER = "none", "running", "suspended", "over"
MET, MISSED, STOPPED, WAIVED = "met", "missed", "stopped", "waived"  # waived: stopped before it was ever started
OPEN = (RUNNING, SUSPENDED)
STATUSES = frozenset({NOT_STARTED, RUNNING, SUSPENDED, OVER, MET, MISSED, STOPPED, WAIVED})


class Seat(NamedTuple):
    """How one line stands: its leaf stage, the facts it has (milestones, filled fields), its clocks by position."""

    leaf: str
    facts: frozenset[str] = frozenset()
    clocks: tuple[str, ...] = ()

    def value(self, name: str) -> str | None:
        """Return the value that was given for good to a field, if that is kept apart and was given."""
        start = f"value {name}="
        return next((fact.removeprefix(start) for fact in self.facts if fact.startswith(start)), None)

    def with_clock(self, position: int, status: str) -> Seat:
        """Return the same line with one clock changed."""
        clocks = (*self.clocks[:position], status, *self.clocks[position + 1 :])
        return Seat(self.leaf, self.facts, clocks)


Crowd = tuple[tuple[Seat, int], ...]  # tracks of one kind that stand alike, and how many; sorted


class State(NamedTuple):
    """An abstract case. ``crowds`` has one crowd for each kind of track that is looked at, in order."""

    main: Seat
    crowds: tuple[Crowd, ...] = ()

    def with_crowd(self, position: int, crowd: Crowd) -> State:
        """Return the same case with other tracks of one kind."""
        return State(self.main, (*self.crowds[:position], crowd, *self.crowds[position + 1 :]))


def counted(crowd: Crowd) -> dict[Seat, int]:
    """Return a crowd as a mapping that may be changed."""
    return dict(crowd)


def as_crowd(counts: dict[Seat, int]) -> Crowd:
    """Return a mapping as a crowd: nobody is left out, and the order is always the same."""
    there = [seat for seat, number in counts.items() if number]
    if len(there) > 1:
        there.sort(key=_order)
    return tuple((seat, counts[seat]) for seat in there)


@lru_cache(maxsize=65_536)
def _order(seat: Seat) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return seat.leaf, seat.clocks, tuple(sorted(seat.facts))


class Deed(NamedTuple):
    """Something that happens in an abstract case.

    ``verb``: do, begin, expire, one of the acts on deadlines; ``kind``: of which line; ``name``: the step or deadline;
    ``before`` and ``after``: how the line of it stands. ``follows``: steps that follow by themselves or are fired.
    """

    verb: str
    kind: str
    name: str
    before: Seat | None = None
    after: Seat | None = None
    follows: tuple[str, ...] = ()
    refused: str = ""
