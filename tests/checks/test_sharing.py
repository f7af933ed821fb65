"""How questions share the time: none waits for another that never comes to an end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from inprocap_flow.language.checks.asked import Asked, Question
from inprocap_flow.language.checks.finding import Finding
from inprocap_flow.language.checks.sharing import shared
from inprocap_flow.language.explore.asking import NONE_FOUND, PROVEN, Answer
from inprocap_flow.language.explore.search import Bound


class Watch:
    """A clock that questions turn on by looking."""

    def __init__(self) -> None:
        self.time = 0.0
        self.looked: list[tuple[str, float]] = []

    def now(self) -> float:
        return self.time

    def question(self, about: str, needs: float) -> Question:
        """Return a question that is answered once it may be looked at for *needs* seconds."""

        def look(bound: Bound) -> Sequence[Asked]:
            granted = max(0.0, min(bound.seconds, bound.until - self.time))
            late = granted < needs
            self.time += min(granted, needs)
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


def test_no_question_takes_longer_than_a_single_one_may() -> None:
    said, watch = answers([30.0, 0.1], in_all=1000.0, seconds=20.0)
    assert said == [NONE_FOUND, PROVEN]
    assert max(granted for _, granted in watch.looked) == 20.0


def test_a_question_is_asked_again_only_with_twice_the_time_or_more() -> None:
    _, watch = answers([1000.0] * 7, in_all=60.0)
    granted = [time for about, time in watch.looked if about == "0"]
    assert all(later >= 2 * earlier for earlier, later in pairwise(granted))
    assert watch.time <= 60.0


def test_what_was_answered_is_not_asked_again() -> None:
    _, watch = answers([1000.0, 0.1, 0.1], in_all=60.0)
    assert [about for about, _ in watch.looked].count("1") == 1


def test_every_question_has_an_answer_where_there_is_no_time_at_all() -> None:
    said, _ = answers([1.0, 1.0], in_all=0.0)
    assert said == [NONE_FOUND, NONE_FOUND]
