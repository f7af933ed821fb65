"""What stands in the lines of a definition, as explorations ask for it: who takes a step, what a clock hangs on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inprocap_flow.language.explore.scope import field_of, place
from inprocap_flow.language.model import CASE, SYSTEM, Deadline, Definition, Line, Step


def by_people(step: Step) -> bool:
    """Return whether somebody carries *step* out, and nothing else does."""
    return not step.is_automatic and SYSTEM not in step.by


def fixed_by_people(definition: Definition, name: str) -> bool:
    """Return whether the field *name* of the case may be filled until a step that people take, and no longer."""
    field = definition.main.fields[name]
    fixing = [step for step in definition.main.steps.values() if step.milestone == field.fixed_from]
    owner = definition.milestones.get(field.fixed_from or "")
    return bool(field.by) and owner == CASE and bool(fixing) and all(by_people(step) for step in fixing)


def by_leaf(line: Line) -> dict[str, tuple[Step, ...]]:
    """Return the steps that start in each leaf."""
    found: dict[str, list[Step]] = {leaf: [] for leaf in line.leaves}
    for step in line.steps.values():
        for leaf in step.sources:
            found[leaf].append(step)
    return {leaf: tuple(steps) for leaf, steps in found.items()}


def may_be_suspended(definition: Definition, kind: str, deadline: Deadline) -> bool:
    """Return whether somebody may suspend *deadline* of a line of *kind*, or what it is counted back from."""
    if "suspend" in deadline.acts:
        return True
    anchor = deadline.backwards_from or ""
    found = definition.find_deadline(kind, anchor)
    return found is not None and may_be_suspended(definition, place(definition, kind, anchor)[0], found)


def counted_from(
    definition: Definition, clocks: Mapping[str, Sequence[Deadline]]
) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """Return which of *clocks* (line, position) are counted back from which deadline."""
    found: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for kind, several in clocks.items():
        for number, deadline in enumerate(several):
            anchor = deadline.backwards_from or ""
            if anchor and definition.find_deadline(kind, anchor) is not None:
                found.setdefault(place(definition, kind, anchor), []).append((kind, number))
    return found


def counted_from_fields(
    definition: Definition, clocks: Mapping[str, Sequence[Deadline]]
) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """Return which of *clocks* (line, position) are counted back from which field."""
    found: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for kind, several in clocks.items():
        for number, deadline in enumerate(several):
            anchor = deadline.backwards_from or ""
            if anchor and definition.find_deadline(kind, anchor) is None:
                found.setdefault(field_of(definition, kind, anchor.partition(".")[0]), []).append((kind, number))
    return found
