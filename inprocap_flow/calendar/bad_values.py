"""Values of time that cannot be read: the fact and the mend, without a place.

Whoever read the value from a file or a command knows where it stands and makes a ``Problem`` of it.
"""

from __future__ import annotations


class BadValue(ValueError):
    """A value of time that cannot be used. ``fact`` says what is wrong with it, ``mend`` what to write instead."""

    def __init__(self, fact: str, mend: str) -> None:
        super().__init__(f"{fact}\n  mend: {mend}")
        self.fact = fact
        self.mend = mend


class BadPeriod(BadValue):
    """A length of time that is zero, negative, ambiguous, or leads out of the calendar's years 1 to 9999."""


class BadMoment(BadValue):
    """A moment that is unreadable, does not exist in its time zone, or exists twice there; or an unknown zone."""


class BadCalendar(BadValue):
    """A calendar that contradicts itself or cannot be read back."""
