"""Whether conditions can hold, together or at all: decided by a solver where one is installed, else by trying values.

One door, `decide`; two deciders behind it, of which each says when it could not decide. What they agree on with
the evaluator of expressions is tested on random conditions.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from inprocap_flow.language.guards.enumeration import MOST_TRIED, enumerate_states
from inprocap_flow.language.guards.question import (
    IMPOSSIBLE,
    POSSIBLE,
    UNDECIDED,
    Answer,
    Question,
    Symbol,
)

__all__ = ["IMPOSSIBLE", "POSSIBLE", "UNDECIDED", "Answer", "Question", "Symbol", "decide"]

QUICK = 2_000
"""States that are tried before the solver is asked: most questions need fewer, and it takes a moment to start."""


@lru_cache(maxsize=4096)
def decide(question: Question, *, use_solver: bool = True) -> Answer:
    """Return whether some state answers *question*. Nothing raises; what takes too long is undecided.

    Few states are tried first. Then the solver is asked if it is installed and wanted; else more states are tried.
    """
    from inprocap_flow.language.guards import solver

    quick = enumerate_states(question, QUICK)
    if quick.verdict != UNDECIDED:
        return quick
    why = ""
    if use_solver and solver.is_installed():
        found = solver.solve(question)
        if found.verdict != UNDECIDED:
            return found
        why = f"{found.why}, and "
    tried = enumerate_states(question, MOST_TRIED)
    return replace(tried, why=f"{why}{tried.why}") if tried.verdict == UNDECIDED else tried
