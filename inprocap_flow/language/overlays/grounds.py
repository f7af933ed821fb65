"""Where the ends of a deadline are counted before any case runs: the days, and the moments on them.

The days are those that the organisation's calendar covers; for the law of a country, six years of its public holidays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.areas import AREAS, areas_in_words
from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.compute import Computed, closing, compute, earliest_lawful
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.holidays import area_called, public_holidays, years_known
from inprocap_flow.calendar.zones import instant
from inprocap_flow.errors import Unsupported
from inprocap_flow.language.model import Deadline, Organisation
from inprocap_flow.language.overlays.lengths import Length

NATIONAL_YEARS = (2025, 2030)  # every weekday of fixed holidays, early and late Easters
Ends = tuple[datetime | None, ...]  # moments in UTC for a start at some hours of one day; None: cannot be counted
Moments = dict[tuple[ZoneInfo, date, bool], datetime | None]
_HOURS = (time(0, 30), time(12), time(23, 30))


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a new length is refused, and what to write instead."""

    fact: str
    mend: str


@dataclass(frozen=True, slots=True)
class Ground:
    """Where days are counted: the zone, the days that count, and the first and last day to look at."""

    zone: ZoneInfo
    calendar: Calendar
    first: date
    last: date

    def days(self) -> Iterator[date]:
        """Yield every day on which a clock may start."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(number)

    def counts_as(self, other: Ground) -> bool:
        """Tell whether every end comes out here as it does in *other*, whatever the free days are called."""
        mine, theirs = self.calendar, other.calendar
        same = (self.zone, self.first, self.last) == (other.zone, other.first, other.last)
        return same and mine.weekend == theirs.weekend and mine.holidays.keys() == theirs.holidays.keys()


class Clock:
    """Counts ends of one deadline on one ground; *moments* are those of days that were asked for before."""

    def __init__(
        self, deadline: Deadline, ground: Ground, counting: str, moments: Moments, *, by_the_hour: bool
    ) -> None:
        self.closes_at = deadline.closes_at
        self.back = deadline.backwards_from is not None
        self.ground = ground
        self.counting = counting
        self.moments = moments
        self.by_the_hour = by_the_hour

    def ends(self, day: date, length: Length, *, lawful: bool) -> Ends:
        """Return the ends for a start at some hours of *day*; where only days are counted, the hour does not matter."""
        if not self.by_the_hour:
            return (self._end(day, length, lawful=lawful),)
        starts = [datetime.combine(day, hour, self.ground.zone) for hour in _HOURS]
        return tuple(self._end(start, length, lawful=lawful) for start in starts)

    def _end(self, start: date | datetime, length: Length, *, lawful: bool) -> datetime | None:
        try:
            found = compute(
                start,
                self.ground.zone,
                length.period,
                direction="backward" if self.back else "forward",
                calendar=self.ground.calendar,
                counting=self.counting,
            )
        except (BadValue, Unsupported):
            return None
        if length.period.unit == "hours":
            return self._moment(found, lawful=lawful)
        key = (self.ground.zone, found.how.last, lawful)  # of days, the last one says all
        if key not in self.moments:
            self.moments[key] = self._moment(found, lawful=lawful)
        return self.moments[key]

    def _moment(self, found: Computed, *, lawful: bool) -> datetime | None:
        try:
            return instant(self._local(found, lawful=lawful))
        except (BadValue, Unsupported):
            return None

    def _local(self, found: Computed, *, lawful: bool) -> datetime:
        zone, closes_at = self.ground.zone, self.closes_at
        if found.far_edge is not None:
            return closing(found.far_edge, closes_at, zone) if closes_at else found.end
        if closes_at is None or found.last_day is None:
            return found.end
        return earliest_lawful(found, closes_at) if lawful else closing(found.last_day, closes_at, zone)


def grounds_of(deadline: Deadline, name: str, organisation: Organisation | None) -> list[Ground] | Wrong:
    """Return the calendar of the organisation *name* in which *deadline* is counted, or why there is none."""
    if organisation is None:
        fact = f"The file of the organisation `{name}` is not there or not right, so no day is known."
        return Wrong(fact, "Put it into the folder organisations/; ends are compared in its calendar.")
    plain = organisation.calendars.get(deadline.calendar)
    if not isinstance(plain, dict) or not plain:
        fact = f"`{organisation.name}` has no calendar `{deadline.calendar}`, so ends cannot be compared."
        return Wrong(fact, "Add it to the organisation's file.")
    calendar = Calendar.from_plain(plain)
    if calendar.covers_from is None or calendar.covers_until is None:
        return Wrong("The calendar does not say which days it covers.", "Write `covers:` in the calendar file.")
    return [Ground(ZoneInfo(organisation.zone), calendar, calendar.covers_from, calendar.covers_until)]


def grounds_of_country(country: str) -> list[Ground] | Wrong:
    """Return every part of *country* in which days count differently, or that none is known."""
    codes = [code for code, area in AREAS.items() if area.country == country]
    if not codes:
        fact = f"The public holidays of {country} are not known, so ends cannot be compared."
        return Wrong(fact, f"Leave the length to the organisation. Known: {areas_in_words()}.")
    found: list[Ground] = []
    for ground in map(_of_an_area, codes):
        if not any(ground.counts_as(other) for other in found):
            found.append(ground)
    return found


@cache
def _of_an_area(code: str) -> Ground:
    known = years_known(code)
    first, last = max(known[0], NATIONAL_YEARS[0]), min(known[1], NATIONAL_YEARS[1])
    zone = ZoneInfo(area_called(code).zone)
    return Ground(zone, public_holidays(code, first, last), date(first, 1, 1), date(last, 12, 31))
