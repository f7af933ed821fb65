"""A field or document that is sealed until a milestone, and would be sealed until another or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inprocap_flow.language.checks.finding import ADVICE
from inprocap_flow.language.checks.planning import PlanFinding, of, under
from inprocap_flow.language.model import CASE
from inprocap_flow.language.versions.compare import Between

CODE = "migration-opens-seal"
SEVERITY = ADVICE
NOTHING_TO_PLAY = (
    "it is about cases that run already: the plan is tried on them, and on nothing else, by `migrate --dry-run`"
)


def check(between: Between) -> Iterator[PlanFinding]:
    """Yield a finding for each seal that the new version does not keep as it is."""
    for was, now, change in between.lines:
        for what in ("fields", "documents") if now is not None else ():
            known: Mapping[str, Any] = getattr(now, what)
            for name, declared in getattr(was, what).items():
                until = declared.sealed_until
                into = known.get(change.now(what, name))
                kept = {change.now("milestones", until or ""), between.plan.line(CASE).now("milestones", until or "")}
                if until is None or (into is not None and into.sealed_until in kept):
                    continue
                then = f"until {into.sealed_until}" if into is not None and into.sealed_until else "by nothing"
                fact = of(was.kind, f"`{name}` is sealed until {until}, and would be sealed {then}.")
                mend = "Keep the seal in the new version; a case in which it holds still does not go over."
                yield PlanFinding(under(was.kind, what), fact, mend)
