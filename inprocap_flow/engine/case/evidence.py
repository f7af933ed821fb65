"""What a source says of a past case: dated facts, where tracks stood, and what it leaves open or contradicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from inprocap_flow.engine.case.records import Blocker, When

UNANSWERED = frozenset({
    "approval-missing", "branch-unknown", "deadline-not-started", "document-missing", "evidence-missing",
    "field-missing", "guard-unknown", "nothing-to-meet", "reason-missing", "value-unknown",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placement:
    """Where tracks of a kind stood, by name or number. ``others_left``: the stage of those who had left by then."""

    kind: str
    stage: str
    number: int = 0
    named: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    others_left: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One dated fact of a source. ``reaches`` is a milestone of the case; ``values`` are encoded fields.

    ``derogations`` are those that it says were granted, by name.
    """

    when: When
    text: str
    source: str
    certainty: str
    reaches: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    placements: tuple[Placement, ...] = ()
    derogations: tuple[str, ...] = ()


@dataclass(slots=True)
class Marks:
    """What one fact leaves open, and what it contradicts."""

    not_evidenced: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)

    def take(self, blockers: Iterable[Blocker], step: str, line: str) -> None:
        """Sort blockers: what nobody answered is not evidenced, the rest is a finding."""
        for blocker in blockers:
            entry = {"what": blocker.code, "about": blocker.about, "step": step, "line": line, "says": blocker.reason}
            (self.not_evidenced if blocker.code in UNANSWERED else self.findings).append(entry)
