"""From a timetable to what is drawn of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from inprocap_flow.language.model import CASE, said
from inprocap_flow.service.planning.charts import Bar, Chart
from inprocap_flow.service.planning.ends import Work
from inprocap_flow.service.planning.gantt import draw
from inprocap_flow.service.planning.plans import Row, Timetable
from inprocap_flow.service.planning.words import day

Odds = Mapping[str, tuple[date, date, date]]


def gantt(
    made: Timetable,
    today: date,
    odds: Odds | None = None,
    *,
    beside: Timetable | None = None,
    compared: str = "",
) -> str:
    """Return the plan *made* as an SVG document.

    *odds* gives the days with 50, 80 and 95 percent of its points; *beside* is the plan it is compared with, and
    *compared* says in words what that is.
    """
    return draw(chart_of(made, today, odds or {}, beside, compared))


def chart_of(made: Timetable, today: date, odds: Odds, beside: Timetable | None = None, compared: str = "") -> Chart:
    """Return what is drawn of *made*."""
    definition, organisation = made.binding.definition, made.binding.organisation
    days = (made.finish - made.start).days
    subtitle = (
        f"{definition.name} {definition.version}, for {organisation.name}. "
        f"From {day(made.start)} to {day(made.finish)}, {days} days. A plan, not law."
    )
    bars = tuple(bars_of(made, odds, beside))
    path = ", ".join(f"{row.title} {row.day}" for row in made.rows if row.critical and row.kind != "deadline")
    about = f"{subtitle} On the critical path lie: {path}."
    assumed = len(made.assumptions)
    notes = (f"{assumed} lengths are assumed: nobody said how long.",) if assumed else ()
    against = compared if beside else ""
    return Chart(f"Plan: {made.title}", subtitle, bars, today, days_off(made, bars), about, against, notes)


def bars_of(made: Timetable, odds: Odds, beside: Timetable | None = None) -> Iterator[Bar]:
    """Yield the bars in order of day, under the group of stages in which the case then stands."""
    heading = ""
    for row in made.rows:
        heading = section(made, row) or heading
        yield bar_of(row, heading, odds, same_in(beside, row))


def same_in(made: Timetable | None, row: Row) -> Row | None:
    """Return what *row* is in another plan: the same milestone, else the row of the same name."""
    if made is None:
        return None
    if row.milestone:
        return next((one for one in made.rows if one.milestone == row.milestone), None)
    return next((one for one in made.rows if one.name == row.name), None)


def bar_of(row: Row, heading: str, odds: Odds, other: Row | None = None) -> Bar:
    """Return the bar of a row. What only waits for a clock has none of its own: the clock is drawn above it."""
    return Bar(
        label=row.title.removeprefix(f"{heading}: "),
        first=_first(row),
        last=row.day,
        kind=row.kind,
        section=heading,
        critical=row.critical,
        latest=row.latest,
        before=None if other is None else (_first(other), other.day),
        odds=odds.get(row.name),
        done=row.actual,
        provisional=row.provisional,
        says=row.why,
    )


def _first(row: Row) -> date:
    return row.day if row.by_clock else min(row.since or row.day, row.day)


def section(made: Timetable, row: Row) -> str:
    """Return the title of the group of stages that a row belongs to, empty for what belongs to none."""
    if row.line != CASE or not row.stage:
        return ""
    stages = made.binding.definition.main.stages
    group = stages[row.stage.partition(".")[0]]
    return said(group.title, made.language) or group.address.replace("_", " ").capitalize()


def days_off(made: Timetable, bars: tuple[Bar, ...]) -> frozenset[date]:
    """Return the days between the first and last day drawn on which the organisation does not work."""
    work = Work(made.binding.calendar("holidays"))
    first = min(bar.first for bar in bars) - timedelta(days=60)
    last = max(max(bar.last, bar.latest or bar.last) for bar in bars) + timedelta(days=60)
    return frozenset(
        date.fromordinal(number) for number in range(first.toordinal(), last.toordinal()) if not work.works(number)
    )
