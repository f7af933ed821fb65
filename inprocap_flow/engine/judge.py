"""May this step be carried out now? Every reason why not, and everything its effects were evaluated to (language, 6.3).

All of it is read on the state plus the request's own inputs, before anything changes: so no effect of a step can
see another effect of the same step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.engine.approvals import lacking
from inprocap_flow.engine.clocks import Clock, start_clock
from inprocap_flow.engine.facts import CaseFacts, deadline_place
from inprocap_flow.engine.hooking import call_hook
from inprocap_flow.engine.inputs import asked_by, judge_documents, judge_fields, with_inputs
from inprocap_flow.engine.records import MAIN, Blocker, Handed, key, stamp, unstamp
from inprocap_flow.engine.work import Work
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.expressions.failing import failing
from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.language.model import Branch, Guard, HookCall, Move, Step, said
from inprocap_flow.language.values import encode, fit


@dataclass(slots=True)
class Inputs:
    """What comes with a request for a step."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    documents: Mapping[str, Handed] = field(default_factory=dict)
    reason: str | None = None


@dataclass(slots=True)
class Plan:
    """A step as judged: its blockers, and what its effects come to if there are none."""

    step: Step
    line_id: str
    inputs: Inputs
    blockers: list[Blocker] = field(default_factory=list)
    warnings: list[Blocker] = field(default_factory=list)
    branch: Branch | None = None
    sets: dict[str, Any] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)  # deadline -> when it ends; of this step and its branch
    moved: list[tuple[Move, tuple[str, ...]]] = field(default_factory=list)
    created: list[tuple[str, str | None, dict[str, Any]]] = field(default_factory=list)  # kind, parent, values
    journal: dict[str, Any] = field(default_factory=dict)
    assumed: bool = False
    unfinished: frozenset[str] = frozenset()  # tracks that had not ended when the step was judged


def judge(work: Work, line_id: str, step: Step, inputs: Inputs) -> Plan:
    """Return *step* on *line_id* judged with *inputs*. Who asks was judged before; this is about the case."""
    unfinished = frozenset(line.id for line in work.case.lines.values() if not line.ended)
    plan = Plan(step, line_id, inputs, unfinished=unfinished)
    before = work.facts(line_id)
    line = before.line
    definition = work.binding.definition.line(line.kind)
    fields, documents = asked_by(step, definition.fields, definition.documents)
    plan.blockers += judge_fields(before, inputs.fields, fields)
    plan.blockers += judge_documents(before, inputs.documents, documents, step.may_bring)
    usable = {name: value for name, value in inputs.fields.items() if name in definition.fields}
    brought = {name: value for name, value in inputs.documents.items() if name in definition.documents}
    trial = with_inputs(work.case, line, usable, brought, work.actor, stamp(work.when.last))
    facts = work.facts(line_id, trial)
    plan.blockers += _handed_in(facts, step, inputs)
    plan.blockers += _elsewhere(facts, step)
    plan.blockers += _missing_fields(facts, step)
    plan.blockers += _missing_documents(facts, step)
    plan.blockers += _deadlines(facts, step, plan)
    for name in step.already_there.approvals:
        plan.blockers += lacking(facts, name, work.actor if work.role else None)
    _guards(facts, step, plan)
    plan.blockers += _watches(facts, step)
    _choose_branch(facts, step, plan)
    _evaluate_effects(facts, step, plan)
    plan.blockers = _distinct(plan.blockers)
    plan.journal = facts.journal.to_plain()
    return plan


def _distinct(blockers: list[Blocker]) -> list[Blocker]:
    """Leave out a blocker that says the same about the same thing twice (a field both handed in and read)."""
    seen: dict[tuple[str, str, str], Blocker] = {}
    for number, blocker in enumerate(blockers):
        by = blocker.about or str(number)
        seen.setdefault((blocker.code, blocker.line, by if blocker.code != "guard" else str(number)), blocker)
    return list(seen.values())


def _handed_in(facts: CaseFacts, step: Step, inputs: Inputs) -> Iterator[Blocker]:
    definition = facts.binding.definition
    kind = facts.line.kind
    for name in step.handed_in.fields:
        if inputs.fields.get(name) is None:
            declared = definition.find_field(kind, name)
            title = said(declared.title) if declared else name
            yield Blocker("field-missing", f'"{title}" must come with this step.', about=name, mend=f"give {name}")
    for name in step.handed_in.documents:
        if name not in inputs.documents:
            document = definition.find_document(kind, name)
            title = said(document.title) if document else name
            yield Blocker(
                "document-missing", f'"{title}" must be handed in with this step.', about=name, mend=f"hand in {name}"
            )
    if step.handed_in.reason and not (inputs.reason or "").strip():
        yield Blocker("reason-missing", "This step needs a reason.", about="reason", mend="give a reason")


