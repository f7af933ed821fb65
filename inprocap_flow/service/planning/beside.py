"""Steps beside the way: they leave the case where it stands, and meet what is due or what a later step asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inprocap_flow.language.model import Line
from inprocap_flow.service.planning.items import Item
from inprocap_flow.service.planning.network import Link, Point
from inprocap_flow.service.planning.path import Leg

if TYPE_CHECKING:
    from inprocap_flow.service.planning.drafting import Drafter


def side_steps(drafter: Drafter, line: Line, leg: Leg, entry: str, needed: set[str]) -> None:
    """Add the steps that stay in this stage and meet something that is due, or reach what a later step asks for."""
    for step in line.steps.values():
        stays = leg.stage in step.sources and all(branch.to == "same" for branch in step.targets)
        met = [place for name in step.meets if (place := drafter.running_place(line, name)) is not None]
        asked = step.milestone in needed and step.milestone not in drafter.draft.reached
        if not stays or not (met or asked):
            continue
        name = f"side {step.name}"
        links = [Link(entry, name, why="possible from then on"), *drafter.from_today(name)]
        point = Point(name, drafter.work.on_or_after, drafter.work.on_or_before, links,
                      [drafter.running[place] for place in met])  # fmt: skip
        drafter.add(Item(name, "side", drafter.step_title(line, step), line.kind, leg.stage, step.milestone,
                       step.name), point)  # fmt: skip
        for place in met:
            drafter.running.pop(place)
