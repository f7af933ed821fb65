"""A step that publishes what nothing makes sure is there."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import all_steps
from inprocap_flow.language.checks.finding import ADVICE, Around, Finding, of_step
from inprocap_flow.language.model import CASE, Definition, Step

CODE = "publishes-unasked"
SEVERITY = ADVICE
NOTHING_TO_PLAY = "a case in which it is there shows nothing, and one in which it is not is refused for just that"


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each document or field that is published, and that no step of the whole procedure asks for.

    That it is there at this very step, a case finds out: publishing what is not there is refused.
    """
    asked = {(line, name) for step in all_steps(definition) for line, name in _asked(definition, step)}
    for step in all_steps(definition):
        for name in step.publishes:
            if (home_of(definition, step.line, name), name) not in asked:
                yield Finding(
                    of_step(step),
                    f"`{step.name}` publishes `{name}`, and no step makes sure that it is there.",
                    "Name it under `handed_in` (it comes with the step) or `already_there`, too.",
                )


def _asked(definition: Definition, step: Step) -> Iterator[tuple[str, str]]:
    handed, there = step.handed_in, step.already_there
    for name in (*handed.documents, *handed.fields, *there.documents, *there.fields, *step.sets):
        yield home_of(definition, step.line, name), name


def home_of(definition: Definition, line: str, name: str) -> str:
    """Return the line that declares the document or field that *line* calls *name*."""
    own = definition.line(line)
    return line if name in own.documents or name in own.fields else CASE
