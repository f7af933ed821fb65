"""An overlay by itself: what it says it is for, and its document narrowed to one procedure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from inprocap_flow.errors import Problem
from inprocap_flow.language.documents import check_name, read_document, refuse
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.marks import Data, ListNode, MapNode, Node, NodePath, ScalarNode, to_data
from inprocap_flow.language.mentions import Change, Mention, rewrite
from inprocap_flow.language.model import Text
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.overlay import OverlayDoc
from inprocap_flow.language.schema.report import locate
from inprocap_flow.records import field, record

SCOPED = ("limits", "rules", "roles", "fields", "documents", "approvals", "deadlines", "tracks", "insert", "at",
          "lengthen", "watches", "derogations")  # fmt: skip
"""Sections whose entries may be for some of the procedures only."""


@record
class Overlay:
    """An overlay as it is written. Exactly one of ``organisation`` and ``national`` (a country code) is set.

    ``written_for`` maps a procedure to its versions that were read. ``content`` is the whole file as plain data: what
    is released.
    """

    name: str
    version: str
    title: Text
    language: str
    organisation: str | None
    national: str | None
    written_for: Mapping[str, tuple[str, ...]]
    content: Mapping[str, object] = field(default_factory=dict)


def load_overlay(path: Path | str, search: Sequence[Path | str] = ()) -> Overlay:
    """Return the overlay of *path* by itself; what it means shows only in a procedure. Raises InvalidInput."""
    library = Library(folders_for(Path(path), search))
    doc, root = read_overlay(library, Path(path))
    return overlay_of(doc, root)


def read_overlay(library: Library, path: Path) -> tuple[OverlayDoc, MapNode]:
    """Return document and nodes of the overlay of *path*. Raises InvalidInput."""
    doc, root = read_document(library, path, OverlayDoc)
    refuse(library, [*check_name(root, path), *_only_for(doc, root)])
    return doc, root


def overlay_of(doc: OverlayDoc, root: MapNode) -> Overlay:
    """Return what *doc* says it is."""
    content = to_data(root)
    assert isinstance(content, dict)
    return Overlay(
        name=doc.overlay,
        version=doc.version,
        title={code or doc.language: words for code, words in doc.title.items()},
        language=doc.language,
        organisation=doc.organisation,
        national=doc.national,
        written_for=doc.for_,
        content=content,
    )


def _only_for(doc: OverlayDoc, root: MapNode) -> Iterator[Problem]:
    """Yield a problem for each `only_for` that names a procedure for which the overlay was not written."""
    for section in SCOPED:
        for name, one in getattr(doc, section).items():
            for procedure in one.only_for:
                if procedure not in doc.for_:
                    place, width = locate(root, (section, name, "only_for"))
                    fact = f"`only_for` names `{procedure}`, for which the overlay was not written."
                    mend = did_you_mean(procedure, list(doc.for_)) or "Add it under `for:`, with the version read."
                    yield Problem(place, "only-for", fact, mend, width=width)


def narrowed(root: MapNode, procedure: str, from_language: str, to_language: str) -> MapNode:
    """Return the nodes of an overlay as they read in *procedure*: what is for others is gone, and so is `only_for`.

    Texts of an overlay in another language than the procedure say in which one they are.
    """
    kept = MapNode([], root.place, root.width, root.source)
    for key, value in root.entries:
        kept.add(key, _for_one(value, procedure) if key.value in SCOPED and isinstance(value, MapNode) else value)
    return kept if from_language == to_language else rewrite(OverlayDoc, kept, _in(from_language))


def _for_one(section: MapNode, procedure: str) -> MapNode:
    kept = MapNode([], section.place, section.width)
    for key, value in section.entries:
        if not isinstance(value, MapNode):
            kept.add(key, value)
            continue
        only_for = value.get("only_for")
        if only_for is None or procedure in _words(only_for):
            kept.add(key, without(value, "only_for"))
    return kept


def _words(node: Node) -> list[str]:
    data: Data = to_data(node)
    return [str(one) for one in data] if isinstance(data, list) else [str(data)]


def without(node: MapNode, *keys: str) -> MapNode:
    """Return *node* without some of its keys."""
    kept = MapNode([], node.place, node.width, node.source)
    for key, value in node.entries:
        if key.value not in keys:
            kept.add(key, value)
    return kept


def _in(language: str) -> Change:
    def change(mention: Mention) -> Node:
        node = mention.node
        if mention.kind != "text" or not isinstance(node, ScalarNode) or mention.path[0] == "translate":
            return node
        words = MapNode([], node.place, node.width)
        words.add(ScalarNode(language, quoted=False, place=node.place), node)
        return words

    return change


def items_of(node: Node | None) -> list[Node]:
    """Return the items of a list; a list of one may stand without its brackets."""
    return [] if node is None else node.items if isinstance(node, ListNode) else [node]


def path_of(*steps: str | int) -> NodePath:
    """Return a path in the overlay's file."""
    return steps
