"""How the work of a decision begins. Apart from `turn`, because asking what is next begins work and decides nothing."""

from __future__ import annotations

from datetime import datetime

from inprocap_flow.engine.carrying.describe import describe
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Case, Request, When


def begin_work(binding: Binding, case: Case, request: Request, now: datetime, when: When) -> Work:
    """Return the work of deciding *request* on *case*; its first event will carry the request itself."""
    work = Work(
        binding,
        case,
        request,
        now,
        when,
        outcome=case.version + 1,
        decision=case.next_decision,
        actor=request.actor,
        seed=_seed(request),
    )
    work.described = describe(work, request)
    return work


def _seed(request: Request) -> bytes:
    try:
        return bytes.fromhex(request.extra.get("seed", ""))
    except (TypeError, ValueError):
        return b""  # then nothing can be sealed, which is refused where it matters
