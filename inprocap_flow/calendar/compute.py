"""From an event and a legal period to a deadline, with the rules that gave it.

Source: Regulation (EEC, Euratom) No 1182/71, Art. 2 and 3, as restated in the project's note on time limits; where
the law is silent or disputed the note's convention is followed and called so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.bad_values import BadMoment
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.periods import Period
from inprocap_flow.calendar.reckoning import Direction, Reckoning, asked_of, reckon
from inprocap_flow.calendar.rules import Step, counting_named
from inprocap_flow.calendar.trace import shown, shown_at, steps, warnings
from inprocap_flow.calendar.zones import end_of_day, instant, local, start_of_day, zone_data_version, zone_named
from inprocap_flow.errors import Unsupported

FloorVerdict = Literal["ok", "inside_last_day", "too_early"]
EdgeVerdict = Literal["ok", "on_far_edge", "late"]

_DAY: Final = timedelta(days=1)
_CLOCK_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


@dataclass(frozen=True)
class Computed:
    """A computed deadline. Its words (``trace``, ``warnings``) are made when first asked for.

    ``end`` is exclusive and carries the offset of its zone: 00:00 after ``last_day``; for hours the end of the last
    hour; backwards 00:00 of ``far_edge``. ``provisional``: holidays that matter are not known yet.
    """

    how: Reckoning

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
            "calendar": {"name": self.calendar_name, "version": self.calendar_version},
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
    if not _CLOCK_TIME.fullmatch(closes_at):
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


def _check_floor(floor: Computed) -> None:
    if floor.last_day is None:
        raise Unsupported(
            f"{floor.how.asked.period} counted backwards is no floor for a later moment",
            mend="count it forward, or use the far edge",
        )


def explain(computed: Computed) -> list[str]:
    """Return the lines of a file note: what was counted from what, rule by rule, with articles and reservations."""
    how = computed.how
    side = "before" if how.asked.direction == "backward" else "after"
    start = shown_at(how.asked.event_at) if how.asked.event_at else shown(how.asked.event_day)
    lines = [
        f"{how.asked.period} {side} {start}",
        f"Counting: {how.asked.counting.title}. Zone: {how.asked.zone.key}.",
        f"Calendar: {_calendar(how.asked.calendar)}.",
    ]
    lines += [_line(number, step) for number, step in enumerate(computed.trace, 1)]
    lines.append(f"Result: {_result(computed)}.")
    lines += [f"Warning: {warning}" for warning in computed.warnings]
    cites = sorted({step.cite for step in computed.trace if step.basis == "law"})
    if cites:
        lines.append(f"Not confirmed against the Official Journal: {'; '.join(cites)}")
    return lines


def _line(number: int, step: Step) -> str:
    return f"{number}. {step.rule}: {step.text} [{step.cite or step.basis}]"


def _calendar(calendar: Calendar) -> str:
    confirmed = "not confirmed" if isinstance(calendar.confirmed, str) else f"confirmed on {calendar.confirmed}"
    source = f", source: {calendar.source}" if calendar.source else ""
    return f"{calendar.name} {calendar.version} ({confirmed}{source})"


def _result(computed: Computed) -> str:
    if computed.safe_by:
        return f"far edge {shown(computed.how.last)}, safe by {shown(computed.safe_by)}"
    if computed.how.asked.period.unit == "hours":
        return f"over at {shown_at(computed.end)}"
    return f"last day {shown(computed.how.last)}, over at {shown_at(computed.end)}"


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
