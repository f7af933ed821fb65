"""Who is told that a case went over to another version: whoever works on it, and whomever a clock that moved concerns.

One message of kind `migrated` for each of them, in the transaction of the decision. What it says is read from the
events of that decision, so it is the same however often it is sent. The record says who was told, so that whoever was
told of a migration that is annulled gets a correction.
"""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.engine.acts.fitting import Fit
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.approvals import standing
from inprocap_flow.engine.case.needing import is_needed
from inprocap_flow.engine.case.records import MAIN, LineState
from inprocap_flow.engine.case.signers import who_may_give
from inprocap_flow.engine.reminding.addressing import addressed
from inprocap_flow.language.model import Deadline, Line

MIGRATED = "migrated"  # the kind of message
MIGRATE = "migrate"  # its subject
MOVED = (
    "deadline_started", "deadline_recomputed", "deadline_corrected", "deadline_stopped", "deadline_resumed",
)  # fmt: skip


def tell_of_it(work: Work, fit: Fit) -> None:
    """Put a message into the outbox for everybody whom the migration concerns; nothing for a case that has ended."""
    if work.case.main.ended:
        return
    concerned = tuple(dict.fromkeys((*_owners(work), *_who_sign(work, fit), *_of_clocks(work, fit))))
    if concerned:
        work.emit("told", MAIN, {"to": list(concerned), "step": MIGRATE})
    for one in concerned:
        kind, _, name = one.partition(":")
        work.tell(MIGRATED, name if kind == "track" else MAIN, (one,), MIGRATE)


def _owners(work: Work) -> Iterator[str]:
    """Yield who answers for the case and its open lines, each where it stands now; else whoever opened it."""
    found = []
    for line in work.case.in_order:
        stage = _declared(work, line).stages.get(line.state)
        if not line.ended and stage is not None and stage.owner:
            found.append(f"role:{stage.owner}")
    if not found and work.case.opened_by:
        found.append(f"person:{work.case.opened_by}")
    yield from found


def _who_sign(work: Work, fit: Fit) -> Iterator[str]:
    """Yield whose signature is void now, and who may sign what is still waited for."""
    for before in fit.case.approvals.values():
        name = fit.change(fit.case.lines[before.line]).now("approvals", before.name)
        now = next((one for one in work.case.approvals.values() if (one.line, one.name) == (before.line, name)), None)
        stand = {(one.index, one.person) for one in now.signatures if one.status == "standing"} if now else set()
        for given in before.signatures:
            if given.status == "standing" and (given.index, given.person) not in stand:
                yield f"person:{given.person}"
    for waiting in work.case.approvals.values():
        line = work.case.lines[waiting.line]
        if waiting.open and not line.ended and waiting.name in _declared(work, line).approvals:
            facts = work.facts(waiting.line)
            found = standing(facts, waiting.name)
            if is_needed(facts, found):
                yield from (f"person:{person}" for person in who_may_give(facts, found))


def _of_clocks(work: Work, fit: Fit) -> Iterator[str]:
    """Yield whomever the deadlines concern that were moved, started or stopped in this decision."""
    for event in work.events:
        if event.kind not in MOVED or event.decision != work.decision or event.data.get("deadline") is None:
            continue
        line, name = work.case.lines[event.line], str(event.data["deadline"])
        declared = _declared(work, line).deadlines.get(name) or fit.was(fit.case.lines[event.line]).deadlines.get(name)
        if declared is not None and not line.ended:
            yield from _concerned(work, line, declared)


def _concerned(work: Work, line: LineState, declared: Deadline) -> Iterator[str]:
    """Yield who is reminded of a deadline, and the firms for whom it counts.

    An announced closing of the case counts for every firm in it: all are told at once, as they must be.
    """
    for one in declared.remind:
        yield from addressed(work.binding, work.case, one.role or "", line.id)
    if line.id != MAIN:
        yield from ([f"track:{line.id}"] if line.speakers else ())
    elif declared.kind == "open_until":
        others = (other for other in work.case.in_order if other.id != MAIN and other.speakers and not other.ended)
        yield from (f"track:{other.id}" for other in others)


def _declared(work: Work, line: LineState) -> Line:
    return work.binding.definition.line(line.kind)
