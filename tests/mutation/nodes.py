"""Small changes to a document of nodes: what is changed is copied along its path, everything else is shared."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.errors import Place
from inprocap_flow.language.marks import ListNode, MapNode, Node, NodePath, ScalarNode

NOWHERE = Place("mutant", 1, 1)


def made(value: object, place: Place = NOWHERE) -> Node:
    """Return plain data as nodes, all at *place*; what is a node already stays one."""
    if isinstance(value, ScalarNode | ListNode | MapNode):
        return value
    if isinstance(value, dict):
        node = MapNode([], place)
        for key, part in value.items():
            node.add(ScalarNode(str(key), quoted=False, place=place), made(part, place))
        return node
    if isinstance(value, list | tuple):
        return ListNode([made(part, place) for part in value], place)
    return ScalarNode(str(value), quoted=False, place=place)


def at(node: Node, path: NodePath) -> Node | None:
    """Return what stands at *path*, or None."""
    for part in path:
        if isinstance(node, MapNode) and isinstance(part, str):
            inside = node.get(part)
            if inside is None:
                return None
            node = inside
        elif isinstance(node, ListNode) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
        else:
            return None
    return node


def put(root: MapNode, path: NodePath, new: object) -> MapNode:
    """Return *root* with *new* (nodes or plain data) at *path* instead of what stood there; maps grow on the way."""
    changed = _put(root, path, new)
    assert isinstance(changed, MapNode)
    return changed


def _put(node: Node | None, path: NodePath, new: object) -> Node:
    if not path:
        place = node.place if node is not None else NOWHERE
        return made(new, place)
    part, rest = path[0], path[1:]
    if isinstance(part, int):
        assert isinstance(node, ListNode)
        items = list(node.items)
        items[part] = _put(items[part], rest, new)
        return ListNode(items, node.place, node.width)
    there = node if isinstance(node, MapNode) else MapNode([], node.place if node is not None else NOWHERE)
    copy = MapNode([], there.place, there.width, there.source)
    for key, value in there.entries:
        copy.add(key, _put(value, rest, new) if key.value == part else value)
    if part not in there:
        copy.add(ScalarNode(part, quoted=False, place=there.place), _put(MapNode([], there.place), rest, new))
    return copy


def gone(root: MapNode, path: NodePath) -> MapNode:
    """Return *root* without what stands at *path*; a list that becomes empty by it goes too."""
    above, last = at(root, path[:-1]), path[-1]
    if isinstance(above, ListNode):
        items = [item for number, item in enumerate(above.items) if number != last]
        return put(root, path[:-1], ListNode(items, above.place, above.width)) if items else gone(root, path[:-1])
    if not isinstance(above, MapNode):
        return root  # gone with something else
    copy = MapNode([], above.place, above.width, above.source)
    for key, value in above.entries:
        if key.value != last:
            copy.add(key, value)
    return put(root, path[:-1], copy)


def without_words(root: MapNode, paths: dict[NodePath, set[str]]) -> MapNode:
    """Return *root* where the lists of words at *paths* lack some of their words."""
    for path, words in paths.items():
        kept = [word for word in words_of(at(root, path)) if word not in words]
        root = put(root, path, kept) if kept else gone(root, path)
    return root


def words_of(node: Node | None) -> list[str]:
    """Return the words of a scalar or of a list of scalars."""
    nodes = node.items if isinstance(node, ListNode) else [node]
    return [one.value for one in nodes if isinstance(one, ScalarNode)]


def items_of(node: Node | None, path: NodePath) -> Iterator[tuple[NodePath, Node]]:
    """Yield the parts of a list with their paths; a part that stands alone is the only one."""
    if isinstance(node, ListNode):
        yield from (((*path, number), item) for number, item in enumerate(node.items))
    elif node is not None:
        yield path, node


def text(node: Node | None) -> str:
    """Return the text of a scalar; nothing for everything else."""
    return node.value if isinstance(node, ScalarNode) else ""


def entries(node: Node | None) -> list[tuple[str, Node]]:
    """Return the entries of a map; none for everything else."""
    return list(node.items()) if isinstance(node, MapNode) else []
