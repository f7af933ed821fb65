"""A step that no case can ever take, once conditions, tracks and deadlines are looked at together."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.asked import Asked
from inprocap_flow.language.checks.finding import ERROR, Finding, of_line
from inprocap_flow.language.explore.asking import FOUND, Answer
from inprocap_flow.language.explore.endings import never_done, way_to
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.model import Definition, Step

CODE = "step-never-possible"
SEVERITY = ERROR
NEVER = "a step, or a stage to which it leads, is out of reach of every case"


def ask(definition: Definition, bound: Bound) -> Iterator[Asked]:
    """Yield each step that no case can take, and how far it was looked for the others."""
    dead, answers = never_done(definition, bound)
    for (kind, name), parts in dead.items():
        line = definition.line(kind)
        step = line.steps.get(name, line.begins)
        path = way_to(definition, step, parts, bound)
        yield Asked(name, _finding(definition, step), Answer(FOUND, path))
    for number, answer in enumerate(answers):
        yield Asked(f"search {number + 1}", Finding("", ""), answer)


def _finding(definition: Definition, step: Step) -> Finding:
    line = definition.line(step.line)
    begins = step.name == line.begins.name
    return Finding(
        f"tracks.{step.line}.begins" if begins and step.line else of_line(step.line, "steps", step.name),
        f"No case ever comes to where `{step.name}` can be taken: its conditions, deadlines and stages shut each other "
        "out.",
        "Look at what it asks for, and at what must have happened before; or remove it.",
    )
