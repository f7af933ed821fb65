"""What people do to deadlines: extend, suspend, resume, satisfy, stop, restart, correct (ruling 17).

Each is a request like any other, with its ground. What the definition does not declare is refused; what it declares is
judged and told by the same rules as a step. What is counted back from the clock follows in the same decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from inprocap_flow.engine.acts.acting import acting, take_role
from inprocap_flow.engine.carrying.carry import use_approvals
from inprocap_flow.engine.carrying.clock_effects import EFFECTS, Asked, Change
from inprocap_flow.engine.carrying.judge import judge
from inprocap_flow.engine.carrying.plan import Inputs, Plan
from inprocap_flow.engine.carrying.telling import tell_all
from inprocap_flow.engine.carrying.waits import stands_still
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.facts import CaseFacts, deadline_place
from inprocap_flow.engine.case.people import Capacity, capacity_for
from inprocap_flow.engine.case.records import Blocker, DeadlineState, Request, key, unstamp
from inprocap_flow.engine.timing.bounds import local, refusing
from inprocap_flow.engine.timing.safety import safe_until
from inprocap_flow.language.model import CLOCK_ACTS, Deadline, said, step_of
from inprocap_flow.records import changed, record

__all__ = ["ACTS", "safe_until"]

FOLLOWING = ("extend", "suspend", "resume", "restart", "correct")  # not for what is counted back from another
WHILE_RUNNING = ("extend", "suspend", "correct")


def perform(kind: str) -> Callable[[Work, Request], list[Blocker]]:
    """Return the act of the engine for *kind*, one of `CLOCK_ACTS`."""

    def act(work: Work, request: Request) -> list[Blocker]:
        asked = asked_for(work, request, kind)
        if isinstance(asked, Blocker):
            return [asked]
        entitled = [*_not_entitled(work, request, asked), *_without_reason(request)]
        judged = judge_act(work, request, asked)
        if entitled or judged.blockers or judged.change is None:
            return [*entitled, *judged.blockers]
        work.warnings += judged.plan.warnings
        use_approvals(work, asked.owner, judged.plan.step)
        judged.change(work)
        tell_all(work, judged.plan)
        return []

    return act


@record
class Judged:
    """An act on a deadline, judged whoever asks for it: what stands in the way, or else the change that it makes."""

    plan: Plan
    blockers: tuple[Blocker, ...]
    change: Change | None = None


def judge_act(work: Work, request: Request, asked: Asked) -> Judged:
    """Return what stands in the way of an act but who asks for it and whether with a ground."""
    plan = judge(work, asked.owner, step_of(asked.declared, asked.act), Inputs(reason=request.reason))
    asked = changed(asked, lifted=plan.journal.get("lifted", {}))
    out_of_state = tuple(_out_of_state(work, asked))
    # What the act itself would meet is said with the rest: nobody is to sign for what cannot be done.
    change = () if out_of_state else EFFECTS[asked.kind](work, asked)
    blockers = (*plan.blockers, *out_of_state)
    if not isinstance(change, tuple):
        return Judged(plan, blockers, change)
    known = {(blocker.code, blocker.about) for blocker in blockers}
    return Judged(plan, (*blockers, *(one for one in change if (one.code, one.about) not in known)))


def take_effect(work: Work, request: Request) -> bool:
    """Let the act of *request* take effect whoever asks and whatever is still missing; False where it cannot.

    For previews (`engine.supposing`): nothing of *work* may be recorded then.
    """
    asked = asked_for(work, request, request.kind)
    if isinstance(asked, Blocker) or any(_out_of_state(work, asked)):
        return False
    plan = judge(work, asked.owner, step_of(asked.declared, asked.act), Inputs(reason=request.reason))
    change = EFFECTS[request.kind](work, changed(asked, lifted=plan.journal.get("lifted", {})))
    if isinstance(change, tuple):
        return False
    change(work)
    tell_all(work, plan)
    return True


# ---------------------------------------------------------------------------------------------- may it be done


def asked_for(work: Work, request: Request, kind: str) -> Asked | Blocker:
    """Return the act, or why there is nothing to judge: no such deadline, an ended case, or an act nobody declared."""
    definition, case = work.binding.definition, work.case
    place = deadline_place(work.binding, case, request.line, request.name)
    owner, _, bare = (place or f"{request.line} {request.name}").partition(" ")
    declared = definition.line(case.lines[owner].kind).deadlines.get(bare)
    if declared is None:
        known = (*definition.line(case.lines[request.line].kind).deadlines, *definition.main.deadlines)
        mend = f"choose of: {', '.join(dict.fromkeys(known)) or 'none'}"
        reason = f"There is no deadline {request.name} on {request.line}."
        return Blocker("unknown-deadline", reason, about=request.name, mend=mend)
    if case.main.ended and not declared.outlives_case:
        mend = "annul the step that ended it, if that was wrong"
        return Blocker("case-ended", f"The case has ended ({case.main.state}).", about="case", mend=mend)
    act = declared.acts.get(kind)
    if act is None:
        return _not_declared(work, owner, declared, kind)
    state = case.deadlines.get(key(owner, bare))
    return Asked(kind, owner, declared, act, state, (request.reason or "").strip(), request.extra)


def _not_declared(work: Work, owner: str, declared: Deadline, kind: str) -> Blocker:
    definition = work.binding.definition
    reason = f'{definition.name} {definition.version} does not say who may {kind} "{said(declared.title)}".'
    offered = ", ".join(declared.acts) or "nothing"
    mend = f"possible under acts: {offered}; who may {kind} it is written there: {kind}: {{by: ...}}"
    steps = _steps_that(work, owner, declared, kind)
    return refusing("act-not-declared", declared, reason, mend=f"carry out {steps}" if steps else mend, detail=kind)


def _steps_that(work: Work, owner: str, declared: Deadline, kind: str) -> str:
    """Return the steps of the line whose effect is what somebody wants to do to the deadline."""
    effect = {"satisfy": "meets", "stop": "stops", "restart": "restarts"}.get(kind)
    steps = work.binding.definition.line(work.case.lines[owner].kind).steps.values()
    if kind == "extend":
        return " or ".join(one.name for one in steps if one.extends and one.extends.deadline == declared.name)
    return " or ".join(one.name for one in steps if effect and declared.name in getattr(one, effect))


def _not_entitled(work: Work, request: Request, asked: Asked) -> tuple[Blocker, ...]:
    found = capacity_for(acting(work, request, asked.owner), asked.act.by)
    if not isinstance(found, Capacity):
        return found
    take_role(work, found)
    return ()


def _without_reason(request: Request) -> Iterator[Blocker]:
    if not (request.reason or "").strip():
        reason = "Whoever changes a deadline says why."
        yield Blocker("reason-missing", reason, about="reason", mend="give a reason")


def _out_of_state(work: Work, asked: Asked) -> Iterator[Blocker]:
    kind, declared, state = asked.kind, asked.declared, asked.state
    if declared.backwards_from and kind in FOLLOWING:
        reason = f"{asked.title} moves only with {declared.backwards_from}, which it is counted back from."
        yield refusing("follows-another", declared, reason, mend=f"{kind} {declared.backwards_from}")
    elif state is None or state.started is None:
        reason = f"{asked.title} has not started."
        yield refusing("deadline-not-started", declared, reason, mend="wait until it starts")
    elif kind in WHILE_RUNNING and state.status != "running":
        yield _not_running(work.facts(asked.owner), asked, state)
    elif kind == "resume" and state.status != "suspended":
        yield refusing("not-suspended", declared, f"{asked.title} is not suspended ({state.status}).")
    elif kind == "satisfy" and not (state.is_open or state.status == "missed"):
        reason = f"{asked.title} neither runs nor is missed ({state.status})."
        yield refusing("nothing-to-meet", declared, reason)
    elif kind == "stop" and not state.is_open:
        yield refusing("deadline-not-running", declared, f"{asked.title} does not run ({state.status}).")


def _not_running(facts: CaseFacts, asked: Asked, state: DeadlineState) -> Blocker:
    if state.status == "suspended":
        return stands_still(facts, asked.declared.name, said(asked.declared.title), state)
    ended = f" since {local(facts, unstamp(state.end))}" if state.end else ""
    reason = f"{asked.title} is {state.status}{ended}; what is over cannot be changed any more."
    mend = "a new period is possible (restart)" if "restart" in asked.declared.acts else ""
    code = "deadline-over" if asked.kind == "extend" else "deadline-not-running"
    return refusing(code, asked.declared, reason, mend=mend)


ACTS: Mapping[str, Callable[[Work, Request], list[Blocker]]] = {kind: perform(kind) for kind in CLOCK_ACTS}
