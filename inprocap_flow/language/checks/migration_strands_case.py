"""A stage to which cases would go and from which no end can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR
from inprocap_flow.language.checks.planning import PlanFinding, of, under
from inprocap_flow.language.versions.compare import Between, becomes, finals, goes_on

CODE = "migration-strands-case"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "it is about cases that run already: the plan is tried on them, and on nothing else, by `migrate --dry-run`"
)


def check(between: Between) -> Iterator[PlanFinding]:
    """Yield a finding for each stage in which a case would be stuck for ever."""
    for was, now, change in between.lines:
        for leaf in was.leaves if now is not None else ():
            state = becomes(now, change, leaf) if now is not None else None
            if (
                now is not None
                and state is not None
                and leaf not in finals(was)
                and not goes_on(between.new, now, state)
            ):
                fact = of(was.kind, f"`{leaf}` would become `{state}`, from where no end can be reached.")
                yield PlanFinding(under(was.kind, "stages", leaf), fact, "Map it to a stage from which there is one.")
