"""Who fills a field or files a document, at any time or with which steps: from what the engine takes with a step."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.engine.carrying.inputs import takers
from inprocap_flow.language.model import CASE, LINKED_CASE, SYSTEM, Document, Field, Step
from inprocap_flow.service.reading.phrasing import any_of
from inprocap_flow.service.reading.speech import Speech

MOST = 4
"""So many steps are named in one sentence; of more their number is, and where each is used stands with the paper."""


def brought(speech: Speech, declared: Field | Document, here: str | None = None) -> Iterator[str]:
    """Yield who fills or files it, and who can not; *here* names the step on whose page that is said."""
    verb = "filled" if isinstance(declared, Field) else "filed"
    found = [step for step in _takers(speech, declared) if not set(step.by) <= set(declared.by)]
    if not declared.by and [step.name for step in found] == [here]:
        yield f"{verb} only with this step"
    elif declared.by or found:
        always = [f"by the {speech.roles(declared.by)}"] if declared.by else []
        yield f"{verb} {', or '.join((*always, *_with_steps(speech, found)))}"
    else:
        yield f"{verb} only with a step that takes it"
    yield from _barred(speech, declared)


def by_whom(speech: Speech, step: Step) -> str:
    """Return who carries out a step, as the end of a sentence; "" where nobody asks for it."""
    return "" if {SYSTEM, LINKED_CASE} & set(step.by) or not step.by else f", by the {speech.roles(step.by)}"


def _takers(speech: Speech, declared: Field | Document) -> list[Step]:
    """Return the steps with which it comes: that ask for it; else those too that need it, and so take it as well."""
    definition = speech.book.definition
    own = definition.line(speech.kind)
    line = own if declared.name in (*own.fields, *own.documents) else definition.line(CASE)
    return takers(speech.book.steps, line, declared)


def _with_steps(speech: Speech, takers: list[Step]) -> Iterator[str]:
    """Yield for each group of people with which steps they bring it."""
    for who in dict.fromkeys(step.by for step in takers):
        steps = [step for step in takers if step.by == who]
        named = any_of(Speech(speech.book, step.line).step(step) for step in steps)
        yield f"by the {speech.roles(who)} with {named if len(steps) <= MOST else f'one of {len(steps)} steps'}"


def _barred(speech: Speech, declared: Field | Document) -> Iterator[str]:
    roles = [role.name for role in speech.book.definition.roles.values() if declared.name in role.not_who_brought]
    if isinstance(declared, Document) and roles:
        yield f"nobody who has acted as {speech.roles(roles)} in the case can bring it"
