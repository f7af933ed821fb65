"""How the time for one definition is shared among the questions about it.

Each question has a short time first, then those that need longer have more of what is left, and so on. So a question
that takes very long keeps none of the others open. How many abstract cases a question may take is not shared: where
the time suffices, every answer is the one that it would have with all the time for itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from inprocap_flow.language.checks.asked import Asked, Question
from inprocap_flow.language.explore.search import Bound

HELD_BACK = 2
"""A round shares out one part in so many of the time left; the rest is for those that need longer."""
GROWS = 2
"""So many times longer, at least, is a question looked at when it is asked again: it begins from the start."""


def shared(
    questions: Sequence[Question], bound: Bound, now: Callable[[], float] = time.process_time
) -> list[Sequence[Asked]]:
    """Return the answers to *questions*, in their order; *bound* says when the time for all of them is used up."""
    said: list[Sequence[Asked]] = [()] * len(questions)
    open_ = list(range(len(questions)))
    share = 0.0
    while open_ and share < bound.seconds:
        share = min(bound.seconds, max(share * GROWS, (bound.until - now()) / HELD_BACK / len(open_)))
        for number in open_:
            if not said[number] or bound.until > now():
                said[number] = questions[number](replace(bound, seconds=share))
        open_ = [number for number in open_ if any(one.answer.late for one in said[number])]
        if bound.until <= now():
            break
    return said
