"""Which mutants are tried: drawn by a seed, class by class, so that small numbers cover every class, too."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

from tests.mutation.catalogue import ALL
from tests.mutation.fault import FaultClass, Mutant
from tests.mutation.judging import BOUND, Base, Judged, Trial, base_of, judge


def picks(base: Base, seed: int, classes: Iterable[FaultClass] = ALL) -> Iterator[tuple[FaultClass, Mutant]]:
    """Yield the mutants of one procedure: in each round one of every class that still has some, in any order."""
    chance = random.Random(f"{seed} {base.name}")
    waiting: list[tuple[FaultClass, list[Mutant]]] = []
    for one in classes:
        sites = list(one.sites(base.subject))
        chance.shuffle(sites)
        waiting.append((one, sites))
    while waiting:
        waiting = [(one, sites) for one, sites in waiting if sites]
        chance.shuffle(waiting)
        for one, sites in waiting:
            yield one, sites.pop()


def tried(name: str, seed: int, first: int, last: int, trial: Trial = Trial(BOUND)) -> list[Judged]:  # noqa: B008 - frozen
    """Return what became of the mutants number *first* to *last* (exclusive) of the procedure *name*."""
    base = base_of(name)
    drawn = picks(base, seed)
    return [judge(base, one, mutant, trial) for number, (one, mutant) in zip(range(last), drawn, strict=False)
            if number >= first]  # fmt: skip
