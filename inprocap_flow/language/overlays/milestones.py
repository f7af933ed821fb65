"""`at`: what an overlay adds at milestones, whichever steps reach them. Lists grow, and no value is replaced."""

from __future__ import annotations

from functools import partial

from inprocap_flow.language.includes.merge import add_all
from inprocap_flow.language.marks import ListNode, MapNode, Node, NodePath
from inprocap_flow.language.overlays.editing import changed_at, milestones_of, reaching
from inprocap_flow.language.overlays.site import WEAKENS, Site
from inprocap_flow.language.schema.messages import did_you_mean


def add_at_milestones(site: Site) -> None:
    """Add what stands under `at` to every step that reaches its milestone."""
    for milestone in site.doc.at:
        addition = site.root.get("at")
        more = addition.get(milestone) if isinstance(addition, MapNode) else None
        steps = reaching(site.nodes, milestone)
        if not isinstance(more, MapNode):
            continue
        _say_empty(site, ("at", milestone), more)
        if not steps:
            say_unknown(site, ("at", milestone), milestone)
        for _, path, _ in steps:
            site.nodes = changed_at(site.nodes, path, partial(add_all, more=more, problems=site.problems))


def _say_empty(site: Site, path: NodePath, node: Node) -> None:
    """Say of every empty list that it does nothing: whoever writes one means to take something away."""
    if isinstance(node, MapNode):
        for key, value in node.entries:
            _say_empty(site, (*path, key.value), value)
    elif isinstance(node, ListNode) and not node.items:
        fact = "An empty list adds nothing, and an overlay never removes."
        site.say(path, WEAKENS, fact, "Leave it out, or name what is to be added.", on_key=True)


def say_unknown(site: Site, path: tuple[str, ...], milestone: str) -> None:
    """Say that no step reaches *milestone*."""
    fact = f"No step of `{site.base.name}` reaches the milestone `{milestone}`."
    known = milestones_of(site.nodes)
    mend = did_you_mean(milestone, known) or "Attach it to a milestone of the procedure, or write `only_for:`."
    site.say(path, "milestone-unknown", fact, mend, on_key=path[-1] == milestone)
