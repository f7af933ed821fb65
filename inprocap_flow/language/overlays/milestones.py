"""`at`: what an overlay adds at milestones, whichever steps reach them. Lists grow, and no value is replaced."""

from __future__ import annotations

from functools import partial

from inprocap_flow.language.includes.merge import add_all
from inprocap_flow.language.marks import MapNode
from inprocap_flow.language.overlays.editing import changed_at, milestones_of, reaching
from inprocap_flow.language.overlays.site import Site
from inprocap_flow.language.schema.messages import did_you_mean


def add_at_milestones(site: Site) -> None:
    """Add what stands under `at` to every step that reaches its milestone."""
    for milestone in site.doc.at:
        addition = site.root.get("at")
        more = addition.get(milestone) if isinstance(addition, MapNode) else None
        steps = reaching(site.nodes, milestone)
        if not isinstance(more, MapNode):
            continue
        if not steps:
            say_unknown(site, ("at", milestone), milestone)
        for _, path, _ in steps:
            site.nodes = changed_at(site.nodes, path, partial(add_all, more=more, problems=site.problems))


def say_unknown(site: Site, path: tuple[str, ...], milestone: str) -> None:
    """Say that no step reaches *milestone*."""
    fact = f"No step of `{site.base.name}` reaches the milestone `{milestone}`."
    known = milestones_of(site.nodes)
    mend = did_you_mean(milestone, known) or "Attach it to a milestone of the procedure, or write `only_for:`."
    site.say(path, "milestone-unknown", fact, mend, on_key=path[-1] == milestone)
