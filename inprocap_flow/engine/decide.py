"""The one pure decision: (binding, case, request, now) to a decision or a refusal with every reason (language, 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from inprocap_flow.engine import acts
from inprocap_flow.engine.binding import Binding
from inprocap_flow.engine.carry import Refused, begin_track, carry_out, fill_defaults
from inprocap_flow.engine.history import EMPTY
from inprocap_flow.engine.judge import Inputs, Plan, judge
from inprocap_flow.engine.lateness import judge_moment
from inprocap_flow.engine.people import Capacity, entitled
from inprocap_flow.engine.records import (
    MAIN,
    Blocker,
    Case,
    Decision,
    Event,
    Handed,
    Refusal,
    Request,
    When,
    unstamp,
)
from inprocap_flow.engine.sealing import commitment, is_sealed, salt_for
from inprocap_flow.engine.settle import left_open, pass_time, settle
from inprocap_flow.engine.work import Work
from inprocap_flow.language.model import CASE, Step

Act = Callable[[Work, Request], list[Blocker]]


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
        DefinitionDefect: the definition misbehaves (automatic moves without end, a stage re-entered by itself).
    """
    when = request.happened or When.exactly(now)
    if case is None:
        return _open(binding, request, now, when)
    if request.kind == "annul":
        from inprocap_flow.engine.annul import annul

        return annul(binding, case, request, now, history)
    blockers = judge_moment(binding, case, request, now, when)
    if blockers:
        return Refusal(request, tuple(blockers), case=case)
    if is_late(case, when):
        from inprocap_flow.engine.annul import enter_late

        return enter_late(binding, case, request, now, when, history)
    return decide_in_turn(binding, case, request, now, when)


def is_late(case: Case, when: When) -> bool:
    """Return whether *when* lies definitely before something that is recorded already."""
    return any(line.last is not None and when.last < When.from_plain(line.last).first for line in case.lines.values())


def decide_in_turn(binding: Binding, case: Case, request: Request, now: datetime, when: When) -> Decision | Refusal:
    """Decide a request that comes after everything recorded: first let time pass, then judge and carry out."""
    expiries = pass_time(binding, case, request, now, when.first)
    if not when.is_exact:
        expiries += _assumed_expiries(binding, case, expiries, request, now, when)
    standing_case = expiries[-1].case if expiries else case
    work = begin_work(binding, standing_case, request, now, when)
    try:
        blockers = carry_act(work, request)
        if not blockers:
            settle(work)
            blockers = left_open(work)
    except Refused as refused:
        blockers = refused.blockers
    if blockers:
        return _refused(request, blockers, expiries, standing_case)
    return _decided(request, [*expiries, work])


def _assumed_expiries(
    binding: Binding, case: Case, before: list[Work], request: Request, now: datetime, when: When
) -> list[Work]:
    """Let time pass further within an imprecise moment, if only that makes the request possible (language, 6.5)."""
    start = before[-1].case if before else case
    trial = begin_work(binding, start, request, now, when)
    try:
        blockers = carry_act(trial, request)
    except Refused as refused:
        blockers = refused.blockers
    if not blockers:
        return []
    further = pass_time(binding, start, request, now, when.last)
    for count in range(1, len(further) + 1):
        trial = begin_work(binding, further[count - 1].case, request, now, when)
        try:
            if not carry_act(trial, request):
                return further[:count]
        except Refused:
            continue
    return []


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
        seed=bytes.fromhex(str(request.extra.get("seed", ""))),
    )
    work.described = describe(work, request)
    return work


def _decided(request: Request, works: list[Work]) -> Decision:
    # One outcome: the expiries that stand and the decision share a number, and one commit.
    outcome = works[0].outcome
    events = tuple(replace(event, outcome=outcome) for work in works for event in work.events)
    case = replace(works[-1].case, version=outcome)
    return Decision(
        request,
        events,
        case,
        tuple(message for work in works for message in work.messages),
        tuple(warning for work in works for warning in work.warnings),
        {name: value for work in works for name, value in work.sealed.items()},
    )


def _refused(request: Request, blockers: list[Blocker], expiries: list[Work], case: Case) -> Refusal:
    if not expiries:
        return Refusal(request, tuple(blockers), case=case)
    stands = _decided(request, expiries)
    return Refusal(request, tuple(blockers), stands.events, stands.case, stands.messages)


