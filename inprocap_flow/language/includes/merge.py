"""Putting documents together: the same name twice is a problem, stages and tracks may be written in parts."""

from __future__ import annotations

from inprocap_flow.errors import Problem
from inprocap_flow.language.marks import ListNode, MapNode, Node, ScalarNode

DECLARATIONS = (
    "roles",
    "rules",
    "limits",
    "fields",
    "documents",
    "steps",
    "approvals",
    "deadlines",
    "watches",
    "receives",
    "calendars",
)
IN_PARTS = ("stages", "tracks")
SECTIONS = (*DECLARATIONS, *IN_PARTS, "begins")
"""What a block brings; its other keys speak about the block itself."""


def copy_of(node: MapNode) -> MapNode:
    """Return a map that can be added to without changing *node*."""
    new = MapNode([], node.place, node.width, node.source)
    for key, value in node.entries:
        new.add(key, value)
    return new


def put(into: MapNode, key: ScalarNode, value: Node) -> None:
    """Set *key* in *into*, in its old place if it is there already."""
    position = into.index.get(key.value)
    if position is None:
        into.add(key, value)
    else:
        into.entries[position] = (into.entries[position][0], value)


def merge_document(into: MapNode, part: MapNode, problems: list[Problem]) -> None:
    """Add the sections of *part* to *into*, which is changed."""
    for key, value in part.entries:
        if key.value in SECTIONS:
            merge_entry(into, key, value, problems)


def merge_entry(into: MapNode, key: ScalarNode, value: Node, problems: list[Problem]) -> None:
    """Add one section, or one part of a stage or track, to *into*."""
    old = into.get(key.value)
    if old is None:
        into.add(key, value)
    elif isinstance(old, MapNode) and isinstance(value, MapNode) and key.value in (*DECLARATIONS, *IN_PARTS):
        merged = copy_of(old)
        for name, one in value.entries:
            _merge_name(merged, name, one, problems, in_parts=key.value in IN_PARTS)
        put(into, key, merged)
    else:
        problems.append(_twice(into, key))


def _merge_name(into: MapNode, name: ScalarNode, value: Node, problems: list[Problem], *, in_parts: bool) -> None:
    old = into.get(name.value)
    if old is None:
        into.add(name, value)
    elif in_parts and isinstance(old, MapNode) and isinstance(value, MapNode):
        merged = copy_of(old)
        for key, one in value.entries:
            merge_entry(merged, key, one, problems)
        put(into, name, merged)
    else:
        problems.append(_twice(into, name))


def _twice(into: MapNode, name: ScalarNode) -> Problem:
    first = into.key(name.value)
    assert first is not None
    return Problem(
        name.place,
        "declared-twice",
        f"`{name.value}` is declared a second time; the first is {first.place}.",
        "Keep one, rename one, or leave the block's out with `without:`.",
        width=name.width,
    )


def add_all(into: MapNode, more: MapNode, problems: list[Problem]) -> MapNode:
    """Return *into* with everything of *more* added: lists grow, and no value is replaced."""
    merged = copy_of(into)
    for key, value in more.entries:
        old = merged.get(key.value)
        if old is None:
            merged.add(key, value)
        elif isinstance(old, MapNode) and isinstance(value, MapNode) and key.value in ("handed_in", "already_there"):
            put(merged, key, add_all(old, value, problems))
        elif key.value == "reason":
            put(merged, key, value)
        else:
            put(merged, key, ListNode([*_items(old), *_items(value)], old.place, old.width))
    return merged


def _items(node: Node) -> list[Node]:
    return node.items if isinstance(node, ListNode) else [node]
