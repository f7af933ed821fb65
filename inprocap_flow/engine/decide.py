"""The one pure decision: (binding, case, request, now) to a decision or a refusal with every reason (language, 6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from inprocap_flow.engine.acts.acting import take_role
from inprocap_flow.engine.annul import annul
from inprocap_flow.engine.carrying.beginning import begin_work
from inprocap_flow.engine.carrying.carry import carry_out, fill_defaults
from inprocap_flow.engine.carrying.closing import left_open
from inprocap_flow.engine.carrying.judge import judge
from inprocap_flow.engine.carrying.plan import Inputs
from inprocap_flow.engine.carrying.settle import settle
from inprocap_flow.engine.carrying.work import Refused, Work
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.history import EMPTY
from inprocap_flow.engine.case.people import Acting, Capacity, capacity_for
from inprocap_flow.engine.case.records import MAIN, Blocker, Case, Decision, Event, Refusal, Request, When
from inprocap_flow.engine.choosing import not_used
from inprocap_flow.engine.late import enter_late, is_late, last_heard
from inprocap_flow.engine.timing.lateness import judge_moment
from inprocap_flow.engine.turn import ACTS, decide_in_turn, decided
from inprocap_flow.language.model import CASE
from inprocap_flow.records import changed

__all__ = ["ACT_KINDS", "decide"]

ACT_KINDS = ("open", *ACTS, "annul")


def decide(
    binding: Binding,
    case: Case | None,
    request: Request,
    now: datetime,
    history: Sequence[Event] = (),
) -> Decision | Refusal:
    """Decide *request* at *now* (aware) and return all its events, or every reason why not.

    *case* is None for a request that opens one. *history* (all events of the case) is read only when something is
    annulled or entered late. Expiries that are due by the moment of the request stand even if it is refused.

    Raises:
        DefinitionDefect: the definition misbehaves (automatic moves without end, a stage re-entered by itself), or
            the organisation lacks dated data that it needs (a calendar, a limit).
        NotAllowed: a sealed value must be read where its key is not at hand.
    """
    if case is None or request.kind == "open":
        return _begin(binding, case, request, now)
    binding = binding.of(case)
    when = _moment(case, request, now)
    blockers = judge_moment(binding, case, request, now, when)
    if blockers:
        return Refusal(request, tuple(blockers), case=case)
    if request.kind == "migrate" and request.happened is not None:
        reason = "Rules change from now on: a migration is never entered late."
        return Refusal(request, (Blocker("not-late", reason, about="at", mend="leave the moment out"),), case=case)
    if request.kind == "annul":
        return annul(binding, case, request, now, history)
    if request.happened is not None and is_late(case, when):
        return enter_late(binding, case, request, now, when, history)
    return decide_in_turn(binding, case, request, now, when)


def _moment(case: Case, request: Request, now: datetime) -> When:
    """Return when *request* happened: as it says, but not after now; if it says nothing, now.

    A clock that went back does not make a request of now late: it happens with the last thing recorded.
    """
    if request.happened is None:
        return When.exactly(max((now, *last_heard(case))))
    happened = request.happened
    if happened.first <= now < happened.last:
        return changed(happened, last=now)
    return happened


def _begin(binding: Binding, case: Case | None, request: Request, now: datetime) -> Decision | Refusal:
    if case is not None:
        reason = "This case is open already."
        return Refusal(request, (Blocker("already-open", reason, about=case.id, mend="open another"),), case=case)
    if request.kind != "open":
        reason = f"There is no case yet to {request.kind} anything in."
        return Refusal(request, (Blocker("no-such-case", reason, about=request.kind, mend="open one first"),))
    when = _moment(EMPTY, request, now)
    blockers = judge_moment(binding, changed(EMPTY, historic=request.historic), request, now, when)
    if blockers:
        return Refusal(request, tuple(blockers))
    return _open(binding, request, now, when)


def _open(binding: Binding, request: Request, now: datetime, when: When) -> Decision | Refusal:
    """Open a case: it comes into being on its version, takes its defaults, and is carried into its first stage."""
    work = begin_work(binding, EMPTY, request, now, when)
    work.outcome, work.decision = 1, 1
    blockers = _may_open(work, request)
    _emit_opened(work, request)
    try:
        fill_defaults(work, MAIN, CASE)
        step = binding.definition.main.begins
        plan = judge(work, MAIN, step, Inputs(request.fields, request.documents, request.reason))
        blockers += plan.blockers
        if not blockers:
            carry_out(work, plan)
            settle(work)
            blockers = left_open(work)
    except Refused as refused:
        blockers = refused.blockers
    return Refusal(request, tuple(blockers)) if blockers else decided(request, [work])


def _may_open(work: Work, request: Request) -> list[Blocker]:
    step = work.binding.definition.main.begins
    somebody = Acting(work.binding, EMPTY, request.actor, work.when.last, wanted=request.role)
    found = capacity_for(somebody, step.by)
    blockers = [] if isinstance(found, Capacity) else list(found)
    if isinstance(found, Capacity):
        take_role(work, found)
    if request.name and request.name != step.name:
        reason = f"A case begins with {step.name}, not {request.name}."
        blockers.append(Blocker("not-offered", reason, about=request.name, mend=f"use {step.name}"))
    blockers += not_used(work.binding, work.when.last)
    if not request.extra.get("case"):
        blockers.append(Blocker("no-id", "A new case needs an id.", about="case", mend="draw one"))
    return blockers


def _emit_opened(work: Work, request: Request) -> None:
    definition = work.binding.definition
    data = {
        "case": str(request.extra.get("case", "")),
        "organisation": work.binding.organisation.name,
        "procedure": definition.name,
        "version": definition.full_version,
        "definition": work.binding.machine.content_hash,
        "title": str(request.extra.get("title", "")),
    }
    work.emit("opened", MAIN, data | {"historic": True} if request.historic else data)
