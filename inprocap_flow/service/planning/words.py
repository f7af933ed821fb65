"""Why a row of a plan lies where it does, in words: the length or clock that holds it, with its source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.calendar.zones import start_of_day
from inprocap_flow.language.expressions.tree import Arithmetic, Call, Word, walk
from inprocap_flow.language.model import Deadline
from inprocap_flow.service.planning.ends import Ends
from inprocap_flow.service.planning.items import Draft, Item
from inprocap_flow.service.planning.network import Link

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NOT_CONFIRMED = "[not confirmed]"


def because(draft: Draft, item: Item, link: Link | None) -> tuple[str, tuple[str, ...]]:
    """Return why *item* comes when it does, and the values of law used for it."""
    if item.ends is not None:
        back = item.deadline.backwards_from if item.deadline is not None else None
        return _clock(item.ends) + (f" before {_title_of(draft, item.line, back)}" if back else ""), rules(
            item.ends, item.deadline
        )
    if link is None:
        return "", ()
    source = draft.items.get(link.source)
    if source is not None and source.ends is not None:
        if link.why:
            return link.why, ()
        return f"after {source.title}, {end_in_words(source.ends)}", ()
    return link.why, ()


def _title_of(draft: Draft, line: str, name: str) -> str:
    found = draft.items.get(f"deadline {line or 'case'} {name}") or draft.items.get(f"deadline case {name}")
    return found.title if found else name.replace("_", " ").replace(".", ": ")


def _clock(ends: Ends) -> str:
    if ends.by_hand:
        return f"proposed: {_period(ends.period)}; somebody types the day"
    return _period(ends.period)


def _period(code: str) -> str:
    try:
        return str(parse_period(code)) if code else ""
    except ValueError:
        return code


def end_in_words(ends: Ends) -> str:
    """Return the end as people read it: ``Fri 2027-01-15 12:00``, midnight as 24:00 of the last day."""
    hour = "24:00" if ends.end.time() == start_of_day(ends.end.date(), ends.end.tzinfo).time() else ""  # type: ignore[arg-type]
    return f"{day(ends.last_day)} {hour or format(ends.end, '%H:%M')}"


def day(known: date) -> str:
    """Return a day with its weekday: ``Tue 2026-07-07``."""
    return f"{_WEEKDAYS[known.weekday()]} {known.isoformat()}"


def rules(ends: Ends, deadline: Deadline | None = None) -> tuple[str, ...]:
    """Return the values of law that a clock used: limit, value, source, basis, and whether somebody confirmed it.

    What *deadline* adds to another value says that it is so much more, and not a length of its own.
    """
    bound = "at least " if ends.by_hand else ""
    more = _added(deadline)
    return tuple(
        _rule(used, "" if name in more else bound, " more" if name in more else "")
        for name, used in ends.limits.items()
    )


def _added(deadline: Deadline | None) -> frozenset[str]:
    """Return the limits that a length of *deadline* only adds to what stands before them."""
    lengths = (deadline.period, deadline.at_least) if deadline is not None else ()
    sums = (one for length in lengths if isinstance(length, Arithmetic) for one in walk(length))
    later = (part for one in sums if isinstance(one, Arithmetic) for part in one.parts[1:])
    calls = (one for one in later if isinstance(one, Call) and one.function == "limit")
    words = (one.arguments[0] for one in calls)
    return frozenset(word.word for word in words if isinstance(word, Word))


def _rule(used: Mapping[str, Any], bound: str, more: str) -> str:
    value = _period(str(used.get("value", ""))) if used.get("unit") == "period" else str(used.get("value", ""))
    mark = f" {NOT_CONFIRMED}" if str(used.get("confirmed_on", "never")) == "never" else ""
    variant = f", because {used['variant'].replace('_', ' ')}" if used.get("variant") else ""
    basis = str(used.get("basis")).replace("_", " ")
    return f"{basis}: {bound}{value}{more}{variant}, {used.get('source')}{mark}"


def ago(first: date, later: date) -> str:
    """Return how many days lie between two days: ``3 days later``, ``the same day``, ``1 day earlier``."""
    days = (later - first) // timedelta(days=1)
    if not days:
        return "the same day"
    return f"{abs(days)} day{'' if abs(days) == 1 else 's'} {'later' if days > 0 else 'earlier'}"
