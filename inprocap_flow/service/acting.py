"""One request, one outcome, one commit: load, decide, record (rulings 5 and 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inprocap_flow import logs
from inprocap_flow.engine.decide import decide
from inprocap_flow.engine.records import Case, Decision, Refusal, Request
from inprocap_flow.errors import CaseChanged
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.port import Answer, Loaded, Writing

TRIES = 5
NEEDS_HISTORY = ("annul",)


def act(desk: Desk, case_id: str, request: Request, *, now: datetime | None = None) -> Decision | Refusal | Answer:
    """Decide *request* about a case and record the outcome, all or nothing.

    With an expected version, a change in between is a conflict; without one the request is decided again on the new
    state, up to five times. A request with an idempotency key that was answered before gets that `Answer` again.

    Raises:
        NotFound: there is no such case.
        CaseChanged: somebody was faster; names who, and when.
        DefinitionDefect: the definition misbehaves; nothing is recorded.
    """
    request = _seeded(desk, request)
    stopwatch = logs.Stopwatch()
    for attempt in range(1, TRIES + 1):
        try:
            outcome = _once(desk, case_id, request, now)
        except CaseChanged:
            logs.happened(logs.CASE_CHANGED_BY_ANOTHER, case=case_id, actor=request.actor, attempt=attempt)
            if request.expected_version is not None or attempt == TRIES:
                raise
            continue
        _log(case_id, request, outcome, stopwatch)
        return outcome
    raise AssertionError("unreachable: the last try returns or raises")


def _seeded(desk: Desk, request: Request) -> Request:
    return replace(request, extra={"seed": desk.random_bytes(32).hex(), **request.extra})


def _once(desk: Desk, case_id: str, request: Request, now: datetime | None) -> Decision | Refusal | Answer:
    with desk.store.writing() as work:
        if request.idempotency_key and (answered := work.answer(request.idempotency_key)):
            return answered
        loaded = work.load(case_id)
        _expect(request, loaded.case)
        moment = now or desk.clock.now()
        outcome = _decide(desk, work, loaded, request, moment)
        work.record(outcome, now=moment, on=loaded, idempotency_key=request.idempotency_key)
    return outcome


def _decide(desk: Desk, work: Writing, loaded: Loaded, request: Request, now: datetime) -> Decision | Refusal:
    needs_history = request.kind in NEEDS_HISTORY or (request.happened is not None and request.happened.last < now)
    history = work.events(loaded.case.id) if needs_history else ()
    return decide(desk.binding(work, loaded.case), loaded.case, request, now, history)


def _expect(request: Request, case: Case) -> None:
    if request.expected_version is not None and request.expected_version != case.version:
        raise CaseChanged(
            f"the case was changed by {case.last_change_by} at {case.last_change_at}: it is at version {case.version}, "
            f"not {request.expected_version}",
            mend="look at it again, then decide",
        )


def preview(desk: Desk, case_id: str, request: Request, *, now: datetime | None = None) -> Decision | Refusal:
    """Return what *request* would come to, without recording anything."""
    with desk.store.reading() as reading:
        loaded = reading.load(case_id)
        moment = now or desk.clock.now()
        history = reading.events(case_id)
        return decide(desk.binding(reading, loaded.case), loaded.case, _seeded(desk, request), moment, history)


def open_case(
    desk: Desk,
    procedure: str,
    organisation: str,
    request: Request,
    *,
    version: str | None = None,
    now: datetime | None = None,
) -> Decision | Refusal | Answer:
    """Open a case on the version of *procedure* released last (or *version*), for *organisation*.

    ``request.extra`` may hold ``title`` and ``case`` (the id). Raises NotFound, DefinitionDefect.
    """
    extra = {"case": desk.ids.new("case"), **request.extra}
    request = _seeded(desk, replace(request, kind="open", extra=extra))
    stopwatch = logs.Stopwatch()
    with desk.store.writing() as work:
        if request.idempotency_key and (answered := work.answer(request.idempotency_key)):
            return answered
        released = work.released("procedure", procedure, version)
        binding = desk.bind(work, released.content_hash, organisation)
        moment = now or desk.clock.now()
        outcome = decide(binding, None, request, moment)
        if isinstance(outcome, Decision):
            work.record(outcome, now=moment, idempotency_key=request.idempotency_key)
    _log(str(extra["case"]), request, outcome, stopwatch)
    return outcome


def _log(case_id: str, request: Request, outcome: Decision | Refusal | Answer, stopwatch: logs.Stopwatch) -> None:
    event = {
        Decision: logs.REQUEST_RECORDED,
        Refusal: logs.REQUEST_REFUSED,
        Answer: logs.REQUEST_REPEATED,
    }[type(outcome)]
    details = {"code": outcome.codes[0]} if isinstance(outcome, Refusal) and outcome.codes else {}
    logs.happened(
        event, case=case_id, actor=request.actor, request=request.kind, duration_ms=stopwatch.duration_ms, **details
    )
