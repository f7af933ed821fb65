"""How long clocks of the case last, where the definition alone says it and nobody can change it.

Periods of days or weeks that are written as such; no hour of closing, no act but to stop or meet the clock, no step
that extends it, and nobody who may enter late, as a late entry may say no more than the month. Where a last day may be
moved to a working day it is taken for granted that the calendar stays as it is while the case runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.language.explore.scope import Part, closed
from inprocap_flow.language.model import CASE, Deadline, Definition

_DAYS = {"days": 1, "weeks": 7}
_HARMLESS = frozenset(("stop", "satisfy"))
_LEAST = 2  # one day is not held to hold two working days (time-limits, R8): it may end before what began sooner


class Length(NamedTuple):
    """So many days a clock lasts, ``counted`` in this way and with this calendar: only alike ones have an order."""

    days: int
    counted: tuple[str, str]


def lengths(definition: Definition) -> dict[str, Length]:
    """Return how long the deadlines of the case last of which that is known and cannot change."""
    if definition.may_backdate:
        return {}
    extended = {step.extends.deadline for line in definition.lines for step in line.steps.values() if step.extends}
    found = {name: _length(definition, one) for name, one in definition.main.deadlines.items() if name not in extended}
    return {name: one for name, one in found.items() if one is not None}


def kept_lengths(definition: Definition, parts: Iterable[Part]) -> dict[str, Length]:
    """Return the lengths that *parts* keep apart."""
    kept = {name for what, kind, name in parts if (what, kind) == ("length", CASE)}
    return {name: one for name, one in lengths(definition).items() if name in kept} if kept else {}


def _length(definition: Definition, deadline: Deadline) -> Length | None:
    if not isinstance(deadline.period, str) or deadline.ends_at or deadline.backwards_from or deadline.closes_at:
        return None
    period = parse_period(deadline.period)
    days = period.count * _DAYS.get(period.unit, 0)
    if days < _LEAST or not set(deadline.acts) <= _HARMLESS:
        return None
    return Length(days, (deadline.counting or definition.counting, deadline.calendar))


def measured(definition: Definition, parts: Iterable[Part]) -> frozenset[Part]:
    """Return the lengths of those deadlines among *parts* of which they are known, with the deadlines."""
    known = lengths(definition)
    named = {name for what, kind, name in parts if what == "deadline" and kind == CASE}
    return closed(definition, frozenset(("length", CASE, name) for name in named & set(known)))
