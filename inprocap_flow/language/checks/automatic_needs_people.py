"""A step taken by itself or by the system that needs somebody to do something."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_step
from inprocap_flow.language.checks.plays import NOTHING_COMES, Plays
from inprocap_flow.language.model import Definition

CODE = "automatic-needs-people"
SEVERITY = ERROR
USED_UP = "the step comes as it is written; that somebody wanted the approval used otherwise no case says"


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each automatic or system step with `handed_in` or, if automatic, with approvals."""
    for line in definition.lines:
        for step in line.steps.values():
            asked = step.handed_in.fields or step.handed_in.documents or step.handed_in.reason
            if asked and (step.is_automatic or step.is_system):
                yield Finding(
                    of_step(step),
                    f"Nobody carries out `{step.name}`, so nobody can hand anything in with it.",
                    "Move it to `already_there:`, or say which role carries it out.",
                    plays=Plays(NOTHING_COMES, line.kind, (step,)),
                )
            elif step.is_automatic and step.already_there.approvals:
                yield Finding(
                    of_step(step),
                    f"`{step.name}` happens by itself and uses up an approval that nobody wanted used.",
                    "Let a role carry it out, or ask `approved('...')` in the condition.",
                    plays=USED_UP,
                )
