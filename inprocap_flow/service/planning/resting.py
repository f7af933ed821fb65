"""What the estimates of a plan rest on: the definition says where each comes from, and whether anybody agreed to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inprocap_flow.language.model import Definition, Footing
from inprocap_flow.service.planning.durations import APPROVAL, STAGE, TYPICAL, Used

_SECTIONS = {STAGE: "stages", APPROVAL: "approvals"}


def footing_of(definition: Definition, used: Used) -> Footing | None:
    """Return where an estimate comes from; None for a length that is none, or of which nothing says so."""
    section = _SECTIONS.get(used.thing.kind)
    if used.length.basis != TYPICAL or section is None:
        return None
    line = f"tracks.{used.thing.line}." if used.thing.line else ""
    return definition.footing(f"{line}{section}.{used.thing.name}.typical")


def source_of(definition: Definition, used: Used) -> dict[str, str | None]:
    """Return source and confirmation of an estimate as JSON data; both None for a length that is none."""
    found = footing_of(definition, used)
    return {"source": found.source if found else None, "confirmed_on": found.confirmed_on if found else None}


def estimates_said(definition: Definition, used: Iterable[Used]) -> Iterator[tuple[str, int]]:
    """Yield each source of estimates, with its mark (ruling 10), and how many lengths of the plan rest on it."""
    counts: dict[str, int] = {}
    for one in used:
        if one.length.basis == TYPICAL:
            said = _said(footing_of(definition, one))
            counts[said] = counts.get(said, 0) + 1
    yield from counts.items()


def _said(footing: Footing | None) -> str:
    if footing is None:
        return "the definition names no source"
    mark = f"confirmed on {footing.confirmed_on}" if footing.confirmed else "not confirmed"
    return f"{footing.source.rstrip('.')} [{mark}]"
