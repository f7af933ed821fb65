"""Carrying a judged step out: every effect in the order that the language fixes (language, 6.4).

(a) inputs, (b) approvals used up, (c) the line leaves and enters, (d) fields set, (e) deadlines, (f) other lines moved,
(g) tracks created, (h) approvals voided, (i) told, published, noticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from inprocap_flow.engine.clocks import backwards_clock, follows
from inprocap_flow.engine.facts import CaseFacts, deadline_place
from inprocap_flow.engine.inputs import as_version, seal_milestone
from inprocap_flow.engine.judge import Inputs, Plan, judge
from inprocap_flow.engine.records import MAIN, Blocker, LineState, key, stamp
from inprocap_flow.engine.sealing import commitment, is_sealed, salt_for
from inprocap_flow.engine.telling import tell_all
from inprocap_flow.engine.work import Work
from inprocap_flow.language.model import CASE, Branch, Line, Step
from inprocap_flow.machine.table import SAME


@dataclass(slots=True)
class Refused(Exception):
    """A moved or created line refused, so the whole decision is refused (language, 6.4f)."""

    blockers: list[Blocker]


def carry_out(work: Work, plan: Plan) -> None:
    """Carry out *plan*, which has no blockers. Raises `Refused` when a line that it moves refuses."""
    step, line_id = plan.step, plan.line_id
    assert plan.branch is not None
    work.warnings += plan.warnings
    changed = take_inputs(work, line_id, plan.inputs.fields, plan.inputs.documents, step.name)
    _use_approvals(work, line_id, step)
    _move(work, plan)
    changed |= _set_fields(work, line_id, plan.sets, step.name)
    _clocks(work, plan)
    _other_lines(work, plan)
    _create(work, plan)
    void_approvals(work, line_id, changed, spare=step.already_there.approvals)
    tell_all(work, plan)


def take_inputs(
    work: Work, line_id: str, fields: Mapping[str, Any], documents: Mapping[str, Any], source: str
) -> set[str]:
    """Record values and documents that came, sealing what is sealed; return the names of what really changed."""
    facts = work.facts(line_id)
    line = facts.binding.definition.line(facts.line.kind)
    before = facts.line.fields
    stored = {name: _stored(work, facts, line, name, plain) for name, plain in fields.items()}
    if stored:
        work.emit("filled", line_id, {"fields": stored, "source": source})
    for name, handed in documents.items():
        sealed = seal_milestone(facts, line.documents[name])
        version = as_version(handed, work.actor, stamp(work.when.last), sealed)
        kept = {item: getattr(version, item) for item in version.__slots__ if getattr(version, item) is not None}
        work.emit("brought", line_id, {"document": name, "version": kept, "source": source})
    return {name for name, plain in stored.items() if before.get(name) != plain} | set(documents)


def _stored(work: Work, facts: CaseFacts, line: Line, name: str, plain: Any) -> Any:
    if plain is None or is_sealed(plain) or seal_milestone(facts, line.fields[name]) is None:
        return plain
    salt = salt_for(work.seed, facts.line_id, name)
    sealed = commitment(salt, plain)
    work.sealed[sealed] = {"value": plain, "salt": salt.hex()}
    return {"sealed": sealed}


def _use_approvals(work: Work, line_id: str, step: Step) -> None:
    facts = work.facts(line_id)
    for name in step.already_there.approvals:
        owner = line_id if name in work.binding.definition.line(facts.line.kind).approvals else MAIN
        work.emit("approval_used", owner, {"approval": name, "step": step.name})


def _move(work: Work, plan: Plan) -> None:
    line = work.case.lines[plan.line_id]
    definition = work.binding.definition.line(line.kind)
    target = target_of(definition, line, plan.branch)
    data: dict[str, Any] = {"step": plan.step.name, "from": line.state, "to": target}
    stage = definition.stages[target]
    optional = {
        "milestone": plan.step.milestone,
        "reason": plan.inputs.reason,
        "cite": plan.step.cite,
        "used": plan.journal,
        "final": stage.final,
        "assumed": plan.assumed,
        "warned": [f"{w.code}: {w.reason}" for w in plan.warnings],
    }
    work.emit("moved", plan.line_id, data | {name: value for name, value in optional.items() if value})


def target_of(definition: Line, line: LineState, branch: Branch | None) -> str:
    """Return the leaf that *branch* leads *line* to."""
    assert branch is not None
    return line.state if branch.to == SAME else definition.leaf(branch.to)


def _set_fields(work: Work, line_id: str, values: Mapping[str, Any], source: str) -> set[str]:
    if not values:
        return set()
    before = work.case.lines[line_id].fields
    work.emit("filled", line_id, {"fields": dict(values), "source": source})
    return {name for name, plain in values.items() if before.get(name) != plain}


def _clocks(work: Work, plan: Plan) -> None:
    step, branch = plan.step, plan.branch
    assert branch is not None
    for name in (*step.meets, *branch.meets):
        _end_deadline(work, plan.line_id, name, "deadline_met", step.name)
    for name in (*step.stops, *branch.stops):
        _end_deadline(work, plan.line_id, name, "deadline_stopped", step.name)
    if step.ends_everything:
        end_everything(work, step)
    if step.extends is not None:
        clock = plan.clocks[f"extend {step.extends.deadline}"]
        owner, _ = _place(work, plan.line_id, step.extends.deadline)
        ground = plan.inputs.reason or step.name
        data = {"deadline": step.extends.deadline, "ground": ground, **clock.to_plain()}
        work.emit("deadline_extended", owner, data)
        recompute(work, owner, step.extends.deadline)
    for name in (*step.starts, *step.restarts, *branch.starts):
        owner, bare = _place(work, plan.line_id, name)
        declared = work.binding.definition.find_deadline(work.case.lines[plan.line_id].kind, name)
        data = {"deadline": bare, **plan.clocks[name].to_plain()}
        if declared is not None and declared.outlives_case:
            data["outlives_case"] = True
        if name in step.restarts:
            data["ground"] = plan.inputs.reason or step.name
        work.emit("deadline_started", owner, data)
        recompute(work, owner, bare)


def _place(work: Work, line_id: str, name: str) -> tuple[str, str]:
    """Return the line that the deadline *name* belongs to, and its bare name."""
    place = deadline_place(work.binding, work.case, line_id, name)
    assert place is not None
    owner, _, bare = place.partition(" ")
    return owner, bare


def _end_deadline(work: Work, line_id: str, name: str, kind: str, source: str) -> None:
    owner, bare = _place(work, line_id, name)
    state = work.case.deadlines.get(key(owner, bare))
    if kind == "deadline_stopped" and state is not None and state.status != "running":
        return  # stopping what is over changes nothing
    data: dict[str, Any] = {"deadline": bare, "source": source}
    if state is not None and state.end and not work.when.is_exact:
        if stamp(work.when.first) <= state.end <= stamp(work.when.last):
            data["cannot_tell"] = "whether it was met in time: the day is not known exactly"
    work.emit(kind, owner, data)
    stop_followers(work, owner, bare)


def stop_followers(work: Work, owner: str, name: str) -> None:
    """Stop the running deadlines that are counted back from *name*: they move and stop with it."""
    for declared in follows(work.facts(owner), work.case.lines[owner].kind, name):
        state = work.case.deadlines.get(key(owner, declared.name))
        if state is not None and state.status == "running":
            work.emit("deadline_stopped", owner, {"deadline": declared.name, "source": name})


def recompute(work: Work, owner: str, changed: str) -> None:
    """Start or move every deadline that is counted back from *changed* (a deadline or a field), in dependency order."""
    kind = work.case.lines[owner].kind
    for declared in follows(work.facts(owner), kind, changed):
        clock = backwards_clock(work.facts(owner), declared)
        if isinstance(clock, tuple):
            continue  # what it is counted from is not known yet: it starts when that is
        state = work.case.deadlines.get(key(owner, declared.name))
        if state is None or state.status != "running":
            again = state is None or stamp(clock.end) > stamp(work.when.last)
            if again:
                data = {"deadline": declared.name, "backwards_from": changed, **clock.to_plain()}
                work.emit("deadline_started", owner, data)
        elif state.end != stamp(clock.end):
            work.emit("deadline_recomputed", owner, {"deadline": declared.name, "ground": changed, **clock.to_plain()})
        recompute(work, owner, declared.name)


def end_everything(work: Work, step: Step) -> None:
    """End unfinished tracks, running deadlines and open approvals, but for what the step spares (`ends`)."""
    spared = set(step.ends_everything_but)
    for line in list(work.case.lines.values()):
        if line.id == MAIN or line.ended or line.kind in spared:
            continue
        definition = work.binding.definition.tracks[line.kind]
        target = definition.leaf(definition.if_case_ends or "")
        work.emit(
            "moved", line.id, {"step": step.name, "from": line.state, "to": target, "final": "ended with the case"}
        )
    for state in list(work.case.deadlines.values()):
        kind = work.case.lines[state.line].kind
        if state.status == "running" and not state.outlives_case and state.name not in spared and kind not in spared:
            work.emit("deadline_stopped", state.line, {"deadline": state.name, "source": step.name})
    for approval in list(work.case.approvals.values()):
        if approval.open and work.case.lines[approval.line].kind not in spared:
            work.emit("approval_ended", approval.line, {"approval": approval.name, "source": step.name})


def _other_lines(work: Work, plan: Plan) -> None:
    for move, chosen in plan.moved:
        for line_id in chosen:
            fire_by_system(work, line_id, move.step)


def fire_by_system(work: Work, line_id: str, name: str, inputs: Inputs | None = None) -> None:
    """Fire a step of a line as the system, judged and carried out in full. Raises `Refused` with its blockers."""
    line = work.case.lines[line_id]
    step = work.binding.machine.step(line.kind, name)
    work.count_automatic(f"{name} on {line_id}")
    if step is None or line.state not in step.sources:
        reason = f"{name} cannot be carried out on {line_id}, which stands in {line.state}."
        raise Refused([Blocker("not-offered", reason, about=name, line=line_id)])
    plan = judge(work, line_id, step, inputs or Inputs(reason=work.request.reason))
    if plan.blockers:
        raise Refused([replace(b, line=line_id, reason=f"{line_id}: {b.reason}") for b in plan.blockers])
    carry_out(work, plan)


def _create(work: Work, plan: Plan) -> None:
    for kind, parent, values in plan.created:
        begin_track(work, kind, new_name(work, kind), parent, Inputs(fields=values))


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
        if inputs.fields:
            work.emit("filled", line_id, {"fields": dict(inputs.fields), "source": step.name})
        inputs = Inputs(reason=inputs.reason)
    plan = judge(work, line_id, step, inputs)
    if plan.blockers:
        raise Refused([replace(b, line=line_id) for b in plan.blockers])
    carry_out(work, plan)


def fill_defaults(work: Work, line_id: str, kind: str) -> None:
    """Give the fields of a new line their defaults."""
    defaults = {f.name: f.default for f in work.binding.definition.line(kind).fields.values() if f.default is not None}
    if defaults:
        work.emit("filled", line_id, {"fields": defaults, "source": "default"})


def void_approvals(work: Work, line_id: str, changed: set[str], spare: tuple[str, ...] = ()) -> None:
    """Make void every approval with a standing signature that covers something that *changed* on *line_id*.

    An approval of the case covers fields of the case; one of a track its own, and those of the case.
    """
    if not changed:
        return
    for state in list(work.case.approvals.values()):
        if state.name in spare and state.line in (line_id, MAIN):
            continue
        if line_id not in (MAIN, state.line) or not any(s.status == "standing" for s in state.signatures):
            continue
        kind = work.case.lines[state.line].kind
        approval = work.binding.definition.line(kind).approvals[state.name]
        covered = {*approval.void_if_changed_fields, *approval.void_if_changed_documents}
        if line_id == MAIN and kind != CASE:
            own = work.binding.definition.tracks[kind]
            covered -= {*own.fields, *own.documents}
        if because := sorted(covered & changed):
            work.emit("approval_voided", state.line, {"approval": state.name, "because": because})
    for name in sorted(changed):
        recompute(work, line_id, name)
