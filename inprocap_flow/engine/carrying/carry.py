"""Carrying a judged step out: every effect in the order that the language fixes (language, 6.4).

(a) inputs, (b) approvals used up, (c) the line leaves and enters, (d) fields set, (e) deadlines, (f) other lines moved,
(g) tracks created, (h) approvals voided, (i) told, published, noticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inprocap_flow.engine.carrying.closing import end_everything
from inprocap_flow.engine.carrying.deadlines import begin_followers, end_clocks, follow, start_clocks
from inprocap_flow.engine.carrying.inputs import as_version, seal_milestone
from inprocap_flow.engine.carrying.judge import judge
from inprocap_flow.engine.carrying.plan import Inputs, Plan
from inprocap_flow.engine.carrying.telling import tell_all
from inprocap_flow.engine.carrying.work import Refused, Work
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import MAIN, Blocker, Handed, LineState, stamp
from inprocap_flow.engine.case.sealing import commitment, is_sealed, salt_for
from inprocap_flow.language.model import CASE, Branch, Line, Step
from inprocap_flow.machine.table import SAME
from inprocap_flow.records import changed as with_changes
from inprocap_flow.records import names_of

__all__ = [
    "Refused", "begin_track", "carry_out", "fill_defaults", "fire_by_system", "take_inputs", "use_approvals",
    "void_approvals",
]  # fmt: skip


def carry_out(work: Work, plan: Plan) -> None:
    """Carry out *plan*, which has no blockers. Raises `Refused` when a line that it moves or creates refuses."""
    step, line_id = plan.step, plan.line_id
    work.warnings += plan.warnings
    changed = take_inputs(work, line_id, plan.inputs.fields, plan.inputs.documents, step.name)
    use_approvals(work, line_id, step)
    _move(work, plan)
    changed |= set_fields(work, line_id, plan.sets, step.name)
    end_clocks(work, plan)
    if step.ends_everything:
        end_everything(work, step)
    start_clocks(work, plan)
    follow_fields(work, line_id, changed)
    _other_lines(work, plan)
    for creation in plan.created:
        inputs = Inputs(fields=creation.values)
        begin_track(work, creation.kind, new_name(work, creation.kind), creation.parent, inputs)
    void_approvals(work, line_id, changed)
    tell_all(work, plan)


def _for_whom(work: Work, document: str) -> str | None:
    """Return for which absent person *document* is filed, if a role is closed to whoever brought it."""
    closed = any(document in role.not_who_brought for role in work.binding.definition.roles.values())
    person = work.binding.person(work.on_behalf_of or "") if closed else None
    return person.id if person else None


def take_inputs(
    work: Work, line_id: str, fields: Mapping[str, Any], documents: Mapping[str, Handed], source: str
) -> set[str]:
    """Record values and documents that came, sealing what is sealed; return the names of what really changed."""
    if not fields and not documents:
        return set()
    facts = work.facts(line_id)
    declared = facts.binding.definition.line(facts.line.kind).documents
    stored = {name: _stored(work, facts, name, plain) for name, plain in fields.items()}
    changed = set_fields(work, line_id, stored, source)
    for name, handed in documents.items():
        version = as_version(handed, work.actor, stamp(work.when.last), seal_milestone(facts, declared[name]))
        version = with_changes(version, for_whom=_for_whom(work, name))
        kept = {item: getattr(version, item) for item in names_of(version) if getattr(version, item) is not None}
        work.emit("brought", line_id, {"document": name, "version": kept, "source": source})
        before = facts.line.documents.get(name)
        if not before or before[-1].sha256 != handed.sha256:
            changed.add(name)
    return changed


def _stored(work: Work, facts: CaseFacts, name: str, plain: Any) -> Any:
    """Return the form in which a value is kept: a commitment while it is sealed, the value itself otherwise."""
    declared = facts.binding.definition.line(facts.line.kind).fields[name]
    if plain is None or is_sealed(plain) or seal_milestone(facts, declared) is None:
        return plain
    if not work.seed:  # a salt that anybody can compute hides nothing
        fault = "A sealed value came without the random seed that hides it."
        raise Refused([Blocker("no-seed", fault, about=name, mend="draw one for every request")])
    salt = salt_for(work.seed, facts.line_id, name)
    sealed = commitment(salt, plain)
    work.sealed[sealed] = {"value": plain, "salt": salt.hex()}
    return {"sealed": sealed}


def use_approvals(work: Work, line_id: str, step: Step) -> None:
    """Use up the signatures that let the step through."""
    own = work.binding.definition.line(work.case.lines[line_id].kind).approvals
    for name in step.already_there.approvals:
        work.emit("approval_used", line_id if name in own else MAIN, {"approval": name, "step": step.name})


def _move(work: Work, plan: Plan) -> None:
    line = work.case.lines[plan.line_id]
    definition = work.binding.definition.line(line.kind)
    target = target_of(definition, line, plan.chosen)
    data: dict[str, Any] = {"step": plan.step.name, "from": line.state, "to": target}
    optional = {
        "milestone": plan.step.milestone,
        "reason": plan.inputs.reason,
        "cite": plan.step.cite,
        "used": plan.journal,
        "final": definition.stages[target].final,
        "assumed": plan.assumed,
        "warned": [f"{w.code}: {w.reason}" for w in plan.warnings],
    }
    work.emit("moved", plan.line_id, data | {name: value for name, value in optional.items() if value})


def target_of(definition: Line, line: LineState, branch: Branch) -> str:
    """Return the leaf that *branch* leads *line* to."""
    return line.state if branch.to == SAME else definition.leaf(branch.to)


def set_fields(work: Work, line_id: str, values: Mapping[str, Any], source: str, used: Any = None) -> set[str]:
    """Record encoded *values* on a line; return the names of those that really changed."""
    if not values:
        return set()
    before = work.case.lines[line_id].fields
    data = {"fields": dict(values), "source": source}
    work.emit("filled", line_id, data | {"used": used} if used else data)
    return {name for name, plain in values.items() if before.get(name) != plain}


def follow_fields(work: Work, line_id: str, changed: set[str]) -> None:
    """Let every deadline that is counted back from a changed field move with it."""
    for name in sorted(changed):
        follow(work, line_id, name, restarted=True)


def _other_lines(work: Work, plan: Plan) -> None:
    for move, chosen in plan.moved:
        for line_id in chosen:
            with work.moving(f"{move.step} on {line_id}"):
                fire_by_system(work, line_id, move.step)


def fire_by_system(work: Work, line_id: str, name: str) -> None:
    """Fire a step of a line without asking who, judged and carried out in full. Raises `Refused` with its blockers."""
    line = work.case.lines[line_id]
    step = work.binding.machine.step(line.kind, name)
    if step is None or line.state not in step.sources:
        reason = f"{line_id}: {name} cannot be carried out, it stands in {line.state}."
        raise Refused([Blocker("not-offered", reason, about=name, line=line_id)])
    _carry_or_refuse(work, line_id, step, Inputs(reason=work.request.reason))


def _carry_or_refuse(work: Work, line_id: str, step: Step, inputs: Inputs) -> None:
    plan = judge(work, line_id, step, inputs)
    if plan.blockers:
        raise Refused([with_changes(b, line=line_id, reason=f"{line_id}: {b.reason}") for b in plan.blockers])
    carry_out(work, plan)


def new_name(work: Work, kind: str) -> str:
    """Return the next free id of a track of *kind* that the system creates: ``assessment/1``."""
    number = len(work.case.tracks(kind)) + 1
    while f"{kind}/{number}" in work.case.lines:
        number += 1
    return f"{kind}/{number}"


def begin_track(
    work: Work, kind: str, line_id: str, parent: str | None, inputs: Inputs, speakers: tuple[str, ...] = ()
) -> None:
    """Begin a track: it comes into being, takes its inputs and defaults, and is carried into its first stage.

    Raises:
        Refused: something is missing for its beginning.
    """
    data = {"kind": kind, "parent": parent, "speakers": list(speakers) or None}
    work.emit("began", line_id, {name: value for name, value in data.items() if value is not None})
    fill_defaults(work, line_id, kind)
    step = work.binding.definition.tracks[kind].begins
    if step.is_system:  # what the creating step gives need not be asked for
        take_inputs(work, line_id, inputs.fields, {}, step.name)
        inputs = Inputs(reason=inputs.reason)
    _carry_or_refuse(work, line_id, step, inputs)
    begin_followers(work, line_id)


def fill_defaults(work: Work, line_id: str, kind: str) -> None:
    """Give the fields of a new line their defaults."""
    declared = work.binding.definition.line(kind).fields.values()
    set_fields(work, line_id, {f.name: f.default for f in declared if f.default is not None}, "default")


def void_approvals(work: Work, line_id: str, changed: set[str], *, spare: str = "") -> None:
    """Make void every approval with a standing signature that covers something that *changed* on *line_id*.

    An approval of the case covers fields of the case; one of a track its own, and those of the case. The approval
    kept at *spare* is left alone: what it sets itself is its own word.
    """
    if not changed:
        return
    for place in sorted(work.case.approvals):
        state = work.case.approvals[place]
        if (
            place == spare
            or line_id not in (MAIN, state.line)
            or not any(s.status == "standing" for s in state.signatures)
        ):
            continue
        kind = work.case.lines[state.line].kind
        approval = work.binding.definition.line(kind).approvals[state.name]
        covered = {*approval.void_if_changed_fields, *approval.void_if_changed_documents}
        if line_id == MAIN and kind != CASE:
            own = work.binding.definition.tracks[kind]
            covered -= {*own.fields, *own.documents}
        if because := sorted(covered & changed):
            work.emit("approval_voided", state.line, {"approval": state.name, "because": because})
