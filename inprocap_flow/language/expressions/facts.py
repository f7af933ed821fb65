"""What an expression may ask of the world: a port that the engine fills, and the value "unknown"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Protocol

from inprocap_flow.language.values import Value
from inprocap_flow.records import record


@record
class Unknown:
    """No value. ``missing`` names the fields to fill, ``reasons`` says what else stands in the way."""

    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Unknown is neither yes nor no; asking it like a bool is a mistake of the caller."""
        raise TypeError("unknown is neither yes nor no; compare with UNKNOWN or use isinstance")

    def __or__(self, other: Unknown) -> Unknown:
        """Return what is missing in either, each named once."""
        return Unknown(
            tuple(dict.fromkeys(self.missing + other.missing)), tuple(dict.fromkeys(self.reasons + other.reasons))
        )


UNKNOWN: Final = Unknown()


class Facts(Protocol):
    """The state that an expression reads: of the case, or of one track within it.

    Whatever has no value is ``UNKNOWN`` (or an ``Unknown`` that says more). ``today``, rates and lists are those of
    the day of the request. Nothing here changes while one expression is evaluated.
    """

    @property
    def label(self) -> str:
        """``""`` for the case, ``supplier/alpha`` for a track; it stands before the name of a missing field."""

    @property
    def finished(self) -> bool:
        """Whether this track stands in a final stage."""

    def field(self, name: str) -> Value | Unknown:
        """Return a field: of the track first, then of the case."""

    def member(self, owner: str, name: str) -> Value | Unknown:
        """Return a field of the parent track (*owner* is its kind) or the gate of the meeting that *owner* holds."""

    def tracks(self, kind: str, stages: tuple[str, ...] | None, of: str = "") -> Sequence[Facts]:
        """Return the tracks of a kind in order of opening, all or those in these stages (or stages within them).

        *of* narrows them: ``this``, those that belong to this line; ``parent``, those that belong to the same track as
        this one; ``above``, the track that this one belongs to.
        """

    def deadline_state(self, name: str) -> str:
        """Return ``none``, ``running``, ``over``, ``met``, ``missed`` or ``stopped``, as recorded."""

    def end_of(self, deadline: str) -> datetime | Unknown:
        """Return the exact moment at which the deadline ends, or has ended; unknown if it never started."""

    def reached(self, milestone: str) -> bool:
        """Return whether the milestone was reached."""

    def day_of(self, milestone: str) -> date | Unknown:
        """Return the local day on which it was reached last."""

    def has(self, document: str) -> bool:
        """Return whether a version of the document is there."""

    def approved(self, approval: str) -> bool:
        """Return whether the approval is given, and neither lapsed, void nor used up."""

    def lifted(self, rule: str) -> bool:
        """Return whether a derogation lifts the rule."""

    def limit(self, name: str) -> Value | Unknown:
        """Return the value in force on the day that counts."""

    def listed(self, list_name: str, country: str) -> bool | Unknown:
        """Return whether the country is on the organisation's list; unknown if there is no list for the day."""

    def list_known(self, list_name: str) -> bool:
        """Return whether there is a list for the day."""

    def rate(self, from_currency: str, to_currency: str) -> Decimal | Unknown:
        """Return what one unit of the first is worth in the second."""

    def today(self) -> date:
        """Return the local day of the request."""

    def local_day(self, moment: datetime) -> date:
        """Return the day of a moment in the organisation's zone."""
