"""What can be signed: an approval of this line that something open needs, with all that it covers there."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.engine.carrying.inputs import how_it_comes, line_of
from inprocap_flow.engine.case.approvals import Standing, standing
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.needing import is_needed
from inprocap_flow.engine.case.records import MAIN, Blocker
from inprocap_flow.language.expressions.tree import Name, walk
from inprocap_flow.language.model import CASE, Document, Field, said


def no_such_approval(facts: CaseFacts, name: str) -> list[Blocker]:
    """Return the blocker of a name that is no approval here, with the nearest one; nothing for one that is."""
    definition = facts.binding.definition
    known = {**definition.main.approvals, **definition.line(facts.line.kind).approvals}
    if name in known:
        return []
    having = [kind for kind, line in definition.tracks.items() if name in line.approvals]
    if having:
        named = " or ".join(f"--on {kind}/NAME" for kind in having)
        mend = f"it is given for each {' or '.join(having)} apart: say for which with {named}"
        return [Blocker("unknown-approval", f"{name} is no approval of {facts.line.id}.", about=name, mend=mend)]
    from difflib import get_close_matches  # only whoever mistypes waits for it

    near = get_close_matches(name, known, 1)
    mend = f"did you mean {near[0]}?" if near else f"choose of: {', '.join(known)}"
    return [Blocker("unknown-approval", f"{name} is no approval here.", about=name, mend=mend)]


def not_of_this_line(facts: CaseFacts, name: str) -> list[Blocker]:
    """Return why the approval *name* cannot be given on the line of *facts*: it is none, or belongs to the case.

    Whoever names a track means that track alone: a signature for the whole case is never made of it.
    """
    if blockers := no_such_approval(facts, name):
        return blockers
    if standing(facts, name).line_id == facts.line_id:
        return []
    reason = f"{name} is no approval of {facts.line_id}: it is given once, for the whole case."
    return [Blocker("unknown-approval", reason, about=name, mend="leave the track out, if the whole case is meant")]


def not_signable(facts: CaseFacts, found: Standing) -> Blocker:
    """Return that nothing open needs the approval, with the steps and acts that would."""
    reason = f"No step that is open now needs the approval {found.approval.name}."
    needing = ", ".join(_needed_by(facts, found))
    mend = "move the case to where it is needed" + (f": {needing}" if needing else "")
    return Blocker("not-signable", reason, about=found.approval.name, mend=mend)


def _needed_by(facts: CaseFacts, found: Standing) -> Iterator[str]:
    """Yield the steps and acts of the procedure that need the approval, steps with the stages they lead on from."""
    definition, name = facts.binding.definition, found.approval.name
    kinds = (CASE, *definition.tracks) if found.line_id == MAIN else (facts.case.lines[found.line_id].kind,)
    for line in map(definition.line, kinds):
        for step in line.steps.values():
            if name in step.already_there.approvals and step.sources:
                yield f"{step.name} (from {' or '.join(step.sources)})"
        for deadline in line.deadlines.values():
            yield from (f"{a.kind} {deadline.name}" for a in deadline.acts.values() if name in a.requires.approvals)


def not_open(facts: CaseFacts, found: Standing) -> Iterator[Blocker]:
    """Yield why nobody can sign: declined, given already, or needed by nothing that is open now."""
    name = found.approval.name
    if found.state.declined_by:
        reason = f"{name} was declined by {found.state.declined_by}; it must be asked for again first."
        yield Blocker("approval-declined", reason, about=name, mend="ask again")
    elif found.given:
        yield Blocker("already-given", "This approval is given already.", about=name)
    if not is_needed(facts, found):
        yield not_signable(facts, found)


def nothing_to_sign(facts: CaseFacts, found: Standing) -> Iterator[Blocker]:
    """Yield what the approval covers and is not there yet. What only a condition reads is looked at there.

    A field may be empty if another that is covered is filled: an optional number is signed for as empty, and filling
    it later makes the signatures void like any other change.
    """
    approval, own = found.approval, facts.on(found.line_id)
    conditions = (part for line in approval.signatures if line.when for part in walk(line.when))
    read = {part.name for part in conditions if isinstance(part, Name)}
    covered = [name for name in approval.void_if_changed_fields if name not in read]
    empty = [name for name in covered if not _is_filled(own, name)]
    if len(empty) == len(covered):
        for name in empty:
            field = facts.binding.definition.find_field(own.line.kind, name)
            reason = f'"{said(field.title) if field else name}" is not filled, so there is nothing to sign.'
            yield _lacking("field-missing", reason, own, field, name)
    for name in approval.void_if_changed_documents:
        if not own.has(name):
            paper = facts.binding.definition.find_document(own.line.kind, name)
            reason = f'"{said(paper.title) if paper else name}" is not there, so there is nothing to sign.'
            yield _lacking("document-missing", reason, own, paper, name)


def _lacking(code: str, reason: str, own: CaseFacts, declared: Field | Document | None, name: str) -> Blocker:
    if declared is None:
        return Blocker(code, reason, about=name)
    line, mend = line_of(own, declared), how_it_comes(own, declared)
    return Blocker(code, reason, about=name, line=line, roles=declared.by, mend=mend)


def _is_filled(facts: CaseFacts, name: str) -> bool:
    declared = facts.binding.definition.find_field(facts.line.kind, name)
    return declared is not None and facts.stored(declared)
