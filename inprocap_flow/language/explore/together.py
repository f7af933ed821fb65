"""What the conditions of one step ask of one value: in all of them it is the same.

Each condition by itself may be met by some value, and no value meet them all. So where several conditions read a yes or
no, a choice, or a whole number in bounds, that is left open, they are asked once for each value that it may have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product

from inprocap_flow.language.explore.values import each_value
from inprocap_flow.language.explore.views import View
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.expressions.tree import Expr, Name, walk
from inprocap_flow.language.model import Step

MOST_WAYS = 64
"""So many values are tried together at most; fields beyond that are left open, each condition by itself."""
UNKNOWN = None


def with_each_value(view: View, step: Step) -> Iterator[View]:
    """Yield what *step* sees for each value of the fields that several of its conditions read; else as it is."""
    ways: list[tuple[str, tuple[str | None, ...]]] = []
    count = 1
    for name, values in read_by_several(view.world, step):
        found = view.amount(Name(name))
        open_to: tuple[str | None, ...] = (*(values if found.known else ()), *((UNKNOWN,) if found.unknown else ()))
        if view.value_of(name) is None and count * len(open_to) <= MOST_WAYS:
            ways.append((name, open_to))
            count *= len(open_to)
    if not ways:
        yield view
        return
    for chosen in product(*(open_to for _, open_to in ways)):
        values_of = {name: one for (name, _), one in zip(ways, chosen, strict=True)}
        told = {**view.told, **{str(Name(name)): one is not UNKNOWN for name, one in values_of.items()}}
        yield view._replace(told=told, chosen={name: one for name, one in values_of.items() if one is not UNKNOWN})


def read_by_several(world: World, step: Step) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the fields that conditions of *step* read more than once, with the values that each may have."""
    kept = world.shared.get(id(step))
    if kept is None:
        kept = world.shared[id(step)] = (step, tuple(_read_by_several(world, step)))
    return kept[1]


def _read_by_several(world: World, step: Step) -> Iterator[tuple[str, tuple[str, ...]]]:
    guards = [guard.holds for guard in step.already_there.that if not guard.only_warns]
    asked = [one for one in (*guards, *(branch.when for branch in step.targets)) if isinstance(one, Expr)]
    times = Counter(part.name for one in asked for part in walk(one) if isinstance(part, Name))
    for name, number in sorted(times.items()):
        home, bare = world.home(step.line, name)
        declared = world.line(home).fields.get(bare)
        if name in step.sets:  # what the conditions of a branch read may be what was set
            continue
        values = each_value(declared) if declared is not None else ()
        if number > 1 and values:
            yield name, values
