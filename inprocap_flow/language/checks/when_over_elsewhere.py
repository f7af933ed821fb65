"""A deadline that fires a step which is not offered while it runs."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import belongs, steps_and_branches
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.checks.plays import FIRED, NOT_FIRED, Plays
from inprocap_flow.language.graph import SAME, reachable
from inprocap_flow.language.model import CASE, SYSTEM, Deadline, Definition, Line

CODE = "when-over-elsewhere"
SEVERITY = ERROR


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each `when_over` that the system may not take, or where the line cannot be by then."""
    for line in definition.lines:
        for deadline in line.deadlines.values():
            step = line.steps.get(deadline.when_over or "")
            if step is None:
                continue
            origin = of_line(line.kind, "deadlines", deadline.name)
            if SYSTEM not in step.by:
                yield Finding(
                    origin,
                    f"The system is to take `{step.name}` when `{deadline.name}` is over, but may not.",
                    f"Write `by: system` at the step `{step.name}`.",
                    plays=Plays(FIRED, line.kind, clock=deadline.name),
                )
            elif not _where_it_runs(definition, line, deadline) & set(step.sources):
                yield Finding(
                    origin,
                    f"When `{deadline.name}` is over, {'the case' if line.kind == CASE else 'the track'} never stands "
                    f"where `{step.name}` starts.",
                    "Start the deadline earlier, or correct `from:` of the step.",
                    plays=Plays(NOT_FIRED, line.kind, clock=deadline.name),
                )


def _where_it_runs(definition: Definition, line: Line, deadline: Deadline) -> frozenset[str]:
    """Return the stages that *line* can be in once the deadline was started; all if another line starts it."""
    starts: set[str] = set()
    for step, part in steps_and_branches(definition):
        if (line.kind, deadline.name) not in {belongs(definition, step.line, name) for name in part.starts}:
            continue
        if step.line != line.kind:
            return reachable(definition, line)
        for branch in step.targets:
            starts |= set(step.sources) if branch.to == SAME else {line.leaf(branch.to)}
    return reachable(definition, line, starts) if starts else reachable(definition, line)
