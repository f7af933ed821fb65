"""What the right-hand sides of a step come to: branch, sets, moves, creates, clocks; evaluated before anything changes.

Whatever is unknown is refused, naming what is missing (language, 5); only then is there something to carry out.
"""

from __future__ import annotations

from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.engine.carrying.inputs import how_they_come
from inprocap_flow.engine.carrying.plan import Creation, Plan, Reported
from inprocap_flow.engine.case.binding import Journal
from inprocap_flow.engine.case.facts import CaseFacts, deadline_place
from inprocap_flow.engine.case.hooking import call_hook
from inprocap_flow.engine.case.linked import not_linked
from inprocap_flow.engine.case.records import MAIN, Blocker, When, unstamp
from inprocap_flow.language.expressions.evaluate import Result, evaluate
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.language.model import Create, Extends, Field, HookCall, Move, Report, Step, said
from inprocap_flow.language.values import Value, encode, fit
from inprocap_flow.records import changed


def choose_branch(facts: CaseFacts, step: Step, plan: Plan) -> None:
    """Take the first branch whose condition holds; an unknown condition is refused, never "otherwise"."""
    for branch in step.targets:
        if branch.when is None:
            plan.branch = branch
            return
        result = evaluate(branch.when, facts)
        if result.value is UNKNOWN:
            names = ", ".join(result.missing or result.reasons) or str(branch.when)
            reason = f"Where this leads depends on {names}, which is not known."
            about = result.missing[0] if result.missing else branch.to
            mend = how_they_come(facts, result.missing, step) or f"fill {names}"
            plan.blockers.append(Blocker("branch-unknown", reason, about=about, mend=mend))
            return
        if result.value is True:
            plan.branch = branch
            return
    plan.blockers.append(Blocker("branch-unknown", "No branch of this step fits.", about=step.name))


def evaluate_effects(facts: CaseFacts, step: Step, plan: Plan) -> None:
    """Evaluate every other right-hand side of *step* into *plan*, with a blocker for each that has no value."""
    own = facts.binding.definition.line(facts.line.kind).fields
    for name, source in step.sets.items():
        value = _value_of(facts, source, plan, f"{name} is set from it")
        if value is not None:
            _keep(plan, plan.sets, own[name], value)
    for move in step.moves:
        plan.moved.append((move, _selected(facts, move, plan)))
    for create in step.creates:
        _evaluate_create(facts, create, plan)
    if step.starts or step.restarts or (plan.branch and plan.branch.starts):
        _evaluate_starts(facts, step, plan)
    if step.extends is not None:
        _evaluate_extension(facts, step.extends, plan)
    for report in step.reports:
        _evaluate_report(facts, report, plan)


def fitted(declared: Field, value: Value) -> Any:
    """Return *value* encoded as a value of *declared*. Raises BadValue if it is none."""
    return encode(fit(declared.type, value, currency=declared.currency))


def _keep(plan: Plan, values: dict[str, Any], declared: Field, value: Value) -> None:
    try:
        values[declared.name] = fitted(declared, value)
    except BadValue as wrong:
        fact = "what it would be set to does not fit" if declared.sealed_until else wrong.fact
        plan.blockers.append(Blocker("bad-value", f"{declared.name}: {fact}", about=declared.name, mend=wrong.mend))


def _value_of(
    facts: CaseFacts, source: Expr | HookCall, plan: Plan, why: str, each: CaseFacts | None = None
) -> Value | None:
    """Return what *source* gives, or None with a blocker for each thing that is missing."""
    if isinstance(source, HookCall):
        answer = call_hook(facts, source)
        if isinstance(answer, Blocker):
            plan.blockers.append(answer)
            return None
        return answer  # type: ignore[no-any-return]  # a hook's result was checked against its declared type
    result = evaluate(source, facts, each=each)
    if result.value is UNKNOWN:
        plan.blockers += unknown(facts, result, source, why)
        return None
    return result.value  # type: ignore[return-value]  # UNKNOWN is the only Unknown that evaluate gives


def unknown(facts: CaseFacts, result: Result, source: Expr, why: str) -> list[Blocker]:
    """Return a blocker for each thing that keeps *source* unknown, as the line of *facts* sees it."""
    if not result.missing:
        because = "; ".join(result.reasons) or f"{source} is not known"
        return [Blocker("value-unknown", f"{because} ({why}).", about=str(source), detail=str(source))]
    return [
        Blocker("field-missing", f"{name} is not known; {why}.", about=name, mend=how_they_come(facts, (name,)))
        for name in result.missing
    ]


def _selected(facts: CaseFacts, move: Move, plan: Plan) -> tuple[str, ...]:
    chosen = facts.tracks(move.track, move.stages or None)
    return tuple(track.line_id for track in chosen if _concerned(facts, track, move.where, plan))


