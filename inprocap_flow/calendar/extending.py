"""A longer period by law, and a later end by decision (time-limits R13, R14).

A period that the law makes longer is counted again from its event: x is not added to an end that was moved already.
Where adding gives a later date, that one is safe under both readings and is offered (convention).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.compute import Computed, compute
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.periods import Period, together
from inprocap_flow.calendar.rules import Step
from inprocap_flow.calendar.trace import shown, shown_at
from inprocap_flow.calendar.zones import instant
from inprocap_flow.records import record

ExtensionVerdict = Literal["ok", "unchanged", "shortened", "expired"]


@record
class ExtendedByLaw:
    """A period that the law made longer: as it was, as it is, and the later date that is safe in both readings.

    ``extended`` is what counts. ``added`` is what adding to the shifted end gives; ``by`` is the length added.
    """

    first: Computed
    extended: Computed
    added: Computed
    by: Period

    @property
    def end(self) -> datetime:
        return self.extended.end

    @property
    def last_day(self) -> date | None:
        return self.extended.last_day

    @property
    def safe(self) -> Computed:
        """The later of both readings: nobody can say that it is too early (convention)."""
        return max(self.extended, self.added, key=lambda computed: instant(computed.end))

    @property
    def trace(self) -> tuple[Step, ...]:
        """The steps of the longer period, then how it was made longer and what is safe."""
        return (*self.extended.trace, *_steps(self))

    def to_plain(self) -> dict[str, Any]:
        """Return the longer period as ``Computed.to_plain``, with ``prolonged``: from which, by what, what is safe."""
        return self.extended.to_plain() | {
            "trace": [step.to_plain() for step in self.trace],
            "prolonged": {
                "from": self.first.how.asked.period.code,
                "by": self.by.code,
                "was": self.first.end.isoformat(),
                "safe_last_day": self.safe.how.last.isoformat(),
                "safe_end": self.safe.end.isoformat(),
            },
        }


def extended_by_law(
    event: date | datetime,
    zone: ZoneInfo | str,
    period: Period,
    by: Period,
    *,
    calendar: Calendar,
    counting: str = "eu-1182-71",
) -> ExtendedByLaw:
    """Return *period* after *event*, made longer by *by*: counted again from the same event with the sum (R13a).

    Days and weeks can be added to each other, any other unit only to itself. Raises what :func:`compute` raises, and
    :class:`Unsupported` for units whose sum the rules do not know.
    """
    longer = together(period, by)
    first = compute(event, zone, period, calendar=calendar, counting=counting)
    extended = compute(event, zone, longer, calendar=calendar, counting=counting)
    if period.unit == "hours":  # nothing moves their end, so that both readings give the same
        return ExtendedByLaw(first, extended, extended, by)
    return ExtendedByLaw(first, extended, compute(first.how.last, zone, by, calendar=calendar, counting=counting), by)


def _steps(found: ExtendedByLaw) -> Iterator[Step]:
    first, longer = found.first.how, found.extended.how.asked.period
    was = shown_at(first.end) if longer.unit == "hours" else shown(first.last)
    text = f"{first.asked.period} ended on {was}. Prolonged by {found.by}, they are counted again from the event"
    yield Step("R13", f"{text}, as {longer}.", "", "convention")
    if found.safe is not found.extended:
        text = f"{found.by} added to the old end give {shown(found.added.how.last)}, which is safe in both readings."
        yield Step("R13", text, "", "convention")


def judge_extension(end: datetime, to: datetime, now: datetime) -> ExtensionVerdict:
    """Return whether a deadline that ends at *end* (exclusive) may be moved to *to* by a decision at *now* (R13c, R14).

    ``expired``: it is over, and can only be opened again as a new period. ``shortened``: an announced end moves
    earlier only by cancelling and starting again. ``unchanged``: nothing moves. All three are convention.
    """
    if instant(end) <= instant(now):
        return "expired"
    if instant(to) == instant(end):
        return "unchanged"
    return "shortened" if instant(to) < instant(end) else "ok"
