"""New names: roles, rules, limits, fields, documents, approvals, deadlines, watches, and tracks or parts of them.

Limits may stand in a rulebook, too (`limits_from`): a number then stands in one place only.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from inprocap_flow.language.includes.merge import copy_of
from inprocap_flow.language.marks import MapNode, Node, NodePath, ScalarNode
from inprocap_flow.language.overlays.editing import at, changed_at
from inprocap_flow.language.overlays.site import Site
from inprocap_flow.language.overlays.taking import limits_taken

SECTIONS = ("limits", "rules", "roles", "fields", "documents", "approvals", "deadlines", "watches")
OF_TRACKS = ("fields", "documents", "approvals", "deadlines")


def declare(site: Site) -> None:
    """Add everything that the overlay declares; a name that is there already is a problem."""
    for section in SECTIONS:
        _add(site, (section,), at(site.root, (section,)))
    _add(site, ("limits",), limits_taken(site))
    tracks = site.root.get("tracks")
    if not isinstance(tracks, MapNode):
        return
    new = [(key, track) for key, track in tracks.entries if key.value not in site.base_doc.tracks]
    _add(site, ("tracks",), MapNode(new, tracks.place))
    for name, track in tracks.items():
        if name in site.base_doc.tracks and isinstance(track, MapNode):
            _add_to_track(site, name, track)


def _add_to_track(site: Site, name: str, track: MapNode) -> None:
    """Add to a kind of track that the procedure has; steps and stages come only with `insert`."""
    for node, _ in track.entries:
        key = node.value
        if key in OF_TRACKS:
            _add(site, ("tracks", name, key), at(track, (key,)))
        else:
            fact = f"`{key}` cannot be changed here: the track `{name}` is the procedure's."
            mend = "Add fields, documents, approvals or deadlines; stages and steps come with `insert:`."
            site.say(("tracks", name, key), "overlay-track", fact, mend, on_key=True)


def _add(site: Site, path: NodePath, section: Node | None) -> None:
    """Add the names of *section* to the map at *path* of the procedure, all at once: a map is copied to be changed."""
    there = at(site.nodes, path)
    known = there if isinstance(there, MapNode) else MapNode([], site.root.place)
    new: list[tuple[ScalarNode, Node]] = []
    for key, value in section.entries if isinstance(section, MapNode) else ():
        first = known.key(key.value)
        if first is None:
            new.append((key, value))
            continue
        fact = f"`{key.value}` is declared already; the first is {first.place}."
        mend = "Choose another name: an overlay adds, it replaces nothing."
        site.say((*path, key.value), "declared-twice", fact, mend, on_key=True)
    if new:
        written = at(site.root, path) is not None  # limits of a rulebook come without a section here
        place = site.place(*path) if written else new[0][0].place
        site.nodes = changed_at(site.nodes, path, partial(_with_all, new=new), place)


def _with_all(node: MapNode, new: Iterable[tuple[ScalarNode, Node]]) -> MapNode:
    more = copy_of(node)
    for key, value in new:
        more.add(key, value)
    return more
