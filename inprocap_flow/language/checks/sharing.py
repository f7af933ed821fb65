"""How the time for one definition is shared among the questions about it.

Each question has a short time first, then those that need longer have more of what is left, and so on; each goes on
where its time ran out. So a question that takes very long keeps none of the others open, and none is looked at twice.
How many abstract cases a question may take is not shared: where the time suffices, every answer is the one that it
would have with all the time for itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from inprocap_flow.language.checks.asked import Asked, Asking
from inprocap_flow.language.explore.search import Bound

HELD_BACK = 2
"""A round shares out one part in so many of the time left; the rest is for those that need longer."""


def shared(
    questions: Sequence[Asking], bound: Bound, now: Callable[[], float] = time.process_time
) -> list[Sequence[Asked]]:
    """Return the answers to *questions*, in their order; *bound* says when the time for all of them is used up.

    ``bound.seconds`` is how long one question may take, all rounds together.
    """
    said: list[Sequence[Asked]] = [()] * len(questions)
    left = [bound.seconds] * len(questions)
    open_ = list(range(len(questions)))
    share = 0.0
    while open_:
        share = max(share, (bound.until - now()) / HELD_BACK / len(open_))
        for number in open_:
            if not said[number] or bound.until > now():
                said[number] = questions[number](replace(bound, seconds=min(share, left[number])))
                left[number] -= share
        if bound.until <= now():
            break
        open_ = [one for one in open_ if left[one] > 0 and any(asked.answer.late for asked in said[one])]
    return said
