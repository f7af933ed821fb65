"""Values that are given for good: which they are, and every way in which a step may give them.

A yes or no, a choice, or a whole number of few, that nobody can change any more is decided once and stays: no path may
count on yes here and on no later. So is whether a field is known that nobody can fill any more. Only fields of the case
are looked at; what a step sets, works out or has by default is left open.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from inprocap_flow.language.explore.constants import only_set
from inprocap_flow.language.explore.lines import fixed_by_people
from inprocap_flow.language.explore.scope import Part
from inprocap_flow.language.explore.state import State
from inprocap_flow.language.explore.values import each_value
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.expressions.tree import Expr, Name, walk
from inprocap_flow.language.model import CASE, Definition, Step, step_of

MOST_CHOICES = 6


def for_good(definition: Definition, name: str) -> bool:
    """Return whether the field *name* of the case is given for good, by a step or from a milestone on."""
    field = definition.main.fields.get(name)
    if field is None or field.default is not None or not values_of(definition, name):
        return False
    steps = list(definition.main.steps.values())
    if any(name in step.sets for step in (definition.main.begins, *steps)):
        return False
    acts = [
        step_of(one, act) for line in definition.lines for one in line.deadlines.values() for act in one.acts.values()
    ]
    if any(name in _brought(act) for act in acts):
        return False
    return not field.by or fixed_by_people(definition, name)


def values_of(definition: Definition, name: str) -> tuple[str, ...]:
    """Return the values that a field of the case may have, if they are few; else none."""
    found = each_value(definition.main.fields[name])
    return found if len(found) <= MOST_CHOICES else ()


def relied_on(definition: Definition, step: Step) -> frozenset[Part]:
    """Return the values given for good on which *step* relies, and which do not come with it."""
    guards = [guard.holds for guard in step.already_there.that if not guard.only_warns]
    asked = [*guards, step.as_soon_as, *(branch.when for branch in step.targets)]
    names = {part.name for one in asked if isinstance(one, Expr) for part in walk(one) if isinstance(part, Name)}
    own = set(definition.line(step.line).fields)
    of_case = names - (own if step.line != CASE else _brought(step))
    found: set[Part] = {("value", step.line, name) for name in names & own if only_set(definition, step.line, name)}
    kept = (name for name in of_case if for_good(definition, name) or only_set(definition, CASE, name))
    return frozenset(found | {("value", CASE, name) for name in kept})


def _brought(step: Step) -> set[str]:
    return {*step.handed_in.fields, *step.already_there.fields, *step.may_fill}


class Given(NamedTuple):
    """A field that a step of the main line may give: its values, and whether it may stay as it was."""

    name: str
    values: tuple[str, ...]
    may_stay: bool


def with_values(world: World, state: State, step: Step) -> Iterator[State]:
    """Yield the case with every value that may come with *step* of the main line, before it is judged.

    Also with each field known or not that nobody can fill any more once *step* is taken.
    """
    for one in _with_known(world, state, step):
        yield from _with_given(world, one, step)


def _with_known(world: World, state: State, step: Step) -> Iterator[State]:
    facts = [f"field {name}" for name in world.fixed if world.definition.main.fields[name].fixed_from == step.milestone]
    missing = [fact for fact in facts if fact not in state.main.facts]
    for known in product((True, False), repeat=len(missing)):
        more = {fact for fact, is_known in zip(missing, known, strict=True) if is_known}
        yield state._replace(main=state.main._replace(facts=state.main.facts | more)) if more else state


def _with_given(world: World, state: State, step: Step) -> Iterator[State]:
    given = list(_given(world, state, step))
    for chosen in product(*(((None, *one.values) if one.may_stay else one.values) for one in given)):
        facts = state.main.facts
        for one, value in zip(given, chosen, strict=True):
            if value is not None:
                facts = frozenset(fact for fact in facts if not fact.startswith(f"value {one.name}="))
                facts |= {f"value {one.name}={value}"}
        yield state if facts == state.main.facts else state._replace(main=state.main._replace(facts=facts))


def _given(world: World, state: State, step: Step) -> Iterator[Given]:
    fields = world.definition.main.fields
    for name in world.valued:
        fixed = fields[name].fixed_from if fields[name].by else None
        known = state.main.value(name)
        if fixed and f"milestone {fixed}" not in state.main.facts:
            if step.milestone == fixed:
                asked = (*step.handed_in.fields, *step.already_there.fields)
                yield Given(name, values_of(world.definition, name), may_stay=name not in asked)
        elif name in _brought(step):
            may_stay = name not in step.handed_in.fields
            yield Given(name, values_of(world.definition, name), may_stay and (known is not None or bool(fixed)))
