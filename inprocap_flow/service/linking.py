"""Reports of cases to cases carried out (ruling 15): each once, as a request of its own, after what it tells of.

A report leaves as a message, in the transaction of the outcome that it tells of. The process that recorded that
outcome carries it out at once; if it cannot (it was killed, the other case is in use), the next tick does. The id of
the message is the key of the request, so whoever tries again finds the first answer, and nothing happens twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from inprocap_flow import logs
from inprocap_flow.engine.acts.links import REPORT
from inprocap_flow.engine.case.records import MAIN, SYSTEM_ACTOR, Decision, Refusal, Request, unstamp
from inprocap_flow.errors import FlowError, NotFound
from inprocap_flow.ids import derived_id
from inprocap_flow.records import changed, record
from inprocap_flow.service.acting import act
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.connection import StoreUnavailable
from inprocap_flow.store.deliveries import Posted
from inprocap_flow.store.moments import sortable
from inprocap_flow.store.port import Reading

CASE = "case:"  # what the recipient of a report begins with
REFUSED = "report_refused"  # the kind of the message that tells the owners of both cases
ANNULLED = "report_annulled"  # tells the owners of the other case that what was reported holds no more


def carry_out_at_once(desk: Desk, message_ids: Iterable[str]) -> None:
    """Carry out reports that were just recorded; what cannot be now, for whatever reason, is left for the next tick."""
    for message_id in message_ids:
        try:
            with desk.store.reading() as reading:
                message = reading.deliveries.message(message_id)
            if message is None or message.state != "pending" or not carry_out(desk, message, desk.clock.now()):
                return  # those behind it wait for their turn
        except StoreUnavailable:  # the outcome is recorded: whoever asked for it is told so, not this
            return


def carry_out(desk: Desk, message: Posted, now: datetime) -> bool:
    """Carry out one report and return whether it is done with; False if somebody else did, or it has to wait.

    Reports of one case to another come in the order in which they left. One whose case misbehaves is logged, waits,
    and holds up no other case. Raises StoreUnavailable.
    """
    try:
        if _waits(desk, message):
            return False
        codes = _codes(desk, message)
        return _done(desk, message, codes, now)
    except StoreUnavailable:
        raise
    except FlowError as wrong:
        about = {"message": message.id, "case": message.case_id, "error": wrong.code}
        logs.happened(logs.MESSAGE_FAILED, level="error", **about)
        return False


def other(message: Posted) -> str:
    """Return the id of the case that a report is for."""
    return message.recipient.removeprefix(CASE)


def _waits(desk: Desk, message: Posted) -> bool:
    with desk.store.reading() as reading:
        return reading.deliveries.follows_another(message)


def _codes(desk: Desk, message: Posted) -> tuple[str, ...]:
    """Ask the other case and return the codes of its refusal, () where it took the report."""
    request = _request(desk, message)
    try:
        outcome = act(desk, other(message), request)
    except NotFound:
        return ("no-such-case",)
    if isinstance(outcome, Decision):
        return ()
    return outcome.codes if isinstance(outcome, Refusal) else outcome.refused


def _request(desk: Desk, message: Posted) -> Request:
    with desk.store.reading() as reading:
        procedure = reading.load(message.case_id).case.procedure
        events = reading.events(message.case_id)
    event = next(event for event in events if event.seq == message.seq)
    hops = int(event.data.get("hops", 0)) + 1
    return Request(
        REPORT,
        SYSTEM_ACTOR,
        str(event.data["as"]),
        fields=event.data.get("with", {}),
        idempotency_key=message.id,
        extra={"from": message.case_id, "of": procedure, "hops": hops},
    )


def _done(desk: Desk, message: Posted, codes: tuple[str, ...], now: datetime) -> bool:
    with desk.store.writing() as work:
        if not work.deliveries.carried_out(message.id):
            return False
        for told in _tellings(desk, work, message, codes, now) if codes else ():
            work.deliveries.post(told)
    return True


def _tellings(desk: Desk, reading: Reading, message: Posted, codes: tuple[str, ...], now: datetime) -> Iterator[Posted]:
    """Yield what the owners of both cases are told of a report that was refused."""
    detail: dict[str, object] = {"codes": list(codes), "from": message.case_id, "to": other(message)}
    known = (message.case_id,) if codes == ("no-such-case",) else (message.case_id, other(message))
    for case_id in known:
        yield from _to_owner(desk, reading, changed(message, kind=REFUSED, detail=detail), case_id, now)


def annulled(desk: Desk, reading: Reading, message: Posted, now: datetime) -> Posted | None:
    """Return what the owner of the other case is told because the decision that had reported to it was annulled."""
    detail: dict[str, object] = {"from": message.case_id, "to": other(message)}
    made = changed(message, kind=ANNULLED, detail=detail)
    return next(_to_owner(desk, reading, made, other(message), now), None)


def _to_owner(desk: Desk, reading: Reading, message: Posted, case_id: str, now: datetime) -> Iterator[Posted]:
    """Yield *message* to whoever answers for *case_id*, the same one however often it is made; nothing for nobody."""
    from inprocap_flow.service.delivering.recipients import owners_of

    try:
        loaded = reading.load(case_id)
    except NotFound:
        return
    group = next(iter(owners_of(desk, reading, loaded.case)), "")
    if group:
        yield changed(
            message,
            id=derived_id("message", unstamp(message.created_at), message.kind, message.id, case_id),
            case_id=case_id,
            seq=loaded.event_count,
            recipient=group,
            line=MAIN,
            created_at=sortable(now),
            state="pending",
        )


@record
class Sent:
    """A report that a case has made, and what became of it.

    ``state`` is that of its message: pending, carried_out or withdrawn; ``refused`` gives the codes of a refusal there.
    """

    to: str
    name: str
    at: str
    state: str
    refused: tuple[str, ...] = ()


def reports_of(desk: Desk, case_id: str) -> tuple[Sent, ...]:
    """Return what a case has reported to linked cases, in order."""
    found = [entry for entry in desk.store.outbox(case_id=case_id, state=None) if entry.kind == REPORT]
    with desk.store.reading() as reading:
        answers = {entry.id: reading.answer(entry.id) for entry in found}
    return tuple(
        Sent(
            entry.recipient.removeprefix(CASE),
            entry.subject,
            entry.created_at,
            entry.state,
            answer.refused if (answer := answers[entry.id]) is not None else (),
        )
        for entry in sorted(found, key=lambda entry: entry.id)
    )
