"""A stage in which work goes on that is mapped to an end, or an end that is mapped to a stage where work goes on."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR
from inprocap_flow.language.checks.planning import PlanFinding, of, under
from inprocap_flow.language.versions.compare import Between, becomes, finals

CODE = "migration-ends-case"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "it is about cases that run already: the plan is tried on them, and on nothing else, by `migrate --dry-run`"
)


def check(between: Between) -> Iterator[PlanFinding]:
    """Yield a finding for each stage by whose mapping something would end, or begin again, without a step."""
    for was, now, change in between.lines:
        for leaf in was.leaves if now is not None else ():
            state = becomes(now, change, leaf) if now is not None else None
            if now is None or state is None or (leaf in finals(was)) == (state in finals(now)):
                continue
            ends = state in finals(now)
            fact = of(was.kind, f"`{leaf}` would become `{state}`, which is {'an end' if ends else 'no end'}.")
            mend = "Map it to where the work goes on." if ends else "Map it to an end."
            yield PlanFinding(under(was.kind, "stages", leaf), fact, mend)
