"""Letting the tracks of a past case stand where a fact says, by name or by number, beginning those not there yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from inprocap_flow.engine.carrying.carry import take_inputs
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.evidence import Fact, Marks, Placement
from inprocap_flow.machine.table import Machine


def place(work: Work, placement: Placement, fact: Fact, marks: Marks) -> None:
    """Let tracks stand where the fact says, beginning those that are not there yet."""
    chosen = list(_named(work, placement))
    chosen += _counted(work, placement, placement.number - len(chosen), chosen)
    stage = work.binding.definition.tracks[placement.kind].leaf(placement.stage)
    for line_id in chosen:
        _stand(work, line_id, placement.kind, stage, fact, marks)
    if placement.others_left:
        left = work.binding.definition.tracks[placement.kind].leaf(placement.others_left)
        for line in work.case.tracks(placement.kind):
            if line.id not in chosen and not line.ended:
                _stand(work, line.id, placement.kind, left, fact, marks)


def _named(work: Work, placement: Placement) -> Iterator[str]:
    for name, values in placement.named.items():
        line_id = _known_as(work, placement.kind, name, values)
        if line_id is None:
            line_id = f"{placement.kind}/{name}"
            _begin(work, placement.kind, line_id, values)
        elif new := {
            field: plain for field, plain in values.items() if work.case.lines[line_id].fields.get(field) != plain
        }:
            take_inputs(work, line_id, new, {}, "import")
        yield line_id


def _known_as(work: Work, kind: str, name: str, values: Mapping[str, Any]) -> str | None:
    """Return the track that this is: by its id, by its name, or one that an earlier fact only counted."""
    if f"{kind}/{name}" in work.case.lines:
        return f"{kind}/{name}"
    tracks = [line for line in work.case.tracks(kind) if not line.ended]
    called = [line.id for line in tracks if "name" in values and line.fields.get("name") == values["name"]]
    unnamed = [line.id for line in tracks if "name" not in line.fields]
    return next(iter([*called, *unnamed]), None)


def _counted(work: Work, placement: Placement, missing: int, taken: list[str]) -> list[str]:
    """Return as many more tracks as the fact counts: those there are, then new ones that have no name."""
    there = [line.id for line in work.case.tracks(placement.kind) if not line.ended and line.id not in taken]
    chosen = there[: max(0, missing)]
    number = len(work.case.tracks(placement.kind))
    while len(chosen) < missing:
        number += 1
        line_id = f"{placement.kind}/unnamed_{number}"
        if line_id not in work.case.lines:
            _begin(work, placement.kind, line_id, {})
            chosen.append(line_id)
    return chosen


def _begin(work: Work, kind: str, line_id: str, values: Mapping[str, Any]) -> None:
    work.emit("began", line_id, {"kind": kind})
    if values:
        take_inputs(work, line_id, values, {}, "import")
    begins = work.binding.definition.tracks[kind].begins
    first = work.binding.machine.table(kind).begins
    work.emit("moved", line_id, {"step": begins.name, "from": "", "to": first})


def _stand(work: Work, line_id: str, kind: str, stage: str, fact: Fact, marks: Marks) -> None:
    line = work.case.lines[line_id]
    if line.state == stage:
        return
    steps = path(work.binding.machine, kind, line.state, {stage})
    if steps is None:
        says = f"{line_id} stands in {line.state}, from where {stage} cannot be reached."
        marks.findings.append({"what": "not-offered", "about": stage, "line": line_id, "says": says})
        return
    for name in steps:
        says = f"{name} of {line_id} is not evidenced beyond where it stood."
        marks.not_evidenced.append({"what": "step", "about": name, "line": line_id, "says": says})
    final = work.binding.definition.tracks[kind].stages[stage].final
    move(work, line_id, steps[-1], stage, {"between": list(steps[:-1]), "final": final, "certainty": fact.certainty})


def move(work: Work, line_id: str, step: str, target: str, more: Mapping[str, Any]) -> None:
    """Move a line, with what the record says besides; what is empty is left out."""
    data = {"step": step, "from": work.case.lines[line_id].state, "to": target}
    work.emit("moved", line_id, data | {name: value for name, value in more.items() if value})


def path(machine: Machine, kind: str, start: str, ends: set[str]) -> tuple[str, ...] | None:
    """Return the fewest steps that lead a line from *start* into one of *ends*: () if it is there, None if none do."""
    none: tuple[str, ...] = ()
    seen, waiting = {start}, deque([(start, none)])
    while waiting:
        state, steps = waiting.popleft()
        if state in ends:
            return steps
        for name, targets in machine.table(kind).moves.get(state, {}).items():
            for target in targets:
                if target not in seen:
                    seen.add(target)
                    waiting.append((target, (*steps, name)))
    return None
