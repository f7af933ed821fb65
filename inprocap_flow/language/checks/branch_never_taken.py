"""A branch that no case ever takes, because earlier ones always hold where it would."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.conditions import Asking, Judged, given_for, guards_of, not_decided, once, ranges
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_step
from inprocap_flow.language.guards.abstraction import Condition
from inprocap_flow.language.model import Definition, Step

CODE = "branch-never-taken"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "no values lead to the branch, so no case takes it; what a case shows is the branch that is taken instead"
)


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each branch, `otherwise` too, that no values lead to."""
    yield from (one.finding for one in judged(definition, around) if one.decided)


@once
def judged(definition: Definition, around: Around) -> Iterator[Judged]:
    """Yield the findings, and what was not decided."""
    asking = Asking.about(definition, around)
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            if len(step.targets) > 1:
                yield from _never(asking, step)


def _never(asking: Asking, step: Step) -> Iterator[Judged]:
    given = (*given_for(asking.known.definition, step), *guards_of(asking.known.definition, step))
    if asking.whether([], given).is_impossible:
        return
    earlier: list[tuple[Condition, bool | None]] = []
    for branch in step.targets:
        own = None if branch.when is None else Condition(branch.when, step.line)
        wanted = [*earlier, *([(own, True)] if own else [])]
        answer = asking.whether(wanted, given)
        called = "`otherwise`" if own is None else f"the branch `{own.expr}`"
        if answer.is_impossible:
            yield Judged(_finding(asking, step, wanted, called, last=own is None))
        elif not answer.is_possible:
            yield not_decided(of_step(step), f"whether {called} of `{step.name}` is ever taken", answer)
        earlier += [(own, False)] if own else []


def _finding(
    asking: Asking, step: Step, wanted: list[tuple[Condition, bool | None]], called: str, *, last: bool
) -> Finding:
    known = ranges(asking.question(wanted))
    fact = f"{called.capitalize()} of `{step.name}` is never taken"
    if len(wanted) > 1 or last:
        before = " or ".join(f"`{condition.expr}`" for condition, answer in wanted if answer is False)
        fact += f": wherever it would be, {before} holds"
    fact += f" ({known})." if known else "."
    mend = (
        "Write the last branch with a condition as `otherwise`." if last else "Remove the branch, or write it earlier."
    )
    return Finding(of_step(step), fact, mend)
