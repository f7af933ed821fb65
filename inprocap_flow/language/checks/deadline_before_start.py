"""A deadline that is counted back from the end of another one, to before that one starts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.checks.lengths import Days, Length
from inprocap_flow.language.model import Deadline, Definition, Line

CODE = "deadline-before-start"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "it is about the days on which a deadline may start: the finding names one, and a case of another day shows nothing"
)


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each deadline that is over when the one it is counted back from starts.

    The other one lasts its period, or (where its end is typed) what it proposes.
    """
    days = Days(definition, around)
    for line in definition.lines:
        for deadline in line.deadlines.values():
            found = _before(days, definition, line, deadline)
            if found is not None:
                yield Finding(of_line(line.kind, "deadlines", deadline.name), *found)


def _before(days: Days, definition: Definition, line: Line, deadline: Deadline) -> tuple[str, str] | None:
    anchor = definition.find_deadline(line.kind, deadline.backwards_from) if deadline.backwards_from else None
    if anchor is None or anchor.backwards_from:
        return None
    back, window = days.length(deadline.period), days.length(anchor.period or anchor.proposes)
    if back is None or window is None or _plainly_fits(window, back):
        return None
    for start in days.starts():
        edges = list(_edges(days, anchor, deadline, start, window, back))
        if edges and all(edge <= start for edge in edges):
            fact = (
                f"`{deadline.name}` lies {back} before the end of `{anchor.name}`, which takes {window}: "
                f"started on {start}, it would be over on {max(edges)} already."
            )
            return fact, "Count back less, or let the other deadline last longer."
    return None


_MARGIN = 30
"""Days by which holidays can hardly make one period longer and another one shorter."""


def _plainly_fits(window: Length, back: Length) -> bool:
    """Return whether a window is so much longer that no day needs to be counted."""
    shortest = min(period.count * _LEAST_DAYS[period.unit] for period in window.periods)
    longest = max(period.count * _MOST_DAYS[period.unit] for period in back.periods)
    return shortest > longest + _MARGIN


_LEAST_DAYS = {"hours": 0.04, "days": 1, "working days": 1, "weeks": 7, "months": 28, "years": 365}
_MOST_DAYS = {"hours": 0.05, "days": 1, "working days": 3, "weeks": 7, "months": 31, "years": 366}


def _edges(
    days: Days, anchor: Deadline, deadline: Deadline, start: date, window: Length, back: Length
) -> Iterator[date]:
    """Yield on which day the deadline ends, for every length that both can have."""
    for lasts in window.periods:
        end = days.count(anchor, start, lasts)
        for period in back.periods:
            last = end.last_day if end is not None else None
            edge = days.count(deadline, last, period, "backward") if last is not None else None
            if edge is not None and edge.far_edge is not None:
                yield edge.far_edge
