"""Two branches of a step that can both hold, and lead to different things."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from inprocap_flow.language.checks.conditions import Asking, Judged, given_for, guards_of, not_decided, once
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_step
from inprocap_flow.language.checks.plays import TAKEN, Plays
from inprocap_flow.language.guards.abstraction import Condition
from inprocap_flow.language.model import Branch, Definition, Step

CODE = "branches-overlap"
SEVERITY = ERROR


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each pair of branches between which only the order of writing decides."""
    yield from (one.finding for one in judged(definition, around) if one.decided)


@once
def judged(definition: Definition, around: Around) -> Iterator[Judged]:
    """Yield the findings, and what was not decided."""
    asking = Asking.about(definition, around)
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            for one, two in combinations([branch for branch in step.targets if branch.when is not None], 2):
                if not _same_end(one, two):
                    yield from _overlap(asking, step, one, two)


def _same_end(one: Branch, two: Branch) -> bool:
    return (one.to, one.starts, one.meets, one.stops, one.tells) == (
        two.to,
        two.starts,
        two.meets,
        two.stops,
        two.tells,
    )


def _overlap(asking: Asking, step: Step, one: Branch, two: Branch) -> Iterator[Judged]:
    assert one.when is not None
    assert two.when is not None
    given = (*given_for(asking.known.definition, step), *guards_of(asking.known.definition, step))
    pair = [(Condition(one.when, step.line), True), (Condition(two.when, step.line), True)]
    answer = asking.decide(pair, given)
    if answer.is_impossible or asking.decide([pair[0]], given).is_impossible:
        return
    if not answer.is_possible:
        question = f"whether `{one.when}` and `{two.when}` of `{step.name}` can both hold"
        yield not_decided(of_step(step), question, answer)
    elif asking.decide([(pair[0][0], False), pair[1]], given).is_possible:  # else the second is never taken at all
        fact = (
            f"With {answer.shown()} both `{one.when}` and `{two.when}` hold; "
            f"that `{step.name}` leads to `{one.to}` and not to `{two.to}` rests on the order of writing."
        )
        mend = f"Say in `{two.when}` also that `{one.when}` does not hold."
        plays = Plays(TAKEN, step.line, (step,), wanted=tuple(pair))
        yield Judged(Finding(of_step(step), fact, mend, plays=plays))
