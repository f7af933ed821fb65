"""A stage in which cases may stand that the new version has not, and that the plan does not map."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR
from inprocap_flow.language.checks.planning import PlanFinding, of, under
from inprocap_flow.language.versions.compare import Between, becomes

CODE = "migration-loses-stage"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "it is about cases that run already: the plan is tried on them, and on nothing else, by `migrate --dry-run`"
)


def check(between: Between) -> Iterator[PlanFinding]:
    """Yield a finding for each stage from which a case would have nowhere to go."""
    for was, now, change in between.lines:
        for leaf in was.leaves if now is not None else ():
            if now is not None and becomes(now, change, leaf) is None:
                fact = of(was.kind, f"`{leaf}` is gone, and nothing says where a case goes on that stands there.")
                yield PlanFinding(under(was.kind, "stages"), fact, f"Write `{leaf}: ...` under `stages`.")