def _concerned(facts: CaseFacts, track: CaseFacts, where: Expr | None, plan: Plan) -> bool:
    if where is None:
        return True
    result = evaluate(where, facts, each=track)
    if result.value is UNKNOWN:
        names = ", ".join(result.missing or result.reasons) or str(where)
        reason = f"Whether {track.line_id} is concerned depends on {names}, which is not known."
        plan.blockers.append(_for_want_of(names, track, reason))
    return result.value is True


def _for_want_of(names: str, track: CaseFacts, reason: str) -> Blocker:
    """Return that a field is missing, on *track* where the condition reads it there, else where the step is."""
    own = names.removeprefix("each.").removeprefix(f"{track.line_id}.")
    line = MAIN if own == names else track.line_id
    return Blocker("field-missing", reason, about=own, line=line, mend=f"fill {own}")


def _evaluate_create(facts: CaseFacts, create: Create, plan: Plan) -> None:
    definition = facts.binding.definition.tracks[create.track]
    owners: list[CaseFacts | None] = [None]
    if create.for_each:
        owners = [t for t in facts.tracks(create.for_each, None) if _concerned(facts, t, create.where, plan)]
    for owner in owners:
        values: dict[str, Any] = {}
        for name, source in create.values.items():
            value = _value_of(facts, source, plan, f"a new {create.track} needs it", owner)
            if value is not None:
                _keep(plan, values, definition.fields[name], value)
        parent = owner.line_id if owner else _parent_of(facts, definition.parent)
        plan.created.append(Creation(create.track, parent, values))


def _evaluate_report(facts: CaseFacts, report: Report, plan: Plan) -> None:
    """Say to which case *report* goes, with which values; that there is such a case, and that it takes this."""
    to = facts.field(report.to)
    if to is UNKNOWN:
        reason = f"{report.to} is not known: there is no case to report {report.name} to."
        plan.blockers.append(Blocker("field-missing", reason, about=report.to, mend=f"fill {report.to}"))
        return
    plan.blockers += not_linked(facts.binding, str(to), report.name)
    values = {
        name: value
        for name, source in report.values.items()
        if (value := _value_of(facts, source, plan, f"{report.name} is reported with it")) is not None
    }
    plan.reports.append(Reported(str(to), report.name, {name: encode(value) for name, value in values.items()}))


def _parent_of(facts: CaseFacts, kind: str | None) -> str | None:
    """Return the line under which a new track of parent kind *kind* hangs: this one, or the one this hangs under."""
    line = facts.line
    while kind is not None and line.kind != kind and line.parent:
        line = facts.case.lines[line.parent]
    return line.id if kind is not None and line.kind == kind else None


def _evaluate_starts(facts: CaseFacts, step: Step, plan: Plan) -> None:
    # With the whole calendar; few steps start anything.
    from inprocap_flow.engine.timing.clocks import on_a_free_day, start_clock

    branch = plan.branch
    for name in dict.fromkeys((*step.starts, *step.restarts, *(branch.starts if branch else ()))):
        place = deadline_place(facts.binding, facts.case, facts.line_id, name)
        owner_id, _, bare = (place or f"{MAIN} {name}").partition(" ")
        owner = facts.on(owner_id)
        declared = facts.binding.definition.line(owner.line.kind).deadlines[bare]
        if facts.deadline_state(name) in ("running", "suspended") and name not in step.restarts:
            plan.blockers.append(Blocker("already-running", f'"{said(declared.title)}" runs already.', about=name))
            continue
        clock = start_clock(changed(owner, journal=Journal()), declared, facts.when)
        if isinstance(clock, tuple):
            plan.blockers += clock
        else:
            plan.clocks[name] = clock
            plan.warnings += on_a_free_day(facts, declared, clock)


def _evaluate_extension(facts: CaseFacts, extends: Extends, plan: Plan) -> None:
    from inprocap_flow.engine.timing.clocks import on_a_free_day, start_clock

    name = extends.deadline
    declared = facts.binding.definition.find_deadline(facts.line.kind, name)
    state = facts.deadline(name)
    if declared is None or state is None or state.status != "running" or state.end is None:
        reason = f"{name} does not run, so it cannot be extended."
        plan.blockers.append(Blocker("deadline-not-running", reason, about=name))
        return
    asked = changed(declared, ends_at=extends.until, period=None, backwards_from=None)
    clock = start_clock(changed(facts, journal=Journal()), asked, When.from_plain(state.started))
    if isinstance(clock, tuple):
        plan.blockers += clock
        return
    present = unstamp(state.end)
    if clock.end <= present or clock.end <= facts.when.last:
        shown = f"{present.astimezone(facts.binding.zone):%Y-%m-%d %H:%M}"
        reason = f'"{said(declared.title)}" runs until {shown}; an extension must end later than that and than now.'
        plan.blockers.append(Blocker("too-early", reason, about=name, mend="choose a later moment"))
        return
    plan.warnings += on_a_free_day(facts, declared, clock)
    plan.extension = clock
