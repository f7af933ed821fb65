"""Plain text for people: 80 columns, no colour where nobody looks, nothing cut off, nothing that moves the cursor."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence

NARROW, WIDEST = 80, 100


def width() -> int:
    """Return the columns to fill: those of the terminal within reason, 80 where there is none."""
    if not sys.stdout.isatty():
        return NARROW
    import shutil  # with all that it can pack and unpack

    return max(40, min(shutil.get_terminal_size((NARROW, 24)).columns, WIDEST))


def clean(text: str) -> str:
    """Return *text* without characters that would steer a terminal; a supplier's text is shown, not obeyed."""
    if text.isprintable():  # as nearly all of it is
        return text
    import unicodedata

    return "".join(c if c in "\n\t" or unicodedata.category(c)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for c in text)


def heading(text: str) -> str:
    """Return the line above a part."""
    return f"\x1b[1m{clean(text)}\x1b[0m"  # as click writes it


def wrapped(text: str, first: str = "", rest: str | None = None) -> list[str]:
    """Return *text* in lines; the first begins with *first*, the others with *rest* (blanks, unless given).

    A word that is too long for a line (a hash, a path) stands alone on one and is not cut.
    """
    rest = " " * len(first) if rest is None else rest
    lines: list[str] = []
    for part in clean(text).splitlines() or [""]:
        lines += textwrap.wrap(
            part,
            width(),
            initial_indent=first if not lines else rest,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [first if not lines else rest]
    return [line.rstrip() for line in lines]


def bullet(text: str, indent: int = 2) -> list[str]:
    """Return *text* as an item of a list."""
    return wrapped(text, " " * indent + "- ")


def pairs(rows: Iterable[tuple[str, str]], indent: int = 2, column: int | None = None) -> list[str]:
    """Return label and text side by side, the texts under one another; rows without text are left out."""
    kept = [(label, text) for label, text in rows if text]
    if not kept:
        return []
    column = column or min(max(len(label) for label, _ in kept), 24)
    lines: list[str] = []
    for label, text in kept:
        start = " " * indent + clean(label).ljust(column) + "  "
        if len(label) > column:  # a long label has a line of its own
            lines += wrapped(label, " " * indent)
            start = " " * (indent + column + 2)
        lines += wrapped(text, start, " " * (indent + column + 2))
    return lines


def table(rows: Sequence[Sequence[str]], indent: int = 0) -> list[str]:
    """Return rows in columns; the last column takes what is left and wraps."""
    if not rows:
        return []
    cleaned = [[clean(cell) for cell in row] for row in rows]
    widths = [max(len(row[index]) for row in cleaned) for index in range(len(rows[0]) - 1)]
    lines: list[str] = []
    for row in cleaned:
        start = " " * indent + "".join(cell.ljust(size) + "  " for cell, size in zip(row, widths, strict=False))
        lines += wrapped(row[-1], start) if row[-1] else [start.rstrip()]
    return lines


def parts(*blocks: Iterable[str]) -> Iterator[str]:
    """Yield the blocks that hold something, with an empty line between them."""
    first = True
    for block in blocks:
        lines = list(block)
        if lines and not first:
            yield ""
        first = first and not lines
        yield from lines


def listed(words: Iterable[str]) -> str:
    """Return *words* with commas between them."""
    return ", ".join(words)
