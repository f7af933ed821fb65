"""When a clock stood still: from when to when, and which days or clock hours are lost by it, each once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.periods import Unit
from inprocap_flow.calendar.reckoning import hour_begun
from inprocap_flow.calendar.rules import Counting
from inprocap_flow.records import changed, record

_Point = TypeVar("_Point", date, datetime)


@record
class Before:
    """What stood still before and was given back already: each time from when to when.

    ``end`` (exclusive) and ``last_day`` are those that the clock had before the first of ``stretches``.
    """

    end: datetime
    last_day: date
    stretches: tuple[tuple[datetime, datetime], ...]


@record
class StoodStill:
    """A clock that ends at ``end`` (exclusive) on the local ``last_day``, and from when to when it stood still.

    ``first_end`` and ``first_last_day`` are those before it stood still for the first time; ``before`` are the earlier
    times. All in the zone.
    """

    end: datetime
    last_day: date
    suspended_at: datetime
    resumed_at: datetime
    unit: Unit
    calendar: Calendar
    counting: Counting
    zone: ZoneInfo
    first_end: datetime
    first_last_day: date
    before: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def lost_days(self) -> Sequence[tuple[date, date]]:
        """Every local day that is lost, as stretches (the end exclusive) that neither meet nor overlap, in order.

        Lost are the day of a suspension and all before the one of its resumption.
        """
        return _merged((began.date(), over.date()) for began, over in self.times)

    @property
    def lost_hours(self) -> Sequence[tuple[datetime, datetime]]:
        """Every clock hour that is lost, as stretches like those of ``lost_days``."""
        return _merged((hour_begun(began, self.zone), hour_begun(over, self.zone)) for began, over in self.times)

    @property
    def times(self) -> tuple[tuple[datetime, datetime], ...]:
        """Every time that it stood still, this one last."""
        return (*self.before, (self.suspended_at, self.resumed_at))

    @property
    def only_before(self) -> StoodStill:
        """The same as if this last suspension had lost nothing."""
        return changed(self, resumed_at=self.suspended_at)


def _merged(stretches: Iterable[tuple[_Point, _Point]]) -> Sequence[tuple[_Point, _Point]]:
    found: list[tuple[_Point, _Point]] = []
    for began, over in sorted(stretches):
        if found and began <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], over))
        else:
            found.append((began, over))
    return [(began, over) for began, over in found if began < over]
