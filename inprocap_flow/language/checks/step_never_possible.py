"""A step that no case can ever take, once conditions, tracks and deadlines are looked at together."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from inprocap_flow.language.checks.asked import Asked, Asking
from inprocap_flow.language.checks.finding import ERROR, Finding, of_line
from inprocap_flow.language.explore.asking import FOUND, Answer
from inprocap_flow.language.explore.endings import NeverDone, scopes_of_steps, way_to
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.model import Definition, Step

CODE = "step-never-possible"
SEVERITY = ERROR
NEVER = "a step, or a stage to which it leads, is out of reach of every case"


def ask(definition: Definition) -> Iterator[Asking]:
    """Yield what tells the steps that no case can take, and how far it was looked for the others."""
    for number, parts in enumerate(scopes_of_steps(definition), 1):
        yield partial(_looked, definition, NeverDone(definition, parts), f"search {number}")


def _looked(definition: Definition, looking: NeverDone, about: str, bound: Bound) -> list[Asked]:
    dead, answer = looking.answered(bound)
    found = [
        Asked(step.name, _finding(definition, step), Answer(FOUND, way_to(definition, step, looking.parts, bound)))
        for step in dead
    ]
    return [*found, Asked(about, Finding("", ""), answer)]


def _finding(definition: Definition, step: Step) -> Finding:
    line = definition.line(step.line)
    begins = step.name == line.begins.name
    return Finding(
        f"tracks.{step.line}.begins" if begins and step.line else of_line(step.line, "steps", step.name),
        f"No case ever comes to where `{step.name}` can be taken: its conditions, deadlines and stages shut each other "
        "out.",
        "Look at what it asks for, and at what must have happened before; or remove it.",
    )