def describe(work: Work, request: Request) -> dict[str, Any]:
    """Return the request as the record keeps it: enough to decide it again, with sealed values as commitments."""
    plain: dict[str, Any] = {
        "kind": request.kind,
        "name": request.name,
        "line": request.line if request.line != MAIN else None,
        "role": request.role,
        "new": request.new,
        "parent": request.parent,
        "fields": {name: _described(work, request, name, value) for name, value in request.fields.items()},
        "documents": {name: _handed(handed) for name, handed in request.documents.items()},
        "reason": request.reason,
        "evidence": request.evidence,
        "late": (request.happened is not None and request.happened.last < work.now) or None,
        "conflict": request.extra.get("conflict"),
        "not_evidenced": request.extra.get("not_evidenced"),
        "source": request.extra.get("source"),
        "historic": request.historic or None,
    }
    return {name: value for name, value in plain.items() if value is not None and value != {} and value != ""}


def _handed(handed: Handed) -> dict[str, Any]:
    return {"sha256": handed.sha256, "filename": handed.filename, "media_type": handed.media_type, "size": handed.size}


def _described(work: Work, request: Request, name: str, plain: Any) -> Any:
    line_id = request.new or request.line
    line = work.case.lines.get(line_id)
    kind = line.kind if line else line_id.partition("/")[0]
    if kind != CASE and kind not in work.binding.definition.tracks:
        return plain
    declared = work.binding.definition.line(kind).fields.get(name)
    if declared is None or declared.sealed_until is None or is_sealed(plain) or plain is None:
        return plain
    if work.facts(line_id if line else MAIN).reached(declared.sealed_until):
        return plain
    return {"sealed": commitment(salt_for(work.seed, line_id, name), plain)}


def carry_act(work: Work, request: Request) -> list[Blocker]:
    """Judge and carry out the act of *request*; return what refuses it. Raises `Refused` from lines that it moves."""
    return _ACTS.get(request.kind, _unknown)(work, request)


def _unknown(work: Work, request: Request) -> list[Blocker]:
    return [Blocker("unknown-act", f"{request.kind} is nothing that the engine knows.", about=request.kind)]


def _open(binding: Binding, request: Request, now: datetime, when: When) -> Decision | Refusal:
    """Open a case: it comes into being on its version, takes its defaults, and is carried into its first stage."""
    if when.first > now and not request.historic:
        return Refusal(request, (Blocker("future", "A case cannot be opened in the future.", about="at"),))
    definition = binding.definition
    work = begin_work(binding, EMPTY, request, now, when)
    work.outcome, work.decision = 1, 1
    step = definition.main.begins
    capacity = entitled(binding, EMPTY, request.actor, step.by, None, when.last, wanted=request.role)
    if isinstance(capacity, Blocker):
        return Refusal(request, (capacity,))
    acts.take_role(work, capacity)
    work.emit(
        "opened",
        MAIN,
        {
            "case": str(request.extra["case"]),
            "organisation": binding.organisation.name,
            "procedure": definition.name,
            "version": definition.version,
            "definition": binding.machine.content_hash,
            "title": str(request.extra.get("title", "")),
            **({"historic": True} if request.historic else {}),
        },
    )
    fill_defaults(work, MAIN, CASE)
    try:
        blockers = _carry(work, MAIN, step, request)
        if not blockers:
            settle(work)
            blockers = left_open(work)
    except Refused as refused:
        blockers = refused.blockers
    return Refusal(request, tuple(blockers)) if blockers else _decided(request, [work])


def _carry(work: Work, line_id: str, step: Step, request: Request) -> list[Blocker]:
    inputs = Inputs(request.fields, request.documents, request.reason)
    plan: Plan = judge(work, line_id, step, inputs)
    if not plan.blockers:
        carry_out(work, plan)
    return plan.blockers


def _do(work: Work, request: Request) -> list[Blocker]:
    """Carry out a step of a line, or begin a track when ``new`` names one."""
    if request.new is not None:
        return _begin(work, request)
    line = work.case.lines.get(request.line)
    if line is None:
        return [Blocker("no-such-track", f"There is no {request.line} in this case.", about=request.line)]
    step = work.binding.machine.step(line.kind, request.name)
    if step is None or line.state not in step.sources:
        return [not_offered(work, request.line, request.name, step)]
    blockers: list[Blocker] = []
    found = entitled(work.binding, work.case, request.actor, step.by, line, work.when.last, wanted=request.role)
    if isinstance(found, Capacity):
        acts.take_role(work, found)
    else:
        blockers.append(found)
    plan = judge(work, request.line, step, Inputs(request.fields, request.documents, request.reason))
    blockers += plan.blockers
    if not blockers:
        carry_out(work, plan)
    return blockers


