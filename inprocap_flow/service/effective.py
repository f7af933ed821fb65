"""An effective procedure as one file: its blocks put in, its overlays applied, and where each line was written.

For people who want to see all of it at once. It is not meant to be edited: what stands beside each line is the place to
change it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inprocap_flow.errors import Place
from inprocap_flow.language.documents import refuse
from inprocap_flow.language.layout import format_text
from inprocap_flow.language.marks import ListNode, MapNode, Node, ScalarNode, read, to_data
from inprocap_flow.language.model import Definition
from inprocap_flow.language.overlays import layers_of
from inprocap_flow.language.overlays.editing import without
from inprocap_flow.service.desk import Desk


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, where it was written (None: it goes on from the line above), and by which overlay."""

    text: str
    place: Place | None = None
    overlay: str = ""


@dataclass(frozen=True, slots=True)
class Effective:
    """The whole file."""

    definition: Definition
    data: Any
    lines: tuple[Line, ...]


def effective(desk: Desk, path: Path, overlays: tuple[Path, ...]) -> Effective:
    """Return the procedure of *path* with *overlays*, whole. Raises InvalidInput if it or one of them is not sound."""
    layers, library = layers_of(path, overlays, desk.definitions, desk.hooks.lookup)
    last = layers[-1]
    refuse(library, last.problems)
    files = {origin.rpartition(":")[0]: name for name, origin in _overlays(last.definition)}
    root = without(last.whole.root, "include")  # what the blocks hold stands here itself
    text = format_text(_yaml(root))
    places = _places(read(text, "effective"), root, files)
    lines = tuple(
        Line(one, place := places.get(number), files.get(place.file, "") if place else "")
        for number, one in enumerate(text.splitlines(), 1)
    )
    return Effective(last.definition, to_data(root), lines)


def _overlays(definition: Definition) -> Iterator[tuple[str, str]]:
    yield from ((one.name, definition.origins[f"overlays.{one.name}"]) for one in definition.overlays)


def _yaml(root: MapNode) -> str:
    """Return *root* as YAML, with every text that could be read as something else in quotes."""
    return "".join(_entries(root, ""))


def _entries(node: MapNode, indent: str) -> Iterator[str]:
    for key, value in node.entries:
        yield from _value(f"{indent}{_scalar(key)}:", value, indent)


def _value(lead: str, value: Node, indent: str) -> Iterator[str]:
    if isinstance(value, ScalarNode):
        yield f"{lead} {_scalar(value)}\n"
    elif isinstance(value, MapNode):
        yield from (f"{lead} {{}}\n",) if not value.entries else (f"{lead}\n", *_entries(value, indent + "  "))
    else:
        yield from _list(lead, value, indent)


def _list(lead: str, value: ListNode, indent: str) -> Iterator[str]:
    if all(isinstance(item, ScalarNode) for item in value.items):
        yield f"{lead} [{', '.join(_scalar(item) for item in value.items if isinstance(item, ScalarNode))}]\n"
        return
    yield f"{lead}\n"
    for item in value.items:
        if isinstance(item, MapNode) and item.entries:
            first, *rest = _entries(item, indent + "    ")
            yield f"{indent}  - {first.strip()}\n" if first.endswith("\n") else first
            yield from rest
        else:
            yield from _value(f"{indent}  -", item, indent + "  ")


_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ .'()/%=<>+*-]*(?<! )")  # read as text anywhere, also inside braces


def _scalar(node: ScalarNode) -> str:
    import json

    plain = not node.quoted and _PLAIN.fullmatch(node.value)
    return node.value if plain else json.dumps(node.value, ensure_ascii=False)


def _places(printed: Node, source: Node, overlays: Collection[str]) -> dict[int, Place]:
    """Return where each line was written: what is printed on it first, unless one of *overlays* wrote some of it."""
    found: dict[int, Place] = {}
    for line, place in _both(printed, source):
        if line not in found or (found[line].file not in overlays and place.file in overlays):
            found[line] = place
    return found


def _both(printed: Node, source: Node) -> Iterator[tuple[int, Place]]:
    if isinstance(printed, MapNode) and isinstance(source, MapNode):
        for (key, value), (other, theirs) in zip(printed.entries, source.entries, strict=True):
            yield key.place.line, theirs.place if isinstance(theirs, ScalarNode) else other.place
            yield from _both(value, theirs)
    elif isinstance(printed, ListNode) and isinstance(source, ListNode):
        for item, other_item in zip(printed.items, source.items, strict=True):
            yield item.place.line, other_item.place
            yield from _both(item, other_item)
