"""Cases that report to cases (ruling 15): what a step reports, and what the report of another case carries out here.

A report is an effect of the decision: an event, and a message in the outbox of the same transaction. It is carried
out on the other case as a request of its own. Nothing of the other case is ever read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inprocap_flow.engine.acts.steps import not_offered
from inprocap_flow.engine.carrying.carry import begin_track, carry_out, new_name
from inprocap_flow.engine.carrying.judge import judge
from inprocap_flow.engine.carrying.plan import Inputs
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.records import MAIN, SYSTEM_ACTOR, Blocker, LineState, Request
from inprocap_flow.language.model import CASE, Receipt
from inprocap_flow.records import changed

REPORT = "report"  # the kind of the request, and of the message that becomes one


def receive(work: Work, request: Request) -> list[Blocker]:
    """Carry out what another case has reported; ``extra`` says ``from`` which case, ``of`` which procedure.

    Only the system asks for this, with the message that the outcome of the other case has left.
    Raises `Refused` with the blockers of a track that would begin, or of lines that the step moves.
    """
    if request.actor != SYSTEM_ACTOR:
        reason = "What a linked case reports comes from that case alone; nobody can say it for it."
        return [Blocker("not-entitled", reason, about=request.name, mend="wait for it")]
    receipt = work.binding.definition.receives.get(request.name)
    sender, procedure = str(request.extra.get("from", "")), str(request.extra.get("of", ""))
    if receipt is None or procedure not in receipt.of:
        reason = f"This procedure takes no report {request.name} from a case of {procedure}."
        return [Blocker("report-not-received", reason, about=request.name, mend="see `receives:` of the procedure")]
    own = work.binding.definition.line(receipt.line)
    if receipt.line != CASE and receipt.step == own.begins.name:
        inputs = Inputs({**request.fields, **_sender(receipt, sender)})
        begin_track(work, receipt.line, new_name(work, receipt.line), None, inputs)
        return []
    lines = list(_lines(work, receipt, sender))
    if len(lines) != 1:
        count = f"{len(lines)} tracks" if lines else "no track"
        reason = f"{sender} reports {request.name}, and {count} of kind {receipt.line} belong to it here."
        return [Blocker("no-such-track", reason, about=receipt.line)]
    fields = request.fields if receipt.line != CASE else {**request.fields, **_sender(receipt, sender)}
    return _carry_out(work, lines[0], receipt, fields)


def _sender(receipt: Receipt, sender: str) -> dict[str, Any]:
    return {receipt.sender: sender} if receipt.sender else {}


def _lines(work: Work, receipt: Receipt, sender: str) -> Iterator[LineState]:
    """Yield the lines that are meant: the case, or the tracks of the kind that say they belong to *sender*."""
    if receipt.line == CASE:
        yield work.case.main
        return
    for line in work.case.tracks(receipt.line):
        if not line.ended and line.fields.get(receipt.sender or "") == sender:
            yield line


def _carry_out(work: Work, line: LineState, receipt: Receipt, fields: Any) -> list[Blocker]:
    step = work.binding.machine.step(line.kind, receipt.step)
    if step is None or line.state not in step.sources:
        return [not_offered(work, line.id, receipt.step, step)]
    plan = judge(work, line.id, step, Inputs(fields))
    if not plan.blockers:
        carry_out(work, plan)
        return []
    if line.id == MAIN:
        return plan.blockers
    return [changed(b, line=line.id, reason=f"{line.id}: {b.reason}") for b in plan.blockers]
