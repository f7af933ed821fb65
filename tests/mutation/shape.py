"""What a procedure is made of, as nodes: its lines, steps, stages, and who names what where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inprocap_flow.language.marks import MapNode, Node, NodePath
from tests.mutation.nodes import at, entries, items_of, text, words_of


@dataclass(frozen=True)
class Part:
    """A step or a branch with its path; *kind* is the track it belongs to, empty for the case."""

    kind: str
    path: NodePath
    node: MapNode
    name: str


def line_paths(root: MapNode) -> Iterator[tuple[str, NodePath]]:
    """Yield the kind and path of the case and of every kind of track."""
    yield "", ()
    for kind, _ in entries(root.get("tracks")):
        yield kind, ("tracks", kind)


def section(root: MapNode, name: str) -> Iterator[tuple[str, NodePath, str, MapNode]]:
    """Yield kind of line, path, name and node of everything declared under *name* in any line."""
    for kind, path in line_paths(root):
        for word, node in entries(at(root, (*path, name))):
            if isinstance(node, MapNode):
                yield kind, (*path, name, word), word, node


def steps(root: MapNode, *, beginnings: bool = True) -> Iterator[Part]:
    """Yield every step, and how lines begin."""
    if beginnings:
        for kind, path in line_paths(root):
            node = at(root, (*path, "begins"))
            if isinstance(node, MapNode):
                yield Part(kind, (*path, "begins"), node, text(node.get("step")) or "begins")
    for kind, path, name, node in section(root, "steps"):
        yield Part(kind, path, node, name)


def branches(step: Part) -> list[Part]:
    """Return the branches of a step."""
    found = items_of(step.node.get("branches"), (*step.path, "branches"))
    return [Part(step.kind, path, node, step.name) for path, node in found if isinstance(node, MapNode)]


def parts(root: MapNode) -> Iterator[Part]:
    """Yield every step and every branch."""
    for step in steps(root):
        yield step
        yield from branches(step)


def stages(root: MapNode) -> Iterator[tuple[str, NodePath, str, MapNode]]:
    """Yield kind of line, path, address and node of every leaf stage."""
    for kind, path in line_paths(root):
        yield from _leaves(kind, at(root, (*path, "stages")), (*path, "stages"), "")


def _leaves(kind: str, node: Node | None, path: NodePath, above: str) -> Iterator[tuple[str, NodePath, str, MapNode]]:
    for name, inside in entries(node):
        address = f"{above}.{name}" if above else name
        if isinstance(inside, MapNode) and "stages" in inside:
            yield from _leaves(kind, inside.get("stages"), (*path, name, "stages"), address)
        elif isinstance(inside, MapNode):
            yield kind, (*path, name), address, inside


def named_by(
    root: MapNode, kind: str, section_name: str, name: str, keys: tuple[NodePath, ...]
) -> dict[NodePath, set[str]]:
    """Return where steps and branches name *name* of *section_name*, under any of *keys*, with the words used there.

    A track names its own thing first, then that of the case; the case names that of a track as `kind.name`.
    """
    found: dict[NodePath, set[str]] = {}
    for part in parts(root):
        for key in keys:
            for word in words_of(at(part.node, key)):
                if home(root, part.kind, section_name, word) == (kind, name):
                    found.setdefault((*part.path, *key), set()).add(word)
    return found


def home(root: MapNode, kind: str, section_name: str, word: str) -> tuple[str, str]:
    """Return the line to which *word*, used in *kind*, belongs, and its bare name."""
    track, dot, bare = word.partition(".")
    if dot and at(root, ("tracks", track, section_name, bare)) is not None:
        return track, bare
    if kind and at(root, ("tracks", kind, section_name, word)) is not None:
        return kind, word
    return "", word


def guards(root: MapNode) -> Iterator[tuple[Part, NodePath, MapNode]]:
    """Yield every condition that a step asks for, with the step and its path."""
    for step in steps(root):
        path = (*step.path, "already_there", "that")
        for where, node in items_of(at(root, path), path):
            if isinstance(node, MapNode):
                yield step, where, node


def shown(path: NodePath) -> str:
    """Return a path as people read it."""
    return ".".join(str(part) for part in path)
