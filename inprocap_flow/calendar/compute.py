"""From an event and a legal period to a deadline, with the rules that gave it.

Source: Regulation (EEC, Euratom) No 1182/71, Art. 2 and 3, as restated in the project's note on time limits; where
the law is silent or disputed the note's convention is followed and called so.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.bad_values import BadMoment
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.periods import Period
from inprocap_flow.calendar.reckoning import Direction, Reckoning, asked_of, reckon
from inprocap_flow.calendar.rules import Step, counting_named
from inprocap_flow.calendar.trace import steps, warnings
from inprocap_flow.calendar.zones import end_of_day, instant, local, start_of_day, zone_data_version, zone_named
from inprocap_flow.errors import Unsupported

FloorVerdict = Literal["ok", "inside_last_day", "too_early"]
EdgeVerdict = Literal["ok", "on_far_edge", "late"]
CeilingVerdict = Literal["ok", "late"]

_DAY: Final = timedelta(days=1)
_CLOCK_TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00"


class Computed:
    """A computed deadline. Its words (``trace``, ``warnings``) are made when first asked for.

    ``end`` is exclusive and carries the offset of its zone: 00:00 after ``last_day``; for hours the end of the last
    hour; backwards 00:00 of ``far_edge``. ``provisional``: holidays that matter are not known yet.
    """

    def __init__(self, how: Reckoning) -> None:
        self.how = how

    def __eq__(self, other: object) -> bool:
        return self.how == other.how if isinstance(other, Computed) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.how)

    def __repr__(self) -> str:
        return f"Computed(how={self.how!r})"

    @property
    def last_day(self) -> date | None:
        """The final local day after all shifts, for hours the day in which the last hour lies; None backwards."""
        return None if self.how.asked.direction == "backward" else self.how.last

    @property
    def far_edge(self) -> date | None:
        """The earliest local day that belongs to a period counted backwards; None forwards."""
        return self.how.last if self.how.asked.direction == "backward" else None

    @property
    def end(self) -> datetime:
        return self.how.end

    @property
    def safe_by(self) -> date | None:
        """Backwards: the last day on which acting is in time under both readings (R9, convention); None forwards."""
        return self.how.last - _DAY if self.how.asked.direction == "backward" else None

    @property
    def advised_by(self) -> date | None:
        """Backwards: ``safe_by``, or the working day before it if that is none. Advice only; None forwards."""
        if self.safe_by is None or self.how.asked.calendar.is_working_day(self.safe_by):
            return self.safe_by
        return self.how.asked.calendar.previous_working_day(self.safe_by)

    @property
    def provisional(self) -> bool:
        return self.how.provisional

    @property
    def calendar_name(self) -> str:
        return self.how.asked.calendar.name

    @property
    def calendar_version(self) -> str:
        return self.how.asked.calendar.version

    @cached_property
    def trace(self) -> tuple[Step, ...]:
        """The rules applied, in order, each with its cite or marked as convention."""
        return steps(self.how)

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about what is open or provisional."""
        return warnings(self.how)

    def to_plain(self) -> dict[str, Any]:
        """Return all of it as texts, for an event or an export; enough to recompute and to compare later."""
        how = self.how
        return {
            "event": how.asked.event_at.isoformat() if how.asked.event_at else how.asked.event_day.isoformat(),
            "event_day": how.asked.event_day.isoformat(),
            "period": how.asked.period.code,
            "direction": how.asked.direction,
            "counting": how.asked.counting.name,
            "zone": how.asked.zone.key,
            "zone_data": zone_data_version(),
            "calendar": how.asked.calendar.named(),
            "last_day": _text(self.last_day),
            "far_edge": _text(self.far_edge),
            "safe_by": _text(self.safe_by),
            "end": self.end.isoformat(),
            "provisional": self.provisional,
            "warnings": list(self.warnings),
            "trace": [step.to_plain() for step in self.trace],
        }


def compute(
    event: date | datetime,
    zone: ZoneInfo | str,
    period: Period,
    *,
    direction: Direction = "forward",
    calendar: Calendar,
    counting: str = "eu-1182-71",
) -> Computed:
    """Return the deadline that *period* after (or before) *event* gives at the place whose *zone* it is.

    *event* is an aware moment of any zone, or the local day itself. The event day or hour is not counted; forward
    periods in days, weeks, months and years end on a working day of *calendar* and hold two, if *counting* says so.

    Raises :class:`BadPeriod` (zero, beyond the year 9999, hours after a day without clock time), :class:`BadMoment`
    (no zone, a clock time that does not exist) and :class:`Unsupported` for what the rules do not answer exactly:
    hours backwards, clocks changed inside the hour of the event, a weekend that the Regulation does not know.
    Source: Regulation (EEC, Euratom) No 1182/71, Art. 3 (not confirmed).
    """
    place = zone_named(zone) if isinstance(zone, str) else zone
    way = counting_named(counting)
    return Computed(reckon(asked_of(event, place, period, direction=direction, calendar=calendar, counting=way)))


