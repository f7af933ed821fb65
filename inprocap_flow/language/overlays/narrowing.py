"""An overlay's document narrowed to one procedure: what is for others is gone, and so is `only_for`."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.errors import Problem
from inprocap_flow.language.includes.merge import add_all, copy_of, put
from inprocap_flow.language.marks import Data, ListNode, MapNode, Node, NodePath, ScalarNode, to_data
from inprocap_flow.language.mentions import Change, Mention, rewrite
from inprocap_flow.language.overlays.editing import items_of, without
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.overlay import NewNamesDoc, NewNamesOnlyForDoc, OverlayDoc
from inprocap_flow.language.schema.report import locate

SCOPED = ("limits", "rules", "roles", "fields", "documents", "approvals", "deadlines", "tracks", "insert", "at",
          "lengthen", "watches", "derogations")  # fmt: skip
"""Sections whose entries may be for some of the procedures only."""


def check_parts(doc: OverlayDoc, root: MapNode) -> Iterator[Problem]:
    """Yield a problem for each `only_for` without a ground, and for what two entries name in one procedure."""
    for section in SCOPED:
        for name, written in getattr(doc, section).items():
            parts = written if isinstance(written, tuple) else (written,)
            for number, one in enumerate(parts):
                yield from _only_for(doc, root, (section, name, number), one.only_for)
    for number, reminders in enumerate(doc.remind):
        yield from _only_for(doc, root, ("remind", number), reminders.only_for)
    for path, names in _namings(doc):
        for number, naming in enumerate(names):
            yield from _only_for(doc, root, (*path, number), naming.only_for)
        yield from _called_twice(doc, root, path, names)


def _namings(doc: OverlayDoc) -> Iterator[tuple[NodePath, tuple[NewNamesOnlyForDoc, ...]]]:
    yield ("rename",), doc.rename
    for language, names in doc.translate.items():
        yield ("translate", language), names


def _only_for(doc: OverlayDoc, root: MapNode, path: NodePath, only_for: tuple[str, ...]) -> Iterator[Problem]:
    for procedure in only_for:
        if procedure not in doc.for_:
            place, width = locate(root, (*path, "only_for"))
            fact = f"`only_for` names `{procedure}`, for which the overlay was not written."
            mend = did_you_mean(procedure, list(doc.for_)) or "Add it under `for:`, with the version read."
            yield Problem(place, "only-for", fact, mend, width=width)


def _called_twice(
    doc: OverlayDoc, root: MapNode, path: NodePath, names: tuple[NewNamesOnlyForDoc, ...]
) -> Iterator[Problem]:
    """Yield a problem for each thing that gets a second name in a procedure. What is added at milestones only grows."""
    for procedure in doc.for_:
        called: dict[tuple[str, str], NodePath] = {}
        for number, naming in enumerate(names):
            if naming.only_for and procedure not in naming.only_for:
                continue
            for section in NewNamesDoc.model_fields:
                for name in getattr(naming, section):
                    here = (*path, number, section, name)
                    first = called.setdefault((section, name), here)
                    if first != here:
                        place, width = locate(root, here, on_key=True)
                        other, _ = locate(root, first, on_key=True)
                        fact = f"`{name}` is called something else in `{procedure}` already; the first is {other}."
                        yield Problem(place, "declared-twice", fact, "Keep one, or write `only_for:`.", width=width)


def narrowed(root: MapNode, procedure: str, from_language: str, to_language: str) -> MapNode:
    """Return the nodes of an overlay as they read in *procedure*, each entry one map, whatever parts it came in.

    Texts of an overlay in another language than the procedure say in which one they are.
    """
    kept = MapNode([], root.place, root.width, root.source)
    for key, value in root.entries:
        if key.value == "rename":
            kept.add(key, _names(value, procedure))
        elif key.value == "translate" and isinstance(value, MapNode):
            kept.add(key, _each(value, procedure, naming=True))
        elif key.value == "remind":
            kept.add(key, _reminders(value, procedure))
        elif key.value in SCOPED and isinstance(value, MapNode):
            kept.add(key, _each(value, procedure, naming=False))
        else:
            kept.add(key, value)
    return kept if from_language == to_language else rewrite(OverlayDoc, kept, in_language(from_language))


def _each(section: MapNode, procedure: str, *, naming: bool) -> MapNode:
    kept = MapNode([], section.place, section.width)
    for key, value in section.entries:
        if naming:
            kept.add(key, _names(value, procedure))
        elif not isinstance(value, MapNode | ListNode):
            kept.add(key, value)
        elif parts := _parts(value, procedure):
            first, *more = parts
            for one in more:
                first = add_all(first, one, [])
            kept.add(key, first)
    return kept


def _parts(written: Node, procedure: str) -> list[MapNode]:
    """Return the entries that are for *procedure*, in order of writing."""
    maps = [one for one in items_of(written) if isinstance(one, MapNode)]
    return [without(one, "only_for") for one in maps if _is_for(one, procedure)]


def _is_for(entry: MapNode, procedure: str) -> bool:
    only_for = entry.get("only_for")
    return only_for is None or procedure in _words(only_for)


def _words(node: Node) -> list[str]:
    data: Data = to_data(node)
    return [str(one) for one in data] if isinstance(data, list) else [str(data)]


def _names(written: Node, procedure: str) -> MapNode:
    """Return the names that things have in *procedure*: those of every entry that is for it, section by section."""
    kept = MapNode([], written.place)
    for part in _parts(written, procedure):
        for key, section in part.entries:
            old = kept.get(key.value)
            if not (isinstance(old, MapNode) and isinstance(section, MapNode)):
                put(kept, key, section)
                continue
            more = copy_of(old)
            for name, text in section.entries:
                put(more, name, text)
            put(kept, key, more)
    return kept


def _reminders(written: Node, procedure: str) -> MapNode:
    """Return the reminders of every entry that is for *procedure*: lists grow, a single one is a list of one."""
    kept = MapNode([], written.place)
    for part in _parts(written, procedure):
        for key, section in part.entries:
            old = kept.get(key.value)
            more = copy_of(old) if isinstance(old, MapNode) else MapNode([], section.place)
            for name, reminders in section.entries if isinstance(section, MapNode) else ():
                put(more, name, ListNode([*items_of(more.get(name.value)), *items_of(reminders)], reminders.place))
            put(kept, key, more)
    return kept


def in_language(language: str) -> Change:
    """Return the change that says of each text that it is in *language*."""

    def change(mention: Mention) -> Node:
        node = mention.node
        if mention.kind != "text" or not isinstance(node, ScalarNode) or mention.path[0] == "translate":
            return node
        words = MapNode([], node.place, node.width)
        words.add(ScalarNode(language, quoted=False, place=node.place), node)
        return words

    return change
