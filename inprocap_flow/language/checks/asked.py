"""A question of a check that explores, with its answer, and what is said if the answer is a fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from inprocap_flow.language.checks.finding import Finding
from inprocap_flow.language.explore.asking import Answer
from inprocap_flow.language.explore.search import Bound


@dataclass(frozen=True, slots=True)
class Asked:
    """*about* names the element; the finding is what is said of it if the answer is a fault."""

    about: str
    finding: Finding
    answer: Answer


Asking = Callable[[Bound], Sequence[Asked]]
"""What a check asks, to be looked at up to some bound. Asked again with more time, it goes on where that ran out."""


def question(about: str, look: Callable[[Bound], Answer], say: Callable[[Answer], Finding]) -> Asking:
    """Return the question about one element: *look* answers it, *say* puts the fault that it found into words."""

    def asked(bound: Bound) -> tuple[Asked, ...]:
        answer = look(bound)
        return (Asked(about, say(answer), answer),)

    return asked


def answered(questions: Iterable[Asking], bound: Bound) -> Iterator[Asked]:
    """Yield the answers to *questions*, one after the other, each up to *bound*."""
    for one in questions:
        yield from one(bound)
