"""What was worked out about abstract cases, kept by nothing but what was looked at to work it out.

Judging a step looks at little of a case: a stage, a milestone, a clock. So what was judged once holds for every case
that agrees in that little. What is looked at is written down while it is: whoever adds a condition need not say so.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable
from typing import Generic, NamedTuple, Protocol, TypeVar

from inprocap_flow.language.explore.state import Crowd, Seat, State

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Look = Callable[[State, "Seat | None"], Hashable]
Looked = tuple[bool, str, "str | int"]  # whether at the main line or a track of its own; at what of it; which one
_LOOKS: dict[str, Callable[[Seat, str | int], Hashable]] = {
    "leaf": lambda seat, _: seat.leaf,
    "fact": lambda seat, name: name in seat.facts,
    "value": lambda seat, name: seat.value(str(name)),
    "clock": lambda seat, number: seat.clocks[int(number)],
}


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
    @property
    def crowds(self) -> At[Crowd]: ...


class Noticed:
    """A case, and a line of it, that write down what is looked at: in order, each once, with what was seen."""

    def __init__(self, state: State, seat: Seat | None) -> None:
        self.looked: dict[Looked, Hashable] = {}
        self.main = _Line(state.main, self.looked, of_case=True)
        self.seat = _Line(seat, self.looked, of_case=False) if seat is not None else None
        self.crowds = _Row(state.crowds, self.looked, (True, "crowd"))


class _Row(Generic[T]):
    def __init__(self, row: tuple[T, ...], looked: dict[Looked, Hashable], what: tuple[bool, str]) -> None:
        self._row, self._looked, self._what = row, looked, what

    def __getitem__(self, number: int) -> T:
        found = self._looked[(*self._what, number)] = self._row[number]
        return found


class _Line:
    def __init__(self, seat: Seat, looked: dict[Looked, Hashable], *, of_case: bool) -> None:
        self._seat, self._looked, self._of_case = seat, looked, of_case
        self.facts = self
        self.clocks = _Row(seat.clocks, looked, (of_case, "clock"))

    @property
    def leaf(self) -> str:
        found = self._looked[self._of_case, "leaf", ""] = self._seat.leaf
        return found

    def __contains__(self, fact: object) -> bool:
        found = self._looked[self._of_case, "fact", str(fact)] = fact in self._seat.facts
        return found

    def value(self, name: str, /) -> str | None:
        found = self._looked[self._of_case, "value", name] = self._seat.value(name)
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
    of_case, what, name = at
    if what == "crowd":
        return lambda state, _: state.crowds[int(name)]
    look = _LOOKS[what]
    if of_case:
        return lambda state, _: look(state.main, name)
    return lambda _, seat: look(seat, name)  # type: ignore[arg-type]  # there was one, and so there is
