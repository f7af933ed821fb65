"""YAML text to nodes that know their place. Every scalar stays text; the schema gives it a type later.

Only the *event stream* of the C parser is used: it does not recurse, so depth, size and number of nodes are
counted while reading and hostile input is stopped early. Anchors, aliases, tags and merge keys are refused, so
what a person reads in the file is what the file says.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import Protocol, cast

from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.language.nodes import (
    Data,
    ListNode,
    MapNode,
    Node,
    NodePath,
    ScalarNode,
    Source,
    key_places,
    nearest,
    places,
    to_data,
)
from inprocap_flow.language.yaml_errors import Mark, syntax_problem

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_NODES", "MAX_PROBLEMS", "Data", "ListNode", "MapNode", "Node", "NodePath",
           "ScalarNode", "Source", "decode", "key_places", "nearest", "places", "read", "to_data"]  # fmt: skip

MAX_BYTES = 2_000_000
MAX_DEPTH = 50
MAX_NODES = 200_000
MAX_PROBLEMS = 100
"""Limits of one file; a shipped procedure has about 40 000 bytes, 5 000 nodes and depth 9."""

_LINE = re.compile(r"\r\n|\r|\n")
# Controls, surrogates, the Unicode line separators that YAML 1.1 and editors count differently, the invisible
# marks that turn the reading direction (a text could look unlike what it says), and a byte order mark inside.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)


def read(text: str | bytes, file: str) -> MapNode:
    """Return the one document of *text* as nodes; *file* is only named in problems.

    A document is a map; depth, nodes and bytes are limited as the constants say.
    Raises ``InvalidInput`` with all problems found; there is no other way to fail.
    """
    source = decode(text, file)
    reader = _Reader(source)
    root = reader.document()
    if reader.problems:
        raise InvalidInput(reader.problems)
    if not isinstance(root, MapNode):
        place = root.place if root is not None else Place(file, 1, 1)
        raise InvalidInput([source.problem(place, "not-a-map", "The document is not a map of keys and values.",
                                           "Begin with a line such as `procedure: my-procedure`.")])  # fmt: skip
    root.source = source
    return root


def decode(text: str | bytes, file: str) -> Source:
    """Return the text of a file in UTF-8, without byte order mark.

    Raises ``InvalidInput`` for more than 2 MB, for bytes that are not UTF-8 and for control characters.
    """
    whole = Place(file)
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise InvalidInput([Problem(whole, "too-large", f"The file has {size} bytes; at most {MAX_BYTES} are read.",
                                    "Split it into blocks that the procedure includes.")])  # fmt: skip
    plain = (text if isinstance(text, str) else _utf8(text, file)).removeprefix("\ufeff")
    source = Source(file, plain, tuple(_LINE.split(plain)))
    found = list(_forbidden(source))
    if found:
        raise InvalidInput(found)
    return source


def _utf8(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        lines = _LINE.split(data[: wrong.start].decode("utf-8").removeprefix("\ufeff"))
        place = Place(file, len(lines), len(lines[-1]) + 1)
        line = lines[-1] + data[wrong.start : wrong.start + 20].decode("utf-8", "replace")
        fact = f"Byte {wrong.start} (hexadecimal {data[wrong.start]:02x}) is not UTF-8."
        shown = _LINE.split(_FORBIDDEN.sub("\ufffd", line))[0]
        raise InvalidInput([Problem(place, "not-utf8", fact, "Save the file as UTF-8.", source_line=shown)]) from None


def _forbidden(source: Source) -> Iterator[Problem]:
    """Yield a problem for each forbidden character, up to the most that are told."""
    matches = list(islice(_FORBIDDEN.finditer(source.text), MAX_PROBLEMS))
    starts = [0, *(ending.end() for ending in _LINE.finditer(source.text))] if matches else []
    for match in matches:
        line = bisect_right(starts, match.start())
        place = Place(source.file, line, match.start() - starts[line - 1] + 1)
        shown = _FORBIDDEN.sub("\ufffd", source.line(line))
        fact = f"The character U+{ord(match.group()):04X} is invisible or a control character."
        yield Problem(place, "control-character", fact, "Remove it.", source_line=shown)


class _Event(Protocol):
    """What is read of an event of the parser; which of it exists depends on the kind of event."""

    start_mark: Mark
    end_mark: Mark
    anchor: str | None
    tag: str | None
    value: str
    style: str | None


class _TooMuch(Exception):
    """Reading stops: a limit is passed."""


class _Reader:
    """Walks the events of one document with its own stack; collects problems and goes on where it can."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.nodes = 0
        self.root: Node | None = None
        self.open: list[ListNode | MapNode] = []
        self.key: list[ScalarNode | None] = []

    def document(self) -> Node | None:
        """Return the root node, or ``None`` when there is none; problems are in ``problems``."""
        import yaml

        try:
            for event in yaml.parse(self.source.text, yaml.CSafeLoader):
                self._take(cast("_Event", event), type(event).__name__)
        except _TooMuch:
            return None
        except yaml.YAMLError as wrong:
            self.problems.append(syntax_problem(self.source, wrong))
            return None
        if self.root is None and not self.problems:
            self._say(Place(self.source.file, 1, 1), "empty-document", "The file says nothing.",
                      "Begin with a line such as `procedure: my-procedure`.")  # fmt: skip
        return self.root

    def _take(self, event: _Event, kind: str) -> None:
        if kind == "DocumentStartEvent":
            self._first_document(event)
        elif kind == "AliasEvent":
            self._refuse(event, "alias", f"`*{_short(str(event.anchor))}` refers to another place of the file.",
                         "Write the value here.")  # fmt: skip
            self._leaf(_scalar("", event, self.source, quoted=True))
        elif kind == "ScalarEvent":
            self._marks(event)
            self._leaf(self._text(event))
        elif kind in ("SequenceStartEvent", "MappingStartEvent"):
            self._marks(event)
            self._enter(event, kind)
        elif kind in ("SequenceEndEvent", "MappingEndEvent"):
            self._leave()

    def _first_document(self, event: _Event) -> None:
        if self.root is not None:
            self._refuse(event, "second-document", "A second document begins here.", "Keep one document per file.")
            raise _TooMuch

    def _marks(self, event: _Event) -> None:
        if event.anchor is not None:
            self._refuse(event, "anchor", f"`&{_short(str(event.anchor))}` is an anchor.",
                         "Write the value in each place where it is meant.")  # fmt: skip
        if event.tag is not None:
            written = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse(event, "tag", f"`{_short(written)}` is a tag.", "Remove it: the schema knows the type.")

    def _text(self, event: _Event) -> ScalarNode:
        node = _scalar(event.value, event, self.source, quoted=event.style not in (None, ""))
        wrong = _FORBIDDEN.search(event.value)
        if wrong:
            fact = f"The text holds the character U+{ord(wrong.group()):04X}."
            self._say(node.place, "control-character", fact, "Remove it.", node.width)
        return node

    def _enter(self, event: _Event, kind: str) -> None:
        place = _place(event.start_mark, self.source.file)
        node: ListNode | MapNode = ListNode([], place) if kind == "SequenceStartEvent" else MapNode([], place)
        if self._awaits_key():
            self._say(place, "key-not-text", "A list or map stands where a key is expected.",
                      "Keys are words; text that begins with `{` or `[` needs quotes.")  # fmt: skip
            raise _TooMuch
        self._count(place)
        self._attach(node)
        self.open.append(node)
        self.key.append(None)
        if len(self.open) > MAX_DEPTH:
            self._say(place, "too-deep", f"More than {MAX_DEPTH} levels stand inside each other.", "Flatten the file.")
            raise _TooMuch

    def _leave(self) -> None:
        self.open.pop()
        self.key.pop()

    def _leaf(self, node: ScalarNode) -> None:
        self._count(node.place)
        if self._awaits_key():
            self._accept_key(node)
        else:
            self._attach(node)

    def _awaits_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1], MapNode) and self.key[-1] is None

    def _accept_key(self, node: ScalarNode) -> None:
        if not node.value.strip() or "\n" in node.value:
            self._say(node.place, "key-not-text", "A key is empty or has several lines.", "Write a word.", node.width)
        elif node.value == "<<":
            self._say(node.place, "merge-key", "`<<` would merge another map into this one.",
                      "Write the entries here.", node.width)  # fmt: skip
        self.key[-1] = node

    def _attach(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if isinstance(parent, ListNode):
            parent.items.append(node)
            return
        key, self.key[-1] = self.key[-1], None
        if key is not None:
            self._enter_entry(parent, key, node)

    def _enter_entry(self, parent: MapNode, key: ScalarNode, node: Node) -> None:
        first = parent.key(key.value)
        if first is None:
            parent.add(key, node)
        else:
            self._say(key.place, "duplicate-key", f"The key `{_short(key.value)}` stands here a second time.",
                      f"The first is in line {first.place.line}. Keep one of them.", key.width)  # fmt: skip

    def _count(self, place: Place) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._say(place, "too-many-nodes", f"The file has more than {MAX_NODES} values.", "Split it into blocks.")
            raise _TooMuch

    def _refuse(self, event: _Event, code: str, fact: str, mend: str) -> None:
        self._say(_place(event.start_mark, self.source.file), code, fact, mend)

    def _say(self, place: Place, code: str, fact: str, mend: str, width: int = 1) -> None:
        self.problems.append(self.source.problem(place, code, fact, mend, width=width))
        if len(self.problems) >= MAX_PROBLEMS:
            raise _TooMuch


def _place(mark: Mark, file: str) -> Place:
    return Place(file, mark.line + 1, mark.column + 1)


def _scalar(value: str, event: _Event, source: Source, *, quoted: bool) -> ScalarNode:
    start, end = event.start_mark, event.end_mark
    place = _place(start, source.file)
    line = source.line(place.line)
    stop = end.column if end.line == start.line else len(line)
    written = line[start.column : stop]
    inset: int | None = None
    if written == value:
        inset = 0
    elif quoted and written[1:-1] == value:
        inset = 1
    return ScalarNode(value, quoted, place, max(1, stop - start.column), inset)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
