"""A condition that no case ever meets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from inprocap_flow.language.checks.conditions import (
    Asking,
    Held,
    Judged,
    conditions,
    given_for,
    guards_of,
    not_decided,
    once,
    ranges,
)
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_step
from inprocap_flow.language.checks.plays import kept_back
from inprocap_flow.language.model import Definition, Step

CODE = "condition-never-holds"
SEVERITY = ERROR
NOT_OF_A_STEP = "the condition keeps no step back: what it should bring about never comes, and a case goes on without"


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each condition that can never hold, and each step whose conditions never hold together."""
    yield from (one.finding for one in judged(definition, around) if one.decided)


@once
def judged(definition: Definition, around: Around) -> Iterator[Judged]:
    """Yield the findings, and what was not decided."""
    asking = Asking.about(definition, around)
    alone: set[str] = set()
    for held in conditions(definition):
        answer = asking.whether([(held.condition, True)], held.given)
        if answer.is_impossible:
            alone.add(held.origin)
            yield Judged(_never(asking, held))
        elif not answer.is_possible:
            yield not_decided(held.origin, f"whether `{held.text}` can ever hold", answer)
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            if not any(origin.startswith(of_step(step)) for origin in alone):
                yield from _together(asking, step)


def _never(asking: Asking, held: Held) -> Finding:
    known = ranges(asking.question([(held.condition, True)], held.given))
    why = f": {known}" if known else ""
    if not known and asking.whether([(held.condition, True)]).is_possible:
        why = ": what the step itself asks for, or where it starts, rules it out"
    fact = f"The {held.what} `{held.text}` can never hold{why}."
    plays = kept_back(held.step, [held.condition]) if held.step is not None else NOT_OF_A_STEP
    return Finding(held.origin, fact, "Correct it, or remove it.", plays=plays)


def _together(asking: Asking, step: Step) -> Iterator[Judged]:
    definition = asking.known.definition
    guards, given = guards_of(definition, step), given_for(definition, step)
    if len(guards) < 2:
        return
    answer = asking.whether([(one, True) for one in guards], given)
    if answer.is_impossible:
        pair = next((pair for pair in combinations(guards, 2)
                     if asking.whether([(one, True) for one in pair], given).is_impossible), guards)  # fmt: skip
        texts = " and ".join(f"`{one.expr}`" for one in pair)
        fact = f"The conditions of `{step.name}` never hold together: {texts}."
        yield Judged(Finding(of_step(step), fact, "Correct one of them.", plays=kept_back(step, guards)))
    elif not answer.is_possible:
        yield not_decided(of_step(step), f"whether all conditions of `{step.name}` can hold together", answer)
