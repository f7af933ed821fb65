"""Deciding a question by trying values: quick where few symbols meet, and honest about where it cannot decide."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod

from inprocap_flow.language.expressions.facts import Unknown
from inprocap_flow.language.expressions.tree import Name, walk
from inprocap_flow.language.guards.boundaries import Boundaries, boundaries
from inprocap_flow.language.guards.narrowing import Search
from inprocap_flow.language.guards.question import IMPOSSIBLE, POSSIBLE, UNDECIDED, Answer, Question, Symbol
from inprocap_flow.language.guards.worlds import answering
from inprocap_flow.language.values import Value

MOST_TRIED = 20_000
"""So many states, or beginnings of states, are tried at most."""
SAMPLE = 300

State = dict[str, Value | Unknown]
WHO = "enumeration"


def enumerate_states(question: Question, most: int = MOST_TRIED) -> Answer:
    """Return whether a state answers *question*, after trying at most *most* of them. The same question always gets
    the same answer; ``undecided`` says whether there were too many states or whether values are computed.

    Where there are more states, a sample is tried, and then one value after another is chosen: what a condition rules
    out by itself rules out every state that begins like this.
    """
    found = boundaries(question)
    few = prod(len(values) for values in found.values.values()) <= most
    answers = answering(question)
    state = next(filter(answers, _all(found) if few else _sample(found, min(SAMPLE, most))), None)
    if state is None and not few:
        search = Search(question, found.values, most)
        state = search.state()
        if search.gave_up:
            return Answer(UNDECIDED, WHO, why="there are too many combinations of values to try them all")
    if state is not None:
        return Answer(POSSIBLE, WHO, example_of(question, state))
    return Answer(IMPOSSIBLE, WHO) if found.complete else Answer(UNDECIDED, WHO, why=found.why)


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
