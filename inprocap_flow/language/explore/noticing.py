"""What was worked out about abstract cases, kept by nothing but what was looked at to work it out.

Judging a step looks at little of a case: a stage, a milestone, a clock. So what was judged once holds for every case
that agrees in that little. What is looked at is written down while it is: whoever adds a condition need not say so.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, cast

from inprocap_flow.language.explore.state import Crowd, Group, Numbered, Seat, State

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Look = Callable[[State, "Seat | None"], Hashable]
Looked = tuple[Any, ...]  # at what, and which one of these: see `_look`


class At(Protocol[T_co]):
    """A row of something, of which one is looked at."""

    def __getitem__(self, number: int, /) -> T_co: ...


class Standing(Protocol):
    """How one line stands, to be looked at: a `Seat`, or one of which it is noticed what is looked at."""

    @property
    def leaf(self) -> str: ...
    @property
    def facts(self) -> Container[str]: ...
    @property
    def clocks(self) -> At[str]: ...
    def value(self, name: str, /) -> str | None: ...


class Seen(Protocol):
    """An abstract case to be looked at: a `State`, or one of which it is noticed what is looked at."""

    @property
    def main(self) -> Standing: ...
    def members(self, group: Group, /) -> tuple[Numbered, ...]: ...
    def seats(self, group: Group, /) -> Crowd: ...
    def elsewhere(self, group: Group, /) -> bool: ...
    def statuses(self, position: int, clock: int, /) -> frozenset[str]: ...


class Noticed:
    """A case, and a line of it, that write down what is looked at: in order, each once, with what was seen."""

    def __init__(self, state: State, seat: Seat | None) -> None:
        self.looked: dict[Looked, Hashable] = {}
        self.main = _Line(state.main, self.looked, of_case=True)
        self.seat = _Line(seat, self.looked, of_case=False) if seat is not None else None
        self._state = state

    def members(self, group: Group, /) -> tuple[Numbered, ...]:
        found = self.looked["members", group] = self._state.members(group)
        return found

    def seats(self, group: Group, /) -> Crowd:
        found = self.looked["seats", group] = self._state.seats(group)
        return found

    def elsewhere(self, group: Group, /) -> bool:
        found = self.looked["elsewhere", group] = self._state.elsewhere(group)
        return found

    def statuses(self, position: int, clock: int, /) -> frozenset[str]:
        found = self.looked["statuses", position, clock] = self._state.statuses(position, clock)
        return found


class _Line:
    def __init__(self, seat: Seat, looked: dict[Looked, Hashable], *, of_case: bool) -> None:
        self._seat, self._looked, self._of_case = seat, looked, of_case
        self.facts = self
        self.clocks = _Clocks(seat.clocks, looked, of_case=of_case)

    @property
    def leaf(self) -> str:
        found = self._looked["leaf", self._of_case] = self._seat.leaf
        return found

    def __contains__(self, fact: object) -> bool:
        found = self._looked["fact", self._of_case, fact] = fact in self._seat.facts
        return found

    def value(self, name: str, /) -> str | None:
        found = self._looked["value", self._of_case, name] = self._seat.value(name)
        return found


class _Clocks:
    def __init__(self, clocks: tuple[str, ...], looked: dict[Looked, Hashable], *, of_case: bool) -> None:
        self._clocks, self._looked, self._of_case = clocks, looked, of_case

    def __getitem__(self, number: int) -> str:
        found = self._looked["clock", self._of_case, number] = self._clocks[number]
        return found


class _Fork(NamedTuple):
    looked: Looked
    look: Look
    ways: dict[Hashable, _Fork | _Known]


class _Known(NamedTuple):
    found: object


class Memory(Generic[T]):
    """What *work* came to for some cases, each with a line of it; found again by looking at what *work* looked at.

    *work* looks at the same things in the same order as long as it sees the same: it hangs on nothing else.
    """

    __slots__ = ("known", "work")

    def __init__(self, work: Callable[[Seen, Standing | None], T]) -> None:
        self.work = work
        self.known: dict[Hashable, _Fork | _Known] = {}

    def recall(self, state: State, seat: Seat | None) -> T:
        """Return what there is to know of *state* and its line that stands as *seat* (None: it is left aside)."""
        node = self.known.get(seat is None)
        while type(node) is _Fork:
            node = node.ways.get(node.look(state, seat))
        if node is not None:
            return node[0]  # type: ignore[return-value]  # what `work` returned
        noticed = Noticed(state, seat)
        found = self.work(noticed, noticed.seat)
        self._keep(seat is None, noticed.looked, found)
        return found

    def _keep(self, answer: Hashable, looked: dict[Looked, Hashable], found: T) -> None:
        ways = self.known
        for at, seen in looked.items():
            node = ways.get(answer)
            if node is None:
                node = ways[answer] = _Fork(at, _look(at), {})
            assert type(node) is _Fork, "it looks no further as long as it sees the same"
            assert node.looked == at, "it looks at the same as long as it sees the same"
            ways, answer = node.ways, seen
        ways[answer] = _Known(found)


def _look(at: Looked) -> Look:
    """Return how to look at the same again, in another case."""
    match at:
        case ("members", group):
            return lambda state, _: state.members(group)
        case ("seats", group):
            return lambda state, _: state.seats(group)
        case ("elsewhere", group):
            return lambda state, _: state.elsewhere(group)
        case ("statuses", position, clock):
            return lambda state, _: state.statuses(position, clock)
        case (what, True, *which):
            return _of_the_case(what, *which)
        case (what, False, *which):
            return _of_the_track(what, *which)
    raise AssertionError(at)


def _of_the_case(what: str, which: Any = None) -> Look:
    looks: dict[str, Look] = {
        "leaf": lambda state, _: state.main.leaf,
        "fact": lambda state, _: which in state.main.facts,
        "value": lambda state, _: state.main.value(which),
        "clock": lambda state, _: state.main.clocks[which],
    }
    return looks[what]


def _of_the_track(what: str, which: Any = None) -> Look:
    """Return how to look at the track; there was one, and so there is (`Memory.recall`)."""
    looks: dict[str, Callable[[State, Seat], Hashable]] = {
        "leaf": lambda _, seat: seat.leaf,
        "fact": lambda _, seat: which in seat.facts,
        "value": lambda _, seat: seat.value(which),
        "clock": lambda _, seat: seat.clocks[which],
    }
    return cast("Look", looks[what])
