"""A signature on what can only come after the step that needs it."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import all_steps
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_step
from inprocap_flow.language.checks.plays import REFUSED, Plays
from inprocap_flow.language.expressions.words import names_in
from inprocap_flow.language.graph import reachable
from inprocap_flow.language.model import Approval, Definition, Line, Step

CODE = "covered-too-late"
SEVERITY = ERROR


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each approval that nobody can sign before the step that asks for it.

    The engine lets nobody sign for a paper that is not there, or for facts of which none is known. Only what comes with
    steps of the same line is looked at: what people bring or fill when they like, or another line brings, may be there.
    """
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            for name in step.already_there.approvals:
                approval = definition.find_approval(line.kind, name)
                late = (
                    _late(definition, line, step, approval)
                    if approval is not None and approval.line == line.kind
                    else []
                )
                if late:
                    yield _finding(step, name, late)


def _late(definition: Definition, line: Line, step: Step, approval: Approval) -> list[str]:
    papers = [one for one in approval.void_if_changed_documents if _only_later(definition, line, step, one)]
    read = {name for one in approval.signatures if one.when is not None for name in names_in(one.when)}
    facts = [one for one in approval.void_if_changed_fields if one not in read]
    late = [one for one in facts if _only_later(definition, line, step, one)]
    return [*papers, *(late if len(late) == len(facts) else [])]


def _only_later(definition: Definition, line: Line, step: Step, name: str) -> bool:
    """Return whether *name* comes with steps of *line* alone, none of which is possible before *step* was taken."""
    declared = line.documents.get(name) or line.fields.get(name)
    if declared is None or declared.by or name in _handed_in(step):  # the last: `approval-voids-itself`
        return False
    bring = [
        one for one in all_steps(definition) if name in (*_handed_in(one), *one.may_bring, *one.may_fill, *one.sets)
    ]
    if (
        not bring
        or any(one.line != line.kind for one in bring)
        or any(name in one.sets for one in line.approvals.values())
    ):
        return False
    before = reachable(definition, line, without=[step.name])
    return not any(one.name == line.begins.name or before & set(one.sources) for one in bring)


def _handed_in(step: Step) -> tuple[str, ...]:
    return (*step.handed_in.fields, *step.handed_in.documents)


def _finding(step: Step, approval: str, late: list[str]) -> Finding:
    return Finding(
        of_step(step),
        f"`{step.name}` needs the approval `{approval}`, which covers `{'`, `'.join(late)}`. That comes only after "
        "this step, so nobody can sign.",
        "Take it out of `void_if_changed:`, say who brings or fills it before (`by:`), or ask for the approval later.",
        plays=Plays(REFUSED, step.line, (step,), codes=("approval-missing",)),
    )
