"""Alternatives that leave out exactly one value: one for less than a limit, one for more, none for the limit itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from inprocap_flow.language.checks.conditions import Asking, Judged, given_for, guards_of, not_decided, once
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line, of_step
from inprocap_flow.language.checks.plays import REFUSED, TAKEN, Plays, Wanted, unsigned
from inprocap_flow.language.expressions.tree import And, Call, Compare, Constant, Expr, Number, walk
from inprocap_flow.language.guards.abstraction import Condition
from inprocap_flow.language.model import Approval, Definition, Line, Step

CODE = "conditions-leave-gap"
SEVERITY = ERROR


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of several ways: what it is called, its condition, and what holds where it is looked at.

    It is a branch of ``step``, the ``step`` itself, or a signature of ``role``.
    """

    called: str
    condition: Condition
    given: tuple[Condition, ...] = ()
    step: Step | None = None
    role: str = ""


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each pair of conditions of which exactly a value between them meets neither."""
    yield from (one.finding for one in judged(definition, around) if one.decided)


@once
def judged(definition: Definition, around: Around) -> Iterator[Judged]:
    """Yield the findings, and what was not decided."""
    asking = Asking.about(definition, around)
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            yield from _gaps(asking, of_step(step), _branches(step))
        for steps in _from_one_stage(definition, line):
            yield from _gaps(asking, of_step(steps[-1]), [_way(definition, step) for step in steps])
        for approval in line.approvals.values():
            yield from _gaps(
                asking, of_line(line.kind, "approvals", approval.name), _signatures(line, approval), approval
            )


def _branches(step: Step) -> list[Alternative]:
    return [
        Alternative(f"`{branch.when}`", Condition(branch.when, step.line), step=step)
        for branch in step.targets
        if branch.when is not None
    ]


def _way(definition: Definition, step: Step) -> Alternative:
    guards = [one.expr for one in guards_of(definition, step)]
    whole: Expr = guards[0] if len(guards) == 1 else And(tuple(guards))
    return Alternative(f"`{step.name}`", Condition(whole, step.line), given_for(definition, step), step)


def _from_one_stage(definition: Definition, line: Line) -> list[tuple[Step, ...]]:
    """Return the steps with conditions that start in the same stages; each set once."""
    groups: dict[tuple[str, ...], None] = {}
    for leaf in line.leaves:
        steps = [step for step in line.steps.values() if leaf in step.sources]
        names = tuple(step.name for step in steps if guards_of(definition, step))
        if len(names) > 1:
            groups[names] = None
    largest = [one for one in groups if not any(one != other and set(one) <= set(other) for other in groups)]
    return [tuple(line.steps[name] for name in names) for names in largest]


def _signatures(line: Line, approval: Approval) -> list[Alternative]:
    return [
        Alternative(f"a signature of `{one.role}`", Condition(one.when, line.kind), role=one.role)
        for one in approval.signatures
        if one.when is not None
    ]


def _gaps(
    asking: Asking, origin: str, ways: Sequence[Alternative], approval: Approval | None = None
) -> Iterator[Judged]:
    for one, two in combinations(ways, 2):
        for boundary in _boundaries(one.condition.expr, two.condition.expr):
            at = Condition(boundary, one.condition.line)
            neither = [(one.condition, False), (two.condition, False)]
            elsewhere = asking.decide([*neither, (at, False)])
            if elsewhere.is_possible:
                continue
            others = [(way.condition, False) for way in ways if way not in (one, two)]
            found = asking.decide([*neither, *others, (at, True)], (*one.given, *two.given))
            if found.is_impossible:
                continue
            open_ = next((answer for answer in (elsewhere, found) if answer.why), None)
            if open_ is not None:
                yield not_decided(origin, f"whether `{boundary}` fits neither {one.called} nor {two.called}", open_)
            else:
                fact = f"{found.shown()} fits neither {one.called} nor {two.called}."
                mend = f"Say where `{boundary}` belongs: write `<=` or `>=`."
                plays = _plays(asking.known.definition, [one, two], ((at, True), *neither, *others), approval)
                yield Judged(Finding(origin, fact, mend, plays=plays))


def _plays(
    definition: Definition, pair: Sequence[Alternative], wanted: Wanted, approval: Approval | None
) -> Plays | str:
    """Return how a case shows it: no way is open, or where one is open `otherwise` or unsigned, that one is taken."""
    if approval is not None:
        return unsigned(definition, approval, wanted, tuple(one.role for one in pair))
    steps = tuple(one.step for one in pair if one.step is not None)
    line = steps[0].line
    if steps[0] == steps[-1]:  # branches of one step
        shows = TAKEN if steps[0].targets[-1].when is None else REFUSED
        return Plays(shows, line, steps[:1], wanted=wanted, codes=("branch-unknown",))
    stage = next((one for one in definition.line(line).leaves if all(one in step.sources for step in steps)), "")
    return Plays(REFUSED, line, steps, stage, wanted, ("guard",))


def _boundaries(one: Expr, two: Expr) -> Iterator[Compare]:
    """Yield the equalities that two strict comparisons of opposite direction leave out, each once."""
    below = {pair for expr in (one, two) for pair in _strict(expr, "<")}
    above = {pair for expr in (one, two) for pair in _strict(expr, ">")}
    found = {frozenset(pair): pair for pair in sorted(below & above, key=_reads_well)}
    for left, right in found.values():
        yield Compare((left, right), ("==",))


def _reads_well(pair: tuple[Expr, Expr]) -> tuple[bool, str]:
    """Order pairs so that the last one begins with what is compared, not with what it is compared to."""
    return not isinstance(pair[0], Number | Constant | Call), str(pair)


def _strict(expr: Expr, sign: str) -> Iterator[tuple[Expr, Expr]]:
    turned = {"<": ">", ">": "<"}[sign]
    for part in walk(expr):
        if isinstance(part, Compare) and len(part.signs) == 1:
            if part.signs[0] == sign:
                yield part.operands[0], part.operands[1]
            elif part.signs[0] == turned:
                yield part.operands[1], part.operands[0]
