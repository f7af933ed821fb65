"""Whom a reminder is for, as the outbox names them."""

from __future__ import annotations

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Case, LineState


def addressed(binding: Binding, case: Case, role: str, line_id: str) -> tuple[str, ...]:
    """Return how the outbox names the holders of *role*: those who speak for a track by the track, others by the role.

    Nobody for no role.
    """
    if not role:
        return ()
    declared = binding.definition.roles.get(role)
    line: LineState | None = case.lines.get(line_id)
    while declared is not None and declared.speaks_for and line is not None:
        if line.kind == declared.speaks_for:
            return (f"track:{line.id}",)
        line = case.lines.get(line.parent) if line.parent else None
    return (f"role:{role}",)
