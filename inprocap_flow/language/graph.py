"""The plain graph of a line: stages and the steps between them, conditions left aside.

What cannot be reached here cannot be reached at all; what can be reached here may still be shut by a condition.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from inprocap_flow.language.model import CASE, Definition, Line, Step

SAME = "same"


@dataclass(frozen=True, slots=True)
class Edge:
    """One way from a leaf stage to another. ``step`` is None where the end of the case moves a track."""

    source: str
    target: str
    step: Step | None = None


def edges(definition: Definition, line: Line) -> Iterator[Edge]:
    """Yield every way between leaf stages of *line*, in order of writing."""
    for step in line.steps.values():
        for source in step.sources:
            for branch in step.targets:
                yield Edge(source, source if branch.to == SAME else line.leaf(branch.to), step)
    if line.kind != CASE and line.if_case_ends and ended_with_case(definition, line.kind):
        for source in line.leaves:
            if not line.stages[source].final:
                yield Edge(source, line.leaf(line.if_case_ends))


def ended_with_case(definition: Definition, kind: str) -> bool:
    """Tell whether some step of the case ends every track of *kind* that is still open."""
    steps = definition.main.steps.values()
    return any(step.ends_everything and kind not in step.ends_everything_but for step in steps)


def entrances(line: Line) -> frozenset[str]:
    """Return the leaf stages in which *line* can begin."""
    return frozenset(line.leaf(branch.to) for branch in line.begins.targets if branch.to in line.stages)


def reachable(
    definition: Definition, line: Line, starts: Collection[str] | None = None, *, without: Collection[str] = ()
) -> frozenset[str]:
    """Return the leaf stages reachable from *starts* (default: where the line begins), those included.

    *without* names steps that are not taken.
    """
    begun = () if starts is None and line.begins.name in without else (entrances(line) if starts is None else starts)
    seen, waiting = set(begun), list(begun)
    ways: dict[str, list[str]] = {}
    for edge in edges(definition, line):
        if edge.step is None or edge.step.name not in without:
            ways.setdefault(edge.source, []).append(edge.target)
    while waiting:
        for target in ways.get(waiting.pop(), ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return frozenset(seen)


def reaching(definition: Definition, line: Line, goals: Collection[str]) -> frozenset[str]:
    """Return the leaf stages from which one of *goals* can be reached, those included."""
    seen, waiting = set(goals), list(goals)
    ways: dict[str, list[str]] = {}
    for edge in edges(definition, line):
        ways.setdefault(edge.target, []).append(edge.source)
    while waiting:
        for source in ways.get(waiting.pop(), ()):
            if source not in seen:
                seen.add(source)
                waiting.append(source)
    return frozenset(seen)


def before_milestone(definition: Definition, milestone: str) -> frozenset[str]:
    """Return the leaf stages of the case in which *milestone* need not have been reached; all if it is a track's."""
    main = definition.main
    steps = [step.name for step in (main.begins, *main.steps.values()) if step.milestone == milestone]
    return reachable(definition, main, without=steps)


def stands_in(definition: Definition, step: Step) -> frozenset[str]:
    """Return the leaf stages of the case in which *step* may be taken."""
    if step.line == CASE:
        return frozenset(step.sources)
    return frozenset(step.while_case or definition.main.leaves)
