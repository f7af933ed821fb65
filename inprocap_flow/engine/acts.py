"""The acts besides steps: filling, bringing, asking, signing, declining, withdrawing, declaring interests, marking.

Each takes the work in progress and returns the blockers that refuse it; with none, it has emitted its events.
"""

from __future__ import annotations

from dataclasses import fields as record_fields
from typing import Any

from inprocap_flow.calendar.compute import compute
from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.engine.approvals import (
    SignatureLine,
    Standing,
    clash,
    gate_blocker,
    out_of_turn,
    place_of,
    standing,
    who_may_give,
)
from inprocap_flow.engine.carry import take_inputs, void_approvals
from inprocap_flow.engine.facts import CaseFacts
from inprocap_flow.engine.inputs import judge_documents, judge_fields
from inprocap_flow.engine.people import Capacity, capacities, entitled
from inprocap_flow.engine.records import MAIN, Blocker, GivenSignature, Request, stamp
from inprocap_flow.engine.work import Work
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.model import said
from inprocap_flow.language.values import encode


def take_role(work: Work, capacity: Capacity) -> None:
    """Let the work go on in the capacity found: role and whom the actor stands in for are recorded with every event."""
    work.role, work.on_behalf_of = capacity.role, capacity.on_behalf_of


def fill(work: Work, request: Request) -> list[Blocker]:
    """Fill fields outside a step: by who may, within type and range, unless fixed."""
    facts = work.facts(request.line)
    line = facts.binding.definition.line(facts.line.kind)
    blockers = list(judge_fields(facts, request.fields, None))
    if not request.fields:
        blockers.append(Blocker("nothing-to-do", "No field is given.", mend="give field=value"))
    for name in request.fields:
        if name in line.fields:
            blockers += _may(work, request, line.fields[name].by, f'"{said(line.fields[name].title)}"', name)
    if not blockers:
        changed = take_inputs(work, request.line, request.fields, {}, "fill")
        void_approvals(work, request.line, changed)
    return blockers


def bring(work: Work, request: Request) -> list[Blocker]:
    """Bring new versions of documents outside a step: by who may, unless published."""
    facts = work.facts(request.line)
    line = facts.binding.definition.line(facts.line.kind)
    blockers = list(judge_documents(facts, request.documents, None))
    if not request.documents:
        blockers.append(Blocker("nothing-to-do", "No document is given.", mend="give a document and its file"))
    for name in request.documents:
        if name in line.documents:
            blockers += _may(work, request, line.documents[name].by, f'"{said(line.documents[name].title)}"', name)
    if not blockers:
        changed = take_inputs(work, request.line, {}, request.documents, "bring")
        void_approvals(work, request.line, changed)
    return blockers


def _may(work: Work, request: Request, roles: tuple[str, ...], what: str, name: str) -> list[Blocker]:
    if not roles:
        return [
            Blocker(
                "not-asked-for",
                f"{what} comes only with a step.",
                about=name,
                mend="carry out the step that asks for it",
            )
        ]
    line = work.case.lines[request.line]
    found = entitled(work.binding, work.case, request.actor, roles, line, work.when.last, wanted=request.role)
    if isinstance(found, Blocker):
        return [found]
    take_role(work, found)
    return []


def ask(work: Work, request: Request) -> list[Blocker]:
    """Ask for an approval: a message to those who can sign. After a refusal nothing may be signed until asked again."""
    facts = work.facts(request.line)
    if blockers := _no_such_approval(facts, request.name):
        return blockers
    found = standing(facts, request.name)
    capacity = next(iter(capacities(work.binding, work.case, request.actor, work.when.last)), None)
    if capacity is None:
        return [Blocker("not-entitled", f"{request.actor} is nobody known here.", about=request.actor)]
    if found.given:
        return [Blocker("already-given", "This approval is given already.", about=request.name)]
    if not offered_by(facts, found):
        return [_not_signable(found)]
    take_role(work, capacity)
    work.emit(
        "approval_asked",
        found.line_id,
        {"approval": request.name, "reason": request.reason} if request.reason else {"approval": request.name},
    )
    people = who_may_give(work.facts(request.line), standing(work.facts(request.line), request.name))
    work.tell("asked", found.line_id, tuple(f"person:{person}" for person in people), request.name, (request.name,))
    return []


def _no_such_approval(facts: CaseFacts, name: str) -> list[Blocker]:
    definition = facts.binding.definition
    known = {**definition.main.approvals, **definition.line(facts.line.kind).approvals}
    if name in known:
        return []
    return [
        Blocker("unknown-approval", f"{name} is no approval here.", about=name, mend=f"choose of: {', '.join(known)}")
    ]


def _not_signable(found: Standing) -> Blocker:
    reason = f"No step that is open now needs the approval {found.approval.name}."
    return Blocker("not-signable", reason, about=found.approval.name, mend="move the case to where it is needed")


