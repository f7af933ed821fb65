"""Searching for a state that answers a question: one symbol after the other, given up as soon as a condition fails.

As exact as trying every state, and mostly much shorter: what conditions share no symbol is searched apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from inprocap_flow.language.expressions.facts import Unknown
from inprocap_flow.language.expressions.tree import Expr, Name, walk
from inprocap_flow.language.guards.question import Question
from inprocap_flow.language.guards.worlds import answering
from inprocap_flow.language.values import Value

State = dict[str, Value | Unknown]
Asked = tuple[Expr, bool | None]
Answers = Callable[[Mapping[str, Value | Unknown]], bool]


class Search:
    """Looks for a state among the *values* of each symbol; ``gave_up`` after *most* values were chosen."""

    def __init__(self, question: Question, values: Mapping[str, Sequence[Value | Unknown]], most: int) -> None:
        self.values, self.left = values, most
        self.asked: list[Asked] = [*question.wanted, *((axiom, True) for axiom in question.axioms)]
        self.reads = [_reads(expr, values) for expr, _ in self.asked]

    @property
    def gave_up(self) -> bool:
        """Whether the search ended because it took too long."""
        return self.left < 0

    def state(self) -> State | None:
        """Return a state of all symbols that answers the question; None if there is none, or the search gave up."""
        found: State = {name: some[0] for name, some in self.values.items() if some}
        if any(not reads and not self._answers([number])({}) for number, reads in enumerate(self.reads)):
            return None
        for part in self._parts():
            ready = self._ready(part)
            chosen = self._fill(part, ready, {})
            if chosen is None:
                return None
            found |= chosen
        return found

    def _parts(self) -> list[list[str]]:
        """Return the symbols that are read, by sets of which no condition joins two; in an order that decides early."""
        parts: list[list[int]] = []
        for number, reads in enumerate(self.reads):
            joined = [part for part in parts if any(self.reads[other] & reads for other in part)]
            parts = [part for part in parts if part not in joined]
            if reads:
                parts.append([number, *(other for part in joined for other in part)])
        return [self._order([self.reads[number] for number in part]) for part in parts]

    def _order(self, reads: Sequence[frozenset[str]]) -> list[str]:
        """Return the symbols of *reads*, those first that complete a condition soonest."""
        order: list[str] = []
        waiting = list(reads)
        while waiting:
            nearest = min(waiting, key=lambda one: (self._cost(one.difference(order)), sorted(one)))
            order += sorted(nearest.difference(order), key=lambda name: (len(self.values[name]), name))
            waiting.remove(nearest)
        return order

    def _cost(self, names: frozenset[str]) -> int:
        cost = 1
        for name in names:
            cost *= max(1, len(self.values[name]))
        return cost

    def _ready(self, part: Sequence[str]) -> list[Answers]:
        """Return what can be asked once each symbol of *part* is chosen."""
        place = {name: number for number, name in enumerate(part)}
        last = {number: max(place[name] for name in reads) for number, reads in enumerate(self.reads)
                if reads and reads <= place.keys()}  # fmt: skip
        return [self._answers([number for number, at in last.items() if at == here]) for here in range(len(part))]

    def _answers(self, numbers: Sequence[int]) -> Answers:
        return answering(Question(tuple(self.asked[number] for number in numbers)))

    def _fill(self, part: Sequence[str], ready: Sequence[Answers], state: State) -> State | None:
        if len(state) == len(part):
            return dict(state)
        name, answers = part[len(state)], ready[len(state)]
        for value in self.values[name]:
            self.left -= 1
            if self.gave_up:
                return None
            state[name] = value
            found = self._fill(part, ready, state) if answers(state) else None
            del state[name]
            if found is not None:
                return found
        return None


def _reads(expr: Expr, known: Mapping[str, object]) -> frozenset[str]:
    return frozenset(_names(expr)) & known.keys()


def _names(expr: Expr) -> Iterator[str]:
    yield from (part.name for part in walk(expr) if isinstance(part, Name))
