"""A deadline that no step starts."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import belongs, steps_and_branches
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.model import Definition

CODE = "deadline-never-started"
SEVERITY = ERROR
NOTHING_TO_PLAY = "nothing starts the deadline, so it runs in no case"


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each deadline without start. One counted backwards starts with what it is counted from.

    What restarts a deadline starts it where it never ran.
    """
    started = {
        belongs(definition, step.line, name)
        for step, part in steps_and_branches(definition)
        for name in (*part.starts, *step.restarts)
    }
    for line in definition.lines:
        for deadline in line.deadlines.values():
            if deadline.backwards_from is None and (line.kind, deadline.name) not in started:
                yield Finding(
                    of_line(line.kind, "deadlines", deadline.name),
                    f"No step starts the deadline `{deadline.name}`.",
                    "Name it under `starts:` of the step from which it runs.",
                )
