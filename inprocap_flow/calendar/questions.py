"""A question for a date as people type it: ``35 days after 2026-11-23``, ``10 working days before 2026-12-14``."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.bad_values import BadMoment, BadPeriod
from inprocap_flow.calendar.moments import parse_moment
from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.calendar.reckoning import Direction
from inprocap_flow.records import record

_FORMS: Final = 'write such as "35 days after 2026-11-23", "10 working days before 2026-12-14"'
_LONGEST: Final = 200  # characters; the patterns below try every way to divide a text
_PROLONGED: Final = r"(?:,? +prolonged by +(?P<by>.+?))?"
_SENTENCES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<period>.+?){_PROLONGED} +(?P<side>after|before) +(?P<event>(?!.*prolonged)[^,]+)",
        rf"(?P<period>.+?) +(?P<side>after|before) +(?P<event>[^,]+?){_PROLONGED}",
        rf"(?P<side>from) +(?P<event>.+?): +(?P<period>.+?){_PROLONGED}",
    )
)
# Words that leave open whether the day itself is counted, or which way.
_OPEN: Final = re.compile(r" (?P<word>from|since|of|until|till|by|within|starting|in|around) ", re.IGNORECASE)


@record
class Question:
    """What was asked. ``event`` is a local day, or a moment of the zone; ``by`` prolongs the period by law."""

    period: Period
    direction: Direction
    event: date | datetime
    by: Period | None = None


def parse_question(text: str, zone: ZoneInfo | str) -> Question:
    """Return the question that *text* asks; a clock time without offset is one of *zone*.

    Besides ``PERIOD after MOMENT`` and ``PERIOD before MOMENT``: ``30 days, prolonged by 5 days after MOMENT`` and
    ``from MOMENT: 30 days, prolonged by 5 days``. Raises :class:`BadPeriod` for what is no such sentence, has no
    length, or prolongs a period counted backwards, and :class:`BadMoment` for what is not one day or moment.
    """
    plain = " ".join(text[: _LONGEST + 1].split())
    if len(text) > _LONGEST:
        raise BadPeriod(f'"{plain[:60]}..." is longer than any question for a date', _FORMS)
    found = next((match for sentence in _SENTENCES if (match := sentence.fullmatch(plain))), None)
    if found is None:
        raise _refused(plain)
    named = found.groupdict()
    direction: Direction = "backward" if named["side"].lower() == "before" else "forward"
    by = parse_period(named["by"]) if named["by"] else None
    if by is not None and direction == "backward":
        raise BadPeriod(f'"{plain}" prolongs a period counted backwards', "prolong one that is counted forward")
    return Question(parse_period(named["period"]), direction, _event(named["event"], zone), by)


def _event(text: str, zone: ZoneInfo | str) -> date | datetime:
    span = parse_moment(text, zone)
    if span.is_exact:
        return span.first
    if span.precision != "day":
        raise BadMoment(f'"{text}" is more than one day', "write the day from which it counts, such as 2026-11-23")
    return date.fromisoformat(span.text)


def _refused(plain: str) -> BadPeriod:
    if not plain:
        return BadPeriod("there is no question", _FORMS)
    if word := _OPEN.search(f" {plain} "):
        fact = f'"{word["word"].lower()}" leaves open what is counted in "{plain[:60]}"'
        return BadPeriod(fact, f'{_FORMS}; "after" and "before" do not count the day itself')
    if not re.search(r"\b(after|before)\b", plain, re.IGNORECASE):
        return BadPeriod(f'"{plain[:60]}" does not say from which day it counts', _FORMS)
    return BadPeriod(f'"{plain[:60]}" is no question for a date', _FORMS)
