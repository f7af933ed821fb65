"""A limit that has no value on the day on which it is read, or from some day on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from inprocap_flow.language.checks.finding import ADVICE, Around, Finding
from inprocap_flow.language.checks.reading import readings
from inprocap_flow.language.model import Definition, Limit

CODE = "limit-without-value"
SEVERITY = ADVICE
NOTHING_TO_PLAY = (
    "what is lacking is a value of the law for certain days, and without it nothing that rests on it is judged at all"
)


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each use of a limit without a value on the day that is asked about, or on a later one.

    Without a day only what comes is looked at: a first value may begin when it likes.
    """
    limits = {**(around.rulebook.limits if around.rulebook else {}), **definition.limits}
    for reading in readings(definition):
        for use in reading.uses():
            limit = limits.get(use.word) if use.kind == "limit" else None
            for when in _without(limit, around.day) if limit is not None else ():
                mend = "Add the value that holds then, with its source."
                yield Finding(reading.origin, f"The limit `{use.word}` has no value {when}.", mend)


def _without(limit: Limit, day: date | None) -> Iterator[str]:
    """Yield when *limit* has no value: before its first one, between two, after its last."""
    asked = day.isoformat() if day is not None else ""
    first = limit.values[0]
    if day is not None and asked < first.valid_from:
        yield f"on {day}: the first one begins on {first.valid_from}"
    for one, following in pairwise(limit.values):
        ends = _day_after(one.valid_until) if one.valid_until else ""
        if ends and asked < following.valid_from and ends < following.valid_from:
            yield f"from {max(ends, asked)} on: the next one begins on {following.valid_from}"
    if _ends(limit):
        yield f"from {_ends(limit)} on"


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(1)).isoformat()


def _ends(limit: Limit) -> str:
    last = limit.values[-1]
    if last.value is None:
        return last.valid_from
    return f"the day after {last.valid_until}" if last.valid_until else ""
