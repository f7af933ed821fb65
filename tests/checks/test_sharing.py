"""How questions share the time: none waits for another that never comes to an end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from inprocap_flow.language.checks.asked import Asked, Asking
from inprocap_flow.language.checks.finding import Finding
from inprocap_flow.language.checks.sharing import shared
from inprocap_flow.language.explore.asking import NONE_FOUND, PROVEN, Answer
from inprocap_flow.language.explore.search import Bound


class Watch:
    """A clock that questions turn on by looking; each goes on where its time ran out."""

    def __init__(self) -> None:
        self.time = 0.0
        self.looked: list[tuple[str, float]] = []

    def now(self) -> float:
        return self.time

    def question(self, about: str, needs: float) -> Asking:
        """Return a question that is answered once it was looked at for *needs* seconds in all."""
        spent = 0.0

        def look(bound: Bound) -> Sequence[Asked]:
            nonlocal spent
            granted = max(0.0, min(bound.seconds, bound.until - self.time, needs - spent))
            spent += granted
            late = spent < needs
            self.time += granted
            self.looked.append((about, granted))
            return (Asked(about, Finding("", ""), Answer(NONE_FOUND if late else PROVEN, late=late)),)

        return look


def answers(needs: Sequence[float], in_all: float, seconds: float = 20.0) -> tuple[list[str], Watch]:
    watch = Watch()
    questions = [watch.question(str(number), one) for number, one in enumerate(needs)]
    said = shared(questions, Bound(seconds=seconds, in_all=in_all, until=in_all), watch.now)
    return [one.answer.verdict for (one,) in said], watch


def test_a_question_that_never_comes_to_an_end_keeps_no_later_one_open() -> None:
    said, watch = answers([1000.0, 1000.0, 1000.0, *[0.1] * 50], in_all=60.0)
    assert said == [NONE_FOUND] * 3 + [PROVEN] * 50
    assert watch.time <= 60.0


def test_what_needs_longer_has_the_time_that_others_left() -> None:
    said, watch = answers([15.0, *[0.1] * 50], in_all=60.0)
    assert set(said) == {PROVEN}
    assert watch.time <= 60.0


def test_no_question_takes_longer_than_a_single_one_may_all_rounds_together() -> None:
    said, watch = answers([30.0, 0.1], in_all=1000.0, seconds=20.0)
    assert said == [NONE_FOUND, PROVEN]
    assert sum(granted for about, granted in watch.looked if about == "0") == pytest.approx(20.0)


def test_all_that_is_needed_suffices_as_none_is_looked_at_twice() -> None:
    said, watch = answers([0.1, 3.0, 5.5, 0.2, 1.1], in_all=10.0)
    assert set(said) == {PROVEN}
    assert watch.time == pytest.approx(9.9)


def test_no_round_is_shorter_than_the_one_before_so_there_are_few() -> None:
    _, watch = answers([1000.0] * 7, in_all=60.0)
    granted = [time for about, time in watch.looked if about == "0"]
    assert all(later >= earlier for earlier, later in pairwise(granted[:-1])), "the last is cut off with the time"
    assert len(granted) <= 3
    assert watch.time <= 60.0


def test_what_was_answered_is_not_asked_again() -> None:
    _, watch = answers([1000.0, 0.1, 0.1], in_all=60.0)
    assert [about for about, _ in watch.looked].count("1") == 1


def test_every_question_has_an_answer_where_there_is_no_time_at_all() -> None:
    said, _ = answers([1.0, 1.0], in_all=0.0)
    assert said == [NONE_FOUND, NONE_FOUND]
