"""What a decision does to deadlines, seen as a whole: what moves, which minimum and which committee dates it touches.

For previews and answers: nothing here decides, all of it is read from the case before and after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import Case, DeadlineState, Decision, Ground, When, unstamp
from inprocap_flow.engine.timing.parts import grounds_of, leading
from inprocap_flow.language.model import MeetingDate
from inprocap_flow.records import record

_LEAST = timedelta(microseconds=1)


_ENDINGS = ("deadline_over", "deadline_met", "deadline_missed")


@record
class Shift:
    """A deadline that is otherwise after the decision. ``None``: it had not started, or has no end."""

    line: str
    name: str
    was: datetime | None
    now: datetime | None
    was_status: str
    now_status: str
    opens_again: bool = False  # it had ended, by the moment of the decision at the latest, and runs now


@record
class Minimum:
    """The least length of a deadline that moved: its end may lie at ``floor`` (exclusive) or later.

    ``source`` is that of the value that it rests on, ``grounds`` what each part rests on where there are several.
    """

    line: str
    name: str
    floor: datetime
    source: str
    basis: str = ""
    grounds: tuple[Ground, ...] = ()

    @property
    def is_law(self) -> bool:
        """Whether all of it rests on law, as far as anything says what it rests on."""
        return {one.basis for one in self.grounds} <= {"law"} if self.grounds else self.basis in ("", "law")


@record
class Gate:
    """A committee date that the end of a deadline has passed over: it lay after the end and now before, or the reverse.

    ``gate`` is the name of the gate, or ``meets``; ``later`` says that the end now lies on that day or after it.
    """

    line: str
    name: str
    committee: str
    meeting: str
    gate: str
    day: date
    later: bool


@record
class Consequences:
    """All that a decision does to deadlines; ``told`` are the addressees of its messages, in order."""

    shifts: tuple[Shift, ...]
    told: tuple[str, ...]
    minima: tuple[Minimum, ...]
    gates: tuple[Gate, ...]


def consequences(binding: Binding, before: Case, decision: Decision) -> Consequences:
    """Return what *decision* does to the deadlines of the case *before* it; also of a preview."""
    order = [f"{e.line} {e.data['deadline']}" for e in decision.events if e.kind.startswith("deadline_")]
    shifts = tuple(sorted(_shifts(before, decision), key=lambda one: order.index(f"{one.line} {one.name}")))
    told = dict.fromkeys(to for message in decision.messages for to in message.to)
    return Consequences(
        shifts,
        tuple(told),
        tuple(_minima(binding, decision.case, shifts)),
        tuple(_gates(binding, decision.case, shifts)),
    )


def _shifts(before: Case, decision: Decision) -> Iterator[Shift]:
    ended = {f"{e.line} {e.data['deadline']}" for e in decision.events if e.kind in _ENDINGS}
    for place, state in decision.case.deadlines.items():
        was = before.deadlines.get(place)
        if was is None:
            yield Shift(state.line, state.name, None, _end(state), "not started", state.status)
        elif (was.end, was.status) != (state.end, state.status):
            again = state.is_open and (not was.is_open or place in ended)
            yield Shift(state.line, state.name, _end(was), _end(state), was.status, state.status, opens_again=again)


def _end(state: DeadlineState | None) -> datetime | None:
    return unstamp(state.end) if state is not None and state.end else None


def _minima(binding: Binding, case: Case, shifts: Iterable[Shift]) -> Iterator[Minimum]:
    for shift in shifts:
        computed = case.deadlines[f"{shift.line} {shift.name}"].computed
        floor = computed.get("floor", {})
        if shift.now_status == "running" and floor.get("end"):
            limits = floor.get("limits", {})
            used = leading({name: limits[name] for name in floor.get("bound", limits)})
            declared = binding.definition.find_deadline(case.lines[shift.line].kind, shift.name)
            grounds = grounds_of(declared.at_least if declared else None, limits)
            source, basis = str(used.get("source") or ""), str(used.get("basis") or "")
            yield Minimum(shift.line, shift.name, datetime.fromisoformat(floor["end"]), source, basis, grounds)


def _gates(binding: Binding, case: Case, shifts: Iterable[Shift]) -> Iterator[Gate]:
    moved = [shift for shift in shifts if shift.was and shift.now and shift.was != shift.now]
    for committee, meeting in _meetings(binding, case) if moved else ():
        for shift in moved:
            assert shift.was is not None  # chosen so
            assert shift.now is not None
            days = [binding.day(moment - _LEAST) for moment in (shift.was, shift.now)]
            for gate, day in _days(meeting):
                if min(days) < day <= max(days):
                    yield Gate(shift.line, shift.name, committee, meeting.id, gate, day, later=days[1] >= day)


def _days(meeting: MeetingDate) -> list[tuple[str, date]]:
    days = {**meeting.gates, "meets": meeting.meets}
    return sorted(((gate, date.fromisoformat(day)) for gate, day in days.items()), key=lambda pair: pair[1])


def _meetings(binding: Binding, case: Case) -> list[tuple[str, MeetingDate]]:
    """Return the meetings that the case has chosen, on any line, each once."""
    found: dict[tuple[str, str], MeetingDate] = {}
    for line in case.in_order:
        facts = CaseFacts(binding, case, line.id, When.exactly(unstamp(case.opened_at)))
        for name, declared in binding.definition.line(line.kind).fields.items():
            chosen = facts.field(name) if declared.committee else None
            meeting = (
                binding.meeting(declared.committee, chosen) if declared.committee and isinstance(chosen, str) else None
            )
            if meeting is not None and declared.committee:
                found[declared.committee, meeting.id] = meeting
    return [(committee, meeting) for (committee, _), meeting in found.items()]
