"""A track that gives a field of the case its value: two tracks would overwrite each other."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line, of_step
from inprocap_flow.language.model import CASE, Definition

CODE = "track-writes-case"
SEVERITY = ERROR
NOTHING_TO_PLAY = "which of two tracks wrote last is no fault of either case: both orders are carried out"


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each step or approval of a track that takes or sets what belongs to the case."""
    for kind, line in definition.tracks.items():
        for step in (line.begins, *line.steps.values()):
            names = (*step.handed_in.fields, *step.may_fill, *step.sets, *step.handed_in.documents)
            for name in names:
                if name not in line.fields and name not in line.documents:
                    yield Finding(
                        of_step(step),
                        f"`{step.name}` of the track {kind} gives a value to `{name}`, which belongs to the case.",
                        "Declare it in the track, or let a step of the case take it.",
                    )
        for approval in line.approvals.values():
            for name in approval.sets:
                if name in definition.main.fields and kind != CASE:
                    yield Finding(
                        of_line(kind, "approvals", approval.name),
                        f"The approval `{approval.name}` of the track {kind} sets `{name}`, which belongs to the case.",
                        "Declare it in the track, or move the approval to the case.",
                    )
