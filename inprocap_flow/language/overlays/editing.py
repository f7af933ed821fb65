"""Changing nodes without changing them: each function returns new maps around what is new, and shares the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from inprocap_flow.errors import Place
from inprocap_flow.language.includes.merge import copy_of, put
from inprocap_flow.language.marks import ListNode, MapNode, Node, NodePath, ScalarNode
from inprocap_flow.language.model import CASE

Change = Callable[[MapNode], MapNode]


def word(text: str, place: Place, width: int = 1) -> ScalarNode:
    """Return *text* as if it stood at *place*; a part of it has no column of its own."""
    return ScalarNode(text, quoted=False, place=place, width=width)


def around(node: ScalarNode, before: str, after: str) -> ScalarNode:
    """Return *node* with something written around its text; what is wrong inside it is still shown where it stands."""
    inset = None if node.inset is None else node.inset - len(before)
    return replace(node, value=f"{before}{node.value}{after}", inset=inset)


def mapping(place: Place, **entries: Node) -> MapNode:
    """Return a map of *entries* as if it stood at *place*."""
    made = MapNode([], place)
    for key, value in entries.items():
        made.add(word(key, place), value)
    return made


def listing(items: list[Node], place: Place) -> ListNode:
    """Return a list of *items* as if it stood at *place*."""
    return ListNode(items, place)


def items_of(node: Node | None) -> list[Node]:
    """Return the items of a list; a list of one may stand without its brackets."""
    return [] if node is None else node.items if isinstance(node, ListNode) else [node]


def without(node: MapNode, *keys: str) -> MapNode:
    """Return *node* without some of its keys."""
    kept = MapNode([], node.place, node.width, node.source)
    for key, value in node.entries:
        if key.value not in keys:
            kept.add(key, value)
    return kept


def at(node: Node | None, path: NodePath) -> Node | None:
    """Return the node at *path* of maps, or None."""
    for step in path:
        node = node.get(str(step)) if isinstance(node, MapNode) else None
    return node


def changed_at(root: MapNode, path: NodePath, change: Change, place: Place | None = None) -> MapNode:
    """Return *root* with the map at *path* replaced by what *change* makes of it.

    A missing one begins empty, as if it were written at *place*; without one, where the map around it is.
    """
    if not path:
        return change(root)
    step = str(path[0])
    inside = root.get(step)
    key = root.key(step) or word(step, place or root.place)
    below = inside if isinstance(inside, MapNode) else MapNode([], place or root.place)
    new = copy_of(root)
    put(new, key, changed_at(below, path[1:], change, place))
    return new


def with_entry(node: MapNode, key: ScalarNode, value: Node, *, after: str | None = None) -> MapNode:
    """Return *node* with an entry set in its old place, else after the key *after*, else at the end."""
    if key.value in node or after is None or after not in node:
        new = copy_of(node)
        put(new, key, value)
        return new
    new = MapNode([], node.place, node.width, node.source)
    for old_key, old in node.entries:
        new.add(old_key, old)
        if old_key.value == after:
            new.add(key, value)
    return new


def line_path(line: str) -> NodePath:
    """Return where the parts of a line stand: the case at the top, a kind of track below `tracks`."""
    return () if line == CASE else ("tracks", line)


def lines_of(root: MapNode) -> Iterator[tuple[str, MapNode]]:
    """Yield every line with its map: the case, then the kinds of tracks."""
    yield CASE, root
    tracks = root.get("tracks")
    for name, track in tracks.items() if isinstance(tracks, MapNode) else ():
        if isinstance(track, MapNode):
            yield name, track


def reaching(root: MapNode, milestone: str) -> list[tuple[str, NodePath, ScalarNode]]:
    """Return every step that reaches *milestone*: its line, its path, and the node that says so."""
    found: list[tuple[str, NodePath, ScalarNode]] = []
    for line, node in lines_of(root):
        steps = node.get("steps")
        paths: list[NodePath] = [("begins",)]
        paths += [("steps", name) for name in (steps.keys() if isinstance(steps, MapNode) else ())]
        for path in paths:
            said = at(node, (*path, "milestone"))
            if isinstance(said, ScalarNode) and said.value == milestone:
                found.append((line, (*line_path(line), *path), said))
    return found


def milestones_of(root: MapNode) -> list[str]:
    """Return every milestone of the procedure, each once."""
    found: dict[str, None] = {}
    for _, node in lines_of(root):
        steps = node.get("steps")
        written = [value for _, value in steps.items()] if isinstance(steps, MapNode) else []
        for step in (node.get("begins"), *written):
            said = at(step, ("milestone",))
            if isinstance(said, ScalarNode):
                found.setdefault(said.value)
    return list(found)
