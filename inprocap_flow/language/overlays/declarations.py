"""New names: roles, rules, limits, fields, documents, approvals, deadlines, watches, and tracks or parts of them."""

from __future__ import annotations

from functools import partial

from inprocap_flow.language.includes.merge import copy_of
from inprocap_flow.language.marks import MapNode, NodePath
from inprocap_flow.language.overlays.editing import at, changed_at, with_entry
from inprocap_flow.language.overlays.site import Site

SECTIONS = ("limits", "rules", "roles", "fields", "documents", "approvals", "deadlines", "watches")
OF_TRACKS = ("fields", "documents", "approvals", "deadlines")


def declare(site: Site) -> None:
    """Add everything that the overlay declares; a name that is there already is a problem."""
    for section in SECTIONS:
        _add(site, (section,), (section,))
    tracks = site.root.get("tracks")
    for name, track in tracks.items() if isinstance(tracks, MapNode) else ():
        if name not in site.base_doc.tracks:
            _add_one(site, ("tracks",), ("tracks", name))
        elif isinstance(track, MapNode):
            _add_to_track(site, name, track)


def _add_to_track(site: Site, name: str, track: MapNode) -> None:
    """Add to a kind of track that the procedure has; steps and stages come only with `insert`."""
    for node, _ in track.entries:
        key = node.value
        if key in OF_TRACKS:
            _add(site, ("tracks", name, key), ("tracks", name, key))
        else:
            fact = f"`{key}` cannot be changed here: the track `{name}` is the procedure's."
            mend = "Add fields, documents, approvals or deadlines; stages and steps come with `insert:`."
            site.say(("tracks", name, key), "overlay-track", fact, mend, on_key=True)


def _add(site: Site, into: NodePath, section: NodePath) -> None:
    node = at(site.root, section)
    for name in node.keys() if isinstance(node, MapNode) else ():
        _add_one(site, into, (*section, name))


def _add_one(site: Site, into: NodePath, path: NodePath) -> None:
    """Add what stands at *path* of the overlay to the map *into* of the procedure."""
    section, name = at(site.root, path[:-1]), str(path[-1])
    assert isinstance(section, MapNode)
    key, value = section.key(name), section.get(name)
    assert key is not None
    assert value is not None
    there = at(site.nodes, into)
    first = there.key(name) if isinstance(there, MapNode) else None
    if first is not None:
        fact = f"`{name}` is declared already; the first is {first.place}."
        mend = "Choose another name: an overlay adds, it replaces nothing."
        site.say(path, "declared-twice", fact, mend, on_key=True)
        return
    if not isinstance(there, MapNode):
        site.nodes = changed_at(site.nodes, into, copy_of)
    site.nodes = changed_at(site.nodes, into, partial(with_entry, key=key, value=value))
