"""The layout of definition files: two spaces, braces only for one or two short keys, one line for each other key.

Only the layout changes: keys stay in their order, texts as they are written, comments beside what they stand beside.
Files with test scenarios keep an act in braces up to 240 characters: there a line is a row of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from inprocap_flow.language.marks import read, to_data

WIDTH = 120
TABLE_WIDTH = 240
MOST_KEYS = 2
INDENT = "  "


def format_text(text: str, file: str = "text") -> str:
    """Return *text* in our layout; a second time it stays as it is.

    Raises InvalidInput (with *file* in its places) if the text is not a document of the language in the first place.
    """
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    before = to_data(read(plain, file))  # refuses what is too deep for the recursion below
    formatted = _Printer(plain, file).print()
    if to_data(read(formatted, file)) != before:
        raise AssertionError(f"formatting {file} would change what it says; please report the file")
    return formatted


class _Alone(NamedTuple):
    """A comment on a line of its own, with the column where it begins; a blank line is ""."""

    text: str
    column: int = 0


@dataclass(slots=True)
class _Comments:
    """Comments and blank lines by source line; each is printed once."""

    alone: dict[int, _Alone] = field(default_factory=dict)
    beside: dict[int, str] = field(default_factory=dict)

    def take_alone(self, until: int) -> list[_Alone]:
        """Return the comments on lines of their own before line *until*; blank lines at most one at a time."""
        found = [self.alone.pop(line) for line in sorted(self.alone) if line < until]
        return [one for number, one in enumerate(found) if one.text or number == 0 or found[number - 1].text]

    def take_beside(self, first: int, last: int) -> list[str]:
        """Return the comments beside lines *first* to *last*."""
        return [self.beside.pop(line) for line in range(first, last + 1) if line in self.beside]


class _Printer:
    """Prints one document again, node by node."""

    def __init__(self, text: str, file: str) -> None:
        import yaml

        self.text = text
        self.lines = text.split("\n")
        self.root: Any = yaml.compose(text, yaml.CSafeLoader)
        self.comments = _comments(self.lines, list(yaml.scan(text, yaml.CSafeLoader)))
        self.is_table = read(text, file).keys()[:1] == ["tests"]
        self.out: list[str] = []
        self.kept = 0  # so many lines were printed when a text ended whose last empty lines count
        self.depths: dict[int, str] = {}  # columns at which keys and dashes stood so far -> indentation they have now

    def print(self) -> str:
        """Return the whole document."""
        self.map_entries(self.root, "")
        self.above(len(self.lines) + 1, "", 0)
        # A comment that stood inside something that is one line now; kept, never lost.
        self.out += self.comments.take_beside(0, len(self.lines))
        while self.out and not self.out[-1] and len(self.out) > self.kept:
            self.out.pop()
        return "\n".join(self.out).lstrip("\n") + "\n"

    def map_entries(self, node: Any, indent: str, first: str = "") -> None:
        """Print the entries of a map on lines of their own; *first* stands before the first one (``- ``)."""
        for number, (key, value) in enumerate(node.value):
            lead = first if first and number == 0 else indent
            column = None if node.flow_style else key.start_mark.column
            if not (first and number == 0):
                self.above(key.start_mark.line, indent, column)
            self.at(column, indent)
            self.value(f"{lead}{self.raw(key)}:", key.start_mark.line, value, indent)

    def list_items(self, node: Any, indent: str) -> None:
        """Print the items of a list on lines of their own."""
        column = None if node.flow_style else node.start_mark.column
        for item in node.value:
            self.above(item.start_mark.line, indent, column)
            self.at(column, indent)
            if _kind(item) == "map" and item.value and self.flow(item, len(indent) + 2) is None:
                self.above(item.value[0][0].start_mark.line, indent)
                self.map_entries(item, indent + INDENT, first=f"{indent}- ")
            else:
                self.value(f"{indent}-", item.start_mark.line, item, indent)

    def value(self, lead: str, line: int, node: Any, indent: str) -> None:
        """Print what stands after *lead* (a key with its colon, or a dash), on the same line if it fits."""
        kind = _kind(node)
        one_line = self.flow(node, len(lead) + 1)
        if kind == "text" and node.style in ("|", ">"):
            self.block_text(lead, node, indent)
        elif one_line is not None:
            self.line(f"{lead} {one_line}", line, _last_line(node), indent)
        elif kind == "text":
            self.long_text(lead, line, node, indent)
        else:
            self.line(lead, line, line, indent)
            (self.map_entries if kind == "map" else self.list_items)(node, indent + INDENT)

    def line(self, text: str, first: int, last: int, indent: str) -> None:
        """Print a line with the comments that stood beside it; those from inside it go above."""
        inside = self.comments.take_alone(last + 1)
        beside = self.comments.take_beside(first, last)
        above = (*(one.text for one in inside), *beside[:-1])
        self.out += [f"{indent}{comment}" for comment in above if comment]
        self.out.append(f"{text}  {beside[-1]}" if beside else text)

    def above(self, line: int, indent: str, column: int | None = None) -> None:
        """Print the comments and blank lines above *line*, as deep as what follows there: *indent*, once *column*.

        One that stands deeper ends what was there before, and stays as deep as that.
        """
        for comment in self.comments.take_alone(line):
            deeper = column is not None and comment.column > column
            depth = max((at for at in self.depths if at <= comment.column), default=None) if deeper else None
            self.out.append(f"{indent if depth is None else self.depths[depth]}{comment.text}" if comment.text else "")

    def at(self, column: int | None, indent: str) -> None:
        """Note that a key or a dash which stood at *column* stands behind *indent* now; what was deeper is over."""
        if column is not None:
            self.depths = {at: depth for at, depth in self.depths.items() if at < column} | {column: indent}

    def raw(self, node: Any) -> str:
        """Return a text as it is written, on one line."""
        return str(self.text[node.start_mark.index : node.end_mark.index])

    def flow(self, node: Any, at: int) -> str | None:
        """Return *node* on one line, or None if it has to go on several; *at* is the column where it would begin."""
        text = self._flow(node)
        return None if text is None or at + len(text) > (TABLE_WIDTH if self.is_table else WIDTH) else text

    def _flow(self, node: Any) -> str | None:
        kind = _kind(node)
        if kind == "text":
            raw = self.raw(node)
            return None if "\n" in raw or node.style in ("|", ">") else raw
        if node.value and not node.flow_style:
            return None
        if kind == "list":
            items = [self._flow(item) for item in node.value]
            short = all(_kind(item) == "text" or _is_short_map(item, len(node.value)) for item in node.value)
            return None if None in items or not (short or self.is_table) else f"[{', '.join(map(str, items))}]"
        return self._flow_map(node)

    def _flow_map(self, node: Any) -> str | None:
        if len(node.value) > MOST_KEYS and not self.is_table:
            return None
        parts = []
        for key, value in node.value:
            text = self._flow(value)
            if text is None or (_kind(value) == "map" and value.value and not self.is_table):
                return None
            parts.append(f"{self.raw(key)}: {text}".rstrip())
        return f"{{{', '.join(parts)}}}"

    def block_text(self, lead: str, node: Any, indent: str) -> None:
        """Print a text that is written as a block, its lines moved to the new indentation."""
        first = node.start_mark.line
        if " " in node.value and not node.value.strip():
            self.line(f"{lead} {_quoted(node.value)}", first, first, indent)
            return
        header = self.lines[first][node.start_mark.column :].split("#")[0].rstrip()
        header = re.sub("[0-9]", "", header)
        body, inset = _block_lines(self.lines, first, node)
        if node.value.lstrip("\n").startswith(" "):  # how deep it stands cannot be seen by its first line
            header = f"{header[:1]}{len(INDENT)}{header[1:]}"
        self.line(f"{lead} {header}", first, first, indent)
        for number in range(first, first + len(body) + 1):
            self.comments.alone.pop(number, None)
        self.out += [f"{indent}{INDENT}{line[inset:]}" if line[inset:] else "" for line in body]
        if header.endswith("+"):
            self.kept = len(self.out)

    def long_text(self, lead: str, line: int, node: Any, indent: str) -> None:
        """Print a text that does not fit on one line: folded if that says the same, else quoted on one line."""
        value = node.value
        if _folds(value):
            self.line(f"{lead} >-", line, _last_line(node), indent)
            self.out += list(_wrapped(value, f"{indent}{INDENT}"))
            return
        raw = self.raw(node)
        self.line(f"{lead} {raw if chr(10) not in raw else _quoted(value)}", line, _last_line(node), indent)


def _kind(node: Any) -> str:
    return {"scalar": "text", "sequence": "list"}.get(node.id, "map")


def _is_short_map(node: Any, among: int) -> bool:
    """Tell whether a map may stand inside a list on one line: `[{every: supplier}]`, alone also with two keys."""
    scalars = _kind(node) == "map" and all(_kind(value) == "text" for _, value in node.value)
    return scalars and len(node.value) <= (MOST_KEYS if among == 1 else 1)


def _last_line(node: Any) -> int:
    return int(node.end_mark.line)


def _folds(value: str) -> bool:
    """Tell whether a folded block of *value* reads back as *value*."""
    return bool(value) and value == " ".join(value.split()) and not value.startswith(("#", " "))


def _wrapped(value: str, indent: str) -> Iterator[str]:
    line = ""
    for word in value.split(" "):
        if line and len(indent) + len(line) + 1 + len(word) > WIDTH:
            yield indent + line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield indent + line


def _quoted(value: str) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def _block_lines(lines: list[str], first: int, text: Any) -> tuple[list[str], int]:
    """Return the lines of a text written as a block (``|`` or ``>``, on line *first*), and the column they begin at.

    *text* is its node or token: how far its first words stand in says how much of their indentation is text.
    """
    body: list[str] = []
    keeps = "+" in lines[first][text.start_mark.column :].split("#")[0]
    own = _depth_of_first(text.value.split("\n"))
    inset = -1
    for line in lines[first + 1 :]:
        if line.strip() and inset < 0:
            inset = _depth_of_first([line]) - own if text.value.strip() else 10**6
        if line.strip() and _depth_of_first([line]) < inset:
            break
        body.append(line)
    else:
        if keeps and body and not body[-1]:  # behind the last line break nothing follows
            body.pop()
    while not keeps and body and not body[-1].strip():
        body.pop()
    return body, max(inset, 0)


def _depth_of_first(lines: list[str]) -> int:
    """Return by how many spaces the first of *lines* with words stands in; 0 if none has any."""
    return next((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), 0)


def _comments(lines: list[str], tokens: list[Any]) -> _Comments:
    """Return every comment: what follows the last token of a line, where no text goes on."""
    ends: dict[int, int] = {}
    taken: set[int] = set()
    for token in tokens:
        if token.start_mark.index == token.end_mark.index:
            continue
        style = getattr(token, "style", None)
        first = token.start_mark.line
        if style in ("|", ">"):
            body, _ = _block_lines(lines, first, token)
            taken |= set(range(first + 1, first + 1 + len(body)))
            ends[first] = max(ends.get(first, 0), _after_header(lines[first], token.start_mark.column))
        else:
            taken |= set(range(first + 1, token.end_mark.line + 1))
            ends[token.end_mark.line] = max(ends.get(token.end_mark.line, 0), token.end_mark.column)
    found = _Comments()
    for number, line in enumerate(lines):
        rest = line[ends.get(number, 0) :].strip()
        if number in ends and rest.startswith("#"):
            found.beside[number] = rest
        elif number not in ends and number not in taken and (rest.startswith("#") or not rest):
            found.alone[number] = _Alone(rest, len(line) - len(line.lstrip()))
    return found


def _after_header(line: str, column: int) -> int:
    match = re.match(r"[|>][-+0-9]*", line[column:])
    return column + (match.end() if match else 0)
