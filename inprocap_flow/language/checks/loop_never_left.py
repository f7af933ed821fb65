"""A loop that some cases can never leave: every way out asks for a value that nothing on the way round changes."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.conditions import Asking, Judged, not_decided, once
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.checks.loops import Changing, Loop, asked_on, loops, ways_in, ways_out
from inprocap_flow.language.checks.plays import STUCK, Plays, Wanted
from inprocap_flow.language.expressions.tree import And, Expr, Not
from inprocap_flow.language.graph import Edge
from inprocap_flow.language.guards import Answer
from inprocap_flow.language.guards.abstraction import Condition
from inprocap_flow.language.model import Definition

CODE = "loop-never-left"
SEVERITY = ERROR


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each loop with values for which a case comes in and no way out is ever open."""
    yield from (one.finding for one in judged(definition, around) if one.decided)


@once
def judged(definition: Definition, around: Around) -> Iterator[Judged]:
    """Yield the findings, and what was not decided."""
    asking = Asking.about(definition, around)
    for loop in loops(definition):
        found = _shut(asking, loop)
        if found is not None:
            yield found


def _shut(asking: Asking, loop: Loop) -> Judged | None:
    definition = asking.known.definition
    changing = Changing(definition, loop)
    out = [_lasting(changing, edge) for edge in ways_out(definition, loop)]
    if not out or not all(out):
        return None
    kind = loop.line.kind
    wanted: list[tuple[Condition, bool | None]] = [(Condition(_all_of(one), kind), False) for one in out]
    first = of_line(kind, "stages", next(leaf for leaf in loop.line.leaves if leaf in loop.stages))
    undecided: Answer | None = None
    for edge in ways_in(definition, loop):
        # What let the case in still holds if it lasts; from other values it could not have come here.
        before = [(condition, answer) for condition, answer in asked_on(loop.line, edge)
                  if changing.lasts(condition.expr)]  # fmt: skip
        answer = asking.decide([*wanted, *before])
        if answer.is_possible:
            with_ = answer.shown()
            fact = (
                f"With {with_} nothing leads out of {loop}: every way out asks for it, and nothing on the way "
                f"round changes it."
            )
            mend = "Let a step on the way round take the value anew, or add a way out that does not ask for it."
            plays = Plays(STUCK, kind, stage=edge.target, wanted=_answered(wanted))
            return Judged(Finding(first, fact, mend, plays=plays))
        undecided = undecided if answer.is_impossible else answer
    return not_decided(first, f"whether something always leads out of {loop}", undecided) if undecided else None


def _lasting(changing: Changing, edge: Edge) -> list[tuple[Expr, bool]]:
    """Return the conditions of a way out whose answer is the same each time round."""
    return [
        (condition.expr, answer)
        for condition, answer in asked_on(changing.loop.line, edge)
        if changing.lasts(condition.expr)
    ]


def _all_of(asked: list[tuple[Expr, bool]]) -> Expr:
    parts = tuple(expr if answer else Not(expr) for expr, answer in asked)
    return parts[0] if len(parts) == 1 else And(parts)


def _answered(wanted: list[tuple[Condition, bool | None]]) -> Wanted:
    return tuple((condition, answer) for condition, answer in wanted if answer is not None)