def not_offered(work: Work, line_id: str, name: str, step: Step | None) -> Blocker:
    """Return why *name* is not offered where the line stands: how it left, and when a deadline will bring it there."""
    line = work.case.lines[line_id]
    machine = work.binding.machine
    if step is None:
        known = ", ".join(machine.offered(line.kind, line.state)) or "nothing"
        reason = f"{name} is no step of {line_id}."
        return Blocker("not-offered", reason, about=name, line=line_id, mend=f"possible here: {known}")
    left = next((line.left[source] for source in step.sources if source in line.left), None)
    how = f"; it left by {left}" if left else ""
    reason = f"{name} is not offered: {line_id} stands in {line.state}{how}."
    opens, provisional = _brought_by_a_deadline(work, line_id, step)
    return Blocker(
        "not-offered",
        reason,
        about=left or name,
        line=line_id,
        detail=left or "",
        possible_from=opens,
        provisional=provisional,
        mend=f"possible from: {', '.join(step.sources)}",
    )


def _brought_by_a_deadline(work: Work, line_id: str, step: Step) -> tuple[datetime | None, bool]:
    """Return the moment at which a running deadline will move the line to where *step* is offered, if one will."""
    line = work.case.lines[line_id]
    definition = work.binding.definition.line(line.kind)
    for state in work.case.deadlines.values():
        declared = definition.deadlines.get(state.name)
        if (
            state.line != line_id
            or state.status != "running"
            or not declared
            or not declared.when_over
            or not state.end
        ):
            continue
        fired = definition.steps.get(declared.when_over)
        if fired is None or line.state not in fired.sources:
            continue
        if any(definition.leaf(t.to) in step.sources for t in fired.targets if t.to in definition.stages):
            return unstamp(state.end), state.provisional
    return None, False


def _begin(work: Work, request: Request) -> list[Blocker]:
    """Begin a new track for the actor: ``new`` is its id, ``kind/name``."""
    new = request.new or ""
    kind, _, name = new.partition("/")
    definition = work.binding.definition.tracks.get(kind)
    if definition is None or not name:
        kinds = ", ".join(work.binding.definition.tracks)
        return [
            Blocker(
                "no-such-track", f"{new} names no kind of track.", about=new, mend=f"write kind/name; kinds: {kinds}"
            )
        ]
    if new in work.case.lines:
        return [Blocker("track-exists", f"There is a {new} already.", about=new, mend="choose another name")]
    step = definition.begins
    blockers: list[Blocker] = []
    if request.name and request.name != step.name:
        reason = f"{kind} begins with {step.name}, not {request.name}."
        blockers.append(Blocker("not-offered", reason, about=request.name, mend=f"use {step.name}"))
    parent = _parent(work, request, kind, definition.parent, blockers)
    found = entitled(
        work.binding, work.case, request.actor, step.by, parent, work.when.last, wanted=request.role, begins=kind
    )
    if isinstance(found, Blocker):
        return [*blockers, found]
    acts.take_role(work, found)
    if blockers:
        return blockers
    speakers = (request.actor,) if _speaks_for(work, found.role, kind) else ()
    inputs = Inputs(request.fields, request.documents, request.reason)
    begin_track(work, kind, new, parent.id if parent else None, inputs, speakers)
    return []


def _parent(work: Work, request: Request, kind: str, parent_kind: str | None, blockers: list[Blocker]) -> Any:
    if parent_kind is None:
        return None
    parent = work.case.lines.get(request.parent or "")
    if parent is None or parent.kind != parent_kind:
        reason = f"A {kind} belongs to a {parent_kind}; {request.parent or 'none'} is not one of this case."
        blockers.append(
            Blocker("no-such-track", reason, about=request.parent or parent_kind, mend=f"name its {parent_kind}")
        )
        return None
    return parent


def _speaks_for(work: Work, role: str, kind: str) -> bool:
    declared = work.binding.definition.roles.get(role)
    return declared is not None and declared.speaks_for == kind


def _mark(work: Work, request: Request) -> list[Blocker]:
    """Record what a historic source does not answer (ruling 4); only an import asks for this."""
    if not work.case.historic:
        return [Blocker("not-historic", "Only a historic import marks what is not evidenced.", about="mark")]
    work.emit("marked", request.line, {"not_evidenced": list(request.extra.get("not_evidenced", ()))})
    return []


def _on_a_line(act: Act) -> Act:
    def checked(work: Work, request: Request) -> list[Blocker]:
        if request.line not in work.case.lines:
            return [Blocker("no-such-track", f"There is no {request.line} in this case.", about=request.line)]
        return act(work, request)

    return checked


_ACTS: Mapping[str, Act] = {
    "do": _do,
    "fill": _on_a_line(acts.fill),
    "bring": _on_a_line(acts.bring),
    "ask": _on_a_line(acts.ask),
    "sign": _on_a_line(acts.sign),
    "decline": _on_a_line(acts.decline),
    "withdraw": _on_a_line(acts.withdraw),
    "interest": _on_a_line(acts.declare_interest),
    "mark": _on_a_line(_mark),
}

ACT_KINDS = ("open", *_ACTS, "annul")
