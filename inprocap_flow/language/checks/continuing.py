"""Questions of checks that explore, answered from what an earlier run has kept, else looked at; kept as they come.

A run that is stopped loses what it was looking at and nothing else: the next one goes on with what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from inprocap_flow.language.checks.asked import Asked, Asking
from inprocap_flow.language.checks.sharing import shared
from inprocap_flow.language.explore.asking import FOUND
from inprocap_flow.language.explore.search import Bound


class Answers(Protocol):
    """Where answers about one definition are kept, by the name of the question. Neither method raises."""

    def find(self, name: str) -> Sequence[Asked] | None: ...
    def keep(self, name: str, said: Sequence[Asked]) -> None: ...


class NoAnswers:
    """Keeps nothing."""

    def find(self, name: str) -> Sequence[Asked] | None:  # noqa: ARG002 - as the protocol says
        return None

    def keep(self, name: str, said: Sequence[Asked]) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many questions there are, how many are answered for good, and how many of those an earlier run answered."""

    questions: int
    answered: int
    kept: int


Telling = Callable[[Tally], None]


def untold(_tally: Tally) -> None:
    """Tell nobody."""


def continued(
    questions: Sequence[tuple[str, Asking]], bound: Bound, answers: Answers, told: Telling
) -> Iterator[Sequence[Asked]]:
    """Yield the answers to *questions*, each with its name, in their order; *told* is told how many there are so far.

    An answer for good is the same whatever time there was, so it is found again under any bound of the same size. One
    for which time ran out is kept, too, once all the time was used; it is found again by whoever has no more of it.
    """
    late = f" within {bound.seconds:g} s of {bound.in_all:g} s"
    known = [answers.find(name) or answers.find(name + late) for name, _ in questions]
    kept = sum(said is not None for said in known)
    done: set[str] = set()

    def keeping(name: str, question: Asking) -> Asking:
        def asked(limit: Bound) -> Sequence[Asked]:
            said = question(limit)
            if _is_for_good(said) and name not in done:
                done.add(name)
                answers.keep(name, said)
                told(Tally(len(questions), kept + len(done), kept))
            return said

        return asked

    told(Tally(len(questions), kept, kept))
    left = [(name, question) for (name, question), said in zip(questions, known, strict=True) if said is None]
    found = shared([keeping(name, question) for name, question in left], bound.begun())
    for (name, _), said in zip(left, found, strict=True):
        if name not in done:
            answers.keep(name + late, said)
    rest = iter(found)
    for before in known:
        yield _from_before(before) if before is not None else next(rest)


def _is_for_good(said: Sequence[Asked]) -> bool:
    """Return whether more time would change nothing: also a fault is told by the way that leads to it."""
    return bool(said) and not any(
        one.answer.late or (one.answer.verdict == FOUND and one.answer.path is None) for one in said
    )


def _from_before(said: Sequence[Asked]) -> Sequence[Asked]:
    return tuple(replace(one, answer=replace(one.answer, kept=True)) for one in said)