def _elsewhere(facts: CaseFacts, step: Step) -> Iterator[Blocker]:
    if step.while_case and facts.case.main.state not in step.while_case:
        where = ", ".join(step.while_case)
        reason = f"The case stands in {facts.case.main.state}; this is possible only in {where}."
        yield Blocker("case-elsewhere", reason, about=facts.case.main.state, mend="move the case there first")


def _missing_fields(facts: CaseFacts, step: Step) -> Iterator[Blocker]:
    for name in step.already_there.fields:
        if facts.field(name) is not UNKNOWN:
            continue
        declared = facts.binding.definition.find_field(facts.line.kind, name)
        title = said(declared.title) if declared else name
        stored = facts.line.fields.get(name, facts.case.main.fields.get(name))
        if stored is not None:  # it is there, and sealed: being there is enough
            continue
        roles = declared.by if declared else ()
        yield Blocker("field-missing", f'"{title}" is not filled.', about=name, roles=roles, mend=f"fill {name}")


def _missing_documents(facts: CaseFacts, step: Step) -> Iterator[Blocker]:
    for name in step.already_there.documents:
        if not facts.has(name):
            declared = facts.binding.definition.find_document(facts.line.kind, name)
            title = said(declared.title) if declared else name
            roles = declared.by if declared else ()
            yield Blocker("document-missing", f'"{title}" is not there.', about=name, roles=roles, mend=f"bring {name}")


def _deadlines(facts: CaseFacts, step: Step, plan: Plan) -> Iterator[Blocker]:
    for name in step.already_there.within:
        yield from _within(facts, name)
    for name in step.already_there.after:
        yield from _after(facts, name, plan)
    for name in (*step.meets,):
        status = facts.deadline_state(name)
        if status not in ("running", "missed"):
            title = _deadline_title(facts, name)
            yield Blocker("nothing-to-meet", f'"{title}" neither runs nor is missed ({status}).', about=name)


def _deadline_title(facts: CaseFacts, name: str) -> str:
    declared = facts.binding.definition.find_deadline(facts.line.kind, name)
    return said(declared.title) if declared else name


def _within(facts: CaseFacts, name: str) -> Iterator[Blocker]:
    title, status = _deadline_title(facts, name), facts.deadline_state(name)
    if status == "running":
        return
    if status == "none":
        yield Blocker("deadline-not-started", f'"{title}" has not started.', about=name, mend="wait until it starts")
    else:
        at = _end_of(facts, name)
        yield Blocker(
            "deadline-over",
            f'"{title}" is {status}{at}.',
            about=name,
            mend="nothing mends this but an extension in time",
        )


def _end_of(facts: CaseFacts, name: str) -> str:
    place = deadline_place(facts.binding, facts.case, facts.line_id, name)
    state = facts.case.deadlines.get(place) if place else None
    if state is None or state.end is None:
        return ""
    return f" since {unstamp(state.end).astimezone(facts.binding.zone):%Y-%m-%d %H:%M}"


def _after(facts: CaseFacts, name: str, plan: Plan) -> Iterator[Blocker]:
    title, status = _deadline_title(facts, name), facts.deadline_state(name)
    if status == "none":
        yield Blocker("deadline-not-started", f'"{title}" has not started.', about=name, mend="start it first")
    if status != "running":
        return
    place = deadline_place(facts.binding, facts.case, facts.line_id, name)
    assert place is not None
    state = facts.case.deadlines[place]
    end = unstamp(state.end or "")
    if not facts.when.is_exact and end <= facts.when.last:
        plan.assumed = True  # the reading that permits (language, 6.5 on precision)
        return
    declared = facts.binding.definition.find_deadline(facts.line.kind, name)
    source = _source_of(state.computed)
    yield Blocker(
        "deadline-running",
        f'"{title}" runs until {end.astimezone(facts.binding.zone):%Y-%m-%d %H:%M}.',
        about=name,
        possible_from=end,
        provisional=state.provisional,
        cite=(declared.cite if declared else None) or source.get("source"),
        basis=source.get("basis"),
        evidence=source.get("confirmed_on"),
        mend="wait",
    )


def _source_of(computed: Mapping[str, Any]) -> Mapping[str, Any]:
    limits = computed.get("limits") or computed.get("floor", {}).get("limits") or {}
    return next(iter(limits.values()), {}) if limits else {}


