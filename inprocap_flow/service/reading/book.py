"""The book that is read from: the definition, where everything in it is written, its rulebook, and a day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from inprocap_flow.errors import Place
from inprocap_flow.language.files import Library
from inprocap_flow.language.load import (
    Search,
    notice_titles,
    read_document,
    read_rulebook,
    refuse,
)
from inprocap_flow.language.model import CASE, Definition, Limit, Rulebook, Step, said
from inprocap_flow.language.nodes import ListNode, MapNode, Node, NodePath, ScalarNode, nearest, to_data
from inprocap_flow.language.overlays import layers_of
from inprocap_flow.language.resolve.desk import HookLookup, no_hooks
from inprocap_flow.language.schema.procedure import BlockDoc, IncludeDoc, ProcedureDoc
from inprocap_flow.service.reading.sentences import Sentence

_MARKED = re.compile(r"(.+?) *\[(\w+)\]")
_GIVEN = re.compile(r"\bgiven\.([a-z][a-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Handed:
    """What a procedure hands to a block: the name it has there, what it means, what it is, and where that is said."""

    name: str
    says: str
    value: str
    place: Place


@dataclass(frozen=True, slots=True)
class Included:
    """A block as a procedure includes it. ``prefix`` is its ``as``, or nothing."""

    block: str
    title: str
    prefix: str
    file: str
    place: Place
    handed: Mapping[str, Handed]


@dataclass(frozen=True)
class Book:
    """A procedure to read from. ``day`` decides which values of law are in force."""

    definition: Definition
    whole: MapNode
    library: Library
    included: tuple[Included, ...]
    rulebook: Rulebook | None
    rulebook_root: MapNode | None
    day: date
    language: str = "en"
    codes: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (codelist, code) -> title
    before: Definition | None = None  # as it is without the overlays; None if none was applied

    @cached_property
    def overlay_files(self) -> Mapping[str, str]:
        """The file of each overlay that was applied, and the overlay's name: what is written there is changed."""
        said = ((one.name, self.definition.origins[f"overlays.{one.name}"]) for one in self.definition.overlays)
        return {} if self.is_released else {origin.rpartition(":")[0]: name for name, origin in said}

    @property
    def is_released(self) -> bool:
        """Whether it is read from what was released: that has no files, so nothing in it has a place."""
        return not self.whole.place.file

    def place(self, *path: str | int) -> Place:
        """Return where the thing at *path* is written: a value by itself, a list or map by its key.

        A list to which an overlay added stands where it did: that is the part that others do not have.
        """
        added = (one.place for one in self._items(path) if one.place.file in self.overlay_files)
        return next(added, nearest(self.whole, path)[0])

    def text_place(self, *path: str | int) -> Place:
        """Return where the text at *path* is written in the language of this reading, as `text` chooses it."""
        found = self._node(path)
        language = next((one for one in (self.language, "en") if isinstance(found, MapNode) and one in found), None)
        return nearest(self.whole, path if language is None else (*path, language))[0]

    def renamed_at(self, *path: str | int) -> Place | None:
        """Return where an overlay gives the thing at *path* its title; None where the thing has its own."""
        place = self.text_place(*path, "title")
        own = self.key_place(*path).file == place.file
        return place if place.file in self.overlay_files and not own else None

    def key_place(self, *path: str | int) -> Place:
        """Return where the name at *path* is declared."""
        return nearest(self.whole, path, key=True)[0]

    def has(self, *path: str | int) -> bool:
        """Return whether something is written at *path*."""
        return self._node(path) is not None

    def item_place(self, path: NodePath, name: str) -> Place:
        """Return where the list at *path* names *name*; a list that a block was given stands in another file."""
        named = (item.place for item in self._items(path) if item.value == name)
        return next(named, nearest(self.whole, path)[0])

    def _items(self, path: NodePath) -> list[ScalarNode]:
        """Return the words of the list at *path*; none of anything else."""
        found = self._node(path)
        items = found.items if isinstance(found, ListNode) else []
        return [item for item in items if isinstance(item, ScalarNode)]

    def _node(self, path: NodePath) -> Node | None:
        found: Node | None = self.whole
        for step in path:
            found = _step_into(found, step)
        return found

    def text(self, text: Mapping[str, str]) -> str:
        """Return a text in the language of this reading, else in English, else as it is; in one line."""
        return " ".join(said(text, self.language).split())

    # -------------------------------------------------------------------------------------------- limits

    def limit(self, name: str) -> Limit | None:
        """Return a limit: the procedure's own, else the rulebook's."""
        return self.definition.limits.get(name) or (self.rulebook.limits.get(name) if self.rulebook else None)

    def limit_place(self, name: str) -> Place | None:
        """Return where a limit is written."""
        if name in self.definition.limits:
            return self.key_place("limits", name)
        if self.rulebook_root is None:
            return None
        return nearest(self.rulebook_root, ("limits", name), key=True)[0]

    def cited(self, cite: str) -> str:
        """Return a citation with how well it is evidenced, where the rulebook says so.

        It says so by a mark that stands behind the citation (``[K]``), or by a value that rests on the very same source
        and that nobody has confirmed. Where it says nothing, nothing is said: the head of each file does.
        """
        text, mark = marked.groups() if (marked := _MARKED.fullmatch(cite)) else (cite, "")
        if self.rulebook is None:
            return cite
        if means := self.rulebook.evidence.get(mark):
            return f"{text} [evidence {mark}: {means}]"
        values = (value for limit in self.rulebook.limits.values() for value in limit.values if value.source == cite)
        confirmed = {value.confirmed_on != "never" for value in values}
        return f"{cite} [not confirmed]" if confirmed == {False} else cite

    # ------------------------------------------------------------------------------- what blocks are given

    def handed_at(self, place: Place, element: str) -> tuple[Handed, ...]:
        """Return what the line at *place* was given, where it stands in a block and belongs to *element*.

        A block may be included several times; the name in front of *element* tells which time this is.
        """
        source = self.library.sources.get(place.file)
        names = _GIVEN.findall(source.line(place.line)) if source else []
        for one in self.included:
            if names and one.file == place.file and _belongs(element, one.prefix):
                return tuple(one.handed[name] for name in names if name in one.handed)
        return ()

    # ---------------------------------------------------------------------------------------------- steps

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step of every line, the beginning of each line first."""
        return tuple(step for line in self.definition.lines for step in (line.begins, *line.steps.values()))

    def step_path(self, step: Step) -> NodePath:
        """Return where a step stands in the expanded document."""
        line = self.definition.line(step.line)
        if step.line == CASE and step.name in self.definition.derogations and step.name not in line.steps:
            return ("derogations", step.name)
        own: NodePath = ("begins",) if line.begins is step else ("steps", step.name)
        return (*self.line_path(step.line), *own)

    def line_path(self, kind: str) -> NodePath:
        """Return where a line stands in the expanded document."""
        return () if kind == CASE else ("tracks", kind)


def _step_into(node: Node | None, step: str | int) -> Node | None:
    if isinstance(node, MapNode):
        return node.get(str(step))
    if isinstance(node, ListNode) and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    return None


def _belongs(element: str, prefix: str) -> bool:
    return not prefix or element.startswith((f"{prefix}_", f"{prefix}.")) or element == prefix


def open_book(
    path: Path | str,
    search: Search = (),
    *,
    overlays: Sequence[Path | str] = (),
    hook_lookup: HookLookup = no_hooks,
    day: date,
    language: str = "en",
) -> Book:
    """Return the procedure of *path* as a book. *day* is the local day whose values of law are shown.

    With *overlays* (their files) it is the effective procedure. Raises InvalidInput when the procedure, a block, its
    rulebook or an overlay is not sound.
    """
    path = Path(path)
    layers, library = layers_of(path, overlays, search, hook_lookup)
    definition, whole = layers[-1].definition, layers[-1].whole.root
    refuse(library, layers[-1].problems)
    written, root = read_document(library, path, ProcedureDoc)
    rulebook, rulebook_root = _rulebook(library, definition)
    pairs = zip(written.include, _includes(root), strict=True)
    included = tuple(_included(library, include, node) for include, node in pairs)
    before = layers[0].definition if len(layers) > 1 else None
    return Book(
        definition, whole, library, included, rulebook, rulebook_root, day, language, notice_titles(library), before
    )


def _rulebook(library: Library, definition: Definition) -> tuple[Rulebook | None, MapNode | None]:
    found = library.find("rulebook", definition.rulebook) if definition.rulebook else None
    if found is None:
        return None, None
    return read_rulebook(library, found), library.read(found)


def _includes(root: MapNode) -> list[Node]:
    node = root.get("include")
    return [] if node is None else list(getattr(node, "items", [node])) if not isinstance(node, MapNode) else [node]


def _included(library: Library, include: IncludeDoc, node: Node) -> Included:
    found = library.find("block", include.block)
    assert found is not None  # a procedure with an unknown block does not load
    doc, root = read_document(library, found, BlockDoc)
    values = node.get("given") if isinstance(node, MapNode) else None
    handed: dict[str, Handed] = {}
    for name, declared in doc.given.items():
        value = values.get(name) if isinstance(values, MapNode) else None
        if values is not None and value is not None:
            place, _ = nearest(values, (name,))
            handed[name] = Handed(name, " ".join(said(declared.says).split()), _shown(value), place)
    place = nearest(node, ("block",), key=True)[0]
    return Included(include.block, said(doc.title), include.as_ or "", root.place.file, place, handed)


def _shown(node: Node) -> str:
    data = to_data(node)
    return ", ".join(str(one) for one in data) if isinstance(data, list) else str(data)


def note(handed: Handed) -> Sentence:
    """Return what a value means that a block was given."""
    end = "" if handed.says.endswith(".") else "."
    return Sentence(f"{handed.name} is {handed.value} here. {handed.says}{end}", handed.place)
