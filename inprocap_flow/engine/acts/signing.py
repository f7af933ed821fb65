"""The acts of whoever can sign: signing, declining, withdrawing (language, 6.6). Each is a request of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.compute import compute
from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.engine.acts.acting import acting, standing_of, take_back, take_role
from inprocap_flow.engine.acts.signable import not_of_this_line, not_open, nothing_to_sign
from inprocap_flow.engine.carrying.carry import follow_fields, set_fields, void_approvals
from inprocap_flow.engine.carrying.effects import fitted, unknown
from inprocap_flow.engine.carrying.work import Refused, Work
from inprocap_flow.engine.case.approvals import SignatureLine, Standing, standing
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.lacking import line_of_field
from inprocap_flow.engine.case.people import Capacity, barred_as_author, capacity_for
from inprocap_flow.engine.case.records import MAIN, Blocker, GivenSignature, Request, key, stamp
from inprocap_flow.engine.case.signers import clash, gate_blocker, out_of_turn, signed
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.model import said
from inprocap_flow.records import changed as with_changes
from inprocap_flow.records import names_of, record


def sign(work: Work, request: Request, *, against: bool = False) -> list[Blocker]:
    """Give one signature, for the first line of the approval that is still open and that the actor can sign."""
    facts = work.facts(request.line)
    if blockers := not_of_this_line(facts, request.name):
        return blockers
    found = standing(facts, request.name)
    used = facts.journal.to_plain()  # the dated values on which it depends who signs
    blockers = [*not_open(facts, found), *nothing_to_sign(facts, found)]
    choice = _choose_line(work, request, found)
    if not isinstance(choice, Choice):
        known = {(blocker.code, blocker.about) for blocker in blockers}
        return [*blockers, *(blocker for blocker in choice if (blocker.code, blocker.about) not in known)]
    if blockers:
        return blockers
    take_role(work, choice.capacity)
    _emit_signature(work, found, choice, used, against=against)
    _after_signing(work, found)
    return []


@record
class Choice:
    """Which line is signed, in which capacity, and whose signature it is (another's, where signatures are recorded)."""

    line: SignatureLine
    capacity: Capacity
    signer: str
    recorded: bool = False


def _choose_line(work: Work, request: Request, found: Standing, *, strict: bool = True) -> Choice | list[Blocker]:
    """Return the first open line that the actor can sign, or why there is none: the nearest miss.

    Without *strict*, what only keeps somebody from signing (order, separation of duties) does not matter.
    """
    not_entitled: list[Blocker] = []
    near: list[Blocker] = []
    for line in found.open_lines:
        if line.needed is None:
            not_entitled = not_entitled or _unknown_signer(work.facts(found.line_id), found, line)
            continue
        choice = _as_signer(work, request, found, line)
        if not isinstance(choice, Choice):
            not_entitled = not_entitled or list(choice)
            continue
        blockers = list(_against(work.facts(found.line_id), found, choice, strict=strict))
        if not blockers:
            return choice
        near = near or blockers
    nothing = [Blocker("already-given", "Nothing is left to sign.", about=request.name)]
    return near or _has_signed(work, request, found, not_entitled) or not_entitled or nothing


def _has_signed(work: Work, request: Request, found: Standing, others: list[Blocker]) -> list[Blocker]:
    """Return that the actor has signed *found*, which waits for *others*; nothing if that is not so.

    Nor for whoever may record here what somebody else signed: they are asked whose signature it is.
    """
    recorded = any(one.code == "signer-missing" for one in others)
    if not others or recorded or not any(signed(line, request.actor) for line in found.lines):
        return []
    roles = dict.fromkeys(line.signature.role for line in found.open_lines)
    missing = ", ".join(said(work.binding.definition.roles[role].title) for role in roles)
    reason = f"{request.actor} has signed this already; missing: {missing}."
    who = tuple(dict.fromkeys(person for other in others for person in other.who))
    return [Blocker("already-signed", reason, about=request.name, who=who, roles=tuple(roles))]


def _unknown_signer(facts: CaseFacts, found: Standing, line: SignatureLine) -> list[Blocker]:
    names = line.unknown or (str(line.signature.when),)
    reason = "Who must sign depends on {}, which is not known."
    lines = {name: line_of_field(facts, found, name) for name in names}
    return [
        Blocker("field-missing", reason.format(name), about=name, line=where, mend=f"fill {name}")
        for name, where in lines.items()
    ]


def _as_signer(work: Work, request: Request, found: Standing, line: SignatureLine) -> Choice | tuple[Blocker, ...]:
    signature = line.signature
    somebody = acting(work, request, found.line_id, "approve")
    if signature.recorded_by:
        capacity = capacity_for(somebody, (signature.recorded_by,))
        if isinstance(capacity, Capacity):
            return _recorded(work, request, line, capacity)
    capacity = capacity_for(somebody, (signature.role,))
    if not isinstance(capacity, Capacity):
        return capacity
    if signature.recorded_by and capacity.role == signature.recorded_by:  # it records for the role that signs
        return _recorded(work, request, line, capacity)
    return Choice(line, capacity, request.actor)


def _recorded(work: Work, request: Request, line: SignatureLine, capacity: Capacity) -> Choice | tuple[Blocker, ...]:
    """Return the choice to record a signature that was given on paper; ``extra["signed_by"]`` says by whom."""
    signer = request.extra.get("signed_by")
    own = line.signature.role == line.signature.recorded_by  # one role signs and records: who names nobody signs
    if signer is None and (line.wanted == 1 or own):
        return Choice(line, capacity, request.actor, recorded=True)
    if any(person.id == signer for person in work.binding.holders(line.signature.role)):
        return Choice(line, capacity, str(signer), recorded=True)
    reason = f"Say who of {line.signature.role} signed."
    return (Blocker("signer-missing", reason, about=line.signature.role, mend="name the person who signed"),)


def _against(facts: CaseFacts, found: Standing, choice: Choice, *, strict: bool) -> Iterator[Blocker]:
    line = choice.line
    identities = tuple(filter(None, (choice.signer, None if choice.recorded else choice.capacity.on_behalf_of)))
    for person in identities:
        if signed(line, person):
            yield Blocker("already-signed", f"{person} has signed this already.", about=found.approval.name)
    yield from _brought_what_it_judges(facts, choice)
    if strict:
        found_against = (
            clash(facts, found, line, identities), out_of_turn(facts, found, line), gate_blocker(facts, found, line)
        )  # fmt: skip
        yield from filter(None, found_against)


def _brought_what_it_judges(facts: CaseFacts, choice: Choice) -> Iterator[Blocker]:
    """Yield why a signature on paper does not count; whoever signs here was asked about that with the role."""
    role = facts.binding.definition.roles.get(choice.line.signature.role)
    if choice.recorded and role is not None:
        yield from barred_as_author(facts.case, role, choice.signer)


def _emit_signature(work: Work, found: Standing, choice: Choice, used: Mapping[str, object], *, against: bool) -> None:
    signature, binding = choice.line.signature, work.binding
    valid_until = None
    if signature.valid_for:
        period, calendar = parse_period(signature.valid_for), binding.calendar("holidays")
        valid_until = stamp(compute(work.when.last, binding.zone, period, calendar=calendar, counting="plain").end)
    given = GivenSignature(
        index=choice.line.index,
        role=signature.role,
        person=choice.signer,
        at=stamp(work.when.last),
        on_behalf_of=None if choice.recorded else choice.capacity.on_behalf_of,
        valid_until=valid_until,
        recorded_by=work.actor if choice.recorded else None,
        against=against,
    )
    plain = {name: getattr(given, name) for name in names_of(given)}
    kept = {name: value for name, value in plain.items() if value is not None and value is not False}
    data = {"approval": found.approval.name, "signature": kept, "used": used}
    work.emit("approval_signed", found.line_id, {name: value for name, value in data.items() if value})


def _after_signing(work: Work, found: Standing) -> None:
    """When the last signature is there: what the approval sets, and the watch that waited for it."""
    facts = work.facts(found.line_id)
    name = found.approval.name
    if not standing(facts, name).given:
        return
    facts = work.facts(found.line_id)
    values = _what_it_sets(facts, found)
    work.emit("approval_given", found.line_id, {"approval": name})
    changed = set_fields(work, found.line_id, values, name, facts.journal.to_plain())
    for watch in work.binding.definition.watches.values():
        state = work.case.watches.get(watch.name)
        if watch.needs_approval == name and found.line_id == MAIN and state and state.blocked:
            work.emit("watch_released", MAIN, {"watch": watch.name})
            work.emit("approval_used", found.line_id, {"approval": name, "step": watch.name})
    follow_fields(work, found.line_id, changed)
    void_approvals(work, found.line_id, changed, spare=key(found.line_id, name))


def _what_it_sets(facts: CaseFacts, found: Standing) -> dict[str, object]:
    """Return the encoded values that the approval sets. Raises `Refused` for what is unknown or does not fit."""
    declared = facts.binding.definition.line(facts.line.kind).fields
    values: dict[str, object] = {}
    for name, expr in found.approval.sets.items():
        result = evaluate(expr, facts)
        if result.value is UNKNOWN:
            raise Refused(unknown(facts, result, expr, f"{name} is set from it"))
        try:
            values[name] = fitted(declared[name], result.value)  # type: ignore[arg-type]  # not UNKNOWN any more
        except BadValue as wrong:
            raise Refused([Blocker("bad-value", f"{name}: {wrong.fact}", about=name, mend=wrong.mend)]) from None
    return values


def decline(work: Work, request: Request) -> list[Blocker]:
    """Decline an approval, with the reason. Where a majority decides, it is a vote against; else it ends this round."""
    facts = work.facts(request.line)
    if blockers := not_of_this_line(facts, request.name):
        return blockers
    found = standing(facts, request.name)
    blockers = list(not_open(facts, found))
    if not (request.reason or "").strip():
        blockers.append(Blocker("reason-missing", "Declining needs a reason.", about="reason", mend="give a reason"))
    choice = _choose_line(work, request, found, strict=False)
    if not isinstance(choice, Choice):
        return [*blockers, *choice]
    if blockers:
        return blockers
    if choice.line.signature.how_many == "majority":
        return sign(work, with_changes(request, role=choice.line.signature.role), against=True)
    take_role(work, choice.capacity)
    data = {"approval": request.name, "reason": request.reason, "sent_back": found.approval.if_sent_back}
    work.emit("approval_declined", found.line_id, data)
    if found.state.asked_by:
        work.tell("told", found.line_id, (f"person:{found.state.asked_by}",), "approval_declined", (request.name,))
    return []


def withdraw(work: Work, request: Request) -> list[Blocker]:
    """Withdraw one's own standing signature, with the reason; a used one stands for ever."""
    facts = work.facts(request.line)
    if blockers := not_of_this_line(facts, request.name):
        return blockers
    found = standing(facts, request.name)
    mine = standing_of(found.state.signatures, request.actor)
    blockers = []
    if not mine:
        reason = f"{request.actor} has no signature here to withdraw."
        blockers.append(Blocker("not-signed", reason, about=request.name))
    if not (request.reason or "").strip():
        blockers.append(Blocker("reason-missing", "Withdrawing needs a reason.", about="reason", mend="give a reason"))
    if not blockers:
        work.role = mine[0].role
        take_back(work, key(found.line_id, request.name), request.actor, request.reason)
    return blockers
