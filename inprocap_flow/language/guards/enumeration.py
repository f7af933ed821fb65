"""Deciding a question by trying values: quick where few symbols meet, and honest about where it cannot decide."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod

from inprocap_flow.language.expressions.facts import Unknown
from inprocap_flow.language.expressions.tree import Name, walk
from inprocap_flow.language.guards.boundaries import Boundaries, boundaries
from inprocap_flow.language.guards.question import IMPOSSIBLE, POSSIBLE, UNDECIDED, Answer, Question, Symbol
from inprocap_flow.language.guards.worlds import answering
from inprocap_flow.language.values import Value

MOST_TRIED = 20_000
"""So many states are tried at most; a question with more is answered only if one of a sample fits."""
SAMPLE = 300

State = dict[str, Value | Unknown]
WHO = "enumeration"


def enumerate_states(question: Question, most: int = MOST_TRIED) -> Answer:
    """Return whether a state answers *question*, after trying at most *most* of them. The same question always gets
    the same answer; ``undecided`` says whether there were too many states or whether values are computed.
    """
    found = boundaries(question)
    size = prod(len(values) for values in found.values.values())
    tried = _all(found) if size <= most else _sample(found, min(SAMPLE, most))
    answers = answering(question)
    for state in tried:
        if answers(state):
            return Answer(POSSIBLE, WHO, example_of(question, state))
    if size > most:
        return Answer(UNDECIDED, WHO, why="there are too many combinations of values to try them all")
    if not found.complete:
        return Answer(UNDECIDED, WHO, why=found.why)
    return Answer(IMPOSSIBLE, WHO)


def example_of(question: Question, state: Mapping[str, Value | Unknown]) -> dict[Symbol, Value | Unknown]:
    """Return the state by symbol, without what the conditions do not read themselves."""
    read = {part.name for expr, _ in question.wanted for part in walk(expr) if isinstance(part, Name)}
    return {symbol: state[symbol.name] for symbol in question.symbols if symbol.name in read}


def _all(found: Boundaries) -> Iterator[State]:
    names = list(found.values)
    for values in product(*found.values.values()):
        yield dict(zip(names, values, strict=True))


def _sample(found: Boundaries, size: int) -> Iterator[State]:
    dice = random.Random(0)  # noqa: S311 - nothing secret, and the same every time
    choices: Sequence[tuple[str, Sequence[Value | Unknown]]] = list(found.values.items())
    for _ in range(size):
        yield {name: dice.choice(values) for name, values in choices}