def closing(last_day: date, closes_at: str, zone: ZoneInfo | str) -> datetime:
    """Return the moment, exclusive, at which something closes on *last_day* when the clock shows *closes_at*.

    *closes_at* is ``16:00`` (then 16:00:00 is late) or ``24:00`` for the end of the day. Raises :class:`BadMoment`
    for anything else and for a clock time that does not exist, or exists twice, on that day.
    """
    place = zone_named(zone) if isinstance(zone, str) else zone
    _check_clock_time(closes_at)
    if closes_at == "24:00":
        return end_of_day(last_day, place)
    return local(datetime.combine(last_day, time.fromisoformat(closes_at)), place)


def judge_floor(typed: datetime, floor: Computed) -> FloorVerdict:
    """Return whether a typed deadline gives at least the period of *floor* (R10).

    ``too_early``: before 00:00 of the last day (for hours: before the end). ``inside_last_day``: the last day is not
    whole; a warning for a closing time, an error for a signature in a standstill. ``ok``: from the end on.
    A floor that is provisional gives a provisional verdict.
    """
    _check_floor(floor)
    at = instant(typed)
    if at >= instant(floor.end):
        return "ok"
    whole_days = floor.how.asked.period.unit != "hours"
    inside = whole_days and at >= instant(start_of_day(floor.how.last, floor.how.asked.zone))
    return "inside_last_day" if inside else "too_early"


def earliest_lawful(floor: Computed, closes_at: str = "24:00", *, on: Calendar | None = None) -> datetime:
    """Return the first moment at which a deadline may close on *floor* when the clock shows *closes_at*.

    ``24:00`` is the end of the lawful period itself; any earlier clock time falls on a later day (ruling 13). With
    *on*, the closing day is also a working day of that calendar. A day without that clock time is passed over.
    """
    _check_floor(floor)
    _check_clock_time(closes_at)
    day = floor.how.last
    while True:
        if on is None or on.is_working_day(day):
            moment = _closing_if_it_exists(day, closes_at, floor.how.asked.zone)
            if moment is not None and judge_floor(moment, floor) == "ok":
                return moment
        day += _DAY


def _closing_if_it_exists(day: date, closes_at: str, zone: ZoneInfo) -> datetime | None:
    try:
        return closing(day, closes_at, zone)
    except BadMoment:
        return None


def _check_clock_time(closes_at: str) -> None:
    if not re.fullmatch(_CLOCK_TIME, closes_at):
        raise BadMoment(f'"{closes_at}" is not a clock time', 'write hours and minutes, such as "16:00"')


def judge_edge(acted: datetime, edge: Computed) -> EdgeVerdict:
    """Return whether an act was early enough for a period counted backwards (R9).

    ``ok``: before 00:00 of the far edge. ``on_far_edge``: compliant with a warning, the readings differ. Else ``late``.
    """
    if edge.far_edge is None:
        raise Unsupported(f"{edge.how.asked.period} after an event has no far edge", mend="count it backwards")
    at = instant(acted)
    if at < instant(edge.end):
        return "ok"
    return "on_far_edge" if at < instant(end_of_day(edge.far_edge, edge.how.asked.zone)) else "late"


def judge_ceiling(acted: datetime, ceiling: Computed) -> CeilingVerdict:
    """Return whether an act was in time for a longest period (R11): ``ok`` before its end, else ``late``.

    Where the law requires sending, *acted* is the dispatch, where it requires receipt, the receipt; for a notice the
    dispatch, which the buyer must be able to prove (2014/24/EU Art. 51, not confirmed).
    """
    if ceiling.last_day is None:
        fact = f"{ceiling.how.asked.period} counted backwards is no longest period"
        raise Unsupported(fact, mend="count it forward, or use judge_edge")
    return "ok" if instant(acted) < instant(ceiling.end) else "late"


def _check_floor(floor: Computed) -> None:
    if floor.last_day is None:
        raise Unsupported(
            f"{floor.how.asked.period} counted backwards is no floor for a later moment",
            mend="count it forward, or use the far edge",
        )


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
