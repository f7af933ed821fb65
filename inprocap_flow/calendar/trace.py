"""Why a deadline is what it is: the steps in words, each with its provision or marked as our convention."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from inprocap_flow.calendar import rules
from inprocap_flow.calendar.days import WEEKDAYS, Calendar
from inprocap_flow.calendar.reckoning import Reckoning, two_days_or_longer, working_days_within
from inprocap_flow.calendar.rules import Cite, Step
from inprocap_flow.calendar.zones import clock

_DAY: Final = timedelta(days=1)
_CITES: Final = {
    "days": ("R2", rules.DAYS),
    "weeks": ("R3", rules.WEEKS),
    "months": ("R4", rules.MONTHS_AND_YEARS),
    "years": ("R4", rules.MONTHS_AND_YEARS),
    "working days": ("R5", rules.WORKING_DAYS),
    "hours": ("R6", rules.HOURS),
}


def shown(day: date) -> str:
    """Return a day as every output shows it, whatever the machine's language: ``Sat 2027-03-27``."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.isoformat()}"


def shown_at(moment: datetime) -> str:
    """Return a moment as every output shows it: ``Wed 2027-03-31 00:00 +02:00``; of a second, no parts."""
    return f"{WEEKDAYS[moment.weekday()][:3]} {clock(moment.replace(microsecond=0), with_offset=True)}"


def steps(how: Reckoning) -> tuple[Step, ...]:
    """Return the rules that gave *how*, in the order in which they were applied."""
    if how.asked.period.unit == "hours":
        found = _hours(how)
    elif how.asked.direction == "backward":
        found = _backward(how)
    else:
        found = _forward(how)
    return (_event(how), *found)


def _law(how: Reckoning, rule: str, text: str, cite: Cite) -> Step:
    """A step of the Regulation; under any other way of counting it is only how we count."""
    if how.asked.counting.by_regulation:
        return Step(rule, text, cite.text, "law", cite.evidence)
    return _convention(rule, text)


def _convention(rule: str, text: str) -> Step:
    return Step(rule, text, "", "convention")


def _event(how: Reckoning) -> Step:
    day = shown(how.asked.event_day)
    if how.asked.event_at is None:
        return _convention("R0", f"The event day is {day}, in the zone {how.asked.zone.key}.")
    return _convention(
        "R0", f"The event at {shown_at(how.asked.event_at)} falls on the local day {day} of {how.asked.zone.key}."
    )


def _forward(how: Reckoning) -> Iterator[Step]:
    first = how.asked.event_day + _DAY
    yield _law(how, "R1", f"The event day is not counted: day 1 is {shown(first)}.", rules.DAY_NOT_COUNTED)
    yield from _counted(how)
    if how.asked.period.unit != "working days":
        yield from _inside(how, first, how.counted - _DAY)
        yield _moved(how)
        if two_days_or_longer(how.asked.period) and how.asked.counting.needs_two_working_days:
            yield _two_working_days(how, first)
    yield _end(how)


def _counted(how: Reckoning) -> Iterator[Step]:
    rule, cite = _CITES[how.asked.period.unit]
    day = shown(how.counted)
    if how.asked.period.unit == "days":
        yield _law(how, rule, f"Day {how.asked.period.count} is {day}.", cite)
    elif how.asked.period.unit == "working days":
        text = (
            f"Working day {how.asked.period.count} is {day}{_left_out(how, how.asked.event_day + _DAY, how.counted)}."
        )
        yield _law(how, rule, text, cite)
    elif how.asked.period.unit == "weeks":
        text = f"{how.asked.period} after the event day is {day}: the weekday of the event day itself."
        yield _law(how, rule, text, cite)
    elif how.counted.day == how.asked.event_day.day:
        yield _law(
            how, rule, f"{how.asked.period} after the event day is {day}: the date of the event day itself.", cite
        )
    else:
        text = (
            f"The month in which {how.asked.period} ends has no day {how.asked.event_day.day}: its last day is {day}."
        )
        yield _law(how, rule, text, cite)


def _holidays(how: Reckoning, first: date, last: date) -> list[str]:
    """Return the known holidays from *first* to *last* that the weekend does not hide."""
    calendar = how.asked.calendar
    return [
        f"{shown(day)} ({title})"
        for day, title in calendar.holidays.items()
        if first <= day <= last and day.weekday() not in calendar.weekend
    ]


def _left_out(how: Reckoning, first: date, last: date) -> str:
    holidays = _holidays(how, first, last)
    if holidays:
        return f"; left out besides weekends: {', '.join(holidays)}"
    return "; weekends are left out" if (last - first).days >= how.asked.period.count else ""


def _inside(how: Reckoning, first: date, last: date) -> Iterator[Step]:
    holidays = _holidays(how, first, last)
    if holidays:
        rule = _CITES[how.asked.period.unit][0]
        text = f"Weekends and holidays inside the period are counted, here also {', '.join(holidays)}."
        yield _law(how, rule, text, rules.DAYS_INSIDE)


