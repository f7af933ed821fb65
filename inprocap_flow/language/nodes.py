"""A document as nodes that know their place: text, list and map, and the source they were read from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from inprocap_flow.errors import Place, Problem

NodePath = tuple[str | int, ...]
Data = str | list["Data"] | dict[str, "Data"]
"""Plain data of a document: every scalar is text."""


@dataclass(slots=True)
class ScalarNode:
    """One piece of text as written. ``quoted`` tells ``"no"`` from ``no``; ``width`` is that of its first line.

    ``inset`` is the number of columns before the text itself (1 for a quote), or ``None`` where the text is
    folded, escaped or written as a block, so that an offset in the value has no single column. ``added_to`` is where
    the text stands that this only adds to: an overlay makes a length longer, and what was there stays.
    """

    value: str
    quoted: bool
    place: Place
    width: int = 1
    inset: int | None = None
    added_to: Place | None = None

    def within(self, start: int, width: int) -> tuple[Place, int]:
        """Return where the part of the value from *start* stands in the file, or the whole node if that is unclear."""
        if self.inset is None or not 0 <= start <= len(self.value):
            return self.place, self.width
        return Place(self.place.file, self.place.line, self.place.column + self.inset + start), max(1, width)


@dataclass(slots=True)
class ListNode:
    """A list in order of writing."""

    items: list[Node]
    place: Place
    width: int = 1


@dataclass(slots=True)
class MapNode:
    """A map in order of writing; no key stands twice. ``source`` is set on the root of a document only."""

    entries: list[tuple[ScalarNode, Node]]
    place: Place
    width: int = 1
    source: Source | None = field(default=None, repr=False, compare=False)
    index: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    def __contains__(self, key: str) -> bool:
        return key in self.index

    def __len__(self) -> int:
        return len(self.entries)

    def keys(self) -> list[str]:
        """Return the keys in order of writing."""
        return [key.value for key, _ in self.entries]

    def get(self, key: str) -> Node | None:
        """Return the node under *key*, or ``None``."""
        position = self.index.get(key)
        return None if position is None else self.entries[position][1]

    def key(self, key: str) -> ScalarNode | None:
        """Return the key itself as a node, for its place, or ``None``."""
        position = self.index.get(key)
        return None if position is None else self.entries[position][0]

    def items(self) -> Iterator[tuple[str, Node]]:
        """Yield key text and node in order of writing."""
        for key, node in self.entries:
            yield key.value, node

    def add(self, key: ScalarNode, node: Node) -> None:
        """Append an entry; the caller has made sure that the key is new."""
        self.index[key.value] = len(self.entries)
        self.entries.append((key, node))


Node = ScalarNode | ListNode | MapNode


@dataclass(frozen=True, slots=True)
class Source:
    """The decoded text of a file, kept to show the line a problem stands on."""

    file: str
    text: str
    lines: tuple[str, ...]

    def line(self, number: int) -> str:
        """Return line *number* (from 1), or nothing if there is none."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else ""

    def problem(
        self, place: Place, code: str, fact: str, mend: str = "", *, width: int = 1, severity: str = "error"
    ) -> Problem:
        """Return a problem at *place* that shows its source line."""
        return Problem(place, code, fact, mend, severity, self.line(place.line), width)


def to_data(node: Node) -> Data:
    """Return nested plain data: dict, list and str (every scalar as written)."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return [to_data(item) for item in node.items]
    return {key.value: to_data(value) for key, value in node.entries}


def places(node: Node) -> dict[NodePath, tuple[Place, int]]:
    """Return place and width for every path. A scalar is shown itself, a list or map under a key by its key."""
    return dict(_walk(node, (), node.place, node.width))


def key_places(node: Node) -> dict[NodePath, tuple[Place, int]]:
    """Return, for every path that ends in a key, where that key is written."""
    found: dict[NodePath, tuple[Place, int]] = {}
    waiting: list[tuple[NodePath, Node]] = [((), node)]
    while waiting:
        path, current = waiting.pop()
        if isinstance(current, ListNode):
            waiting += [((*path, number), item) for number, item in enumerate(current.items)]
        elif isinstance(current, MapNode):
            for key, value in current.entries:
                found[*path, key.value] = (key.place, key.width)
                waiting.append(((*path, key.value), value))
    return found


def nearest(node: Node, path: NodePath, *, key: bool = False) -> tuple[Place, int]:
    """Return the place of *path*, or of the last part of it that exists; with *key*, of the last key itself."""
    place, width = node.place, node.width
    for step in path:
        if isinstance(node, MapNode) and str(step) in node.index:
            name, node = node.entries[node.index[str(step)]]
            shown: Node = node if isinstance(node, ScalarNode) and not key else name
            place, width = shown.place, shown.width
        elif isinstance(node, ListNode) and isinstance(step, int) and 0 <= step < len(node.items):
            node = node.items[step]
            place, width = node.place, node.width
        else:
            break
    return place, width


def _walk(node: Node, path: NodePath, place: Place, width: int) -> Iterator[tuple[NodePath, tuple[Place, int]]]:
    yield path, (place, width)
    if isinstance(node, ListNode):
        for number, item in enumerate(node.items):
            yield from _walk(item, (*path, number), item.place, item.width)
    elif isinstance(node, MapNode):
        for key, value in node.entries:
            shown = value if isinstance(value, ScalarNode) else key
            yield from _walk(value, (*path, key.value), shown.place, shown.width)
