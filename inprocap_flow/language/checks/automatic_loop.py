"""Steps that happen by themselves and lead in a circle."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ADVICE, Around, Finding, of_step
from inprocap_flow.language.graph import edges
from inprocap_flow.language.model import Definition, Line

CODE = "automatic-loop"
SEVERITY = ADVICE


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each automatic step from which automatic steps lead back; the engine stops such a circle."""
    for line in definition.lines:
        ways = _automatic(definition, line)
        for step in line.steps.values():
            if step.is_automatic and any(source in _from(ways, ways.get(source, set())) for source in step.sources):
                yield Finding(
                    of_step(step),
                    f"Automatic steps lead from where `{step.name}` ends back to where it starts.",
                    "Let a person decide one of them, or make sure that their conditions exclude each other.",
                )


def _automatic(definition: Definition, line: Line) -> dict[str, set[str]]:
    ways: dict[str, set[str]] = {}
    for edge in edges(definition, line):
        if edge.step is not None and edge.step.is_automatic:
            ways.setdefault(edge.source, set()).add(edge.target)
    return ways


def _from(ways: dict[str, set[str]], starts: set[str]) -> set[str]:
    seen, waiting = set(starts), list(starts)
    while waiting:
        more = ways.get(waiting.pop(), set()) - seen
        seen |= more
        waiting += more
    return seen
