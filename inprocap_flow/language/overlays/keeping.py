"""`keeps` of a detour: steps of the procedure that stay possible on it, such as giving up or cancelling.

On the detour the case has not gone on yet: whatever was possible where it began asks for the same there. So a step may
be kept if it was possible in every stage from which the detour is entered; it then starts in the detour's stages, too.
"""

from __future__ import annotations

from functools import partial

from inprocap_flow.language.marks import Node
from inprocap_flow.language.model import SYSTEM, Step
from inprocap_flow.language.overlays.detour import Detour
from inprocap_flow.language.overlays.editing import at, changed_at, items_of, line_path, listing, with_entry, word
from inprocap_flow.language.overlays.site import WEAKENS, Site
from inprocap_flow.language.schema.messages import did_you_mean


def check_kept(site: Site, detour: Detour) -> None:
    """Say of each kept step that is none, or that would be possible where it never was."""
    steps = site.base.line(detour.line).steps
    for number, name in enumerate(detour.doc.keeps):
        step = steps.get(name)
        if step is None:
            mend = did_you_mean(name, list(steps)) or "Name a step of the procedure, of the same line."
            fact = f"`{name}` is no step of the procedure there."
            site.say(("insert", detour.name, "keeps", number), "detour-keeps", fact, mend)
        elif fault := _fault(step, detour):
            mend = "Leave it out; a step of the detour may lead back to `arriving`."
            site.say(("insert", detour.name, "keeps", number), WEAKENS, fault, mend)


def _fault(step: Step, detour: Detour) -> str:
    """Return why *step* cannot be kept on *detour*; empty if it can."""
    if step.name == detour.through.name:
        return f"The detour goes before `{step.name}`, which could then be taken without it."
    if SYSTEM in step.by or step.as_soon_as is not None:
        return f"`{step.name}` is taken by the system, and the detour is for people."
    elsewhere = sorted(set(detour.through.sources) - set(step.sources))
    if elsewhere:
        return f"`{step.name}` does not start in `{elsewhere[0]}`, from which the detour is entered, too."
    if any(guard.only_from for guard in step.already_there.that):
        return f"`{step.name}` has a condition that is asked only from some stages, and would not be asked here."
    return ""


def keep(site: Site, detour: Detour) -> None:
    """Let the kept steps start in the stages of the detour."""
    more: list[Node] = [word(name, detour.place) for name in detour.doc.stages]
    for name in detour.doc.keeps:
        path = (*line_path(detour.line), "steps", name)
        written = [one for one in items_of(at(site.nodes, (*path, "from"))) if getattr(one, "value", "") != "any"]
        if written:  # `any` has the new stages already
            sources = listing([*written, *more], detour.place)
            key = word("from", detour.place)
            site.nodes = changed_at(site.nodes, path, partial(with_entry, key=key, value=sources))
