"""Something declared that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import act_steps, all_steps
from inprocap_flow.language.checks.finding import ADVICE, Around, Finding, of_line
from inprocap_flow.language.checks.reading import fields_of, readings
from inprocap_flow.language.model import CASE, Approval, Deadline, Definition, Document, Field, Stage

CODE = "unused-name"
SEVERITY = ADVICE
NOTHING_TO_PLAY = "nothing reads the name, so a case goes on the same without it"


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each role, rule, own limit, calendar, field and approval that nothing refers to.

    What an overlay put something else in the place of stays where it is; of the overlay's own names all are meant.
    """
    overlays = {_file(definition, f"overlays.{one.name}") for one in definition.overlays}
    for found in _unused_names(definition, around):
        if not overlays or _file(definition, found.origin) in overlays:
            yield found


def _file(definition: Definition, origin: str) -> str:
    return definition.origins.get(origin, "").rpartition(":")[0]


def _unused_names(definition: Definition, around: Around) -> Iterator[Finding]:
    yield from _simple(definition, "roles", set(_roles(definition)), "owns, does, signs or is told anything")
    yield from _simple(definition, "rules", set(_rules(definition)), "is carried out by any condition")
    yield from _simple(definition, "limits", set(definition.needed_limits), "is read by anything")
    fields, approvals = set(_fields(definition, around)), set(_approvals(definition))
    for line in definition.lines:
        for name in line.fields:
            if (line.kind, name) not in fields:
                yield _unused(of_line(line.kind, "fields", name), name, "no step or condition asks for the field")
        for name in line.approvals:
            if (line.kind, name) not in approvals:
                yield _unused(of_line(line.kind, "approvals", name), name, "no step needs the approval")


def _unused(origin: str, name: str, what: str) -> Finding:
    return Finding(origin, f"`{name}` is declared, but {what}.", "Use it or remove it.")


def _simple(definition: Definition, section: str, used: set[str], what: str) -> Iterator[Finding]:
    for name in getattr(definition, section):
        if name not in used:
            yield Finding(f"{section}.{name}", f"`{name}` is declared, but never {what}.", "Use it or remove it.")


def _roles(definition: Definition) -> Iterator[str]:
    for line in definition.lines:
        yield from (stage.owner for stage in line.stages.values() if stage.owner)
        things: tuple[Field | Document, ...] = (*line.fields.values(), *line.documents.values())
        for thing in things:
            yield from (*thing.by, *thing.secret_from)
        for approval in line.approvals.values():
            for signature in approval.signatures:
                yield signature.role
                yield from [signature.recorded_by] if signature.recorded_by else []
        reminding: tuple[Deadline | Approval | Stage, ...] = (
            *line.deadlines.values(),
            *line.approvals.values(),
            *line.stages.values(),
        )
        yield from (reminder.role for thing in reminding for reminder in thing.remind if reminder.role)
    for step in (*all_steps(definition), *act_steps(definition)):
        yield from step.by
        tells = (*step.tells, *(tell for branch in step.targets for tell in branch.tells))
        yield from (tell.role for tell in tells if tell.role)
    for watch in definition.watches.values():
        yield from watch.tells
    yield from definition.may_backdate


def _rules(definition: Definition) -> Iterator[str]:
    for step in (*all_steps(definition), *act_steps(definition)):
        yield from (guard.rule for guard in step.already_there.that if guard.rule)
    for reading in readings(definition):
        yield from (use.word for use in reading.uses() if use.kind == "rule")


def _fields(definition: Definition, around: Around) -> Iterator[tuple[str, str]]:
    """Yield every field that something reads, asks for, publishes, names a new track by, or counts from."""
    for reading in readings(definition):
        yield from fields_of(definition, reading)
    for step in (*all_steps(definition), *act_steps(definition)):
        for name in (*step.handed_in.fields, *step.may_fill, *step.already_there.fields, *step.publishes):
            yield (step.line if name in definition.line(step.line).fields else CASE), name
        for create in step.creates:
            yield from ((create.track, name) for name in create.values)
    for line in definition.lines:
        anchors = [
            deadline.backwards_from.split(".")[0] for deadline in line.deadlines.values() if deadline.backwards_from
        ]
        covered = [name for one in line.approvals.values() for name in (*one.void_if_changed_fields, one.meeting or "")]
        for name in (*anchors, *covered):
            yield (line.kind if name in line.fields else CASE), name
    for fact in around.rulebook.facts if around.rulebook else ():
        yield CASE, fact  # the rulebook reads it


def _approvals(definition: Definition) -> Iterator[tuple[str, str]]:
    for step in (*all_steps(definition), *act_steps(definition)):
        for name in step.already_there.approvals:
            yield (step.line if name in definition.line(step.line).approvals else CASE), name
    yield from ((CASE, watch.needs_approval) for watch in definition.watches.values())
    for reading in readings(definition):
        for use in reading.uses():
            if use.kind == "approval":
                yield (reading.line if use.word in definition.line(reading.line).approvals else CASE), use.word