def _guards(facts: CaseFacts, step: Step, plan: Plan) -> None:
    for guard in step.already_there.that:
        if guard.rule and facts.lifted(guard.rule):
            continue
        blocker = judge_guard(facts, guard)
        if blocker is not None:
            (plan.warnings if guard.only_warns else plan.blockers).append(blocker)


def judge_guard(facts: CaseFacts, guard: Guard) -> Blocker | None:
    """Return why *guard* does not hold, naming the failing clause or the missing field; None if it holds."""
    rule = facts.binding.definition.rules.get(guard.rule) if guard.rule else None
    cite = guard.cite or (rule.cite if rule else None)
    basis = rule.basis if rule else None
    about = guard.rule or ""
    if guard.hook is not None:
        answer = call_hook(facts, guard.hook)
        if isinstance(answer, Blocker):
            return replace(answer, reason=f"{said(guard.if_not)} ({answer.reason})", cite=cite)
        return None if answer is True else Blocker("guard", said(guard.if_not), about=about, cite=cite, basis=basis)
    assert guard.holds is not None
    result = evaluate(guard.holds, facts)
    if result.value is True:
        return None
    evidence = _unconfirmed(facts)
    if result.value is UNKNOWN:
        names = ", ".join(result.missing) or "something it reads"
        reason = f"{said(guard.if_not)} (cannot be judged: {names} is not known)"
        first = result.missing[0] if result.missing else about
        return Blocker("guard-unknown", reason, about=first, cite=cite, basis=basis, mend=f"fill {names}", detail=names)
    detail = "; ".join(str(part) for part in failing(guard.holds, facts))
    return Blocker("guard", said(guard.if_not), about=about, cite=cite, basis=basis, detail=detail, evidence=evidence)


def _unconfirmed(facts: CaseFacts) -> str | None:
    unconfirmed = [name for name, used in facts.journal.limits.items() if used.get("confirmed_on") == "never"]
    return f"not confirmed: {', '.join(unconfirmed)}" if unconfirmed else None


def _watches(facts: CaseFacts, step: Step) -> Iterator[Blocker]:
    for watch in facts.binding.definition.watches.values():
        state = facts.case.watches.get(watch.name)
        if state and state.blocked and step.milestone in watch.blocks:
            yield Blocker(
                "watch",
                f"{watch.name}: the approval {watch.needs_approval} is asked for again and not given.",
                about=watch.needs_approval,
                mend="get it signed",
            )


def _choose_branch(facts: CaseFacts, step: Step, plan: Plan) -> None:
    """Take the first branch whose condition holds; an unknown condition is refused, never "otherwise"."""
    for branch in step.targets:
        if branch.when is None:
            plan.branch = branch
            return
        result = evaluate(branch.when, facts)
        if result.value is UNKNOWN:
            names = ", ".join(result.missing) or str(branch.when)
            reason = f"Where this leads depends on {names}, which is not known."
            about = result.missing[0] if result.missing else branch.to
            plan.blockers.append(Blocker("branch-unknown", reason, about=about, mend=f"fill {names}"))
            return
        if result.value is True:
            plan.branch = branch
            return
    plan.blockers.append(Blocker("branch-unknown", "No branch of this step fits.", about=step.name))


def _evaluate_effects(facts: CaseFacts, step: Step, plan: Plan) -> None:
    for name, source in step.sets.items():
        value = _value_of(facts, source, plan, f"{name} is set from it")
        if value is not UNKNOWN:
            declared = facts.binding.definition.line(facts.line.kind).fields[name]
            try:
                plan.sets[name] = encode(fit(declared.type, value, currency=declared.currency))
            except BadValue as wrong:
                plan.blockers.append(Blocker("bad-value", f"{name}: {wrong.fact}", about=name, mend=wrong.mend))
    for move in step.moves:
        plan.moved.append((move, _selected(facts, move.track, move.stages, move.where, plan)))
    _evaluate_creates(facts, step, plan)
    _evaluate_clocks(facts, step, plan)


def _value_of(facts: CaseFacts, source: Expr | HookCall, plan: Plan, why: str) -> Any:
    if isinstance(source, HookCall):
        answer = call_hook(facts, source)
        if isinstance(answer, Blocker):
            plan.blockers.append(answer)
            return UNKNOWN
        return answer
    result = evaluate(source, facts)
    if result.value is UNKNOWN:
        for name in result.missing or (str(source),):
            plan.blockers.append(
                Blocker("field-missing", f"{name} is not known; {why}.", about=name, mend=f"fill {name}")
            )
    return result.value


