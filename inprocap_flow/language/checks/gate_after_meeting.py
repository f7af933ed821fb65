"""A meeting of a committee whose gates come in an order that no approval can keep."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.model import Approval, Definition, Line, MeetingDate, Organisation

CODE = "gate-after-meeting"
SEVERITY = ERROR
NOTHING_TO_PLAY = "it is about the dates of a committee in the file of the organisation, not about deeds"


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each meeting to come whose gates a signature cannot observe: none of that name, one after the
    meeting itself, or an earlier signature due after a later one.
    """
    if around.organisation is None:
        return
    for line in definition.lines:
        for approval in line.approvals.values():
            for meeting in _meetings(definition, around.organisation, line, approval):
                if around.day is None or meeting.meets >= around.day.isoformat():
                    for fact in _faults(approval, meeting):
                        mend = f"Correct the meeting in the calendar of {around.organisation.name}."
                        yield Finding(of_line(line.kind, "approvals", approval.name), fact, mend)


def _meetings(
    definition: Definition, organisation: Organisation, line: Line, approval: Approval
) -> tuple[MeetingDate, ...]:
    declared = definition.find_field(line.kind, approval.meeting) if approval.meeting else None
    return organisation.committees.get(declared.committee or "", ()) if declared else ()


def _faults(approval: Approval, meeting: MeetingDate) -> Iterator[str]:
    dues = []
    for signature in approval.signatures:
        for gate in filter(None, (signature.due_by, signature.meets_on)):
            day = _day(meeting, gate)
            if day is None:
                yield f"The meeting `{meeting.id}` has no `{gate}`, where `{signature.role}` signs `{approval.name}`."
            elif gate == signature.due_by:
                dues.append((signature.role, gate, day))
                if day > meeting.meets:
                    yield (
                        f"`{approval.name}` is due by `{gate}` of the meeting `{meeting.id}`: {day}, "
                        f"which is after the meeting on {meeting.meets}."
                    )
    for (one, gate, before), (two, later, after) in () if approval.together else pairwise(dues):
        if before > after:
            yield (
                f"For the meeting `{meeting.id}` `{one}` signs `{approval.name}` by {before} (`{gate}`), "
                f"and then `{two}` by {after} (`{later}`)."
            )


def _day(meeting: MeetingDate, gate: str) -> str | None:
    return meeting.meets if gate in ("meets", "meets_on") else meeting.gates.get(gate)
