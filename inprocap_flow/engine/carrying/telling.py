"""Who is told what, when: the equal-treatment record, and the outbox rows that come of it (language, 6.4i)."""

from __future__ import annotations

from typing import Any

from inprocap_flow.engine.carrying.plan import Plan, Reported
from inprocap_flow.engine.carrying.work import Refused, Work
from inprocap_flow.engine.case.records import MAIN, Blocker
from inprocap_flow.language.model import Notice, Tell

MOST_HOPS = 20  # reports that follow each other by themselves; shipped procedures need two


def tell_all(work: Work, plan: Plan) -> None:
    """Record what a step publishes, tells, gives notice of and reports; one moment for all addressees."""
    step = plan.step
    if step.publishes:
        work.emit("published", plan.line_id, {"names": list(step.publishes), "step": step.name})
        work.tell("published", plan.line_id, ("public",), step.name, step.publishes)
    tells = (*step.tells, *(plan.branch.tells if plan.branch else ()))
    addressees = tuple(dict.fromkeys(who for tell in tells for who in _addressees(work, plan, tell)))
    if addressees:
        told: dict[str, Any] = {"to": list(addressees), "step": step.name}
        if step.publishes:
            told["names"] = list(step.publishes)
        work.emit("told", plan.line_id, told)
        for addressee in addressees:
            work.tell("told", plan.line_id, (addressee,), step.name, step.publishes)
    if step.notice is not None:
        work.emit("noticed", plan.line_id, {"notice": _notice(step.notice), "step": step.name})
        work.tell("notice", plan.line_id, ("publisher",), step.name)
    for report in plan.reports:
        _report(work, plan, report)


def _report(work: Work, plan: Plan, report: Reported) -> None:
    """Record what is reported to another case. Raises `Refused` where cases answer each other without end."""
    hops = int(work.request.extra.get("hops", 0))  # how many reports led to this one
    if hops >= MOST_HOPS:
        reason = f"{hops} reports led to this one, each by the one before: these cases answer each other without end."
        mend = "take the report out of one of the procedures"
        raise Refused([Blocker("reports-without-end", reason, about=report.name, mend=mend)])
    reported = {"to": report.to, "as": report.name, "with": dict(report.values), "step": plan.step.name, "hops": hops}
    work.emit("reported", plan.line_id, {key: value for key, value in reported.items() if value})
    work.tell("report", plan.line_id, (f"case:{report.to}",), report.name, (plan.step.name,))


def _addressees(work: Work, plan: Plan, tell: Tell) -> tuple[str, ...]:
    """Return whom *tell* means. ``every`` without stages: the tracks that were unfinished when the step was judged.

    So a step that ends all tracks still tells them, and one that left long ago is not bothered.
    """
    line_id = plan.line_id
    if tell.role:
        return (f"role:{tell.role}",)
    if tell.this:
        line = work.case.lines[line_id]
        while line.kind != tell.this and line.parent:
            line = work.case.lines[line.parent]
        return (f"track:{line.id}",) if line.id != MAIN else ()
    if tell.stages:
        return tuple(f"track:{facts.line_id}" for facts in work.facts().tracks(tell.every or "", tell.stages))
    concerned = (line for line in work.case.tracks(tell.every or "") if line.id in plan.unfinished or not line.ended)
    return tuple(f"track:{line.id}" for line in concerned)


def _notice(notice: Notice) -> dict[str, str]:
    names = ("eforms", "ocds", "procedure", "reason", "result", "title")
    return {name: getattr(notice, name) for name in names if getattr(notice, name)}
