"""One state of the symbols of a question, asked like a case: what the evaluator says of it is what counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import cast

from inprocap_flow.language.expressions.evaluate import compile_expression
from inprocap_flow.language.expressions.facts import UNKNOWN, Facts, Unknown
from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.language.guards.question import Question
from inprocap_flow.language.values import Value


class World:
    """The part of `Facts` that abstract conditions read: names, and the local day of a moment (of UTC)."""

    label = ""
    finished = False

    def __init__(self, values: Mapping[str, Value | Unknown]) -> None:
        self.values = values

    def field(self, name: str) -> Value | Unknown:
        return self.values.get(name, UNKNOWN)

    def local_day(self, moment: datetime) -> date:
        return moment.astimezone(UTC).date()


def answer_in(expr: Expr, values: Mapping[str, Value | Unknown]) -> bool | None:
    """Return what an abstract condition is in a state; None: unknown."""
    return _yes_or_no(compile_expression(expr)(cast("Facts", World(values))).value)


def is_answered_by(question: Question, values: Mapping[str, Value | Unknown]) -> bool:
    """Return whether a state is possible as far as is known, and answers the question as wanted."""
    return answering(question)(values)


def answering(question: Question) -> Callable[[Mapping[str, Value | Unknown]], bool]:
    """Return what says that of one state after another."""
    asked = [*question.wanted, *((axiom, True) for axiom in question.axioms)]
    ready = [(compile_expression(expr), wanted) for expr, wanted in asked]

    def answers(values: Mapping[str, Value | Unknown]) -> bool:
        facts = cast("Facts", World(values))
        return all(_yes_or_no(one(facts).value) is wanted for one, wanted in ready)

    return answers


def _yes_or_no(found: object) -> bool | None:
    return found if isinstance(found, bool) else None
