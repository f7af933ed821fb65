"""Repeated events, written out between two days, with bounds on what a rule may make us look for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Final

from inprocap_flow.exchange.ical.parts import MEND, Broken, named, wall

MOST_DAYS: Final = 5_000  # entries that repetitions may give
_EARLY: Final = 100  # years before the first day asked for in which a repetition may have begun
# Conditions that calendar programs write; others can make a rule that gives thousands a day, or looks for ever.
_NOT_READ: Final = {"BYHOUR", "BYMINUTE", "BYSECOND", "BYWEEKNO"}
_OFTEN: Final = {"BYDAY", "BYMONTH"}
_FREQUENCIES: Final = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}


def repeated(event: Any, begin: date | datetime, first: date, last: date) -> Iterator[date | datetime]:
    """Yield the starts that RRULE gives between two days, worked out on the wall clock of the event's own zone."""
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        text = _checked_rule(event, rule, begin, first)
        try:
            found = _bounded(text, wall(begin), max(last.year, begin.year))
            until = min(_until(rule, begin), datetime.combine(last, time.max))
            for number, one in enumerate(found.xafter(datetime.combine(first, time.min), inc=True)):
                if one > until:
                    break
                if number > MOST_DAYS:
                    fact = f"{named(event)} repeats more than {MOST_DAYS} times."
                    raise Broken("too-large", fact, "Ask for fewer years.")
                yield one.replace(tzinfo=begin.tzinfo) if isinstance(begin, datetime) else one.date()
            if next(iter(found), None) is None:
                raise Broken("bad-repetition", f"{named(event)} repeats on days that never come.", MEND)
        except (ValueError, TypeError, OverflowError, KeyError) as wrong:
            raise Broken(
                "bad-repetition", f"{named(event)} repeats in a way that cannot be read: {wrong}.", MEND
            ) from None


def _checked_rule(event: Any, rule: Any, begin: date | datetime, first: date) -> str:
    """Return a rule without its end, which is compared apart. Raises for what could run without end."""
    known = rule if isinstance(rule, Mapping) else {}
    frequency = str(next(iter(known.get("FREQ", ())), "")).upper()
    if frequency not in _FREQUENCIES:
        fact = f"{named(event)} repeats {frequency.lower() or 'without saying how often'}."
        raise Broken("bad-repetition", fact, "Days, weeks, months and years can be read. " + MEND)
    if any(not isinstance(number, int) or number < 1 for number in known.get("INTERVAL", [1])):
        raise Broken("bad-repetition", f"{named(event)} repeats at an interval of nothing.", MEND)
    filters = {str(name).upper() for name in known if str(name).upper().startswith("BY")}
    often = frequency in {"DAILY", "WEEKLY"}
    every = next(iter(known.get("INTERVAL", [1])), 1)
    if filters & _NOT_READ or (often and filters - _OFTEN) or (frequency == "DAILY" and every > 1 and filters):
        fact = f"{named(event)} repeats by a rule that is not read here: {', '.join(sorted(filters))}."
        raise Broken("bad-repetition", fact, MEND)
    if begin.year < first.year - _EARLY:
        raise Broken("bad-repetition", f"{named(event)} repeats since {begin.year}.", MEND)
    return re.sub(r";?UNTIL=[^;]*", "", rule.to_ical().decode())


def _bounded(rule: str, wall: datetime, last_year: int) -> Any:
    """Return the rule with an end, so that one that never comes true (30 February) stops, too."""
    import warnings

    from dateutil.rrule import rrulestr

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # an end besides COUNT is what we want here
        return rrulestr(f"{rule};UNTIL={last_year + 1:04}1231T235959", dtstart=wall)


def _until(rule: Any, begin: date | datetime) -> datetime:
    ends = rule.get("UNTIL", [])
    if not ends:
        return datetime.combine(date.max, time.max)
    end = ends[0]
    if isinstance(end, datetime):
        if end.tzinfo is not None and isinstance(begin, datetime) and begin.tzinfo is not None:
            end = end.astimezone(begin.tzinfo)
        return end.replace(tzinfo=None)
    return datetime.combine(end, time.max)
