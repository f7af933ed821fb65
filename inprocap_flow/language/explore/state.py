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

    def gained(self, facts: frozenset[str]) -> frozenset[str]:
        """Return its facts with *facts*, which put the values that they hold in the place of others."""
        named = {fact.partition("=")[0] for fact in facts if fact.startswith("value ")}
        kept = frozenset(one for one in self.facts if one.partition("=")[0] not in named) if named else self.facts
        return kept | facts

    def with_clock(self, position: int, status: str) -> Seat:
        """Return the same line with one clock changed."""
        clocks = (*self.clocks[:position], status, *self.clocks[position + 1 :])
        return Seat(self.leaf, self.facts, clocks)


Crowd = tuple[tuple[Seat, int], ...]  # tracks of one kind that stand alike, and how many; sorted


class Group(NamedTuple):
    """Which tracks of one kind are looked at, and for what.

    ``position``: of their crowd; ``leaves``: where they stand, None for anywhere; ``facts``: those that are looked for.
    """

    position: int
    leaves: frozenset[str] | None = None
    facts: tuple[str, ...] = ()


class Numbered(NamedTuple):
    """Tracks of a group that stand alike as far as is looked for: with these facts; and how many."""

    facts: tuple[str, ...]
    number: int


class State(NamedTuple):
    """An abstract case. ``crowds`` has one crowd for each kind of track that is looked at, in order."""

    main: Seat
    crowds: tuple[Crowd, ...] = ()

    def members(self, group: Group) -> tuple[Numbered, ...]:
        """Return the tracks of *group*; those that differ in something else are apart."""
        position, leaves, facts = group
        there = [(seat, number) for seat, number in self.crowds[position] if leaves is None or seat.leaf in leaves]
        if not facts:
            return tuple(sorted(Numbered((), number) for _, number in there))
        found = [Numbered(tuple(fact for fact in facts if fact in seat.facts), number) for seat, number in there]
        return tuple(sorted(found))

    def seats(self, group: Group) -> tuple[tuple[Seat, int], ...]:
        """Return how the tracks of *group* stand, with everything about them."""
        return tuple(one for one in self.crowds[group.position] if group.leaves is None or one[0].leaf in group.leaves)

    def elsewhere(self, group: Group) -> bool:
        """Return whether tracks of that kind stand anywhere else than *group*."""
        leaves = group.leaves
        return leaves is not None and any(seat.leaf not in leaves for seat, _ in self.crowds[group.position])

    def statuses(self, position: int, clock: int) -> frozenset[str]:
        """Return how the clocks of the tracks of one kind stand."""
        return frozenset(seat.clocks[clock] for seat, _ in self.crowds[position])

    def with_crowd(self, position: int, crowd: Crowd) -> State:
        """Return the same case with other tracks of one kind."""
        return State(self.main, (*self.crowds[:position], crowd, *self.crowds[position + 1 :]))

    def uncounted(self) -> State:
        """Return the case that stands for this one where one track stands for one or more that stand alike."""
        return State(self.main, tuple(tuple((seat, 1) for seat, _ in crowd) for crowd in self.crowds))


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
