"""Checks of what cases can come to: they explore abstract cases, and so take longer than those of the plain graph.

Each answers its questions in one of three ways: *proven* that it never happens, *none found* up to a bound that is
stated, *not decided*; or it has *found* a fault, with the deeds that lead to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, cast

from inprocap_flow.errors import Problem
from inprocap_flow.language.checks import (
    after_never_starts,
    case_stuck,
    ends_left_open,
    expiry_refused,
    read_before_known,
    started_while_running,
    step_never_possible,
)
from inprocap_flow.language.checks.asked import Asked, Asking
from inprocap_flow.language.checks.continuing import Answers, NoAnswers, Telling, continued, untold
from inprocap_flow.language.checks.finding import Finding, problem
from inprocap_flow.language.explore.asking import FOUND, NONE_FOUND, NOT_DECIDED, PROVEN, Answer
from inprocap_flow.language.explore.essential import essential
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.marks import Source
from inprocap_flow.language.model import Definition

__all__ = ["BEHAVIOURAL", "Behavioural", "Verdict", "judged", "problems"]

WORST = (FOUND, NOT_DECIDED, NONE_FOUND, PROVEN)


class Behavioural(Protocol):
    """A module of this package that explores. ``NEVER`` says what it shows never to happen."""

    CODE: str
    SEVERITY: str
    NEVER: str

    def ask(self, definition: Definition, /) -> Iterator[Asking]: ...


BEHAVIOURAL: tuple[Behavioural, ...] = cast(
    "tuple[Behavioural, ...]",
    (
        after_never_starts,
        expiry_refused,
        read_before_known,
        started_while_running,
        step_never_possible,
        ends_left_open,
        case_stuck,  # takes longest
    ),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check has to say of a definition: the worst of its answers, and each of them."""

    code: str
    severity: str
    never: str
    asked: tuple[Asked, ...]

    @property
    def verdict(self) -> str:
        found = {one.answer.verdict for one in self.asked}
        return next((one for one in WORST if one in found), PROVEN)

    @property
    def findings(self) -> tuple[tuple[Finding, Answer], ...]:
        return tuple((one.finding, one.answer) for one in self.asked if one.answer.verdict == FOUND)

    @property
    def states(self) -> int:
        return sum(one.answer.states for one in self.asked)

    @property
    def seconds(self) -> float:
        return sum(one.answer.seconds for one in self.asked)

    @property
    def up_to(self) -> tuple[str, ...]:
        """How far it was looked where nothing was found and nothing proven."""
        return tuple(dict.fromkeys(one.answer.up_to for one in self.asked if one.answer.up_to))


def judged(
    definition: Definition,
    bound: Bound = Bound(),  # noqa: B008 - frozen
    *,
    checks: Iterable[Behavioural] = BEHAVIOURAL,
    answers: Answers = NoAnswers(),  # noqa: B008 - keeps nothing
    told: Telling = untold,
) -> list[Verdict]:
    """Return what *checks* have to say of *definition*, which has no error.

    Their questions share the time for all of them (`sharing`); what is not answered when it is used up is not decided.
    What *answers* has of an earlier run is not looked for again; *told* is told how many questions are answered.
    """
    bare = essential(definition)  # an answer hangs on nothing else, and so does whether it is found again
    wanted = tuple(checks)
    # Whether a case is stuck hangs also on what keeps its end from coming, which another check finds out.
    asked = (*wanted, ends_left_open) if case_stuck in wanted and ends_left_open not in wanted else wanted
    each = [(one, tuple(one.ask(bare))) for one in asked]
    named = [(f"{one.CODE} {number}", asking) for one, questions in each for number, asking in enumerate(questions)]
    begun = bound.begun()
    said = iter(continued(named, begun, answers, told))
    found = {one.CODE: _once(islice(said, len(questions))) for one, questions in each}
    if case_stuck in wanted:
        more = case_stuck.ask_further(bare, ends_left_open.not_proven(bare, found[ends_left_open.CODE]))
        again = [(f"{case_stuck.CODE} with {about}", asking) for about, asking in more]
        found[case_stuck.CODE] += _once(continued(again, begun, answers, untold))
    return [Verdict(one.CODE, one.SEVERITY, one.NEVER, found[one.CODE]) for one in wanted]


def _once(said: Iterable[Sequence[Asked]]) -> tuple[Asked, ...]:
    """Return what was said, but each finding once: several searches may show the same."""
    kept: dict[tuple[str, Finding], Asked] = {}
    for one in (more for several in said for more in several):
        kept.setdefault((one.about, one.finding), one)
    return tuple(kept.values())


def problems(
    verdicts: Iterable[Verdict], definition: Definition, sources: Mapping[str, Source] | None = None
) -> list[Problem]:
    """Return what was found as problems with their places, sorted."""
    found = [
        problem(finding, verdict.code, verdict.severity, definition, dict(sources or {}))
        for verdict in verdicts
        for finding, _ in verdict.findings
    ]
    return sorted(found, key=lambda one: one.sort_key)