def _selected(facts: CaseFacts, kind: str, stages: tuple[str, ...], where: Expr | None, plan: Plan) -> tuple[str, ...]:
    chosen: list[str] = []
    for track in facts.tracks(kind, stages or None):
        if where is None:
            chosen.append(track.line_id)
            continue
        result = evaluate(where, facts, each=track)
        if result.value is UNKNOWN:
            names = ", ".join(result.missing) or str(where)
            reason = f"Whether {track.line_id} is concerned depends on {names}, which is not known."
            plan.blockers.append(
                Blocker("field-missing", reason, about=track.line_id, line=track.line_id, mend=f"fill {names}")
            )
        elif result.value is True:
            chosen.append(track.line_id)
    return tuple(chosen)


def _evaluate_creates(facts: CaseFacts, step: Step, plan: Plan) -> None:
    for create in step.creates:
        owners: tuple[str | None, ...] = (None,)
        if create.for_each:
            owners = _selected(facts, create.for_each, (), create.where, plan)
        for owner in owners:
            values: dict[str, Any] = {}
            for name, source in create.values.items():
                each = facts.on(owner) if owner else None
                result = evaluate(source, facts, each=each)
                if result.value is not UNKNOWN:
                    declared = facts.binding.definition.line(create.track).fields[name]
                    values[name] = encode(fit(declared.type, result.value, currency=declared.currency))
            parent = owner or (
                facts.line_id if facts.binding.definition.tracks[create.track].parent == facts.line.kind else None
            )
            plan.created.append((create.track, parent, values))


def _evaluate_clocks(facts: CaseFacts, step: Step, plan: Plan) -> None:
    branch = plan.branch
    for name in (*step.starts, *step.restarts, *(branch.starts if branch else ())):
        declared = facts.binding.definition.find_deadline(facts.line.kind, name)
        assert declared is not None
        status = facts.deadline_state(name)
        if status == "running" and name not in step.restarts:
            plan.blockers.append(Blocker("already-running", f'"{said(declared.title)}" runs already.', about=name))
            continue
        # A deadline that a step of another line starts is computed where it belongs.
        owner = facts if declared.line == facts.line.kind else facts.on(MAIN)
        clock = start_clock(replace(owner, journal=type(owner.journal)()), declared, facts.when)
        if isinstance(clock, tuple):
            plan.blockers += clock
        else:
            plan.clocks[name] = clock
    if step.extends is not None:
        _evaluate_extension(facts, step, plan)


def _evaluate_extension(facts: CaseFacts, step: Step, plan: Plan) -> None:
    assert step.extends is not None
    name = step.extends.deadline
    declared = facts.binding.definition.find_deadline(facts.line.kind, name)
    place = deadline_place(facts.binding, facts.case, facts.line_id, name)
    state = facts.case.deadlines.get(place) if place else None
    if declared is None or state is None or state.status != "running" or state.end is None:
        plan.blockers.append(
            Blocker("deadline-not-running", f"{name} does not run, so it cannot be extended.", about=name)
        )
        return
    from inprocap_flow.engine.records import When

    started = When.from_plain(state.started)
    asked = replace(declared, ends_at=step.extends.until, period=None, backwards_from=None)
    clock = start_clock(replace(facts, journal=type(facts.journal)()), asked, started)
    if isinstance(clock, tuple):
        plan.blockers += clock
        return
    present = unstamp(state.end)
    if clock.end <= present or clock.end <= facts.when.last:
        shown = f"{present.astimezone(facts.binding.zone):%Y-%m-%d %H:%M}"
        reason = f'"{said(declared.title)}" runs until {shown}; an extension must end later than that and than now.'
        plan.blockers.append(Blocker("too-early", reason, about=name, mend="choose a later moment"))
        return
    plan.clocks[f"extend {name}"] = clock


def place_key(facts: CaseFacts, name: str) -> str:
    """Return the key of the deadline *name* as the line of *facts* sees it; it must exist."""
    return deadline_place(facts.binding, facts.case, facts.line_id, name) or key(facts.line_id, name)


def begin_blockers(facts: CaseFacts, step: Step) -> Iterator[Blocker]:
    """Yield what stands in the way of beginning a track on the line of *facts*, as far as it is known beforehand."""
    yield from _handed_in_words(step)
    yield from _elsewhere(facts, step)
    for name in step.already_there.within:
        yield from _within(facts, name)


def _handed_in_words(step: Step) -> Iterator[Blocker]:
    for name in step.handed_in.fields:
        yield Blocker("field-missing", f"{name} must come with this step.", about=name, mend=f"give {name}")
    for name in step.handed_in.documents:
        yield Blocker("document-missing", f"{name} must be handed in with this step.", about=name, mend=f"hand in {name}")
    if step.handed_in.reason:
        yield Blocker("reason-missing", "This step needs a reason.", about="reason", mend="give a reason")