def offered_by(facts: CaseFacts, found: Standing) -> bool:
    """Return whether a step that needs the approval is offered where its line stands, or a watch asks for it."""
    definition, machine, case = facts.binding.definition, facts.binding.machine, facts.case
    name = found.approval.name
    if any(
        w.needs_approval == name and (s := case.watches.get(w.name)) and s.blocked for w in definition.watches.values()
    ):
        return True
    lines = [case.lines[found.line_id]] if found.line_id != MAIN else list(case.lines.values())
    for line in lines:
        if place_of(facts.on(line.id), name)[0] != found.line_id if name in _approvals_seen(facts, line.kind) else True:
            continue
        for offered in machine.offered(line.kind, line.state):
            step = machine.step(line.kind, offered)
            if step is not None and name in step.already_there.approvals:
                return True
    return False


def _approvals_seen(facts: CaseFacts, kind: str) -> set[str]:
    definition = facts.binding.definition
    return {*definition.main.approvals, *definition.line(kind).approvals}


def sign(work: Work, request: Request, *, against: bool = False) -> list[Blocker]:
    """Give one signature, for the first line of the approval that the actor can sign and that is still open."""
    facts = work.facts(request.line)
    if blockers := _no_such_approval(facts, request.name):
        return blockers
    found = standing(facts, request.name)
    blockers = _signable(facts, found)
    choice = _line_to_sign(work, request, found)
    if isinstance(choice, Blocker):
        return [*blockers, choice]
    line, capacity = choice
    identities = tuple(p for p in (request.actor, capacity.on_behalf_of) if p)
    own = facts.on(found.line_id)
    for blocker in (clash(own, found, line, identities), out_of_turn(found, line), gate_blocker(own, found, line)):
        if blocker is not None:
            blockers.append(blocker)
    if blockers:
        return blockers
    take_role(work, capacity)
    _emit_signature(work, found, line, capacity, against)
    _after_signing(work, found)
    return []


def _signable(facts: CaseFacts, found: Standing) -> list[Blocker]:
    blockers: list[Blocker] = []
    if found.state.declined_by:
        reason = f"{found.approval.name} was declined by {found.state.declined_by}; it must be asked for again first."
        blockers.append(Blocker("approval-declined", reason, about=found.approval.name, mend="ask again"))
    elif found.given:
        blockers.append(Blocker("already-given", "This approval is given already.", about=found.approval.name))
    if not offered_by(facts, found):
        blockers.append(_not_signable(found))
    own = facts.on(found.line_id)
    conditions = {name for line in found.approval.signatures if line.when for name in _fields_read(line.when)}
    for name in found.approval.void_if_changed_fields:
        if name not in conditions and own.field(name) is UNKNOWN and not _stored(own, name):
            blockers.append(Blocker("field-missing", f"{name} is not filled, so there is nothing to sign.", about=name))
    for name in found.approval.void_if_changed_documents:
        if not own.has(name):
            blockers.append(
                Blocker("document-missing", f"{name} is not there, so there is nothing to sign.", about=name)
            )
    return blockers


def _fields_read(expr: Any) -> set[str]:
    from inprocap_flow.language.expressions.tree import Name

    names = {expr.name} if isinstance(expr, Name) else set()
    for part in expr.parts:
        names |= _fields_read(part)
    return names


def _stored(facts: CaseFacts, name: str) -> bool:
    return name in facts.line.fields or name in facts.case.main.fields


def _line_to_sign(work: Work, request: Request, found: Standing) -> tuple[SignatureLine, Capacity] | Blocker:
    first: Blocker | None = None
    for line in found.open_lines:
        if line.needed is False:
            continue
        if line.needed is None:
            missing = ", ".join(line.unknown) or str(line.signature.when)
            return Blocker("field-missing", f"Who must sign depends on {missing}, which is not known.", about=missing)
        signature = line.signature
        roles = (signature.recorded_by,) if signature.recorded_by else (signature.role,)
        track = work.case.lines[found.line_id]
        capacity = entitled(
            work.binding, work.case, request.actor, roles, track, work.when.last, wanted=request.role, act="approve"
        )
        if isinstance(capacity, Blocker) and signature.recorded_by:
            capacity = entitled(
                work.binding,
                work.case,
                request.actor,
                (signature.role,),
                track,
                work.when.last,
                wanted=request.role,
                act="approve",
            )
        if isinstance(capacity, Blocker):
            first = first or capacity
        elif (
            any(request.actor in (g.person, g.on_behalf_of) for g in (*line.given, *line.against))
            and not signature.recorded_by
        ):
            first = first or Blocker("already-signed", f"{request.actor} has signed this already.", about=request.name)
        elif capacity.on_behalf_of and any(capacity.on_behalf_of in (g.person, g.on_behalf_of) for g in line.given):
            first = first or Blocker(
                "already-signed", f"{capacity.on_behalf_of} has signed this already.", about=request.name
            )
        else:
            return line, capacity
    if first is not None:
        return first
    return Blocker("already-given", "Nothing is left to sign.", about=request.name)