def _moved(how: Reckoning) -> Step:
    if not how.asked.counting.moves_to_working_day:
        return _convention("R7", f"{shown(how.counted)} stays, working day or not: {how.asked.counting.title}.")
    if how.shifted == how.counted:
        return _law(how, "R7", f"{shown(how.counted)} is a working day and stays the last day.", rules.LAST_DAY_MOVES)
    why = passed_over(how.counted, how.shifted, how.asked.calendar)
    return _law(how, "R7", f"{why}: the last day moves to {shown(how.shifted)}.", rules.LAST_DAY_MOVES)


def passed_over(counted: date, shifted: date, calendar: Calendar) -> str:
    """Return why *counted* and the days up to *shifted* are passed over: ``Sat 2026-12-26 (...) is no working day``."""
    passed = (counted + index * _DAY for index in range((shifted - counted).days))
    days = ", ".join(f"{shown(day)} ({calendar.why_not_working(day)})" for day in passed)
    none = "are no working days" if shifted - counted > _DAY else "is no working day"
    return f"{days} {none}"


def _two_working_days(how: Reckoning, first: date) -> Step:
    found = [shown(day) for day in working_days_within(first, how.shifted, how.asked.calendar)]
    if how.last == how.shifted:
        return _law(
            how, "R8", f"At least two working days lie in the period: {', '.join(found)}.", rules.TWO_WORKING_DAYS
        )
    only = f"Only one working day lies in the period ({found[0]})" if found else "No working day lies in the period"
    return _law(how, "R8", f"{only}: the last day moves to {shown(how.last)}.", rules.TWO_WORKING_DAYS)


def _end(how: Reckoning) -> Step:
    text = f"The whole of {shown(how.last)} belongs to the period, which is over at {shown_at(how.end)}."
    return _convention("End", text)


def _hours(how: Reckoning) -> Iterator[Step]:
    assert how.asked.event_at is not None
    assert how.starts_at is not None
    hour = f"{how.asked.event_at:%H}:00 of {shown(how.asked.event_day)}"
    text = f"The clock hour of the event, {hour}, is not counted: hour 1 starts at {shown_at(how.starts_at)}."
    yield _law(how, "R1", text, rules.HOUR_NOT_COUNTED)
    yield _law(how, "R6", f"{how.asked.period} from then end at {shown_at(how.end)}.", rules.HOURS)
    if how.end.utcoffset() != how.asked.event_at.utcoffset():
        yield _convention("R6", "The clocks change in between: elapsed hours are counted, not what the clock shows.")
    yield _law(how, "R6", "Weekends and holidays do not move the end of a period in hours.", rules.NOT_FOR_HOURS)


def _backward(how: Reckoning) -> Iterator[Step]:
    first, edge = how.asked.event_day - _DAY, shown(how.last)
    text = f"The day counted back from is not counted itself: day 1 backwards is {shown(first)}."
    yield _law(how, "R9", text, rules.DAY_NOT_COUNTED)
    left_out = _left_out(how, how.last, first) if how.asked.period.unit == "working days" else ""
    text = f"{how.asked.period} before {shown(how.asked.event_day)} is {edge}, the far edge{left_out}."
    yield _law(how, "R9", text, _CITES[how.asked.period.unit][1])
    if how.asked.period.unit in {"months", "years"} and how.last.day != how.asked.event_day.day:
        text = f"The month of the far edge has no day {how.asked.event_day.day}, so its last day is taken."
        yield _law(how, "R9", text, rules.MONTHS_AND_YEARS)
    reason = how.asked.calendar.why_not_working(how.last)
    if reason:
        text = f"{edge} ({reason}) stays: a period counted backwards is not moved."
        yield _law(how, "R9", text, rules.NOT_BACKWARDS)
    safe = how.last - _DAY
    text = (
        f"Whether an act on the far edge is in time is disputed; by the end of {shown(safe)} is safe in both readings."
    )
    yield _convention("R9", text)
    if not how.asked.calendar.is_working_day(safe):
        better = shown(how.asked.calendar.previous_working_day(safe))
        text = f"{shown(safe)} ({how.asked.calendar.why_not_working(safe)}) is no working day: {better} is advised."
        yield _convention("R9", text)


def warnings(how: Reckoning) -> tuple[str, ...]:
    """Return what a careful reader must know besides the result; open questions of law are not decided here."""
    return tuple(_warnings(how))


def _warnings(how: Reckoning) -> Iterator[str]:
    if how.provisional:
        yield f"Provisional: {covered(how.asked.calendar)}; the result can move when the missing days are known."
    if not how.asked.counting.by_regulation:
        return
    if how.asked.period.unit == "hours" and how.asked.period.count >= 48:
        yield (
            "Whether two working days (Reg. 1182/71 Art. 3(5)) must lie in a period of 48 hours or more is open; "
            "it was not extended."
        )
    if how.asked.direction == "backward" and two_days_or_longer(how.asked.period):
        held = working_days_within(how.last, how.asked.event_day - _DAY, how.asked.calendar)
        if len(held) < 2:
            yield (
                "Fewer than two working days lie in this period counted backwards; whether Reg. 1182/71 Art. 3(5) "
                "applies to it is open."
            )


def covered(calendar: Calendar) -> str:
    """Return, for which days a calendar knows its holidays."""
    start = f" from {shown(calendar.covers_from)}" if calendar.covers_from else ""
    until = f" until {shown(calendar.covers_until)}" if calendar.covers_until else ""
    return f'calendar "{calendar.name}" {calendar.version} knows its holidays only{start}{until}'
