"""A field or document that comes only when it is closed already, or when its seal is open already."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import all_steps
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.checks.publishes_unasked import home_of
from inprocap_flow.language.graph import before_milestone, reachable, stands_in
from inprocap_flow.language.model import CASE, Definition, Document, Field, Line, Step

CODE = "given-too-late"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "every step that brings it comes when it is closed or open already, so there is no case in which it came in time"
)


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each field and document whose milestone is reached before every step that brings it.

    From `fixed_from` on (of documents from `published_at` on, too) a step that asks for it is refused; what comes after
    `sealed_until` was never secret. What somebody may give outside steps is left aside.
    """
    for line in definition.lines:
        things: tuple[Field | Document, ...] = (*line.fields.values(), *line.documents.values())
        for thing in things:
            steps = [] if thing.by else list(_bringing(definition, line, thing))
            for finding in (_closed(definition, steps, thing), _open(definition, steps, thing)):
                if finding is not None:
                    section = "fields" if isinstance(thing, Field) else "documents"
                    yield Finding(of_line(line.kind, section, thing.name), *finding)


def _closed(definition: Definition, steps: list[Step], thing: Field | Document) -> tuple[str, str] | None:
    closing = {thing.fixed_from: "fixed"}
    if isinstance(thing, Document):
        closing[thing.published_at] = "public"
    for milestone, what in closing.items():
        if milestone and steps and all(_is_reached_before(definition, step, milestone) for step in steps):
            fact = (
                f"`{thing.name}` is {what} from `{milestone}` on, which is reached on every way to {_named(steps)}: "
                "nobody can ever give it."
            )
            return fact, f"Name a later milestone, or let an earlier step take `{thing.name}`."
    return None


def _open(definition: Definition, steps: list[Step], thing: Field | Document) -> tuple[str, str] | None:
    milestone = thing.sealed_until
    if milestone is None or not steps:
        return None
    if all(step.milestone == milestone or _is_reached_before(definition, step, milestone) for step in steps):
        fact = f"`{thing.name}` is sealed until `{milestone}`, which is reached when {_named(steps)} brings it: "
        return f"{fact}it is never secret.", "Name a later milestone, or take the seal away."
    return None


def _bringing(definition: Definition, line: Line, thing: Field | Document) -> Iterator[Step]:
    """Yield the steps with which *thing* may come; none if something sets it, or a step may bring it at any time."""
    steps = [one for one in all_steps(definition) if home_of(definition, one.line, thing.name) == line.kind]
    if isinstance(thing, Field):
        if thing.default is None and not _is_set(definition, line, thing.name, steps):
            yield from (one for one in steps if thing.name in _fields(one))
    elif not any(thing.name in one.may_bring for one in steps):
        yield from (one for one in steps if thing.name in _documents(one))


def _fields(step: Step) -> tuple[str, ...]:
    return (*step.handed_in.fields, *step.may_fill, *step.already_there.fields)


def _documents(step: Step) -> tuple[str, ...]:
    return (*step.handed_in.documents, *step.already_there.documents, *step.publishes)


def _is_set(definition: Definition, line: Line, name: str, steps: list[Step]) -> bool:
    created = (create for one in all_steps(definition) for create in one.creates if create.track == line.kind)
    approvals = (approval for one in definition.lines for approval in one.approvals.values())
    setting = (*(one.sets for one in steps), *(one.values for one in created), *(one.sets for one in approvals))
    return any(name in some for some in setting)


def _is_reached_before(definition: Definition, step: Step, milestone: str) -> bool:
    """Return whether *milestone* is reached on every way to *step*; no, where that is not seen from stages."""
    home, line = definition.milestones.get(milestone), definition.line(step.line)
    if home == step.line and step is not line.begins:
        reaching = [one.name for one in (line.begins, *line.steps.values()) if one.milestone == milestone]
        return not set(step.sources) & reachable(definition, line, without=reaching)
    if home != CASE or step.line == CASE:
        return False
    if not stands_in(definition, step) & before_milestone(definition, milestone):
        return True
    if step is not line.begins:
        return _is_reached_before(definition, line.begins, milestone)
    return line.parent is not None and _is_reached_before(definition, definition.line(line.parent).begins, milestone)


def _named(steps: list[Step]) -> str:
    return " or ".join(f"`{one.name}`" for one in steps)
