"""An overlay with which a procedure asks for less than without it."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding
from inprocap_flow.language.model import Definition

CODE = "overlay-weakens"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "it is about the difference between a procedure and what an overlay makes of it: a case runs on one of them"
)


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each thing that the procedure asked for before its overlay was applied, and does not now."""
    if around.base is None:
        return
    from inprocap_flow.language.overlays.comparing import weaknesses  # which builds on the findings of this package

    for found in weaknesses(around.base, definition, around.replaced):
        origin = found.origin if found.origin in definition.origins else _overlay(definition)
        yield Finding(origin, found.fact, found.mend)


def _overlay(definition: Definition) -> str:
    """Return the origin of the last overlay: where to look when the thing itself is gone."""
    return f"overlays.{definition.overlays[-1].name}" if definition.overlays else ""
