"""How long stages took in the finished cases of an organisation: its own experience, instead of a typical length.

Every stay in a stage of a completed case counts once. A stage of which fewer than three stays are known tells nothing
yet and is left as the definition says. Days are calendar days: a case does not remember which of them were worked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from inprocap_flow.calendar.periods import Period
from inprocap_flow.engine.binding import Binding
from inprocap_flow.engine.records import MAIN, Event, When
from inprocap_flow.language.model import CASE
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.planning.durations import HISTORY, STAGE, Length, Thing

FEWEST = 3  # stays in a stage from which a range is taken


def experience(desk: Desk, binding: Binding) -> Iterator[tuple[Thing, Length]]:
    """Yield the shortest, the middle and the longest stay in each stage of the procedure, over all finished cases.

    A day that is known to the month only is left out: it would make a length out of nothing.
    """
    stays: dict[str, list[int]] = {}
    name = binding.definition.name
    with desk.store.reading() as reading:
        for entry in desk.store.cases(binding.organisation.name, ended=True):
            if entry.procedure == name:
                for stage, stay in _stays(binding, reading.events(entry.id)):
                    stays.setdefault(stage, []).append(stay)
    known = binding.definition.main.stages
    for stage, days in stays.items():
        if len(days) >= FEWEST and stage in known and known[stage].is_leaf:
            length = Length(_days(min(days)), _days(round(median(days))), _days(max(days)), HISTORY)
            yield Thing(STAGE, CASE, stage), length


def _days(number: int) -> Period:
    """Return so many days; a stage that was left on the day it was entered took one."""
    return Period(max(1, number), "days")


def _stays(binding: Binding, events: Sequence[Event]) -> Iterator[tuple[str, int]]:
    """Yield each stage of the main line that was left, and the days spent in it."""
    entered: tuple[str, When] | None = None
    for event in events:
        if event.line != MAIN or event.kind not in ("opened", "moved"):
            continue
        to = event.data.get("to")
        if entered is not None and to != entered[0] and entered[1].is_exact and event.happened.is_exact:
            first, last = binding.day(entered[1].last), binding.day(event.happened.last)
            yield entered[0], (last - first).days
        if to and (entered is None or to != entered[0]):
            entered = (str(to), event.happened)
