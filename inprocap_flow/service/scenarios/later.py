"""Stories that are told later from a step on, day by day in the zone and the calendar of the organisation.

Acts keep their hour. What they fill in moves with them where it is a day or a moment after the step from which on it is
later; what lies before that step has happened, and stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.moments import Span, parse_moment
from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.calendar.reckoning import count_days
from inprocap_flow.calendar.zones import clock, zone_named
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN
from inprocap_flow.errors import DefinitionDefect, InvalidInput, Problem
from inprocap_flow.language.scenarios import Deed, Later, Tests
from inprocap_flow.language.schema.messages import sentence
from inprocap_flow.service.typing_in import line_kind

WEEKENDS = Calendar("weekends", "none")
"""For what is not counted in working days, where no calendar is asked."""


def with_later(tests: Tests, binding: Binding) -> Tests:
    """Return *tests* with every act that is told later on its own day, as if it had been written so.

    Raises InvalidInput for what has no day to move (``2026-12``), leaves the years that dates have, or is counted in
    working days where the organisation has no calendar.
    """
    mover = _Mover(binding)
    problems: list[Problem] = []
    stories: dict[str, tuple[Deed, ...]] = {}
    for name, deeds in tests.stories.items():
        try:
            stories[name] = tuple(mover.moved(deed) for deed in deeds)
        except _CannotMove as cannot:
            problems.append(cannot.problem)
    if problems:
        raise InvalidInput(list(dict.fromkeys(problems)))
    return replace(tests, stories=stories)


def moved_text(text: str, by: str, zone: ZoneInfo | str, calendar: Calendar = WEEKENDS) -> str:
    """Return the day or moment *text* of *zone* so much later; an hour of the day stays, whatever the clocks do.

    Raises BadValue for anything but a day or a moment of a day, and OverflowError after the year 9999.
    """
    place = zone_named(zone) if isinstance(zone, str) else zone
    span, period = parse_moment(text, place), parse_period(by)
    if span.precision not in ("minute", "day"):
        fact = f"`{text}` has no day that could be {period} later"
        raise BadValue(fact, "write the day in the story, or put acts of your own in its place")
    day = count_days(span.first.date(), period, calendar)
    return day.isoformat() if span.precision == "day" else clock(datetime.combine(day, span.first.time()))


class _CannotMove(Exception):  # a problem on its way to the list, never seen outside of this module
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.fact)
        self.problem = problem


class _Mover:
    def __init__(self, binding: Binding) -> None:
        self.binding = binding

    def moved(self, deed: Deed) -> Deed:
        """Return *deed* as late as it is told, one mark after the other."""
        done = replace(deed, later=())
        for mark in deed.later:
            done = self._by(done, mark)
        return done

    def _by(self, deed: Deed, mark: Later) -> Deed:
        since = self._since(mark)
        dated = {name for name in self._dated(deed) if name not in mark.kept}
        changed = replace(deed, at=self._text(deed.at, mark))
        if deed.until:
            changed = replace(changed, until=self._after(deed.until, since, mark))
        values = {name: self._after(value, since, mark) for name, value in _filled(deed).items() if name in dated}
        if deed.verb == "fill":
            return replace(changed, what={**deed.what, **values})
        return replace(changed, values={**deed.values, **values})

    def _dated(self, deed: Deed) -> Iterable[str]:
        """Yield which of the fields that *deed* fills hold days or moments; unknown ones are told when it is played."""
        definition = self.binding.definition
        try:
            fields = definition.line(line_kind(definition, deed.new or deed.on or MAIN)).fields
        except InvalidInput:
            return
        for name in _filled(deed):
            if name in fields and fields[name].type in ("date", "moment"):
                yield name

    def _after(self, text: str, since: Span, mark: Later) -> str:
        """Return the day or moment *text* moved if it lies after *since*; what cannot be read is told when played."""
        try:
            span = parse_moment(text, self.binding.zone)
        except BadValue:
            return text
        exact = span.is_exact and since.is_exact
        is_after = span.first > since.first if exact else span.first.date() > since.first.date()
        return self._text(text, mark) if is_after else text

    def _since(self, mark: Later) -> Span:
        try:
            return parse_moment(self.moved(mark.since).at, self.binding.zone)
        except BadValue as bad:
            raise _CannotMove(Problem(mark.place, "bad-value", sentence(bad.fact), sentence(bad.mend))) from None

    def _text(self, text: str, mark: Later) -> str:
        try:
            return moved_text(text, mark.by, self.binding.zone, self._calendar(parse_period(mark.by)))
        except OverflowError:
            fact, mend = f"{parse_period(mark.by)} after {text} there is no day", "write a shorter length"
        except BadValue as bad:
            fact, mend = bad.fact, bad.mend
        except DefinitionDefect as defect:
            fact, mend = str(defect.args[0]), defect.mend
        raise _CannotMove(Problem(mark.place, "bad-value", sentence(fact), sentence(mend)))

    def _calendar(self, period: Period) -> Calendar:
        return self.binding.calendar("holidays") if period.unit == "working days" else WEEKENDS


def _filled(deed: Deed) -> Mapping[str, Any]:
    return deed.what if deed.verb == "fill" else deed.values
