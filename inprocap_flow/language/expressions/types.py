"""The types of expressions, and the port through which the checker asks what a definition declares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from inprocap_flow.records import record


@record
class Type:
    """A type of the language. ``choices`` belong to a choice, ``committee`` to a meeting."""

    name: str
    choices: tuple[str, ...] | None = None
    committee: str | None = None

    def __str__(self) -> str:
        return _SAID.get(self.name, self.name)


_SAID = {
    "yes_no": "yes or no", "whole_number": "a number", "number": "a number", "percent": "a percent",
    "money": "an amount of money", "text": "text", "date": "a day", "moment": "a moment", "period": "a period",
    "choice": "a choice", "country": "a country", "person": "a person", "meeting": "a meeting", "case": "a case",
    "word": "a quoted word", "list": "a list",
}  # fmt: skip

ANY = Type("any")
"""The type of what is already known to be wrong; it fits everything, so that one mistake gives one finding."""
YES_NO = Type("yes_no")
WHOLE_NUMBER = Type("whole_number")
NUMBER = Type("number")
PERCENT = Type("percent")
MONEY = Type("money")
DATE = Type("date")
WORD = Type("word")

NUMBERS = frozenset({"whole_number", "number"})
DAYS = frozenset({"date", "moment"})
CODES = frozenset({"text", "choice", "country", "person", "meeting", "case"})
"""Types whose values are written as quoted words; they are equal or not and have no order."""


class Scope(Protocol):
    """What the expression may name, at the place where it stands.

    ``kind`` is one of those of ``words.Use``: ``field``, ``each_field``, ``owner``, ``member``, ``track``, ``stage``,
    ``deadline``, ``milestone``, ``document``, ``approval``, ``rule``, ``limit``, ``list``; and ``parent`` (the kind
    that this line belongs to) and ``of`` (the kinds that belong to ``this`` line, or to the same ``parent`` as it).
    """

    @property
    def allows_today(self) -> bool:
        """Whether ``today`` may stand here: only where somebody asks, never where waiting would change the answer."""

    def field(self, name: str) -> Type | None:
        """Return the type of a field: of this line first, then of the case."""

    def each_field(self, track: str, name: str) -> Type | None:
        """Return the type of a field of a kind of track (or of the case, seen from it)."""

    def member(self, owner: str, name: str) -> Type | None:
        """Return the type of a field of the parent track, or of a gate of a meeting field."""

    def limit(self, name: str) -> Type | None:
        """Return the type of a limit's values."""

    def knows(self, kind: str, word: str, track: str | None = None) -> bool:
        """Return whether such a thing is declared; stages are those of *track*."""

    def words(self, kind: str, track: str | None = None) -> Sequence[str]:
        """Return all such names, for "did you mean"; for ``member`` *track* is the owner."""
