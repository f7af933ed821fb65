"""Days and moments of the past as people type them: ``2026-07-07``, ``2026-07-07 16:00``."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.moments import Span, parse_moment
from inprocap_flow.errors import InvalidInput, Place, Problem


def span(text: str, zone: ZoneInfo, option: str) -> Span:
    """Return what *text* means in *zone*: an exact moment, or a whole day, month or half-year. Raises InvalidInput."""
    try:
        return parse_moment(text, zone)
    except BadValue as wrong:
        raise InvalidInput([Problem(Place(option), "bad-moment", wrong.fact, wrong.mend)]) from None


def beginning(text: str, zone: ZoneInfo, option: str) -> datetime:
    """Return the first moment of what *text* means. Raises InvalidInput."""
    return span(text, zone, option).first
