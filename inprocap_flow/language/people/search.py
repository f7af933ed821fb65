"""Choosing who signs what: so many from each line, none of them together with somebody who must be another person.

Exact: by search, which finds an answer at once where there is one and counts its steps where there is none; beyond
them by the solver (extra `analysis`), if it is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from inprocap_flow.language.people.staff import Option

MOST_STEPS = 20_000
PATIENCE = 5_000
"""Milliseconds for the solver, at most."""
Clash = Callable[[int, Option, int, Option], bool]
"""Whether one option of a line rules out one of another (or of the same) line."""
Chosen = tuple[tuple[Option, ...], ...]


@dataclass(frozen=True, slots=True)
class Slots:
    """What must be filled: from each line's options so many as ``wanted`` says."""

    options: tuple[tuple[Option, ...], ...]
    wanted: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """``chosen`` by line; None: there is nothing to choose. Not ``decided``: the search gave up."""

    chosen: Chosen | None
    decided: bool = True


def choose(slots: Slots, clash: Clash, most: int = MOST_STEPS) -> Found:
    """Return a choice without clashes, or that there is none."""
    found = search(slots, clash, most)
    if not found.decided and find_spec("z3") is not None:
        return solve(slots, clash)
    return found


def search(slots: Slots, clash: Clash, most: int = MOST_STEPS) -> Found:
    """Return a choice by trying, the line with the fewest spare options first; gives up after *most* steps."""
    order = sorted(range(len(slots.wanted)), key=lambda line: len(slots.options[line]) - slots.wanted[line])
    attempt = _Attempt(slots, clash, most)
    left = {line: list(slots.options[line]) for line in order}
    chosen = attempt.fill(order, left, {line: [] for line in order})
    if chosen is None:
        return Found(None, attempt.steps <= most)
    return Found(tuple(tuple(chosen[line]) for line in range(len(slots.wanted))))


class _Attempt:
    """Depth first; after each choice whatever it rules out is struck from all lines."""

    def __init__(self, slots: Slots, clash: Clash, most: int) -> None:
        self.slots, self.clash, self.most, self.steps = slots, clash, most, 0

    def fill(
        self, order: Sequence[int], left: dict[int, list[Option]], chosen: dict[int, list[Option]]
    ) -> dict[int, list[Option]] | None:
        self.steps += 1
        missing = {line: self.slots.wanted[line] - len(chosen[line]) for line in order}
        if self.steps > self.most or any(len(left[line]) < missing[line] for line in order):
            return None
        line = next((line for line in order if missing[line]), None)
        if line is None:
            return chosen
        for number, option in enumerate(left[line]):
            rest = {other: self._without(line, option, other, left[other]) for other in order}
            rest[line] = self._without(line, option, line, left[line][number + 1 :])
            found = self.fill(order, rest, {**chosen, line: [*chosen[line], option]})
            if found is not None:
                return found
        return None

    def _without(self, line: int, option: Option, other: int, left: list[Option]) -> list[Option]:
        return [one for one in left if not self.clash(line, option, other, one)]


def solve(slots: Slots, clash: Clash) -> Found:
    """Return a choice as the solver finds it: one yes or no for each option."""
    import z3

    picks = [[z3.Bool(f"{line} {number}") for number in range(len(options))] for line, options in
             enumerate(slots.options)]  # fmt: skip
    solver = z3.Solver()
    for line, wanted in enumerate(slots.wanted):
        solver.add(z3.PbEq([(pick, 1) for pick in picks[line]], wanted) if picks[line] else z3.BoolVal(wanted == 0))
    places = [(line, number) for line, options in enumerate(slots.options) for number in range(len(options))]
    for position, (line, number) in enumerate(places):
        for other, index in places[position + 1 :]:
            if clash(line, slots.options[line][number], other, slots.options[other][index]):
                solver.add(z3.Not(z3.And(picks[line][number], picks[other][index])))
    solver.set("timeout", PATIENCE)
    answer = solver.check()
    if answer != z3.sat:
        return Found(None, decided=answer == z3.unsat)
    model = solver.model()
    return Found(tuple(
        tuple(option for number, option in enumerate(options) if z3.is_true(model.eval(picks[line][number])))
        for line, options in enumerate(slots.options)
    ))  # fmt: skip
