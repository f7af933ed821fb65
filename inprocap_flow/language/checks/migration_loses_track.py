"""A kind of track that the new version has not, or has under another line."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ADVICE
from inprocap_flow.language.checks.planning import PlanFinding
from inprocap_flow.language.versions.compare import Between

CODE = "migration-loses-track"
SEVERITY = ADVICE
NOTHING_TO_PLAY = (
    "it is about cases that run already: the plan is tried on them, and on nothing else, by `migrate --dry-run`"
)


def check(between: Between) -> Iterator[PlanFinding]:
    """Yield a finding for each kind of track that could not go over."""
    for was, now, _ in between.lines:
        if now is None or now.parent != between.parent(was):
            how = "has no" if now is None else "has under another line"
            fact = f"The new version {how} tracks `{was.kind}`; a case that has one cannot go over."
            mend = "Keep the kind of track, or write its new name under `renamed: tracks`; its steps may go."
            yield PlanFinding(("tracks",), fact, mend)
