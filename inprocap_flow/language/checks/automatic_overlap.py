"""Two steps that happen by themselves, from one stage, at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from inprocap_flow.language.checks.conditions import Asking, Judged, given_for, guards_of, not_decided, once
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_step
from inprocap_flow.language.checks.plays import TAKEN, Plays
from inprocap_flow.language.model import Definition, Step

CODE = "automatic-overlap"
SEVERITY = ERROR


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each pair of automatic steps between which only the order of writing decides."""
    yield from (one.finding for one in judged(definition, around) if one.decided)


@once
def judged(definition: Definition, around: Around) -> Iterator[Judged]:
    """Yield the findings, and what was not decided."""
    asking = Asking.about(definition, around)
    for line in definition.lines:
        automatic = [step for step in line.steps.values() if step.is_automatic]
        for one, two in combinations(automatic, 2):
            if set(one.sources) & set(two.sources) and _at_one_time(one, two):
                yield from _overlap(asking, one, two)


def _at_one_time(one: Step, two: Step) -> bool:
    return not one.while_case or not two.while_case or bool(set(one.while_case) & set(two.while_case))


def _overlap(asking: Asking, one: Step, two: Step) -> Iterator[Judged]:
    definition = asking.known.definition
    given = (*given_for(definition, one), *given_for(definition, two))
    wanted = [(condition, True) for step in (one, two) for condition in guards_of(definition, step)]
    answer = asking.decide(wanted, given)
    if answer.is_impossible:
        return
    if not answer.is_possible:
        yield not_decided(of_step(two), f"whether `{one.name}` and `{two.name}` can be due at one time", answer)
        return
    stage = next(source for source in one.sources if source in two.sources)
    fact = (
        f"In `{stage}`, with {answer.shown()}, both `{one.name}` and `{two.name}` happen by themselves; "
        f"the one that is written first does."
    )
    plays = Plays(TAKEN, one.line, (one,), stage, tuple(wanted))
    mend = "Let `as_soon_as` of one of them exclude that of the other."
    yield Judged(Finding(of_step(two), fact, mend, plays=plays))
