"""May this step be carried out now? Every reason why not, and everything its effects were evaluated to (language, 6.3).

All of it is read on the state plus the request's own inputs, before anything changes: so no effect of a step can
see another effect of the same step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inprocap_flow.engine.carrying.effects import choose_branch, evaluate_effects
from inprocap_flow.engine.carrying.guards import judge_guards
from inprocap_flow.engine.carrying.inputs import asked_by, how_it_comes, judge_documents, judge_fields, with_inputs
from inprocap_flow.engine.carrying.plan import Inputs, Plan
from inprocap_flow.engine.carrying.waits import deadlines_of, nothing_to_meet, waits_for, within
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.lacking import lacking
from inprocap_flow.engine.case.people import barred_from_bringing
from inprocap_flow.engine.case.records import MAIN, Blocker, stamp
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.model import CASE, Document, Field, Step, said
from inprocap_flow.records import changed

__all__ = ["Inputs", "Plan", "begin_blockers", "is_past", "judge"]

GONE_BY = "nothing mends this: no step leads the case there any more"


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
        plan.blockers += deadlines_of(facts, step, plan)
    carry_out = (work.actor, work.on_behalf_of) if work.role else ()
    for name in needs.approvals:
        plan.blockers += lacking(facts, name, *carry_out)
    judge_guards(facts, step, plan)
    plan.blockers += _watches(facts, step)
    choose_branch(facts, step, plan)
    if plan.branch is not None:
        plan.blockers += nothing_to_meet(facts, step, plan.branch)
    evaluate_effects(facts, step, plan)
    if facts.line.kind != CASE:
        plan.blockers = [_on_its_line(facts, one) for one in plan.blockers]
    if len(plan.blockers) > 1:
        plan.blockers = _distinct(_without_followers(facts, plan.blockers))
    plan.journal = facts.journal.to_plain()
    return plan


def _on_its_line(facts: CaseFacts, blocker: Blocker) -> Blocker:
    """Return *blocker*; where a field or document of a track is lacking, with the track on which it is given."""
    own = facts.binding.definition.line(facts.line.kind)
    apart = blocker.mend.startswith(("fill ", "bring "))
    elsewhere = " with " in blocker.mend and not blocker.mend.endswith(" with this step")
    if blocker.line != MAIN or not (apart or elsewhere):
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


def _without_followers(facts: CaseFacts, blockers: list[Blocker]) -> list[Blocker]:
    """Leave out windows that wait for a day or a meeting which is refused as missing already."""
    missing = {blocker.about for blocker in blockers if blocker.code == "field-missing"}
    return [
        blocker
        for blocker in blockers
        if not (
            blocker.code == "deadline-not-started"
            and (day := waits_for(facts, blocker.about)) is not None
            and day.name in missing
        )
    ]


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


def is_past(blockers: Iterable[Blocker]) -> bool:
    """Return whether the case stands where a step was never possible again: nothing mends that."""
    return any(blocker.code == "case-elsewhere" and blocker.mend == GONE_BY for blocker in blockers)


def _elsewhere(facts: CaseFacts, step: Step) -> Iterator[Blocker]:
    if step.while_case and facts.case.main.state not in step.while_case:
        where = ", ".join(step.while_case)
        stands = facts.case.main.state
        reason = f"The case stands in {stands}; this is possible only in {where}."
        ahead = facts.binding.machine.leads_to(CASE, stands, step.while_case)
        mend = "move the case there first" if ahead else GONE_BY
        yield Blocker("case-elsewhere", reason, about=stands, mend=mend)


def _missing_fields(facts: CaseFacts, step: Step) -> Iterator[Blocker]:
    """Yield fields that must be filled by now; what nobody may fill apart comes with a step, with this one too."""
    for name in step.already_there.fields:
        declared = facts.binding.definition.find_field(facts.line.kind, name)
        # A sealed value counts as filled: that it is there is no secret.
        if facts.field(name) is not UNKNOWN or (declared is not None and facts.stored(declared)):
            continue
        roles = declared.by if declared else ()
        reason = f'"{_title(declared, name)}" is not filled.'
        mend = how_it_comes(facts, declared, step) if declared else f"fill {name}"
        yield Blocker("field-missing", reason, about=name, roles=roles, mend=mend)


def _missing_documents(facts: CaseFacts, step: Step) -> Iterator[Blocker]:
    for name in step.already_there.documents:
        if not facts.has(name):
            declared = facts.binding.definition.find_document(facts.line.kind, name)
            roles = declared.by if declared else ()
            reason = f'"{_title(declared, name)}" is not there.'
            mend = how_it_comes(facts, declared, step) if declared else f"bring {name}"
            yield Blocker("document-missing", reason, about=name, roles=roles, mend=mend)


def _nothing_to_publish(facts: CaseFacts, step: Step) -> Iterator[Blocker]:
    """Yield what the step would publish and nobody has filed: an announcement of nothing misleads everybody."""
    definition, kind = facts.binding.definition, facts.line.kind
    for name in step.publishes:
        paper, field = definition.find_document(kind, name), definition.find_field(kind, name)
        if name in step.sets or (facts.has(name) if paper else field is None or facts.stored(field)):
            continue
        reason = f'"{_title(paper or field, name)}" is to be published by this step, and is not there.'
        declared = paper or field
        roles = declared.by if declared else ()
        code = "document-missing" if paper else "field-missing"
        mend = how_it_comes(facts, declared, step) if declared else f"fill {name}"
        yield Blocker(code, reason, about=name, roles=roles, mend=mend)


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
        yield from within(facts, name)


def _handed_in_words(step: Step) -> Iterator[Blocker]:
    for name in step.handed_in.fields:
        yield Blocker("field-missing", f"{name} must come with this step.", about=name, mend=f"give {name}")
    for name in step.handed_in.documents:
        yield Blocker(
            "document-missing", f"{name} must be handed in with this step.", about=name, mend=f"hand in {name}"
        )
    if step.handed_in.reason:
        yield Blocker("reason-missing", "This step needs a reason.", about="reason", mend="give a reason")
