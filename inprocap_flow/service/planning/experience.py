"""How long stages took in the finished cases of an organisation: its own experience, instead of a typical length.

Every stay in a stage of an ended case counts once, but for the one in which it was given up or cancelled: that stay was
cut short, or drawn out, by something else. A stage of which fewer than three stays are known tells nothing
yet and is left as the definition says. Days are calendar days: a case does not remember which of them were worked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from inprocap_flow.calendar.periods import Period
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, Event
from inprocap_flow.language.model import CASE
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.planning.durations import HISTORY, STAGE, Length, Thing
from inprocap_flow.service.planning.path import COMPLETED

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
    stage, since = "", None
    for event in events:
        if event.line != MAIN or event.kind != "moved" or event.data["to"] == stage:
            continue
        if since is not None and since.is_exact and event.happened.is_exact and not _breaks_off(binding, event):
            yield stage, (binding.day(event.happened.last) - binding.day(since.last)).days
        stage, since = str(event.data["to"]), event.happened


def _breaks_off(binding: Binding, event: Event) -> bool:
    """Tell whether a move ended the case without its aim. A stage that the procedure no longer has ends nothing."""
    to = binding.definition.main.stages.get(str(event.data["to"]))
    return to is not None and to.final not in (None, COMPLETED)
