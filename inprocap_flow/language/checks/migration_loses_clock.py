"""A clock that may run by a rule that is gone, or is another now, and nothing lawful says what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR
from inprocap_flow.language.checks.planning import PlanFinding, of, under
from inprocap_flow.language.migrations import ASK, KEEP, RECOMPUTE, STOP
from inprocap_flow.language.versions.compare import Between, other_rules

CODE = "migration-loses-clock"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "it is about cases that run already: the plan is tried on them, and on nothing else, by `migrate --dry-run`"
)


def check(between: Between) -> Iterator[PlanFinding]:
    """Yield a finding for each deadline of the old version that the plan must decide on and does not."""
    for was, now, change in between.lines:
        for name, deadline in was.deadlines.items() if now is not None else ():
            choice = change.deadlines.get(name)
            into = now.deadlines.get(change.now("deadlines", name)) if now is not None else None
            path = under(was.kind, "deadlines")
            if into is None:
                if choice != STOP:
                    fact = of(was.kind, f"the deadline `{name}` is gone, and it may run.")
                    yield PlanFinding(path, fact, f"Write `{name}: stop` under `deadlines`, or rename it.")
            elif choice == STOP:
                fact = of(was.kind, f"`{name}` is in the new version, too; moving a case stops no clock.")
                yield PlanFinding((*path, name), fact, "Write keep, recompute or ask.")
            elif choice not in (KEEP, RECOMPUTE, ASK) and (keys := other_rules(between, deadline, into)):
                fact = of(was.kind, f"`{name}` runs by another rule now ({', '.join(keys)}).")
                yield PlanFinding(path, fact, "Write keep, recompute or ask for it under `deadlines`.")
            elif choice == ASK and into.backwards_from:
                fact = of(was.kind, f"`{name}` is counted back from {into.backwards_from}; nobody can give its end.")
                yield PlanFinding((*path, name), fact, "Write recompute or keep.")
