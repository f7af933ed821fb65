"""A role that may never move or approve, and is asked to: a step, an act, a value, a paper, a signature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from inprocap_flow.language.checks.deadlines import acts, all_steps, of_act
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line, of_step
from inprocap_flow.language.checks.plays import BARRED, Plays
from inprocap_flow.language.model import Approval, Definition, Line, Step

CODE = "never-means-never"
SEVERITY = ERROR
LATE = "the entry is dated back to a day on which nobody was asked, so no deed of a played case is one"
MEND = "Name another role, or change `never:`."


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each step, act, derogation, signature or record of one, and each field and document that is
    given outside steps, by a role which is kept from it by `never`. Late entries and annulments count, too.
    """
    for origin, by, what, plays in _moved(definition):
        for name in by:
            if _never(definition, name, "move"):
                shown = plays if isinstance(plays, str) else replace(plays, role=name)
                yield Finding(origin, f"{what} by `{name}`, who may never carry out a step.", MEND, plays=shown)
    for line in definition.lines:
        for approval in line.approvals.values():
            yield from _signed(definition, approval)


def _moved(definition: Definition) -> Iterator[tuple[str, tuple[str, ...], str, Plays | str]]:
    """Yield whatever takes somebody who may carry out steps: its origin, by whom and what is done, how it shows."""
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            yield of_step(step), step.by, f"`{step.name}` is carried out", Plays(BARRED, step.line, (step,))
        for field in line.fields.values():
            yield (
                of_line(line.kind, "fields", field.name),
                field.by,
                f"`{field.name}` is filled",
                _given(line, "fill", field.name),
            )
        for document in line.documents.values():
            yield (
                of_line(line.kind, "documents", document.name),
                document.by,
                f"`{document.name}` is filed",
                _given(line, "bring", document.name),
            )
    for deadline, act in acts(definition):
        plays = Plays(BARRED, deadline.line, clock=deadline.name, deed=(act.kind, deadline.name))
        yield of_act(deadline, act), act.by, f"`{act.kind}` of the deadline `{deadline.name}` is done", plays
    for derogation in definition.derogations.values():
        plays = _given(definition.main, "derogate", derogation.name)
        yield f"derogations.{derogation.name}", derogation.by, f"The derogation `{derogation.name}` is granted", plays
    for name in definition.may_backdate:
        yield f"roles.{name}", (name,), "Late entries and annulments (`may_backdate`) are made", LATE


def _given(line: Line, verb: str, name: str) -> Plays:
    """Return how somebody is refused who fills, files, grants or signs *name*, as soon as there is such a line."""
    return Plays(BARRED, line.kind, deed=(verb, name))


def _signed(definition: Definition, approval: Approval) -> Iterator[Finding]:
    """Yield who is to sign or to record a signature and may not: the engine takes recording for signing (`approve`)."""
    for number, signature in enumerate(approval.signatures):
        needing = (one for one in all_steps(definition) if _needs(definition, one, approval))
        plays = replace(_given(definition.line(approval.line), "sign", approval.name), steps=tuple(needing)[:1])
        origin = f"{of_line(approval.line, 'approvals', approval.name)}.signatures.{number}"
        if _never(definition, signature.role, "approve"):
            fact = f"`{approval.name}` asks `{signature.role}` to sign, who may never approve."
            yield Finding(origin, fact, MEND, plays=replace(plays, role=signature.role))
        recorder = signature.recorded_by
        if recorder is not None and _never(definition, recorder, "approve"):
            fact = f"`{approval.name}` lets `{recorder}` record signatures, who may never approve."
            yield Finding(origin, fact, MEND, plays=replace(plays, role=recorder))


def _needs(definition: Definition, step: Step, approval: Approval) -> bool:
    """Return whether *step* is taken on the line of *approval*, and needs it."""
    needed = (definition.find_approval(step.line, name) for name in step.already_there.approvals)
    return step.line == approval.line and bool(step.sources) and approval in needed


def _never(definition: Definition, name: str, act: str) -> bool:
    role = definition.roles.get(name)
    return role is not None and act in role.never
