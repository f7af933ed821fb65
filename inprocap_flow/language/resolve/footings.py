"""Where each length comes from that no rulebook gives: what stands at it, else at the head of its own file."""

from __future__ import annotations

from inprocap_flow.errors import Place
from inprocap_flow.language.marks import MapNode, Node, ScalarNode
from inprocap_flow.language.model import ESTIMATE, Definition, Footing, own_lengths
from inprocap_flow.language.model.own_lengths import OwnLength
from inprocap_flow.language.resolve.desk import Desk

HEADS = {ESTIMATE: "estimates"}
HEAD_OF_CHOICES = "own_lengths"
KEYS = ("source", "basis", "mark", "confirmed_on", "confirmed_by")


def build_footings(desk: Desk, definition: Definition) -> tuple[Footing, ...]:
    """Return what the lengths of *definition* rest on, in order of writing; a length without a source is in none.

    The source stands in the file in which the number stands: what a procedure hands over to a block is the
    procedure's, and what an overlay puts in its place is the overlay's. What an overlay only adds to stays where it is.
    """
    found: dict[str, tuple[MapNode, list[OwnLength]]] = {}
    for one in own_lengths(definition):
        node = desk.node(one.path)
        if node is None:
            continue
        place = _written_at(node)
        desk.origins[one.key] = f"{place.file}:{place.line}"
        said = _said(desk, one, node)
        if said is not None:
            found.setdefault(f"{one.kind} {said.place}", (said, []))[1].append(one)
    for number, (said, _) in enumerate(found.values()):
        desk.origins[f"footings.{number}"] = f"{said.place.file}:{said.place.line}"
    return tuple(_footing(said, lengths) for said, lengths in found.values())


def _written_at(node: Node) -> Place:
    return (node.added_to if isinstance(node, ScalarNode) else None) or node.place


def _said(desk: Desk, one: OwnLength, node: Node) -> MapNode | None:
    """Return the map that says where a length comes from; None if nothing does."""
    file = _written_at(node).file
    if one.kind == ESTIMATE:
        if isinstance(node, MapNode) and "source" in node:
            return node
    else:
        beside = _longer(desk, node) or desk.node((*one.path[:-1], "rests_on"))
        if isinstance(beside, MapNode) and beside.place.file == file:
            return beside
    head = desk.files.get(file)
    found = head.get(HEADS.get(one.kind, HEAD_OF_CHOICES)) if head is not None else None
    return found if isinstance(found, MapNode) else None


def _longer(desk: Desk, node: Node) -> Node | None:
    """Return what an overlay says beside a length that it puts in the place of the procedure's, under `lengthen`."""
    head = desk.files.get(node.place.file)
    entries = head.get("lengthen") if head is not None else None
    for _, entry in entries.entries if isinstance(entries, MapNode) else ():
        if isinstance(entry, MapNode) and node.place in [one.place for _, one in entry.entries]:
            return entry.get("rests_on")
    return None


def _footing(said: MapNode, lengths: list[OwnLength]) -> Footing:
    values = {key: node.value for key in KEYS if isinstance(node := said.get(key), ScalarNode)}
    return Footing(lengths[0].kind, values.pop("source", ""), tuple(one.key for one in lengths), **values)
