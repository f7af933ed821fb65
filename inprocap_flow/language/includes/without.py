"""Leaving out what a block declares: `without: [skip_consultation]`."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.errors import Problem
from inprocap_flow.language.includes.merge import DECLARATIONS, copy_of
from inprocap_flow.language.marks import ListNode, MapNode, Node, NodePath, ScalarNode
from inprocap_flow.language.schema.messages import did_you_mean


def left_out(root: MapNode, without: Node | None, problems: list[Problem]) -> MapNode:
    """Return the block *root* without the declarations that *without* names; each name must be one of them."""
    found = list(_declarations(root, ()))
    drop: set[NodePath] = set()
    for node in without.items if isinstance(without, ListNode) else [without] if without else []:
        assert isinstance(node, ScalarNode)
        matching = [path for path, spellings in found if node.value in spellings]
        drop |= set(matching[:1])
        if not matching:
            every = [spelling for _, spellings in found for spelling in spellings]
            problems.append(
                Problem(
                    node.place,
                    "without-unknown",
                    f"The block declares no `{node.value}`.",
                    did_you_mean(node.value, sorted(set(every))),
                    width=node.width,
                )
            )
        elif len(matching) > 1:
            longer = " or ".join(f"`{_longest(path)}`" for path in matching)
            problems.append(
                Problem(
                    node.place,
                    "without-ambiguous",
                    f"The block declares several things called `{node.value}`.",
                    f"Write {longer}.",
                    width=node.width,
                )
            )
    return _without(root, (), drop) if drop else root


def _declarations(node: MapNode, above: NodePath) -> Iterator[tuple[NodePath, set[str]]]:
    """Yield path and spellings of everything declared: ``sign``, ``steps.sign``, ``supplier.sign``, ..."""
    for section in (*DECLARATIONS, "stages", "tracks"):
        inside = node.get(section)
        for key, value in inside.entries if isinstance(inside, MapNode) else ():
            path = (*above, section, key.value)
            yield path, _spellings(path)
            if section in ("stages", "tracks") and isinstance(value, MapNode):
                yield from _declarations(value, path)


def _spellings(path: NodePath) -> set[str]:
    names = [str(part) for part in path[1::2]]
    full = _longest(path)
    short = ".".join(names)
    return {full, short, f"{path[-2]}.{names[-1]}"} | ({names[-1]} if path[-2] != "stages" else set())


def _longest(path: NodePath) -> str:
    names, section = [str(part) for part in path[1::2]], str(path[-2])
    if section == "stages":
        stages = ".".join(name for name, kind in zip(names, path[0::2], strict=True) if kind == "stages")
        track = [name for name, kind in zip(names, path[0::2], strict=True) if kind == "tracks"]
        return ".".join([*track, "stages", stages])
    return ".".join([*names[:-1], section, names[-1]])


def _without(node: MapNode, above: NodePath, drop: set[NodePath]) -> MapNode:
    new = copy_of(MapNode([], node.place, node.width, node.source))
    for key, value in node.entries:
        path = (*above, key.value)
        if path not in drop:
            new.add(key, _without(value, path, drop) if isinstance(value, MapNode) else value)
    return new
