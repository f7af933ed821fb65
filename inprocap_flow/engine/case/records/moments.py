"""Moments as the record keeps them: exact, or an interval that a day, a month or half a year leaves open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from inprocap_flow.records import record

LONGEST_AGO = datetime(1, 1, 2, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@record
class When:
    """A moment with its precision, as an interval ``[first, last]`` of aware moments; exact when both are equal.

    ``precision`` is minute, day, month or half-year. Law counts from ``last``, the end that is safe (language, 6.5).
    """

    first: datetime
    last: datetime
    precision: str = "minute"

    @classmethod
    def exactly(cls, moment: datetime) -> When:
        """Return the exact moment *moment*, kept in UTC."""
        moment = moment.astimezone(UTC)
        return cls(moment, moment)

    @property
    def is_exact(self) -> bool:
        return self.precision == "minute"

    def to_plain(self) -> Any:
        if self.is_exact:
            return stamp(self.first)
        return {"first": stamp(self.first), "last": stamp(self.last), "precision": self.precision}

    @classmethod
    def from_plain(cls, plain: Any) -> When:
        if isinstance(plain, str):
            moment = unstamp(plain)
            return cls(moment, moment)
        return cls(unstamp(plain["first"]), unstamp(plain["last"]), plain["precision"])


def stamp(moment: datetime) -> str:
    """Return an aware moment as canonical UTC text, ``2026-07-07T14:00:00Z``, with a fraction only if there is one."""
    return _stamp(moment if moment.tzinfo is UTC else moment.astimezone(UTC))


# A decision writes the same few moments many times. Kept for UTC only: in a zone whose clocks go back, two moments
# an hour apart are equal to Python.
@lru_cache(maxsize=1024)
def _stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


@lru_cache(maxsize=4096)
def unstamp(text: str) -> datetime:
    """Return the moment that `stamp` wrote."""
    return datetime.fromisoformat(text)


def first_of(plain: Any) -> datetime:
    """Return the first moment that a recorded `When` may mean, without making one of it."""
    return unstamp(plain if isinstance(plain, str) else plain["first"])


def last_of(plain: Any) -> datetime:
    """Return the last moment that a recorded `When` may mean, in the same way."""
    return unstamp(plain if isinstance(plain, str) else plain["last"])
