"""A question whose time ran out goes on where it was: asked in many short rounds, it is answered as if asked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from inprocap_flow.language.checks.asked import Asked, Asking
from inprocap_flow.language.checks.behaviour import BEHAVIOURAL
from inprocap_flow.language.explore.asking import FOUND, PROVEN
from inprocap_flow.language.explore.asking import Path as Way
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition
from tests.explore.test_refining import AGAIN, SIGNING, definition

REVIEW = Path(__file__).parents[2] / "definitions" / "iter-review.yaml"
NO_TIME = Bound(states=300, seconds=0.0)
"""So little that only a few abstract cases are looked at in a round."""
ROUNDS = 2_000


def in_rounds(question: Asking) -> tuple[Sequence[Asked], int]:
    """Return the answers to *question*, and in how many rounds they were found."""
    for number in range(1, ROUNDS):
        said = question(NO_TIME)
        if not any(one.answer.late for one in said):
            return said, number
    raise AssertionError("no answer in all these rounds")


def questions(of: Definition) -> list[Asking]:
    return [one for check in BEHAVIOURAL for one in check.ask(of)]


def told(said: Sequence[Asked]) -> list[tuple[str, str, str, Way | None]]:
    return [(one.about, one.finding.fact, one.answer.verdict, one.answer.path) for one in said]


def compared(of: Definition) -> tuple[set[str], int]:
    """Return which answers there were, and the most rounds that one took."""
    verdicts: set[str] = set()
    most = 0
    for at_once, by_rounds in zip(questions(of), questions(of), strict=True):
        said = at_once(replace(NO_TIME, seconds=60.0))
        again, rounds = in_rounds(by_rounds)
        assert told(again) == told(said)
        verdicts |= {one.answer.verdict for one in said}
        most = max(most, rounds)
    return verdicts, most


@pytest.mark.parametrize("text", [SIGNING, AGAIN])
def test_what_is_found_or_proven_in_short_rounds_is_what_is_found_at_once(text: str, tmp_path: Path) -> None:
    verdicts, _ = compared(definition(tmp_path, text))
    assert PROVEN in verdicts
    assert (FOUND in verdicts) == (text is AGAIN)


def test_a_shipped_procedure_is_answered_in_short_rounds_as_at_once() -> None:
    verdicts, rounds = compared(load_procedure(REVIEW))
    assert PROVEN in verdicts
    assert rounds > 3


def test_a_search_that_is_over_is_not_begun_again() -> None:
    question = questions(load_procedure(REVIEW))[-1]
    said, rounds = in_rounds(question)
    assert rounds > 1
    assert (
        said[0].answer.states == questions(load_procedure(REVIEW))[-1](replace(NO_TIME, seconds=60.0))[0].answer.states
    )
