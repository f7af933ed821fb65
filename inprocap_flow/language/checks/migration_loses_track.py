"""A kind of track that the new version has not, or has under another line."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ADVICE
from inprocap_flow.language.checks.planning import PlanFinding
from inprocap_flow.language.versions.compare import Between

CODE = "migration-loses-track"
SEVERITY = ADVICE


def check(between: Between) -> Iterator[PlanFinding]:
    """Yield a finding for each kind of track that could not go over."""
    for was, now, _ in between.lines:
        if now is None or now.parent != was.parent:
            how = "has no" if now is None else "has under another line"
            fact = f"The new version {how} tracks `{was.kind}`; a case that has one cannot go over."
            yield PlanFinding(("tracks",), fact, "Keep the kind of track in the new version; its steps may go.")
