"""A document that no step ever looks at."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import act_steps, all_steps
from inprocap_flow.language.checks.finding import ADVICE, Around, Finding, of_line
from inprocap_flow.language.checks.reading import readings
from inprocap_flow.language.model import CASE, Definition

CODE = "document-without-gate"
SEVERITY = ADVICE
NOTHING_TO_PLAY = "no step asks for the document: a case goes on the same with it and without it"


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each document that nothing asks for, covers, publishes or reads."""
    looked_at = set(_looked_at(definition))
    for line in definition.lines:
        for name in line.documents:
            if (line.kind, name) not in looked_at:
                yield Finding(
                    of_line(line.kind, "documents", name),
                    f"No step asks for the document `{name}`, and no approval covers it.",
                    "Name it in a step, or remove it: what nothing asks for is forgotten.",
                )


def _looked_at(definition: Definition) -> Iterator[tuple[str, str]]:
    for step in (*all_steps(definition), *act_steps(definition)):
        names = (*step.handed_in.documents, *step.already_there.documents, *step.publishes, *step.may_bring)
        yield from ((_home(definition, step.line, name), name) for name in names)
    for line in definition.lines:
        for approval in line.approvals.values():
            yield from ((_home(definition, line.kind, name), name) for name in approval.void_if_changed_documents)
    for reading in readings(definition):
        yield from (
            (_home(definition, reading.line, use.word), use.word) for use in reading.uses() if use.kind == "document"
        )


def _home(definition: Definition, line: str, name: str) -> str:
    return line if name in definition.line(line).documents else CASE
