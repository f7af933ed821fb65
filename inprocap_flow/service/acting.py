"""One request, one outcome, one commit: load, decide, record (rulings 5 and 6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from inprocap_flow import logs
from inprocap_flow.engine.acts.links import REPORT
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Case, Decision, Refusal, Request
from inprocap_flow.engine.decide import decide
from inprocap_flow.errors import CaseChanged, NotAllowed
from inprocap_flow.records import changed
from inprocap_flow.service import logbook
from inprocap_flow.service.bounds import judge_case_id, judge_request
from inprocap_flow.service.choosing import day_of, release_for
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.timekeeping.ladders import plan_ladders
from inprocap_flow.store.moments import readable
from inprocap_flow.store.port import Reading, Writing
from inprocap_flow.store.records import Answer, Loaded, Recorded

TRIES = 5
Outcome = Decision | Refusal | Answer


def act(desk: Desk, case_id: str, request: Request, *, now: datetime | None = None) -> Outcome:
    """Decide *request* about a case and record the outcome, all or nothing.

    With an expected version, a change in between is a conflict; without one the request is decided again on the new
    state, up to five times. A request with an idempotency key that was answered before gets that `Answer` again.

    Raises:
        InvalidInput: the request is none (`inprocap_flow.service.bounds`); nothing was looked at.
        NotFound: there is no such case.
        NotAllowed: the idempotency key was used for another request.
        CaseChanged: somebody was faster; names who, and when.
        DefinitionDefect: the definition misbehaves; nothing is recorded.
    """
    judge_case_id(case_id)
    request = _seeded(desk, request)
    reports: list[str] = []
    before: list[Case] = []
    outcome = _tried(desk, case_id, request, lambda: _once(desk, case_id, request, now, reports, before))
    _carry_out(desk, reports)
    return _minding_hats(desk, before[0] if before else None, outcome)


def open_case(
    desk: Desk,
    procedure: str,
    organisation: str,
    request: Request,
    *,
    version: str | None = None,
    now: datetime | None = None,
) -> Outcome:
    """Open a case on the version of *procedure* in force on the day (or *version*), for *organisation*.

    Where overlays of the organisation are in force on that day, it is the procedure with them.

    ``request.extra`` may hold ``title`` and ``case`` (the id). A refused opening is recorded too, under no case.
    Raises InvalidInput, NotFound, NotAllowed, DefinitionDefect as `act` does, and CaseChanged for an id that is taken.
    """
    judge_request(request)
    extra = {"case": desk.ids.new("case"), **request.extra}
    request = _seeded(desk, changed(request, kind="open", extra=extra))
    reports: list[str] = []
    outcome = _tried(
        desk,
        str(extra["case"]),
        request,
        lambda: _open_once(desk, procedure, organisation, request, version, now, reports=reports),
    )
    _carry_out(desk, reports)
    return _minding_hats(desk, None, outcome)


def preview(desk: Desk, case_id: str, request: Request, *, now: datetime | None = None) -> Decision | Refusal:
    """Return what *request* would come to, without recording anything. Raises as `act` does."""
    judge_case_id(case_id)
    request = _seeded(desk, request)
    with desk.store.reading() as reading:
        loaded = reading.load(case_id)
        _expect(desk, reading, request, loaded.case)
        binding = desk.binding(reading, loaded.case)
        return _decide(binding, reading, loaded, request, now or desk.clock.now())


def supposed(desk: Desk, case_id: str, request: Request, *, now: datetime | None = None) -> Decision | None:
    """Return what an act on a deadline would come to if all that people can mend were mended; nothing is recorded.

    None where the act itself is impossible. Raises as `act` does.
    """
    from inprocap_flow.engine.supposing import suppose

    judge_case_id(case_id)
    request = _seeded(desk, request)
    with desk.store.reading() as reading:
        loaded = reading.load(case_id)
        return suppose(desk.binding(reading, loaded.case), loaded.case, request, now or desk.clock.now())


def _seeded(desk: Desk, request: Request) -> Request:
    judge_request(request)
    return changed(request, extra={"seed": desk.random_bytes(32).hex(), **request.extra})


def _tried(desk: Desk, case_id: str, request: Request, once: Callable[[], Outcome]) -> Outcome:
    """Return what *once* comes to, tried again while others are faster and the request can be decided anew."""
    stopwatch = logs.Stopwatch()
    # An opening is tried again only to find the answer to its twin; without a key nothing would be different.
    again = request.expected_version is None and (request.kind != "open" or request.idempotency_key is not None)
    for attempt in range(1, TRIES + 1):
        try:
            outcome = once()
        except CaseChanged as wrong:
            logs.happened(logs.CASE_CHANGED_BY_ANOTHER, case=case_id, actor=request.actor, attempt=attempt)
            if not again or attempt == TRIES:
                raise _in_zone(desk, case_id, wrong) from wrong
            continue
        logbook.write(case_id, request, outcome, stopwatch)
        desk.recorded()
        return outcome
    raise AssertionError("unreachable: the last try returns or raises")


def _in_zone(desk: Desk, case_id: str, wrong: CaseChanged) -> CaseChanged:
    """Return *wrong* with its moment in the zone of the organisation, which the store does not know."""
    if not wrong.at:
        return wrong
    with desk.store.reading() as reading:
        at = _local(desk, reading, reading.load(case_id).case.organisation, wrong.at)
    message, _, _ = str(wrong).partition("\n  mend: ")
    return CaseChanged(message.replace(readable(wrong.at), at), mend=wrong.mend)


def _local(desk: Desk, reading: Reading, organisation: str, moment: str) -> str:
    return readable(moment, ZoneInfo(desk.organisation(reading, organisation).zone))


def _carry_out(desk: Desk, reports: list[str]) -> None:
    """Carry out what was reported to linked cases, now that it is recorded; what cannot be waits for the next tick."""
    if reports:
        from inprocap_flow.service.linking import carry_out_at_once  # which asks for acts of its own

        carry_out_at_once(desk, reports)


def _reports(work: Writing, outcome: Decision | Refusal, recorded: Recorded) -> list[str]:
    """Return the ids of the messages that are reports to linked cases; of a refusal, those of expiries that stand."""
    if not any(message.kind == REPORT for message in outcome.messages):
        return []
    found = (work.deliveries.message(one) for one in recorded.message_ids)
    return [message.id for message in found if message is not None and message.kind == REPORT]


def _minding_hats(desk: Desk, before: Case | None, outcome: Outcome) -> Outcome:
    """Return *outcome* with a warning where its actor serves buyer and supplier; looked at after the commit."""
    if not isinstance(outcome, Decision) or (before is not None and before.acted == outcome.case.acted):
        return outcome
    from inprocap_flow.service.ledger.hats import warned

    return warned(desk, before, outcome)


def _once(
    desk: Desk, case_id: str, request: Request, now: datetime | None, reports: list[str], before: list[Case]
) -> Outcome:
    with desk.store.writing() as work:
        # The case first: loading locks it, so a twin of this request has been answered by now, or will not be.
        loaded = work.load(case_id)
        before[:] = [loaded.case]
        if (answered := _answered(desk, work, request, loaded.case.organisation, case_id)) is not None:
            return answered
        _expect(desk, work, request, loaded.case)
        moment = now or desk.clock.now()
        binding = desk.binding(work, loaded.case)
        outcome = _decide(binding, work, loaded, request, moment)
        recorded = work.record(outcome, now=moment, on=loaded, idempotency_key=request.idempotency_key)
        reports[:] = _reports(work, outcome, recorded)
        plan_ladders(work, binding, loaded.case, outcome.case, moment)
        if request.kind == "destroy" and isinstance(outcome, Decision):
            # With the same commit: the record never says so of a key that is there, nor the reverse.
            work.destroy_key(case_id, now=moment)
    return outcome


def _open_once(
    desk: Desk,
    procedure: str,
    organisation: str,
    request: Request,
    version: str | None,
    now: datetime | None,
    *,
    reports: list[str],
) -> Outcome:
    with desk.store.writing() as work:
        if (answered := _answered(desk, work, request, organisation)) is not None:
            return answered
        moment = now or desk.clock.now()
        day = day_of(desk, work, organisation, request, moment)
        released = release_for(desk, work, procedure, organisation, day, version)
        binding = desk.bind(work, released.content_hash, organisation)
        outcome = decide(binding, None, request, moment)
        recorded = work.record(outcome, now=moment, idempotency_key=request.idempotency_key)
        reports[:] = _reports(work, outcome, recorded)
        if isinstance(outcome, Decision):
            plan_ladders(work, binding, None, outcome.case, moment)
    return outcome


def _answered(
    desk: Desk, work: Reading, request: Request, organisation: str, case_id: str | None = None
) -> Answer | None:
    """Return the first answer to the request with this key. Raises NotAllowed if that was another request."""
    if request.idempotency_key is None:
        return None
    answer = work.answer(request.idempotency_key)
    if answer is None:
        return None
    if not work.agrees(answer, request) or case_id not in (None, answer.case_id):
        at = _local(desk, work, organisation, answer.answered_at)
        raise NotAllowed(
            f"the key {request.idempotency_key} was used for another request, answered at {at}",
            mend="draw a new key for a new request; the same key is only for sending the same request again",
        )
    return answer


def _decide(binding: Binding, reading: Reading, loaded: Loaded, request: Request, now: datetime) -> Decision | Refusal:
    needs_history = request.kind == "annul" or request.happened is not None
    history = reading.events(loaded.case.id) if needs_history else ()
    return decide(binding, loaded.case, request, now, history)


def _expect(desk: Desk, reading: Reading, request: Request, case: Case) -> None:
    if request.expected_version is not None and request.expected_version != case.version:
        at = _local(desk, reading, case.organisation, case.last_change_at)
        raise CaseChanged(
            f"the case was changed by {case.last_change_by} at {at}: "
            f"it is at version {case.version}, not {request.expected_version}",
            mend="look at it again, then decide",
        )
