"""Every place where a file names something, found by walking models and nodes side by side.

Expansion renames with it, resolution looks names up with it. What a text names stands in the annotations of
`language.schema` (`Names`), so a new key is renamed and looked up without being listed here.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from inprocap_flow.language.marks import ListNode, MapNode, Node, NodePath, ScalarNode
from inprocap_flow.language.model import CASE
from inprocap_flow.language.schema.guards import AtLeastDoc, StagesOfKey
from inprocap_flow.language.schema.lines import TrackDoc
from inprocap_flow.language.schema.shape import Shape, shape, shapes
from inprocap_flow.language.schema.words import Doc, Names

SPECIAL = {
    "stage": ("any", "same"),
    "role": ("system", "linked_case", "whoever_asks", "whoever_carries_out"),
    "document": ("all_published",),
    "expression": ("not_done",),
}
"""Words of the language that stand where a name may stand."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One name in a file. ``line`` is where it stands (a track kind or CASE), ``track`` where it is looked for.

    ``each`` is the track that a bare ``each`` in an expression means.
    """

    kind: str
    node: Node
    path: NodePath
    line: str
    track: str
    declares: bool = False
    each: str | None = None

    @property
    def word(self) -> str:
        return self.node.value if isinstance(self.node, ScalarNode) else ""

    @property
    def is_special(self) -> bool:
        return self.word in SPECIAL.get(self.kind, ())


Change = Callable[[Mention], Node]


class _Here(NamedTuple):
    """Where the walk is: path, line, and the maps around (for names that depend on a key beside them)."""

    path: NodePath = ()
    line: str = CASE
    key: str = ""
    around: MapNode | None = None

    def beside(self, name: str) -> str:
        """Return what stands under the key *name* of the map around."""
        node = self.around.get(name) if self.around is not None else None
        return node.value if isinstance(node, ScalarNode) else ""


def mentions(model: type[Doc], root: MapNode) -> Iterator[Mention]:
    """Yield every name in the document *root* of *model*, in order of writing."""
    found: list[Mention] = []

    def note(mention: Mention) -> Node:
        found.append(mention)
        return mention.node

    rewrite(model, root, note)
    yield from found


def rewrite(model: type[Doc], root: MapNode, change: Change) -> MapNode:
    """Return *root* with every name replaced by ``change(mention)``. A list put into a list is spliced in.

    What holds nothing that was replaced is the same node as before.
    """
    return _map(Shape("map", model), root, _Here(around=root), change)


def _node(found: Shape, node: Node, here: _Here, step: str | int, change: Change) -> Node:
    """Return what stands at *step* of *here*, changed."""
    if isinstance(node, ScalarNode):
        while found.kind == "list":
            found = found.inner
        return node if found.text is None else _mention(found.text, node, _into(here, step), change)
    if found.kind == "list" and isinstance(node, ListNode):
        return _list(found, node, _into(here, step), change)
    if found.kind == "list":
        found = found.inner
    if found.kind == "text" and found.text is not None and found.text.kind == "text":
        return _mention(found.text, node, _into(here, step), change)
    return _map(found, node, _into(here, step), change) if isinstance(node, MapNode) else node


def _into(here: _Here, step: str | int) -> _Here:
    return _Here((*here.path, step), here.line, here.key, here.around)


def _list(found: Shape, node: ListNode, here: _Here, change: Change) -> ListNode:
    items: list[Node] = []
    for number, item in enumerate(node.items):
        new = _node(found.inner, item, here, number, change)
        spliced = isinstance(new, ListNode) and isinstance(item, ScalarNode)
        items += new.items if spliced and isinstance(new, ListNode) else [new]
    same = len(items) == len(node.items) and all(map(operator.is_, items, node.items))
    return node if same else ListNode(items, node.place, node.width)


def _map(found: Shape, node: MapNode, here: _Here, change: Change) -> MapNode:
    entries = [_entry(found, node, key, value, here, change) for key, value in node.entries]
    if all(new[0] is old[0] and new[1] is old[1] for new, old in zip(entries, node.entries, strict=True)):
        return node
    new = MapNode([], node.place, node.width, node.source)
    for key, value in entries:
        new.add(key, value)
    return new


def _entry(
    found: Shape, node: MapNode, key: ScalarNode, value: Node, here: _Here, change: Change
) -> tuple[ScalarNode, Node]:
    word = key.value
    if found.kind == "names":
        # The keys beside a name say in which track it is looked for; a map of names has none of its own.
        inner = found.inner
        is_track = inner.model is not None and issubclass(inner.model, TrackDoc)
        inside = _Here(here.path, word if is_track else here.line, word, here.around)
        new_key = _key(found.key, key, _into(here, word), change) if found.key is not None else key
        return new_key, _node(inner, value, inside, word, change)
    if found.model is AtLeastDoc and word not in shapes(AtLeastDoc):
        new_key = _key(Names("track"), key, _into(here, word), change)
        return new_key, _node(shape(StagesOfKey), value, _Here(here.path, here.line, word, node), word, change)
    there = shapes(found.model).get(word) if found.model is not None else None
    if there is None:
        return key, value
    return key, _node(there, value, _Here(here.path, here.line, here.key, node), word, change)


def _key(named: Names, key: ScalarNode, here: _Here, change: Change) -> ScalarNode:
    new = _mention(named, key, here, change)
    return new if isinstance(new, ScalarNode) else key


def _mention(named: Names, node: Node, here: _Here, change: Change) -> Node:
    track = here.line
    if named.line == "case":
        track = CASE
    elif named.of == "<key>":
        track = here.key
    elif named.of is not None:
        track = here.beside(named.of)
    each = here.beside("tracks") or here.beside("for_each") or None
    return change(Mention(named.kind, node, here.path, here.line, track, named.declares, each))
