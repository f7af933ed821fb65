"""Every place where a file names something, found by walking models and nodes side by side.

Expansion renames with it, resolution looks names up with it. What a text names stands in the annotations of
`language.schema` (`Names`), so a new key is renamed and looked up without being listed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from inprocap_flow.language.marks import ListNode, MapNode, Node, NodePath, ScalarNode
from inprocap_flow.language.model import CASE
from inprocap_flow.language.schema.guards import AtLeastDoc, StagesOfKey
from inprocap_flow.language.schema.lines import TrackDoc
from inprocap_flow.language.schema.shape import Shape, keys, shape
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


@dataclass(frozen=True, slots=True)
class _Here:
    """Where the walk is: path, line, and the maps around (for names that depend on a key beside them)."""

    path: NodePath = ()
    line: str = CASE
    key: str = ""
    around: MapNode | None = None

    def into(self, step: str | int) -> _Here:
        return _Here((*self.path, step), self.line, self.key, self.around)

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
    """Return *root* with every name replaced by ``change(mention)``. A list put into a list is spliced in."""
    node = _map(Shape("map", model), root, _Here(around=root), change)
    assert isinstance(node, MapNode)
    return node


def _node(hint: Any, node: Node, here: _Here, change: Change) -> Node:
    found = shape(hint)
    if isinstance(node, ScalarNode):
        while found.kind == "list":
            found = shape(found.item)
        return node if found.text is None else _mention(found.text, node, here, change)
    if found.kind == "list" and isinstance(node, ListNode):
        return _list(found, node, here, change)
    if found.kind == "list":
        found = shape(found.item)
    if found.kind == "text" and found.text is not None and found.text.kind == "text":
        return _mention(found.text, node, here, change)
    return _map(found, node, here, change) if isinstance(node, MapNode) else node


def _list(found: Shape, node: ListNode, here: _Here, change: Change) -> ListNode:
    items: list[Node] = []
    for number, item in enumerate(node.items):
        new = _node(found.item, item, here.into(number), change)
        spliced = isinstance(new, ListNode) and isinstance(item, ScalarNode)
        items += new.items if spliced and isinstance(new, ListNode) else [new]
    return ListNode(items, node.place, node.width)


def _map(found: Shape, node: MapNode, here: _Here, change: Change) -> MapNode:
    new = MapNode([], node.place, node.width, node.source)
    for key, value in node.entries:
        inside = here.into(key.value)
        if found.kind == "names":
            new_key, hint, inside = _named(found, key, inside, change)
        elif found.model is AtLeastDoc and key.value not in keys(AtLeastDoc):
            new_key, hint = _key(Names("track"), key, inside, change), StagesOfKey
            inside = replace(inside, key=key.value)
        elif found.model is not None and key.value in keys(found.model):
            new_key, hint = key, keys(found.model)[key.value]
        else:
            new.add(key, value)
            continue
        # The keys beside a name say in which track it is looked for; a map of names has none of its own.
        around = here.around if found.kind == "names" else node
        new.add(new_key, _node(hint, value, _Here(inside.path, inside.line, inside.key, around), change))
    return new


def _named(found: Shape, key: ScalarNode, here: _Here, change: Change) -> tuple[ScalarNode, Any, _Here]:
    new_key = _key(found.key, key, here, change) if found.key is not None else key
    model = shape(found.item).model
    is_track = model is not None and issubclass(model, TrackDoc)
    return new_key, found.item, replace(here, key=key.value, line=key.value if is_track else here.line)


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
