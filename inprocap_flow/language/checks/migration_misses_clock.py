"""A new deadline whose start lies behind some stage in which cases stand: there it would never begin."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ADVICE
from inprocap_flow.language.checks.planning import PlanFinding, of, under
from inprocap_flow.language.migrations import ASK, LATER, START
from inprocap_flow.language.versions.compare import Between, becomes, finals, starts_ahead

CODE = "migration-misses-clock"
SEVERITY = ADVICE
NOTHING_TO_PLAY = (
    "it is about cases that run already: the plan is tried on them, and on nothing else, by `migrate --dry-run`"
)


def check(between: Between) -> Iterator[PlanFinding]:
    """Yield a finding for each new deadline that some stages lie behind, unless the plan says what becomes of it."""
    for was, now, change in between.lines:
        known = {change.now("deadlines", name) for name in was.deadlines}
        for name, deadline in now.deadlines.items() if now is not None else ():
            if now is None or name in known or change.deadlines.get(name) in (START, ASK, LATER):
                continue
            stands = [leaf for leaf in was.leaves if leaf not in finals(was)]
            behind = [
                leaf
                for leaf in stands
                if (state := becomes(now, change, leaf)) is not None
                and (deadline.backwards_from or not starts_ahead(between.new, now, state, name))
            ]
            if behind:
                fact = of(was.kind, f"the deadline `{name}` is new, and not started any more from {_some(behind)}.")
                yield PlanFinding(under(was.kind, "deadlines"), fact, f"Write `{name}:` start, ask or later.")


def _some(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
