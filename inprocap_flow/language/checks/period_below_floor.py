"""A deadline that is shorter than it may be, or longer, whatever the case is like."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.checks.lengths import Days, Length
from inprocap_flow.language.model import Deadline, Definition

CODE = "period-below-floor"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "it is about the days on which a deadline may start: the finding names one, and a case of another day shows nothing"
)


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each period or proposal below what is asked for at least: in the deadline itself, or by the
    limit of the same name.
    """
    days = Days(definition, around)
    for line in definition.lines:
        for deadline in line.deadlines.values():
            origin = of_line(line.kind, "deadlines", deadline.name)
            yield from (Finding(origin, *found) for found in _below(days, deadline))


def _below(days: Days, deadline: Deadline) -> Iterator[tuple[str, str]]:
    for words, source in (("lasts", deadline.period), ("proposes", deadline.proposes)):
        length = days.length(source)
        if length is None or deadline.backwards_from:
            continue
        for floor in _floors(days, deadline, length):
            day = days.first_shorter(deadline, length, floor)
            if day is not None:
                ends, least = days.last_day(deadline, day, length, max), days.last_day(deadline, day, floor, min)
                fact = (
                    f"`{deadline.name}` {words} {length}, and at least {floor} is asked for: "
                    f"started on {day}, it ends on {ends} instead of {least}."
                )
                yield fact, f"Write `limit('...')` or a longer period; {floor} is the least."


def _floors(days: Days, deadline: Deadline, length: Length) -> Iterator[Length]:
    least = days.length(deadline.at_least)
    if least is not None:
        yield least
    limit = days.limits.get(deadline.name)
    named = days.of_limit(deadline.name) if limit is not None and limit.direction == "at_least" else None
    if named is not None and named.written not in (length.written, least.written if least else ""):
        yield named
