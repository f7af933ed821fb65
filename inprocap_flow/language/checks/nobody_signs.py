"""An approval that is given without anybody: each of its signatures is asked for only under a condition."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.conditions import Asking, Judged, not_decided, once
from inprocap_flow.language.checks.finding import ADVICE, Around, Finding, of_line
from inprocap_flow.language.checks.plays import unsigned
from inprocap_flow.language.guards.abstraction import Condition
from inprocap_flow.language.model import Definition

CODE = "nobody-signs"
SEVERITY = ADVICE


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each approval of which some values ask for no signature at all."""
    yield from (one.finding for one in judged(definition, around) if one.decided)


@once
def judged(definition: Definition, around: Around) -> Iterator[Judged]:
    """Yield the findings, and what was not decided."""
    asking = Asking.about(definition, around)
    for line in definition.lines:
        for approval in line.approvals.values():
            whens = [one.when for one in approval.signatures if one.when is not None]
            if len(whens) < len(approval.signatures):
                continue
            origin = of_line(line.kind, "approvals", approval.name)
            answer = asking.decide([(Condition(when, line.kind), False) for when in whens])
            if answer.is_possible:
                fact = f"With {answer.shown()} nobody signs `{approval.name}`: it counts as given at once."
                mend = "Let one signature be without `when`, or cover that case too."
                wanted = tuple((Condition(when, line.kind), False) for when in whens)
                yield Judged(Finding(origin, fact, mend, plays=unsigned(definition, approval, wanted)))
            elif not answer.is_impossible:
                yield not_decided(origin, f"whether `{approval.name}` always needs somebody", answer)