def _emit_signature(work: Work, found: Standing, line: SignatureLine, capacity: Capacity, against: bool) -> None:
    signature = line.signature
    valid_until = None
    if signature.valid_for:
        binding = work.binding
        period = parse_period(signature.valid_for)
        calendar = binding.calendar("holidays")
        valid_until = stamp(compute(work.when.last, binding.zone, period, calendar=calendar, counting="plain").end)
    given = GivenSignature(
        index=line.index,
        role=signature.role,
        person=work.actor,
        at=stamp(work.when.last),
        on_behalf_of=capacity.on_behalf_of,
        valid_until=valid_until,
        recorded_by=signature.recorded_by,
        against=against,
    )
    plain = {item.name: getattr(given, item.name) for item in record_fields(given)}
    kept = {name: value for name, value in plain.items() if value is not None and value is not False}
    work.emit("approval_signed", found.line_id, {"approval": found.approval.name, "signature": kept})


def _after_signing(work: Work, found: Standing) -> None:
    """When the last signature is there: what the approval sets, and the watch that waited for it."""
    facts = work.facts(found.line_id)
    now_standing = standing(facts, found.approval.name)
    if not now_standing.given:
        return
    sets: dict[str, Any] = {}
    for name, expr in found.approval.sets.items():
        value = evaluate(expr, facts).value
        if value is not UNKNOWN:
            sets[name] = encode(value)  # type: ignore[arg-type]
    work.emit("approval_given", found.line_id, {"approval": found.approval.name})
    changed: set[str] = set()
    if sets:
        before = facts.line.fields
        work.emit("filled", found.line_id, {"fields": sets, "source": found.approval.name})
        changed = {name for name, plain in sets.items() if before.get(name) != plain}
    for watch in work.binding.definition.watches.values():
        state = work.case.watches.get(watch.name)
        if watch.needs_approval == found.approval.name and state and state.blocked:
            work.emit("watch_released", MAIN, {"watch": watch.name})
            work.emit("approval_used", found.line_id, {"approval": found.approval.name, "step": watch.name})
    void_approvals(work, found.line_id, changed, spare=(found.approval.name,))


def decline(work: Work, request: Request) -> list[Blocker]:
    """Decline an approval, with the reason. Where a majority decides, it is a vote against; else it ends this round."""
    facts = work.facts(request.line)
    if blockers := _no_such_approval(facts, request.name):
        return blockers
    found = standing(facts, request.name)
    blockers = [b for b in _signable(facts, found) if b.code in ("approval-declined", "already-given", "not-signable")]
    if not (request.reason or "").strip():
        blockers.append(Blocker("reason-missing", "Declining needs a reason.", about="reason", mend="give a reason"))
    choice = _line_to_sign(work, request, found)
    if isinstance(choice, Blocker):
        blockers.append(choice)
    if blockers:
        return blockers
    assert not isinstance(choice, Blocker)
    line, capacity = choice
    if line.signature.how_many == "majority":
        return sign(work, request, against=True)
    take_role(work, capacity)
    data = {"approval": request.name, "reason": request.reason, "sent_back": found.approval.if_sent_back}
    work.emit("approval_declined", found.line_id, data)
    if found.state.asked_by:
        work.tell("told", found.line_id, (f"person:{found.state.asked_by}",), "approval_declined", (request.name,))
    return []


def withdraw(work: Work, request: Request) -> list[Blocker]:
    """Withdraw one's own standing signature, with the reason; a used one stands for ever."""
    facts = work.facts(request.line)
    if blockers := _no_such_approval(facts, request.name):
        return blockers
    found = standing(facts, request.name)
    blockers = []
    mine = [s for s in found.state.signatures if s.status == "standing" and request.actor in (s.person, s.on_behalf_of)]
    if not mine:
        blockers.append(
            Blocker("not-signed", f"{request.actor} has no signature here to withdraw.", about=request.name)
        )
    if not (request.reason or "").strip():
        blockers.append(Blocker("reason-missing", "Withdrawing needs a reason.", about="reason", mend="give a reason"))
    if blockers:
        return blockers
    work.role = mine[0].role
    data = {"approval": request.name, "person": mine[0].person, "reason": request.reason}
    work.emit("approval_withdrawn", found.line_id, data)
    return []


def declare_interest(work: Work, request: Request) -> list[Blocker]:
    """Declare interests for oneself: none, or a conflict. A conflict removes the person and its standing signatures."""
    if work.binding.person(request.actor) is None:
        return [Blocker("not-entitled", f"{request.actor} is nobody known here.", about=request.actor)]
    conflict = bool(request.extra.get("conflict"))
    if conflict and not (request.reason or "").strip():
        return [Blocker("reason-missing", "Say what the conflict is.", about="reason", mend="give a reason")]
    data: dict[str, Any] = {"person": request.actor, "conflict": conflict}
    if request.reason:
        data["note"] = request.reason
    work.emit("interest_declared", request.line, data)
    if conflict:
        for state in list(work.case.approvals.values()):
            if any(s.status == "standing" and request.actor in (s.person, s.on_behalf_of) for s in state.signatures):
                person = next(s.person for s in state.signatures if request.actor in (s.person, s.on_behalf_of))
                work.emit(
                    "approval_withdrawn",
                    state.line,
                    {"approval": state.name, "person": person, "reason": "conflict of interest"},
                )
    return []
