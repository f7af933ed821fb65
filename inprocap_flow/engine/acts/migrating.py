"""A running case goes over to another version of its procedure (design 3.9): one decision, one event `migrated`.

The event rebinds the case and says in full where every line stands and what is called otherwise; from it on the case is
decided by the new version. What follows from it stands in events of the same decision, as it would anywhere: clocks
that are reckoned again or stopped, approvals that are void and asked for anew, values that were asked for. No step is
carried out for it and no message of the past is sent again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.engine.acts.acting import acting, take_role
from inprocap_flow.engine.acts.moving_on import (
    Fit,
    clock_of,
    given_values,
    misfits,
    new_clocks,
    new_state,
    otherwise_ahead,
)
from inprocap_flow.engine.acts.shortcuts import fills_for_others, shortcuts, shortened
from inprocap_flow.engine.carrying.carry import follow_fields, set_fields, void_approvals
from inprocap_flow.engine.carrying.deadlines import end, follow, start
from inprocap_flow.engine.carrying.inputs import judge_fields
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.approvals import is_needed, standing, who_may_give
from inprocap_flow.engine.case.lifting import holds_again
from inprocap_flow.engine.case.people import Capacity, capacity_for
from inprocap_flow.engine.case.records import (
    MAIN,
    ApprovalState,
    Blocker,
    DeadlineState,
    LineState,
    Request,
    key,
    stamp,
    unstamp,
)
from inprocap_flow.engine.timing.clocks import Clock, Typed, as_typed, start_clock, typed_clock
from inprocap_flow.engine.timing.reclocking import corrected, recounted
from inprocap_flow.language.canonical import from_plain, to_plain
from inprocap_flow.language.migrations import ASK, DROP, RECOMPUTE, START, STOP, LineChange, Migration
from inprocap_flow.language.model import Deadline
from inprocap_flow.language.versions.ahead import OBLIGATIONS
from inprocap_flow.language.versions.compare import Between, same_approval
from inprocap_flow.records import changed

MIGRATE = "migrate"  # the kind of request
PLAN = "migration"  # where the plan stands in its `extra`


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
    found = capacity_for(acting(work, request, MAIN), work.binding.definition.may_backdate)
    if isinstance(found, Capacity):
        take_role(work, found)
    else:
        yield from found
    if not (request.reason or "").strip():
        yield Blocker("reason-missing", "A migration needs a reason.", about="reason", mend="give a reason")


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
    work.emit("migrated", MAIN, _data(fit, work.request.reason))
    work.binding = fit.new
    for line in before.values():
        if blockers := _give_values(work, fit, line):
            return blockers
    for state in fit.case.deadlines.values():
        if state.is_open and (blockers := _clock(work, fit, state)):
            return blockers
    for line in before.values():
        for declared, choice in new_clocks(fit, line):
            if blockers := _start(work, fit, line.id, declared, choice):
                return blockers
    if early := list(shortened(fit, work.case)):
        return early
    for asked in fit.case.approvals.values():
        _approval(work, fit, asked)
    return []


# ---------------------------------------------------------------------------------------------- the event


def _data(fit: Fit, reason: str | None) -> dict[str, Any]:
    """Return all that the event says, without what stays as it was."""
    case, plan = fit.case, fit.plan
    lines = {line.id: _line_data(fit, line) for line in case.in_order}
    parts = {
        "lines": {line_id: data for line_id, data in lines.items() if data},
        "deadlines": _renamed(fit, "deadlines", case.deadlines),
        "approvals": _renamed(fit, "approvals", case.approvals),
        "published": _republished(fit),
        "watches": [name for name in sorted(case.watches) if not _same_watch(fit, name)],
        "holds_again": holds_again(fit.case, fit.new.definition),
        "obligations": _obligations(fit),
        "reason": reason,
    }
    return {
        "from": plan.from_version,
        "to": plan.to_version,
        "definition": plan.to_hash,
        **{name: part for name, part in parts.items() if part},
    }


def _obligations(fit: Fit) -> list[dict[str, str]]:
    """Return what the new version asks for ahead of each line and the old one did not."""
    between = Between(fit.old.definition, fit.new.definition, fit.plan)
    found = dict.fromkeys(
        (line or MAIN, one.kind, one.about, one.step)
        for line, one in otherwise_ahead(between, fit.case)
        if one.kind in OBLIGATIONS
    )
    names = ("line", "what", "about", "step")
    return [{name: part for name, part in zip(names, one, strict=True) if part} for one in found]


def _line_data(fit: Fit, line: LineState) -> dict[str, Any]:
    new, change = fit.becomes(line), fit.change(line)
    assert new is not None  # `misfits` has looked
    state = new_state(fit, line, new)
    left = {old: new.leaf(change.stage(old)) for old in line.left if change.stage(old) in new.stages}
    parts = {
        "to": state if state != line.state else None,
        "left": {old: now for old, now in left.items() if old != now},
        "fields": _other_names(change, "fields", line.fields),
        "documents": _other_names(change, "documents", line.documents),
        "milestones": _other_names(change, "milestones", line.milestones),
    }
    return {name: part for name, part in parts.items() if part}


def _other_names(change: LineChange, what: str, known: Mapping[str, Any]) -> dict[str, str]:
    return {name: change.now(what, name) for name in known if change.now(what, name) != name}


def _renamed(fit: Fit, what: str, known: Mapping[str, DeadlineState] | Mapping[str, ApprovalState]) -> dict[str, str]:
    found = {
        place: key(state.line, fit.change(fit.case.lines[state.line]).now(what, state.name))
        for place, state in known.items()
    }
    return {place: now for place, now in found.items() if now != place}


def _republished(fit: Fit) -> dict[str, str]:
    found = {}
    for place in fit.case.published:
        line_id, _, name = place.partition(" ")
        change = fit.change(fit.case.lines[line_id])
        found[place] = key(line_id, change.now("fields", change.now("documents", name)))
    return {place: now for place, now in found.items() if now != place}


def _same_watch(fit: Fit, name: str) -> bool:
    was, now = fit.old.definition.watches.get(name), fit.new.definition.watches.get(name)
    return was is not None and now is not None and (was.when, was.needs_approval) == (now.when, now.needs_approval)


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


def _clock(work: Work, fit: Fit, was: DeadlineState) -> list[Blocker]:
    declared, into, choice = clock_of(fit, was)
    name = into.name if into else fit.change(fit.case.lines[was.line]).now("deadlines", was.name)
    state = work.case.deadlines[key(was.line, name)]
    if (declared is None and into is None) or not state.is_open:
        return []  # it followed another one meanwhile
    if choice == STOP:
        end(work, was.line, name, "deadline_stopped", {"source": MIGRATE, "ground": _ground(fit)})
        return []
    if into is None or choice not in (RECOMPUTE, ASK):
        return []
    return _recompute(work, fit, state, into) if choice == RECOMPUTE else _set_end(work, fit, state, into)


def _recompute(work: Work, fit: Fit, state: DeadlineState, into: Deadline) -> list[Blocker]:
    clock = recounted(work.facts(state.line), into, state)
    if isinstance(clock, tuple):
        return list(clock)
    if clock.end <= work.when.last < unstamp(state.end or stamp(clock.end)):
        reason = f"Reckoned by the new rules, {into.name} would have ended at {stamp(clock.end)}, before anybody knew."
        return [Blocker("would-be-over", reason, about=into.name, line=state.line, mend="keep its end, or give one")]
    if stamp(clock.end) != state.end:
        data = {"deadline": into.name, "ground": _ground(fit), **clock.to_plain()}
        work.emit("deadline_recomputed", state.line, data)
        follow(work, state.line, into.name)
    return []


def _set_end(work: Work, fit: Fit, state: DeadlineState, into: Deadline) -> list[Blocker]:
    typed = _typed(work, fit, state.line, into)
    if isinstance(typed, Blocker):
        return [typed]
    if stamp(typed.end) == state.end:
        return []
    moved = corrected(work.facts(state.line), into, state, typed)
    if isinstance(moved, tuple):
        return list(moved)
    data = {"deadline": into.name, "ground": _ground(fit), **moved.clock.to_plain(), **moved.more}
    work.emit("deadline_corrected", state.line, data)
    follow(work, state.line, into.name)
    return []


def _typed(work: Work, fit: Fit, line_id: str, declared: Deadline) -> Typed | Blocker:
    text = fit.answers.ends[key(line_id, declared.name)]
    try:
        value: date | datetime = date.fromisoformat(text) if len(text) == 10 else unstamp(text)
        return as_typed(work.facts(line_id), declared, value)
    except (ValueError, BadValue):
        reason = f'The end of {declared.name}, "{text}", is neither a day nor a moment.'
        return Blocker("bad-value", reason, about=declared.name, line=line_id, mend="give one such as 2026-03-20")


def _start(work: Work, fit: Fit, line_id: str, declared: Deadline, choice: str | None) -> list[Blocker]:
    if choice not in (START, ASK) or key(line_id, declared.name) in work.case.deadlines:
        return []
    clock: Clock | tuple[Blocker, ...]
    if choice == START:
        clock = start_clock(work.facts(line_id), declared, work.when)
    else:
        typed = _typed(work, fit, line_id, declared)
        if isinstance(typed, Blocker):
            return [typed]
        clock = typed_clock(work.facts(line_id), declared, work.when, typed)
    if isinstance(clock, tuple):
        return list(clock)
    if clock.end <= work.when.last:
        reason = f"{declared.name} would have ended at {stamp(clock.end)}, before it began."
        return [Blocker("would-be-over", reason, about=declared.name, line=line_id, mend="let it come later")]
    start(work, line_id, declared, clock, {"ground": _ground(fit)})
    return []


def _ground(fit: Fit) -> str:
    return f"{fit.plan.to_version} instead of {fit.plan.from_version}"


def _approval(work: Work, fit: Fit, was: ApprovalState) -> None:
    """Keep what was signed if it would be the same today; else it is void, and asked for again where it is needed."""
    line = fit.case.lines[was.line]
    new, change = fit.becomes(line), fit.change(line)
    name = change.now("approvals", was.name)
    declared = fit.was(line).approvals.get(was.name)
    into = new.approvals.get(name) if new else None
    alive = was.open or any(signature.status == "standing" for signature in was.signatures)
    between = Between(fit.old.definition, fit.new.definition, fit.plan)
    if not alive or (declared is not None and into is not None and same_approval(declared, into, change, between)):
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
