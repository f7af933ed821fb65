"""Legal dates beside what is commonly used for dates: `dateutil` adding the same period, without any law.

Ours counts by the Regulation with the public holidays of Hamburg and gives the end of the last day as a moment; the
words of its trace are not asked for, and so not made. Dateutil adds the period to the moment of the event and knows no
holidays, except for working days, which it has no period for: there its rule of weekdays takes so many steps.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, FR, MO, TH, TU, WE, rrule

from inprocap_flow.calendar.compute import compute
from inprocap_flow.calendar.holidays import public_holidays
from inprocap_flow.calendar.periods import Period, parse_period

ZONE = ZoneInfo("Europe/Berlin")
PERIODS = ("35 days", "3 weeks", "2 months", "1 year", "10 working days", "48 hours")
_EVENTS = 200  # moments spread over a year, so that weekends, holidays and clock changes are met
_ROUNDS = 15


def legal_dates(rounds: int = _ROUNDS) -> dict[str, float]:
    """Return, for each period, what one date costs here and there, and the ratio; the two interleaved, medians."""
    calendar = public_holidays("DE-HH", 2026, 2030)
    events = [
        (datetime(2026, 1, 5, 9, 17, tzinfo=UTC) + timedelta(hours=43 * n)).astimezone(ZONE) for n in range(_EVENTS)
    ]
    found: dict[str, float] = {}
    ratios = []
    for text in PERIODS:
        period, add = parse_period(text), _by_dateutil(parse_period(text))

        def ours(event: datetime, period: Period = period) -> object:
            return compute(event, ZONE, period, calendar=calendar)

        here, there = _interleaved(ours, add, events, rounds)
        found[f"{text}: ours, microseconds"] = here * 1e6
        found[f"{text}: dateutil, microseconds"] = there * 1e6
        ratios.append(here / there)
        found[f"{text}: ours against dateutil (aim: at most 20)"] = ratios[-1]
    return {**found, "the worst of these ratios (aim: at most 20)": max(ratios)}


def _by_dateutil(period: Period) -> Callable[[datetime], object]:
    if period.unit == "working days":
        return lambda event: rrule(DAILY, count=period.count + 1, byweekday=(MO, TU, WE, TH, FR), dtstart=event)[-1]
    # Made anew each time, as ours reads its period each time; adding alone is about half of it.
    unit, count = period.unit, period.count
    return lambda event: event + relativedelta(**{unit: count})  # type: ignore[arg-type]


def _interleaved(
    one: Callable[[datetime], object], other: Callable[[datetime], object], events: list[datetime], rounds: int
) -> tuple[float, float]:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for work, kept in zip((one, other), times, strict=True):
            begun = time.perf_counter()
            for event in events:
                work(event)
            kept.append((time.perf_counter() - begun) / len(events))
    return median(times[0]), median(times[1])
