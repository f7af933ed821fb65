"""What people do to deadlines: extend, suspend, resume, satisfy, stop, restart, correct (ruling 17).

Each is a request like any other, with its ground. What the definition does not declare is refused; what it declares is
judged and told by the same rules as a step. What is counted back from the clock follows in the same decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.engine.acts import acting, take_role
from inprocap_flow.engine.binding import Journal
from inprocap_flow.engine.bounds import local, refusing
from inprocap_flow.engine.carry import use_approvals
from inprocap_flow.engine.clocks import Clock, Typed, as_typed, start_clock, typed_clock
from inprocap_flow.engine.deadlines import end, follow, start, suspend
from inprocap_flow.engine.facts import CaseFacts, deadline_place
from inprocap_flow.engine.judge import judge, stands_still
from inprocap_flow.engine.people import Capacity, capacity_for
from inprocap_flow.engine.plan import Inputs
from inprocap_flow.engine.reclocking import Moved, corrected, extended, lengthened, resumed
from inprocap_flow.engine.records import Blocker, DeadlineState, Request, key, unstamp
from inprocap_flow.engine.safety import safe_until
from inprocap_flow.engine.telling import tell_all
from inprocap_flow.engine.work import Work
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.model import CLOCK_ACTS, ClockAct, Deadline, said, step_of
from inprocap_flow.records import changed, record

__all__ = ["ACTS", "safe_until"]

FOLLOWING = ("extend", "suspend", "resume", "restart", "correct")  # not for what is counted back from another
WHILE_RUNNING = ("extend", "suspend", "correct")


@record
class Asked:
    """An act on a deadline as asked for: on which line, what the definition says, how the clock stands."""

    kind: str
    owner: str
    declared: Deadline
    act: ClockAct
    state: DeadlineState | None
    ground: str
    extra: Mapping[str, Any]

    @property
    def title(self) -> str:
        return f'"{said(self.declared.title)}"'


Change = Callable[[Work], None]  # lets a judged act take effect


def perform(kind: str) -> Callable[[Work, Request], list[Blocker]]:
    """Return the act of the engine for *kind*, one of `CLOCK_ACTS`."""

    def act(work: Work, request: Request) -> list[Blocker]:
        asked = _asked(work, request, kind)
        if isinstance(asked, Blocker):
            return [asked]
        blockers = [*_not_entitled(work, request, asked), *_without_reason(request)]
        plan = judge(work, asked.owner, step_of(asked.declared, asked.act), Inputs(reason=request.reason))
        blockers += [*plan.blockers, *_out_of_state(work, asked)]
        if blockers:
            return blockers
        change = _EFFECTS[kind](work, asked)
        if isinstance(change, tuple):
            return list(change)
        work.warnings += plan.warnings
        use_approvals(work, asked.owner, plan.step)
        change(work)
        tell_all(work, plan)
        return []

    return act


# ---------------------------------------------------------------------------------------------- may it be done


def _asked(work: Work, request: Request, kind: str) -> Asked | Blocker:
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


# ---------------------------------------------------------------------------------------------- which end


def _typed_end(facts: CaseFacts, asked: Asked) -> Typed | tuple[Blocker, ...] | None:
    """Return the end that was agreed, or that comes with the request; None if neither is there."""
    try:
        given = _given(facts, asked)
        agreed = _agreed(facts, asked)
    except BadValue as wrong:
        return (Blocker("bad-value", f"until: {wrong.fact}", about="until", mend=wrong.mend),)
    if isinstance(agreed, tuple):
        return agreed
    if agreed is not None and given is not None and given.end != agreed.end:
        reason = f"{asked.title} was agreed to end at {local(facts, agreed.end)}, not at {local(facts, given.end)}."
        return (refusing("not-as-agreed", asked.declared, reason, mend="leave the end out, or have it agreed anew"),)
    return agreed or given


def _given(facts: CaseFacts, asked: Asked) -> Typed | None:
    text = asked.extra.get("until")
    if text is None:
        return None
    try:
        value: date | datetime = date.fromisoformat(str(text)) if len(str(text)) == 10 else unstamp(str(text))
    except ValueError:
        raise BadValue(f'"{str(text)[:60]}" is neither a day nor a moment', "give one such as 2026-03-20") from None
    if isinstance(value, datetime) and value.utcoffset() is None:
        raise BadValue(f'"{text}" has no zone', "give a moment with its offset")
    return as_typed(facts, asked.declared, value)


def _agreed(facts: CaseFacts, asked: Asked) -> Typed | tuple[Blocker, ...] | None:
    if asked.act.until is None:
        return None
    result = evaluate(asked.act.until, facts)
    if isinstance(result.value, date):
        return as_typed(facts, asked.declared, result.value)
    names = result.missing or (str(asked.act.until),)
    return tuple(
        Blocker("field-missing", f"{name} is not known, the end that is agreed.", about=name, mend=f"fill {name}")
        for name in names
    )


def _no_end(asked: Asked) -> tuple[Blocker, ...]:
    reason = f"Until when does {asked.title} run?"
    return (refusing("end-missing", asked.declared, reason, mend="give the new end (until)"),)


# ---------------------------------------------------------------------------------------------- what it does


def _extend(work: Work, asked: Asked) -> Change | tuple[Blocker, ...]:
    facts, state = _fresh(work, asked), _state(asked)
    law = _by_law(asked)
    if isinstance(law, tuple):
        return law
    if law is not None:
        return _move(asked, "deadline_extended", lengthened(facts, asked.declared, state, law))
    typed = _typed_end(facts, asked)
    if not isinstance(typed, Typed):
        return typed or _no_end(asked)
    return _move(asked, "deadline_extended", extended(facts, asked.declared, state, typed))


def _by_law(asked: Asked) -> Period | tuple[Blocker, ...] | None:
    text = asked.extra.get("by_law")
    if text is None:
        return None
    if asked.extra.get("until") is not None:
        reason = "A law lengthens the period by so much; a decision names the end. Both were given."
        return (Blocker("bad-value", reason, about="until", mend="give one of them"),)
    try:
        return parse_period(str(text))
    except BadValue as wrong:
        return (Blocker("bad-value", f"by law: {wrong.fact}", about="by_law", mend=wrong.mend),)


def _correct(work: Work, asked: Asked) -> Change | tuple[Blocker, ...]:
    facts = _fresh(work, asked)
    typed = _typed_end(facts, asked)
    if not isinstance(typed, Typed):
        return typed or _no_end(asked)
    return _move(asked, "deadline_corrected", corrected(facts, asked.declared, _state(asked), typed))


def _resume(work: Work, asked: Asked) -> Change | tuple[Blocker, ...]:
    return _move(asked, "deadline_resumed", resumed(_fresh(work, asked), asked.declared, _state(asked)))


def _move(asked: Asked, kind: str, moved: Moved | tuple[Blocker, ...]) -> Change | tuple[Blocker, ...]:
    if isinstance(moved, tuple):
        return moved

    def change(work: Work) -> None:
        name = asked.declared.name
        data = {"deadline": name, "ground": asked.ground, **moved.clock.to_plain(), **moved.more}
        work.warnings += moved.warnings
        work.emit(kind, asked.owner, {**data, **_perhaps_over(work, asked)})
        follow(work, asked.owner, name)

    return change


def _perhaps_over(work: Work, asked: Asked) -> dict[str, Any]:
    """Return the mark of an act at an unknown hour, when the clock may have ended already."""
    state = _state(asked)
    perhaps = state.status == "running" and state.end is not None and unstamp(state.end) <= work.when.last
    return {"assumed": True} if perhaps and not work.when.is_exact else {}


def _suspend(_work: Work, asked: Asked) -> Change | tuple[Blocker, ...]:
    return lambda work: suspend(work, asked.owner, asked.declared.name, asked.ground)


def _satisfy(_work: Work, asked: Asked) -> Change | tuple[Blocker, ...]:
    return lambda work: end(work, asked.owner, asked.declared.name, "deadline_met", {"ground": asked.ground})


def _stop(_work: Work, asked: Asked) -> Change | tuple[Blocker, ...]:
    return lambda work: end(work, asked.owner, asked.declared.name, "deadline_stopped", {"ground": asked.ground})


def _restart(work: Work, asked: Asked) -> Change | tuple[Blocker, ...]:
    facts = _fresh(work, asked)
    clock = _new_clock(work, facts, asked)
    if isinstance(clock, tuple):
        return clock
    return lambda work: start(work, asked.owner, asked.declared, clock, {"ground": asked.ground, "restarted": True})


def _new_clock(work: Work, facts: CaseFacts, asked: Asked) -> Clock | tuple[Blocker, ...]:
    """Return the clock as it starts now: by its own rules, or with the end that was agreed or given for a typed one."""
    typed = _typed_end(facts, asked)
    if isinstance(typed, tuple):
        return typed
    if typed is None:
        return start_clock(facts, asked.declared, work.when)
    if asked.declared.ends_at is None:
        reason = f"The end of {asked.title} comes from its period; nobody chooses it."
        return (refusing("bad-value", asked.declared, reason, mend="leave the end out"),)
    return typed_clock(facts, asked.declared, work.when, typed)


def _fresh(work: Work, asked: Asked) -> CaseFacts:
    return changed(work.facts(asked.owner), journal=Journal())


def _state(asked: Asked) -> DeadlineState:
    assert asked.state is not None  # judged before
    return asked.state


_EFFECTS: Mapping[str, Callable[[Work, Asked], Change | tuple[Blocker, ...]]] = {
    "extend": _extend,
    "suspend": _suspend,
    "resume": _resume,
    "satisfy": _satisfy,
    "stop": _stop,
    "restart": _restart,
    "correct": _correct,
}

ACTS: Mapping[str, Callable[[Work, Request], list[Blocker]]] = {kind: perform(kind) for kind in CLOCK_ACTS}
