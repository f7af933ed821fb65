"""Conditions of a step, judged: which does not hold, by which clause, or what it reads that is not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inprocap_flow.engine.carrying.inputs import how_they_come
from inprocap_flow.engine.carrying.plan import Plan
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.hooking import call_hook
from inprocap_flow.engine.case.lifting import granting
from inprocap_flow.engine.case.records import Blocker
from inprocap_flow.engine.timing.bounds import read_for
from inprocap_flow.engine.timing.parts import leading
from inprocap_flow.language.expressions.aloud import deny_aloud
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.expressions.failing import Failing, failing
from inprocap_flow.language.expressions.tree import Call, Not
from inprocap_flow.language.model import Guard, Step, said
from inprocap_flow.records import changed


def judge_guards(facts: CaseFacts, step: Step, plan: Plan) -> None:
    """Put into *plan* what the conditions of *step* say: blockers, or warnings where they only warn."""
    for guard in step.already_there.that:
        if guard.only_from and facts.line.state not in guard.only_from:
            continue
        if guard.rule and facts.lifted(guard.rule):
            continue
        blocker = judge_guard(facts, guard, step)
        if blocker is not None:
            (plan.warnings if guard.only_warns else plan.blockers).append(blocker)


def judge_guard(facts: CaseFacts, guard: Guard, step: Step | None = None) -> Blocker | None:
    """Return why *guard* (of *step*) does not hold: the failing clause, the missing field; None if it holds."""
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
        lacking = result.missing or result.reasons
        names = ", ".join(lacking) or "something it reads"
        about = result.missing[0] if result.missing else refused.about
        reason = f"{refused.reason} (cannot be judged: {names} {'are' if len(lacking) > 1 else 'is'} not known)"
        mend = how_they_come(facts, result.missing, step) or f"fill {names}"
        return changed(refused, code="guard-unknown", reason=reason, about=about, mend=mend, detail=names)
    parts = failing(guard.holds, facts, zone=facts.binding.zone)
    detail = "; ".join(_in_words(facts, part) for part in parts)
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
