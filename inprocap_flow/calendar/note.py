"""A computed deadline as a note for the file: what was asked, what came out, by which rules, with which reservations.

The parts are texts without layout; whoever prints them decides how wide a line is.
"""

from __future__ import annotations

from inprocap_flow.calendar.compute import Computed
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.rules import Step
from inprocap_flow.calendar.trace import shown, shown_at
from inprocap_flow.calendar.zones import zone_data_version
from inprocap_flow.records import record


@record
class Note:
    """``facts`` are label and text. ``mind`` holds warnings. ``unconfirmed`` lists the provisions cited, each once."""

    question: str
    result: str
    facts: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    mind: tuple[str, ...]
    unconfirmed: tuple[str, ...]


def file_note(computed: Computed) -> Note:
    """Return the note about *computed*."""
    asked = computed.how.asked
    side = "before" if asked.direction == "backward" else "after"
    start = shown_at(asked.event_at) if asked.event_at else shown(asked.event_day)
    facts = (
        ("counting", asked.counting.title),
        ("zone", f"{asked.zone.key}, time-zone data {zone_data_version()}"),
        ("calendar", calendar_in_words(asked.calendar)),
    )
    cites = dict.fromkeys(step.cite for step in computed.trace if step.basis == "law")
    question, result = f"{asked.period} {side} {start}", result_in_words(computed)
    return Note(question, result, facts, computed.trace, computed.warnings, tuple(cites))


def calendar_in_words(calendar: Calendar) -> str:
    """Return which calendar it is, in which version, from where, and whether somebody compared it with its source."""
    confirmed = "[not confirmed]" if isinstance(calendar.confirmed, str) else f"(confirmed on {calendar.confirmed})"
    source = f"; {calendar.source}" if calendar.source else ""
    return f"{calendar.name}, version {calendar.version}{source} {confirmed}"


def result_in_words(computed: Computed) -> str:
    """Return the last day and the end; backwards the far edge and the day that is safe; for hours the end."""
    if computed.safe_by:
        return f"far edge {shown(computed.how.last)}; safe by the end of {shown(computed.safe_by)}"
    if computed.how.asked.period.unit == "hours":
        return f"over at {shown_at(computed.end)}"
    return f"last day {shown(computed.how.last)}; over at {shown_at(computed.end)}"
