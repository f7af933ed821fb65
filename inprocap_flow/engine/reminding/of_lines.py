"""The ladders of a line: that nothing happens on it, and papers that are due at the gates of a meeting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from inprocap_flow.calendar.zones import end_of_day
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import MAIN, Case, LineState, When
from inprocap_flow.engine.reminding.addressing import addressed
from inprocap_flow.engine.reminding.ladder import Ladder, in_order
from inprocap_flow.engine.reminding.rungs import Rung, before, pace_of
from inprocap_flow.engine.reminding.silence import NEVER, by_default, case_ladder
from inprocap_flow.engine.reminding.waiting import waiting_since
from inprocap_flow.language.model import Approval, Reminder
from inprocap_flow.records import changed

_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")  # gates depend on no moment


def of_line(binding: Binding, case: Case, line: LineState, *, silent: bool = True) -> Iterator[Ladder]:
    """Yield the ladder of a line where nothing happens, and those of papers that are due at gates of a meeting.

    Without the first one if not *silent*.
    """
    if line.ended or case.main.ended:
        return
    yield from of_silence(binding, case, line) if silent else ()
    for approval in binding.definition.line(line.kind).approvals.values():
        if approval.meeting and any(one.before for one in approval.remind):
            yield from _papers(binding, case, line, approval)


def of_silence(binding: Binding, case: Case, line: LineState) -> Iterator[Ladder]:
    """Yield the ladder of a line where nothing happens: as its stage says, else of the whole case by the main line."""
    if line.ended or case.main.ended:
        return
    stage = binding.definition.line(line.kind).stages.get(line.state)
    if stage is None or stage.owner is None or line.last is None:
        return
    if line.id == MAIN and by_default(binding, stage):
        found = case_ladder(binding, case, stage, addressed(binding, case, stage.owner, MAIN))
        yield from (found,) if found else ()
        return
    own = (Reminder("", after=stage.remind_after),) if stage.remind_after not in (None, NEVER) else ()
    named = tuple(one if one.role else changed(one, role=stage.owner) for one in (*own, *stage.remind))
    empty = Ladder(f"silence {line.id}", "silence", line.id, line.state, ())
    yield from waiting_since(binding, case, named, pace_of(binding), When.from_plain(line.last).last, empty)


def _papers(binding: Binding, case: Case, line: LineState, approval: Approval) -> Iterator[Ladder]:
    """Yield what leads up to the gate of each signature, once the meeting is chosen. The gate's day is included."""
    facts = CaseFacts(binding, case, line.id, When.exactly(_EPOCH))
    pace = pace_of(binding)
    for index, signature in enumerate(approval.signatures):
        day = facts.gate(approval.meeting or "", signature.due_by) if signature.due_by else None
        if not isinstance(day, date):
            continue
        end = end_of_day(day, pace.zone)
        rungs: list[Rung] = []
        for number, one in enumerate(approval.remind):
            to = addressed(binding, case, one.role, line.id)
            rungs += [before(pace, end, day, one, number, to)] if one.before else []
        name = f"papers {line.id} {approval.name} {index}"
        yield Ladder(name, "papers", line.id, approval.name, tuple(sorted(rungs, key=in_order)), (), end)
