"""A document that everybody may read from a milestone on, and that nobody is told of."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import act_steps, all_steps
from inprocap_flow.language.checks.finding import ADVICE, Around, Finding, of_line
from inprocap_flow.language.model import CASE, Definition

CODE = "never-published"
SEVERITY = ADVICE


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each document with ``published_at`` that no step, and no act on a deadline, publishes.

    ``published_at`` says from when on it may be read; only what is published is told, and stands in the record of who
    was told what and when.
    """
    steps = (*all_steps(definition), *act_steps(definition))
    published = {(_home(definition, step.line, name), name) for step in steps for name in step.publishes}
    for line in definition.lines:
        for name, one in line.documents.items():
            if one.published_at and (line.kind, name) not in published:
                yield Finding(
                    of_line(line.kind, "documents", name),
                    f"Everybody may read `{name}` from `{one.published_at}` on, but no step publishes it: "
                    "nobody is told, and no record says that anybody was.",
                    f"Write `publishes: [{name}]` at {_reaching(definition, one.published_at)}; in an overlay:  "
                    f"at: {{{one.published_at}: {{publishes: [{name}]}}}}",
                )


def _reaching(definition: Definition, milestone: str) -> str:
    """Return the step that reaches *milestone*, in words."""
    found = next((step.name for step in all_steps(definition) if step.milestone == milestone), None)
    return f"the step that reaches it, `{found}`" if found else "the step that reaches it"


def _home(definition: Definition, line: str, name: str) -> str:
    return line if name in definition.line(line).documents else CASE
