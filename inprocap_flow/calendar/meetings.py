"""When committees meet, and by which day a paper must have passed each gate before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import date

from inprocap_flow.calendar.bad_values import BadCalendar
from inprocap_flow.records import record


@record
class Meeting:
    """One meeting. ``gates`` gives the last day (included) of each step before it, such as ``dispatch``."""

    id: str
    meets_on: date
    gates: Mapping[str, date] = field(default_factory=dict, hash=False)

    def gate(self, name: str) -> date:
        """Return the day of that gate. Raises :class:`BadCalendar` if the meeting has none of that name."""
        if name not in self.gates:
            known = ", ".join(self.gates) or "none"
            raise BadCalendar(f'meeting "{self.id}" has no gate "{name}"', f"use one of its gates ({known}), or add it")
        return self.gates[name]

    def missed(self, on: date) -> tuple[str, ...]:
        """Return the gates whose day is over on the day *on*, earliest first."""
        return tuple(name for name, day in sorted(self.gates.items(), key=lambda gate: gate[1]) if day < on)


def in_order(meetings: Iterable[Meeting]) -> tuple[Meeting, ...]:
    """Return the meetings by day. Raises :class:`BadCalendar` if two of them share an id."""
    found = tuple(sorted(meetings, key=lambda meeting: (meeting.meets_on, meeting.id)))
    ids = [meeting.id for meeting in found]
    twice = next((name for name in ids if ids.count(name) > 1), None)
    if twice is not None:
        raise BadCalendar(f'two meetings have the id "{twice}"', "give each meeting an id of its own")
    return found


def meeting_called(name: str, meetings: Iterable[Meeting]) -> Meeting:
    """Return the meeting with that id. Raises :class:`BadCalendar` if there is none."""
    known = in_order(meetings)
    for meeting in known:
        if meeting.id == name:
            return meeting
    ids = ", ".join(meeting.id for meeting in known) or "none"
    raise BadCalendar(f'there is no meeting "{name}"', f"use one of the known meetings ({ids}), or add it")


def next_meeting(meetings: Iterable[Meeting], day: date) -> Meeting | None:
    """Return the first meeting on *day* or later, None if the calendar knows none."""
    return next((meeting for meeting in in_order(meetings) if meeting.meets_on >= day), None)


def next_reachable(meetings: Iterable[Meeting], ready_on: date, *, gate: str = "") -> Meeting | None:
    """Return the first meeting that a paper ready on *ready_on* can still go to, None if the calendar knows none.

    With *gate*, the paper must be ready by the day of that gate (included); without, by every gate. A meeting that
    does not have the gate named is an error in the calendar, not a way round the gate.
    """
    for meeting in in_order(meetings):
        passed = meeting.gate(gate) < ready_on if gate else bool(meeting.missed(ready_on))
        if meeting.meets_on >= ready_on and not passed:
            return meeting
    return None
