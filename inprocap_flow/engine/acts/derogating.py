"""Derogations: recorded decisions of one case that lift rules of custom or of the house for it, and only for it.

A derogation is judged like a step that stays where it is: who may, while the case stands where, what comes with it,
what is there by now, which signatures it uses up. Conditions whose rule is lifted count as held from then on, and every
decision that passes one of them says which derogation lifted it. No rule of law can be lifted (language, 7).
"""

from __future__ import annotations

from typing import Any

from inprocap_flow.engine.acts.acting import acting, take_role
from inprocap_flow.engine.acts.steps import with_moments
from inprocap_flow.engine.carrying.carry import follow_fields, take_inputs, use_approvals, void_approvals
from inprocap_flow.engine.carrying.judge import judge
from inprocap_flow.engine.carrying.plan import Inputs, Plan
from inprocap_flow.engine.carrying.telling import tell_all
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.lifting import as_step
from inprocap_flow.engine.case.people import Capacity, capacity_for
from inprocap_flow.engine.case.records import MAIN, Blocker, Case, Request
from inprocap_flow.language.model import Definition, Derogation, said


def derogate(work: Work, request: Request) -> list[Blocker]:
    """Lift the rules of the derogation that *request* names for the rest of the case; return what refuses it."""
    definition = work.binding.definition
    derogation = definition.derogations.get(request.name)
    if derogation is None or request.line != MAIN:
        return [_unknown(definition, request)]
    blockers: list[Blocker] = []
    found = capacity_for(acting(work, request, MAIN), derogation.by)
    if isinstance(found, Capacity):
        take_role(work, found)
    else:
        blockers += found
    plan = judge_derogation(work, derogation, Inputs(request.fields, request.documents, request.reason))
    blockers += with_moments(work, plan.step, plan.blockers)
    if not blockers:
        _grant(work, plan, derogation)
    return blockers


def judge_derogation(work: Work, derogation: Derogation, inputs: Inputs) -> Plan:
    """Return *derogation* judged with *inputs*, whoever asks. What is lifted by now is told alone: nothing mends it."""
    if not work.case.has_lifted(derogation.lifts):
        return judge(work, MAIN, as_step(derogation), inputs)
    plan = Plan(as_step(derogation), MAIN, inputs)
    plan.blockers.append(_lifted_already(work.case, work.binding.definition, derogation))
    return plan


def _unknown(definition: Definition, request: Request) -> Blocker:
    if request.name in definition.derogations:
        reason = f"{request.name} is for the whole case, not for {request.line}."
        return Blocker("unknown-derogation", reason, about=request.name, mend="leave the track out")
    known = ", ".join(definition.derogations)
    reason = f"There is no derogation {request.name} in {definition.name} {definition.version}."
    none = "none is declared; an overlay of the organisation may declare one"
    return Blocker("unknown-derogation", reason, about=request.name, mend=f"choose of: {known}" if known else none)


def _lifted_already(case: Case, definition: Definition, derogation: Derogation) -> Blocker:
    by = tuple(dict.fromkeys(case.lifted[rule] for rule in derogation.lifts))
    titles = ", ".join(f'"{said(definition.rules[rule].title)}"' for rule in derogation.lifts)
    reason = f"{titles} is lifted already, by {', '.join(by)}; nothing is left to lift."
    return Blocker("already-lifted", reason, about=derogation.name, mend="go on; the condition counts as held")


def _grant(work: Work, plan: Plan, derogation: Derogation) -> None:
    """Carry out a judged derogation in the order of a step: what came, signatures, the rules, who is told."""
    work.warnings += plan.warnings
    changed = take_inputs(work, MAIN, plan.inputs.fields, plan.inputs.documents, derogation.name)
    use_approvals(work, MAIN, plan.step)
    data: dict[str, Any] = {"derogation": derogation.name, "rules": list(derogation.lifts)}
    optional = {
        "reason": plan.inputs.reason,
        "cite": derogation.cite,
        "used": plan.journal,
        "assumed": plan.assumed,
        "warned": [f"{w.code}: {w.reason}" for w in plan.warnings],
    }
    work.emit("lifted", MAIN, data | {name: value for name, value in optional.items() if value})
    follow_fields(work, MAIN, changed)
    void_approvals(work, MAIN, changed)
    tell_all(work, plan)
