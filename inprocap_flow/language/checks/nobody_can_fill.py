"""A field or document that nobody can ever give, or not before a step that must have it already."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import act_steps, all_steps
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.checks.plays import REFUSED, Plays
from inprocap_flow.language.graph import reachable
from inprocap_flow.language.model import CASE, Definition, Line, Step

CODE = "nobody-can-fill"
SEVERITY = ERROR
NOT_ASKED_FOR = "no step that people carry out must have it, so none is refused for it"


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each field and document without `by`, default, step that takes it, or computed value.

    Also for each document of the case that only steps bring to which no way leads without it.
    """
    given = set(_given(definition))
    for line in definition.lines:
        for field in line.fields.values():
            if not field.by and field.default is None and (line.kind, field.name) not in given:
                yield Finding(
                    of_line(line.kind, "fields", field.name),
                    f"Nobody can fill in `{field.name}`: it has no `by`, and no step takes or sets it.",
                    "Write `by:` with a role, or let a step take it under `handed_in:`.",
                    plays=_asked_in_vain(definition, line, field.name),
                )
        for document in line.documents.values():
            if not document.by and (line.kind, document.name) not in given:
                yield Finding(
                    of_line(line.kind, "documents", document.name),
                    f"Nobody can file `{document.name}`: it has no `by`, and no step takes it.",
                    "Write `by:` with a role, or let a step take it under `handed_in:`.",
                    plays=_asked_in_vain(definition, line, document.name),
                )
    for document in definition.main.documents.values():
        if not document.by and (CASE, document.name) in given:
            yield from _too_late(definition, document.name)


def _too_late(definition: Definition, name: str) -> Iterator[Finding]:
    """Yield a finding if every step that brings a document of the case lies behind one that must have it already."""
    bringing = [one for one in (*all_steps(definition), *act_steps(definition)) if _brings(definition, one, name)]
    main = definition.main
    if any(one.line != CASE or one.name not in main.steps for one in bringing):
        return  # a track, an act, or the beginning: not told apart by stages of the case
    needing = [one.name for one in main.steps.values() if name in one.already_there.documents and one not in bringing]
    before = reachable(definition, main, without=needing)
    if not any(before & set(one.sources) for one in bringing):
        brought, needed = (", ".join(f"`{one}`" for one in names) for names in ([b.name for b in bringing], needing))
        yield Finding(
            of_line(CASE, "documents", name),
            f"Nobody can file the first `{name}`: only {brought} brings it, and no way leads there without {needed}, "
            "which must have it already.",
            "Write `by:` with a role, or let an earlier step take it under `handed_in:`.",
            plays=_asked_in_vain(definition, main, name),
        )


def _asked_in_vain(definition: Definition, line: Line, name: str) -> Plays | str:
    """Return how a step that must have it is refused; the first that people carry out."""
    lines = definition.lines if line.kind == CASE else (line,)
    for step in (step for one in lines for step in one.steps.values() if not step.is_system and not step.is_automatic):
        if name in (*step.already_there.fields, *step.already_there.documents):
            return Plays(REFUSED, step.line, (step,), codes=("field-missing", "document-missing"), among=True)
    return NOT_ASKED_FOR


def _brings(definition: Definition, step: Step, name: str) -> bool:
    own = step.line != CASE and name in definition.line(step.line).documents
    return not own and name in (*step.handed_in.documents, *step.may_bring)


def _given(definition: Definition) -> Iterator[tuple[str, str]]:
    """Yield line and name of whatever comes with a step, is computed by one, or is set by an approval."""
    for step in (*all_steps(definition), *act_steps(definition)):
        line = definition.line(step.line)
        taken = (*step.handed_in.fields, *step.may_fill, *step.sets, *step.handed_in.documents, *step.may_bring)
        for name in taken:
            yield (step.line if name in line.fields or name in line.documents else CASE), name
        for create in step.creates:
            for name in create.values:
                yield create.track, name
    for line in definition.lines:
        for approval in line.approvals.values():
            for name in approval.sets:
                yield (line.kind if name in line.fields else CASE), name
