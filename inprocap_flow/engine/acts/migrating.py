"""A running case goes over to another version of its procedure (design 3.9): one decision, one event `migrated`.

The event rebinds the case and says in full where every line stands and what is called otherwise; from it on the case is
decided by the new version. What follows from it stands in events of the same decision, as it would anywhere: clocks
that are reckoned again or stopped, approvals that are void and asked for anew, values that were asked for. No step is
carried out for it and no message of the past is sent again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inprocap_flow.engine.acts.acting import take_role_of_keepers
from inprocap_flow.engine.acts.clocks_over import MIGRATE, bring_over, start_new
from inprocap_flow.engine.acts.fitting import Fit, given_values, new_clocks
from inprocap_flow.engine.acts.migrated import event_data
from inprocap_flow.engine.acts.migration_told import tell_of_it
from inprocap_flow.engine.acts.moving_on import misfits
from inprocap_flow.engine.acts.shortcuts import fills_for_others, shortcuts, shortened
from inprocap_flow.engine.carrying.carry import follow_fields, set_fields, void_approvals
from inprocap_flow.engine.carrying.inputs import judge_fields
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.approvals import standing
from inprocap_flow.engine.case.keepers import kept_by
from inprocap_flow.engine.case.needing import is_needed
from inprocap_flow.engine.case.records import MAIN, ApprovalState, Blocker, LineState, Request
from inprocap_flow.engine.case.signers import who_may_give
from inprocap_flow.language.canonical import from_plain, to_plain
from inprocap_flow.language.migrations import DROP, Migration
from inprocap_flow.language.versions.compare import Between, same_approval
from inprocap_flow.records import changed

PLAN = "migration"  # where the plan stands in the `extra` of the request


def request_to_migrate(plan: Migration, case_id: str, *, actor: str, role: str | None, reason: str | None) -> Request:
    """Return the request that brings one case over; only what concerns it goes into its record."""
    answers = plan.answers
    own = changed(plan, answers={case_id: answers[case_id]} if case_id in answers else {})
    return Request(MIGRATE, actor, plan.to_version, role=role, reason=reason, extra={PLAN: to_plain(own)})


def migrate(work: Work, request: Request) -> list[Blocker]:
    """Bring the case over to the version that the plan names, or say everything that keeps it from going."""
    plan = _plan_of(request)
    if plan is None:
        return [Blocker("no-plan", "A case goes over by a plan, and none is given.", about=PLAN, mend="give one")]
    blockers = [*_may_not(work, request), *_other_version(work, plan)]
    if blockers:
        return blockers
    fit = Fit(work.binding, work.binding.version(plan.to_hash), work.case, plan, work.when)
    blockers = [*misfits(fit), *shortcuts(fit), *fills_for_others(fit, request.actor)]
    return blockers or _go_over(work, fit)


def _plan_of(request: Request) -> Migration | None:
    plain = request.extra.get(PLAN)
    return from_plain(Migration, plain) if isinstance(plain, Mapping) else None


def _may_not(work: Work, request: Request) -> Iterator[Blocker]:
    """Yield why this person may not: whoever may enter what happened earlier may also move a case over."""
    yield from take_role_of_keepers(work, request)
    if not (request.reason or "").strip():
        mend = "write it behind `reason:` in the plan, or after --reason"
        yield Blocker("reason-missing", "A migration needs a reason.", about="reason", mend=mend)


def _other_version(work: Work, plan: Migration) -> Iterator[Blocker]:
    case = work.case
    if case.definition_hash == plan.to_hash:
        reason = f"The case runs on {plan.to_version} already."
        yield Blocker("already-migrated", reason, about=plan.to_version, mend="nothing is left to do")
    elif case.definition_hash != plan.from_hash:
        reason = f"The case runs on {case.procedure_version}; the plan is for {plan.from_version}."
        yield Blocker(
            "other-version", reason, about=case.procedure_version, mend="use a plan from the version it is on"
        )


def _go_over(work: Work, fit: Fit) -> list[Blocker]:
    before = {state.id: state for state in work.case.lines.values()}
    said = event_data(fit, work.request.reason) | kept_by(work.binding)
    work.binding = fit.new  # first: the event names what is decided with from it on
    words = Between(fit.old.definition, fit.new.definition, fit.plan).new_words
    work.role = words.role(work.role) if work.role else work.role
    work.emit("migrated", MAIN, said)
    for line in before.values():
        if blockers := _give_values(work, fit, line):
            return blockers
    for state in fit.case.deadlines.values():
        if state.is_open and (blockers := bring_over(work, fit, state)):
            return blockers
    for line in before.values():
        for declared, choice in new_clocks(fit, line):
            if blockers := start_new(work, fit, line.id, declared, choice):
                return blockers
    if early := list(shortened(fit, work.case)):
        return early
    for asked in fit.case.approvals.values():
        _approval(work, fit, asked)
    tell_of_it(work, fit)
    return []


# ---------------------------------------------------------------------------------------------- what follows from it


def _give_values(work: Work, fit: Fit, line: LineState) -> list[Blocker]:
    new, change = fit.becomes(line), fit.change(line)
    assert new is not None
    gone: dict[str, Any] = {
        change.now("fields", name): None
        for name in line.fields
        if change.fields.get(name) == DROP and change.now("fields", name) in new.fields
    }
    values = {name: value for name, value in given_values(fit, line).items() if value != line.fields.get(name)}
    facts = work.facts(line.id)
    blockers = list(judge_fields(facts, values, None))
    if not blockers and (gone or values):
        changed_fields = set_fields(work, line.id, {**gone, **values}, MIGRATE)
        follow_fields(work, line.id, changed_fields)
        void_approvals(work, line.id, changed_fields)
    return blockers


def _approval(work: Work, fit: Fit, was: ApprovalState) -> None:
    """Keep what was signed if it would be the same today; else it is void, and asked for again where it is needed."""
    line = fit.case.lines[was.line]
    new, change = fit.becomes(line), fit.change(line)
    name = change.now("approvals", was.name)
    declared = fit.was(line).approvals.get(was.name)
    into = new.approvals.get(name) if new else None
    alive = was.open or any(signature.status == "standing" for signature in was.signatures)
    between = Between(fit.old.definition, fit.new.definition, fit.plan)
    if not alive or (declared is not None and into is not None and same_approval(declared, into, between)):
        return
    work.emit("approval_voided", was.line, {"approval": name, "because": [MIGRATE]})
    if into is not None:
        _ask_again(work, was, name)


def _ask_again(work: Work, was: ApprovalState, name: str) -> None:
    """Ask for what is void now. It stays the request of whoever had asked, who may not sign it for that reason."""
    facts = work.facts(was.line)
    if work.case.lines[was.line].ended or not is_needed(facts, standing(facts, name)):
        return
    data = {"approval": name, "reason": work.request.reason, "asked_by": was.asked_by}
    work.emit("approval_asked", was.line, {name: value for name, value in data.items() if value})
    people = who_may_give(work.facts(was.line), standing(work.facts(was.line), name))
    work.tell("asked", was.line, tuple(f"person:{person}" for person in people), name, (name,))
