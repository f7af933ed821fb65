"""A reminder that would be due before its deadline begins."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ADVICE, Around, Finding, of_line
from inprocap_flow.language.checks.lengths import Days
from inprocap_flow.language.model import Deadline, Definition

CODE = "reminder-before-start"
SEVERITY = ADVICE
NOTHING_TO_PLAY = (
    "a reminder that would be due before its deadline starts is sent at once: it is about days, not about deeds"
)


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each deadline that, however long it is, ends sooner than it reminds beforehand.

    Of a deadline whose end is typed, its longest lawful length counts; what is counted back has none.
    """
    days = Days(definition, around)
    for line in definition.lines:
        for deadline in line.deadlines.values():
            fact = next(_too_early(days, deadline), None)
            if fact is not None:
                yield Finding(of_line(line.kind, "deadlines", deadline.name), fact, "Remind later, or take it away.")


def _too_early(days: Days, deadline: Deadline) -> Iterator[str]:
    lasts = None if deadline.backwards_from else days.length(deadline.period) or days.length(deadline.at_most)
    for reminder in deadline.remind:
        before = days.length(reminder.before)
        if lasts is None or before is None:
            continue
        if days.is_always_shorter(deadline, lasts, before):
            yield (
                f"`{deadline.name}` lasts {lasts} and reminds `{reminder.role}` {before} before its end: that is "
                "before it begins."
            )
