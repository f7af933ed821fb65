"""Approvals in a plan: how long collecting signatures takes, and the meeting of a committee that gives them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from inprocap_flow.calendar.meetings import Meeting, in_order
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.language.model import Approval
from inprocap_flow.records import record
from inprocap_flow.service.planning.network import Day

MEETS = ("meets", "meets_on")


@record
class Sitting:
    """A meeting as an approval uses it: papers by ``due`` (the last day, included), given on ``given``."""

    id: str
    due: Day
    given: Day
    due_gate: str = ""


@record
class Committee:
    """The meetings that one approval can still go to, in order."""

    name: str
    field: str
    sittings: tuple[Sitting, ...]

    def reached(self, ready: Day) -> Sitting | None:
        """Return the first meeting that papers ready on *ready* can go to; None if the calendar knows none."""
        return next((one for one in self.sittings if one.due >= ready and one.given >= ready), None)

    def given(self, ready: Day) -> Day:
        """Return the day on which the approval is given; the day after the last known meeting when none is left."""
        found = self.reached(ready)
        if found is not None:
            return found.given
        return max([ready, *(one.given + 1 for one in self.sittings)])


def committee_of(binding: Binding, kind: str, approval: Approval) -> Committee | None:
    """Return the committee whose meetings *approval* observes; None if it needs none."""
    if approval.meeting is None:
        return None
    declared = binding.definition.find_field(kind, approval.meeting)
    if declared is None or declared.committee is None:
        return None
    dates = binding.organisation.committees.get(declared.committee, ())
    meetings = in_order(
        Meeting(one.id, date.fromisoformat(one.meets), {n: date.fromisoformat(d) for n, d in one.gates.items()})
        for one in dates
    )
    return Committee(declared.committee, approval.meeting, tuple(_sittings(approval, meetings)))


def _sittings(approval: Approval, meetings: Iterable[Meeting]) -> Iterable[Sitting]:
    due_by = [one.due_by for one in approval.signatures if one.due_by]
    meets_on = [one.meets_on for one in approval.signatures if one.meets_on]
    for meeting in meetings:
        due = min(((_day(meeting, gate), gate) for gate in due_by), default=(meeting.meets_on.toordinal(), ""))
        given = max((_day(meeting, gate) for gate in meets_on), default=meeting.meets_on.toordinal())
        yield Sitting(meeting.id, due[0], given, due[1])


def _day(meeting: Meeting, gate: str) -> Day:
    """Return the day of a gate; a meeting that lacks it is taken at its own day."""
    day = meeting.meets_on if gate in MEETS else meeting.gates.get(gate, meeting.meets_on)
    return day.toordinal()
