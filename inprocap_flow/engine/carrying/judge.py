"""May this step be carried out now? Every reason why not, and everything its effects were evaluated to (language, 6.3).

All of it is read on the state plus the request's own inputs, before anything changes: so no effect of a step can
see another effect of the same step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inprocap_flow.engine.carrying.effects import choose_branch, evaluate_effects
from inprocap_flow.engine.carrying.inputs import asked_by, judge_documents, judge_fields, with_inputs
from inprocap_flow.engine.carrying.plan import Inputs, Plan
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.approvals import lacking
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.hooking import call_hook
from inprocap_flow.engine.case.lifting import granting
from inprocap_flow.engine.case.people import barred_from_bringing
from inprocap_flow.engine.case.records import MAIN, Blocker, DeadlineState, When, stamp, unstamp
from inprocap_flow.engine.timing.bounds import cited, read_for
from inprocap_flow.engine.timing.parts import grounds_of, leading
from inprocap_flow.language.expressions.aloud import deny_aloud
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.expressions.failing import Failing, failing
from inprocap_flow.language.expressions.tree import Call, Expr, Not
from inprocap_flow.language.model import CASE, Branch, Deadline, Document, Field, Guard, Step, said
from inprocap_flow.records import changed

__all__ = ["Inputs", "Plan", "begin_blockers", "judge", "judge_guard"]


def judge(work: Work, line_id: str, step: Step, inputs: Inputs) -> Plan:
    """Return *step* on *line_id* judged with *inputs*. Who asks was judged before; this is about the case.

    The order of the blockers is that of the language: while, inputs, fields, documents, within, after, approvals,
    guards, watches, branch, and what the effects need.
    """
    unfinished = frozenset([line.id for line in work.case.lines.values() if not line.ended])
    plan = Plan(step, line_id, inputs, unfinished=unfinished, assumed=work.assumed)
    facts = work.facts(line_id)
    plan.blockers += _elsewhere(facts, step)
    if inputs.fields or inputs.documents:
        facts = _with_inputs(work, facts, plan)
    plan.blockers += _handed_in(facts, plan)
    needs = step.already_there  # most steps need little of it, and who asks for nothing is told nothing
    if needs.fields:
        plan.blockers += _missing_fields(facts, step)
    if needs.documents:
        plan.blockers += _missing_documents(facts, step)
    if step.publishes:
        plan.blockers += _nothing_to_publish(facts, step)
    if needs.within or needs.after:
        plan.blockers += _deadlines(facts, step, plan)
    carry_out = (work.actor, work.on_behalf_of) if work.role else ()
    for name in needs.approvals:
        plan.blockers += lacking(facts, name, *carry_out)
    _guards(facts, step, plan)
    plan.blockers += _watches(facts, step)
    choose_branch(facts, step, plan)
    if plan.branch is not None:
        plan.blockers += _nothing_to_meet(facts, step, plan.branch)
    evaluate_effects(facts, step, plan)
    if facts.line.kind != CASE:
        plan.blockers = [_on_its_line(facts, one) for one in plan.blockers]
    if len(plan.blockers) > 1:
        plan.blockers = _distinct(plan.blockers)
    plan.journal = facts.journal.to_plain()
    return plan


def _on_its_line(facts: CaseFacts, blocker: Blocker) -> Blocker:
    """Return *blocker*; where a field or document of a track is lacking, with the track on which it is given."""
    own = facts.binding.definition.line(facts.line.kind)
    if blocker.line != MAIN or not blocker.mend.startswith(("fill ", "bring ")):
        return blocker
    return (
        changed(blocker, line=facts.line.id)
        if blocker.about in own.fields or blocker.about in own.documents
        else blocker
    )


def _with_inputs(work: Work, before: CaseFacts, plan: Plan) -> CaseFacts:
    """Judge what comes with the request, and return the facts that the rest is judged on: those plus what is sound."""
    step, inputs = plan.step, plan.inputs
    line = before.line
    definition = work.binding.definition.line(line.kind)
    fields, documents = asked_by(step, definition.fields, definition.documents)
    faulty = list(judge_fields(before, inputs.fields, fields))
    faulty += judge_documents(before, inputs.documents, documents, step.may_bring)
    faulty += barred_from_bringing(work.binding, work.case, work.actor, inputs.documents, work.role)
    plan.blockers += faulty
    wrong = {blocker.about for blocker in faulty}
    # What is wrong is read as not known: nothing may rest on it, and it would not even decode.
    usable = {n: None if n in wrong else value for n, value in inputs.fields.items() if n in definition.fields}
    brought = {n: handed for n, handed in inputs.documents.items() if n in definition.documents}
    trial = with_inputs(work.case, line, usable, brought, work.actor, stamp(work.when.last))
    return work.facts(line.id, trial)


def _distinct(blockers: list[Blocker]) -> list[Blocker]:
    """Leave out what says the same about the same thing twice, and what is unknown only because it is wrong."""
    wrong = {b.about for b in blockers if b.code in ("bad-value", "out-of-range")}
    seen: dict[tuple[str, str, str], Blocker] = {}
    for number, blocker in enumerate(blockers):
        if blocker.code in ("guard-unknown", "branch-unknown", "field-missing") and blocker.about in wrong:
            continue
        apart = blocker.code in ("guard", "guard-unknown", "four-eyes") or not blocker.about
        seen.setdefault((blocker.code, blocker.line, str(number) if apart else blocker.about), blocker)
    return list(seen.values())


def _handed_in(facts: CaseFacts, plan: Plan) -> Iterator[Blocker]:
    step, inputs = plan.step, plan.inputs
    definition, kind = facts.binding.definition, facts.line.kind
    for name in step.handed_in.fields:
        if inputs.fields.get(name) is None:
            title = _title(definition.find_field(kind, name), name)
            yield Blocker("field-missing", f'"{title}" must come with this step.', about=name, mend=f"give {name}")
    for name in step.handed_in.documents:
        if name not in inputs.documents:
            reason = f'"{_title(definition.find_document(kind, name), name)}" must be handed in with this step.'
            yield Blocker("document-missing", reason, about=name, mend=f"hand in {name}")
    if (step.handed_in.reason or _restarts_by_hand(step)) and not (inputs.reason or "").strip():
        yield Blocker("reason-missing", "This step needs a reason.", about="reason", mend="give a reason")


def _restarts_by_hand(step: Step) -> bool:
    """Return whether somebody starts a clock again, which needs a reason (ruling 17); the system has its own."""
    return bool(step.restarts) and not step.is_system and not step.is_automatic


def _title(declared: Field | Document | None, name: str) -> str:
    return said(declared.title) if declared else name


def _elsewhere(facts: CaseFacts, step: Step) -> Iterator[Blocker]:
    if step.while_case and facts.case.main.state not in step.while_case:
        where = ", ".join(step.while_case)
        stands = facts.case.main.state
        reason = f"The case stands in {stands}; this is possible only in {where}."
        ahead = facts.binding.machine.leads_to(CASE, stands, step.while_case)
        mend = "move the case there first" if ahead else "nothing mends this: no step leads the case there any more"
        yield Blocker("case-elsewhere", reason, about=stands, mend=mend)


def _missing_fields(facts: CaseFacts, step: Step) -> Iterator[Blocker]:
    for name in step.already_there.fields:
        declared = facts.binding.definition.find_field(facts.line.kind, name)
        # A sealed value counts as filled: that it is there is no secret.
        if facts.field(name) is not UNKNOWN or (declared is not None and facts.stored(declared)):
            continue
        roles = declared.by if declared else ()
        reason = f'"{_title(declared, name)}" is not filled.'
        yield Blocker("field-missing", reason, about=name, roles=roles, mend=f"fill {name}")


def _missing_documents(facts: CaseFacts, step: Step) -> Iterator[Blocker]:
    for name in step.already_there.documents:
        if not facts.has(name):
            declared = facts.binding.definition.find_document(facts.line.kind, name)
            roles = declared.by if declared else ()
            reason = f'"{_title(declared, name)}" is not there.'
            yield Blocker("document-missing", reason, about=name, roles=roles, mend=f"bring {name}")


def _nothing_to_publish(facts: CaseFacts, step: Step) -> Iterator[Blocker]:
    """Yield what the step would publish and nobody has filed: an announcement of nothing misleads everybody."""
    definition, kind = facts.binding.definition, facts.line.kind
    for name in step.publishes:
        paper, field = definition.find_document(kind, name), definition.find_field(kind, name)
        if name in step.sets or (facts.has(name) if paper else field is None or facts.stored(field)):
            continue
        reason = f'"{_title(paper or field, name)}" is to be published by this step, and is not there.'
        roles = (paper.by if paper else ()) or (field.by if field else ())
        code, mend = ("document-missing", f"bring {name}") if paper else ("field-missing", f"fill {name}")
        yield Blocker(code, reason, about=name, roles=roles, mend=mend)


def _deadlines(facts: CaseFacts, step: Step, plan: Plan) -> Iterator[Blocker]:
    for name in step.already_there.within:
        yield from _within(facts, name, plan)
    for name in step.already_there.after:
        yield from _after(facts, name, plan)


def _nothing_to_meet(facts: CaseFacts, step: Step, branch: Branch) -> Iterator[Blocker]:
    for name in dict.fromkeys((*step.meets, *branch.meets)):
        status = facts.deadline_state(name)
        if status not in ("running", "suspended", "missed"):
            reason = f'"{_deadline_title(facts, name)}" neither runs nor is missed ({status}).'
            yield Blocker("nothing-to-meet", reason, about=name)


def _deadline_title(facts: CaseFacts, name: str) -> str:
    declared = facts.binding.definition.find_deadline(facts.line.kind, name)
    return said(declared.title) if declared else name


def _within(facts: CaseFacts, name: str, plan: Plan | None = None) -> Iterator[Blocker]:
    title, state = _deadline_title(facts, name), facts.deadline(name)
    if state is None:
        yield Blocker("deadline-not-started", f'"{title}" has not started.', about=name, mend="wait until it starts")
    elif state.status == "suspended":
        yield stands_still(facts, name, title, state)
    elif state.status != "running":
        reason = f'"{title}" is {state.status}{_since(facts, state)}.'
        yield Blocker("deadline-over", reason, about=name, mend="nothing mends this but an extension in time")
    elif plan is not None and facts.when.last >= unstamp(state.earliest or state.end or ""):
        plan.assumed = True  # the reading that permits (language, 6.6 on precision)


def stands_still(facts: CaseFacts, name: str, title: str, state: DeadlineState) -> Blocker:
    """Return that a suspended clock lets nothing through: neither what must be within it nor what must be after it."""
    since = When.from_plain(state.suspended).first.astimezone(facts.binding.zone)
    reason = f'"{title}" is suspended since {since:%Y-%m-%d %H:%M}: it neither ends nor lets anything through.'
    return Blocker("deadline-suspended", reason, about=name, mend=f"resume {_resumable(facts, state)} first")


def _resumable(facts: CaseFacts, state: DeadlineState) -> str:
    """Return the clock that somebody can resume: what is counted back stands still, and goes on, with its anchor."""
    anchor = facts.deadline(state.backwards_from or "")
    return state.name if anchor is None or anchor.status != "suspended" else _resumable(facts, anchor)


def _since(facts: CaseFacts, state: DeadlineState) -> str:
    if state.end is None:
        return ""
    return f" since {unstamp(state.end).astimezone(facts.binding.zone):%Y-%m-%d %H:%M}"


def _after(facts: CaseFacts, name: str, plan: Plan) -> Iterator[Blocker]:
    title, state = _deadline_title(facts, name), facts.deadline(name)
    if state is None:
        yield Blocker("deadline-not-started", f'"{title}" has not started.', about=name, mend="start it first")
        return
    if state.status == "suspended":
        yield stands_still(facts, name, title, state)
    if state.status != "running":
        return
    end = unstamp(state.end or "")
    if not facts.when.is_exact and end <= facts.when.last:
        plan.assumed = True
        return
    declared = facts.binding.definition.find_deadline(facts.line.kind, name)
    limits = _limits_of(state)
    source, grounds = leading(limits), grounds_of(_length_of(declared, state), limits)
    yield Blocker(
        "deadline-running",
        f'"{title}" runs until {end.astimezone(facts.binding.zone):%Y-%m-%d %H:%M}.',
        about=name,
        possible_from=end,
        provisional=state.provisional,
        cite=cited(declared.cite if declared else None, source, grounds),
        basis=source.get("basis"),
        evidence=source.get("confirmed_on"),
        mend="wait",
        grounds=grounds,
    )


def _limits_of(state: DeadlineState) -> Mapping[str, Any]:
    computed = state.computed
    return computed.get("limits") or computed.get("floor", {}).get("limits") or {}


def _length_of(declared: Deadline | None, state: DeadlineState) -> Expr | str | None:
    """Return the length that gave the end, or the least one where a person has typed it."""
    if declared is None:
        return None
    return declared.period if state.computed.get("limits") else declared.at_least


def _guards(facts: CaseFacts, step: Step, plan: Plan) -> None:
    for guard in step.already_there.that:
        if guard.only_from and facts.line.state not in guard.only_from:
            continue
        if guard.rule and facts.lifted(guard.rule):
            continue
        blocker = judge_guard(facts, guard)
        if blocker is not None:
            (plan.warnings if guard.only_warns else plan.blockers).append(blocker)


def judge_guard(facts: CaseFacts, guard: Guard) -> Blocker | None:
    """Return why *guard* does not hold, naming the failing clause or the missing field; None if it holds."""
    if guard.hook is not None:
        answer, refused = call_hook(facts, guard.hook), _refused_by(facts, guard)
        if isinstance(answer, Blocker):
            return changed(answer, reason=f"{refused.reason} ({answer.reason})", cite=refused.cite)
        return None if answer is True else refused
    assert guard.holds is not None
    result = evaluate(guard.holds, facts)
    if result.value is True:
        return None
    refused = _refused_by(facts, guard)
    if result.value is UNKNOWN:
        names = ", ".join(result.missing or result.reasons) or "something it reads"
        about = result.missing[0] if result.missing else refused.about
        reason = f"{refused.reason} (cannot be judged: {names} is not known)"
        return changed(refused, code="guard-unknown", reason=reason, about=about, mend=f"fill {names}", detail=names)
    detail = "; ".join(_in_words(facts, part) for part in failing(guard.holds, facts))
    used = read_for(facts, guard.holds)
    if refused.cite is None and used:  # a condition may leave its source to the number that it rests on
        cite = "; ".join(dict.fromkeys(str(one["source"]) for one in used.values() if one.get("source")))
        refused = changed(refused, cite=cite or None, basis=refused.basis or leading(used).get("basis"))
    return changed(refused, detail=detail, evidence=_unconfirmed(used))


def _in_words(facts: CaseFacts, part: Failing) -> str:
    """Return why a part does not hold; what has no values to show is read aloud, not shown as it is written."""
    denied = part.expr.operand if isinstance(part.expr, Not) else part.expr
    if not part.known or not isinstance(denied, Call):
        return str(part)
    kind, definition = facts.line.kind, facts.binding.definition
    find = {
        "deadline": definition.find_deadline,
        "document": definition.find_document,
        "approval": definition.find_approval,
        "field": definition.find_field,
    }

    def title(what: str, word: str) -> str | None:
        found = find[what](kind, word) if what in find else None
        return f'"{said(found.title)}"' if found is not None else None

    return deny_aloud(part.expr, title) + (f" ({', '.join(part.tracks)})" if part.tracks else "")


def _refused_by(facts: CaseFacts, guard: Guard) -> Blocker:
    rule = facts.binding.definition.rules.get(guard.rule) if guard.rule else None
    return Blocker(
        "guard",
        said(guard.if_not),
        about=guard.rule or "",
        cite=guard.cite or (rule.cite if rule else None),
        basis=rule.basis if rule else None,
        mend=_lifting(facts, guard.rule) if guard.rule else "",
    )


def _lifting(facts: CaseFacts, rule: str) -> str:
    """Return which derogations could lift *rule* now, as the mend of a condition that carries it out; "" for none."""
    possible = [one.name for one in granting(facts.binding.definition, facts.case) if rule in one.lifts]
    return f"meet it, or have it lifted: derogate {' or '.join(possible)}" if possible else ""


def _unconfirmed(used: Mapping[str, Mapping[str, Any]]) -> str | None:
    unconfirmed = [name for name, one in used.items() if one.get("confirmed_on") == "never"]
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
        yield Blocker(
            "document-missing", f"{name} must be handed in with this step.", about=name, mend=f"hand in {name}"
        )
    if step.handed_in.reason:
        yield Blocker("reason-missing", "This step needs a reason.", about="reason", mend="give a reason")
