"""A deadline for which no end is lawful: its least end lies after its latest one."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.checks.lengths import Days
from inprocap_flow.language.model import Deadline, Definition

CODE = "bounds-crossed"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "it is about the days on which a deadline may start: the finding names one, and a case of another day shows nothing"
)


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each deadline whose `at_most` ends before its `at_least`, its period or its proposal."""
    days = Days(definition, around)
    for line in definition.lines:
        for deadline in line.deadlines.values():
            found = next(_crossed(days, deadline), None)
            if found is not None:
                yield Finding(of_line(line.kind, "deadlines", deadline.name), *found)


def _crossed(days: Days, deadline: Deadline) -> Iterator[tuple[str, str]]:
    most = days.length(deadline.at_most)
    sources = (
        ("is at least", deadline.at_least),
        ("lasts", None if deadline.backwards_from else deadline.period),
        ("proposes", deadline.proposes),
    )
    for words, source in sources:
        length = days.length(source)
        if most is None or length is None:
            continue
        day = days.first_shorter(deadline, most, length)
        if day is not None:
            ends, latest = days.last_day(deadline, day, length, min), days.last_day(deadline, day, most, max)
            fact = (
                f"`{deadline.name}` {words} {length} and at most {most}: started on {day}, "
                f"that is {ends} at the earliest and {latest} at the latest."
            )
            yield fact, "Correct one of the two."
