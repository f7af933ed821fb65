"""A document or field that everybody may read from a milestone on, and that nobody is told of."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import act_steps, all_steps
from inprocap_flow.language.checks.finding import ADVICE, Around, Finding, of_line
from inprocap_flow.language.checks.publishes_unasked import home_of
from inprocap_flow.language.model import Definition

CODE = "never-published"
SEVERITY = ADVICE
NOTHING_TO_PLAY = "that nobody is told is nothing that happens: every case shows nothing"


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each field and document with ``published_at`` that no step, and no act, publishes.

    ``published_at`` says from when on it may be read; only what is published is told, and stands in the record of who
    was told what and when.
    """
    steps = (*all_steps(definition), *act_steps(definition))
    published = {(home_of(definition, step.line, name), name) for step in steps for name in step.publishes}
    for line in definition.lines:
        for section, things in (("fields", line.fields), ("documents", line.documents)):
            for name, one in things.items():
                if one.published_at and (line.kind, name) not in published:
                    yield Finding(of_line(line.kind, section, name), *_said(definition, name, one.published_at))


def _said(definition: Definition, name: str, milestone: str) -> tuple[str, str]:
    fact = (
        f"Everybody may read `{name}` from `{milestone}` on, but no step publishes it: "
        "nobody is told, and no record says that anybody was."
    )
    in_overlay = f"at: {{{milestone}: {{publishes: [{name}]}}}}"
    return fact, f"Write `publishes: [{name}]` at {_reaching(definition, milestone)}; in an overlay:  {in_overlay}"


def _reaching(definition: Definition, milestone: str) -> str:
    """Return the step that reaches *milestone*, in words."""
    found = next((step.name for step in all_steps(definition) if step.milestone == milestone), None)
    return f"the step that reaches it, `{found}`" if found else "the step that reaches it"
