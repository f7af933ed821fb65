"""A day by which something is due, and nothing that says it was done."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import belongs, steps_and_branches
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.checks.plays import MISSED, Plays
from inprocap_flow.language.model import Definition

CODE = "due-never-met"
SEVERITY = ERROR


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each `due` deadline that every case misses."""
    done = {
        belongs(definition, step.line, name)
        for step, part in steps_and_branches(definition)
        for name in (*part.meets, *part.stops)
    }
    for line in definition.lines:
        for deadline in line.deadlines.values():
            ways = deadline.met_when is not None or "satisfy" in deadline.acts
            if deadline.kind == "due" and not ways and (line.kind, deadline.name) not in done:
                yield Finding(
                    of_line(line.kind, "deadlines", deadline.name),
                    f"Nothing meets the deadline `{deadline.name}`, so every case misses it.",
                    "Name it under `meets:` of a step, or write `met_when:`.",
                    plays=Plays(MISSED, line.kind, clock=deadline.name),
                )
