"""What scenarios have reached of a procedure: all of it, and of an effective one what its overlays brought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from inprocap_flow.engine.case.records import MAIN
from inprocap_flow.language.model import Definition, Line, Step
from inprocap_flow.language.overlays.applied import Layer
from inprocap_flow.language.overlays.roles_in import with_roles
from inprocap_flow.machine.table import SAME, Machine
from inprocap_flow.records import changed


@dataclass(slots=True)
class Coverage:
    """Which steps, branches and refusals scenarios have reached, of all that the definition has.

    A step is ``line.step``; a branch ``line.step > stage``, listed for steps with more than one.
    """

    steps: dict[str, int] = field(default_factory=dict)
    branches: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)

    @property
    def unreached_steps(self) -> list[str]:
        return [name for name, times in self.steps.items() if not times]

    @property
    def unreached_branches(self) -> list[str]:
        return [name for name, times in self.branches.items() if not times]

    def of(self, steps: frozenset[str]) -> Coverage:
        """Return the part that is about *steps*; refusals are those of all."""
        branches = {name: times for name, times in self.branches.items() if name.partition(" > ")[0] in steps}
        return Coverage({name: times for name, times in self.steps.items() if name in steps}, branches, self.refusals)


def nothing_reached(machine: Machine) -> Coverage:
    """Return the coverage before anything was played."""
    coverage = Coverage()
    for line in machine.definition.lines:
        for step in _steps(line):
            coverage.steps[named(line.kind, step.name)] = 0
            targets = [branch.to for branch in step.targets]
            if len(targets) > 1:
                for target in targets:
                    if target != SAME:
                        coverage.branches[f"{named(line.kind, step.name)} > {line.leaf(target)}"] = 0
    return coverage


def named(kind: str, step: str) -> str:
    """Return a step as coverage calls it: ``case.send_call``, ``supplier.submit``."""
    return f"{kind or MAIN}.{step}"


def brought(layers: tuple[Layer, ...]) -> frozenset[str]:
    """Return the steps that overlays added, or of which they changed more than the title or who acts for whom."""
    base, last = layers[0].definition, layers[-1].definition
    replaced: dict[str, str] = {}
    for layer in layers[1:]:
        replaced = {old: layer.replaced.get(new, new) for old, new in replaced.items()} | dict(layer.replaced)
    before = dict(_bare(base, replaced))
    return frozenset(name for name, step in _bare(last, {}) if before.get(name) != step)


def _bare(definition: Definition, replaced: Mapping[str, str]) -> Iterator[tuple[str, Step]]:
    for line in definition.lines:
        for step in _steps(line):
            yield named(line.kind, step.name), with_roles(changed(step, title={}), replaced)


def _steps(line: Line) -> tuple[Step, ...]:
    return (line.begins, *line.steps.values())
