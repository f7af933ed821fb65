"""`limits_from`: limits of a rulebook that an overlay reads, as they stand there.

A procedure rests on one rulebook, and house rules that go with it often rest on another. Written a second time in the
overlay, a number would be changed in one place and not in the other. What is taken keeps its place: file and line are
those of the rulebook.
"""

from __future__ import annotations

from inprocap_flow.errors import InvalidInput
from inprocap_flow.language.marks import MapNode, ScalarNode
from inprocap_flow.language.mentions import rewrite
from inprocap_flow.language.overlays.editing import with_entry
from inprocap_flow.language.overlays.narrowing import in_language
from inprocap_flow.language.overlays.site import Site
from inprocap_flow.language.schema.dated import RulebookDoc
from inprocap_flow.language.schema.messages import did_you_mean

DEFAULT_LANGUAGE = "en"


def limits_taken(site: Site) -> MapNode:
    """Return the limits that are taken from rulebooks, by name; what is not there is a problem."""
    taken = MapNode([], site.root.place)
    for name, limits in site.doc.limits_from.items():
        known = _limits_of(site, name)
        for number, limit in enumerate(limits if known is not None else ()):
            path = ("limits_from", name, number)
            found = known.get(limit) if known is not None else None
            key = known.key(limit) if known is not None else None
            if found is None or key is None:
                mend = did_you_mean(limit, list(known.keys()) if known else []) or "Name a limit that it has."
                site.say(path, "unknown-limit", f"The rulebook `{name}` has no limit `{limit}`.", mend)
            elif limit in taken:
                site.say(path, "declared-twice", f"`{limit}` is taken already.", "Take it from one rulebook.")
            else:
                taken = with_entry(taken, key, found)
    return taken


def _limits_of(site: Site, name: str) -> MapNode | None:
    """Return the limits of the rulebook *name* as they are written; None after saying that there is none."""
    path = site.library.find("rulebook", name)
    if path is None:
        mend = did_you_mean(name, site.library.known("rulebook")) or "Add its file to rulebooks/."
        site.say(("limits_from", name), "unknown-rulebook", f"There is no rulebook `{name}`.", mend, on_key=True)
        return None
    try:
        root = site.library.read(path)
    except InvalidInput as invalid:
        site.problems += invalid.problems
        return None
    said = root.get("language")
    language = said.value if isinstance(said, ScalarNode) else DEFAULT_LANGUAGE
    if language != site.base_doc.language:
        root = rewrite(RulebookDoc, root, in_language(language))
    limits = root.get("limits")
    return limits if isinstance(limits, MapNode) else MapNode([], site.root.place)
