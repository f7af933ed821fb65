"""A letter as plain text of at most 72 columns, for mail programs, terminals and files."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from inprocap_flow.delivery.parcels import Item, Letter
from inprocap_flow.errors import visible

WIDTH = 72


def plain_text(letter: Letter) -> str:
    """Return *letter* as text. Only what cannot be broken (a command, an id) is ever longer than 72 columns."""
    blocks = [list(_wrapped(letter.digest))] if letter.digest else []
    blocks += [list(_item(item)) for item in letter.items]
    blocks.append(["-- ", *(line for part in letter.closing for line in _wrapped(part))])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _item(item: Item) -> Iterator[str]:
    if item.late:
        yield from _wrapped(item.late, first="! ")
    yield from _wrapped(item.what)
    yield ""
    labels = [label for label, _ in item.facts] + ([item.to_do] if item.command else [])
    column = max(map(len, labels), default=0)
    for label, text in item.facts:
        yield from _wrapped(text, first=f"  {visible(label).ljust(column)}  ", rest=" " * (column + 4))
    if item.command:  # in one piece, so that it can be copied
        yield f"  {visible(item.to_do).ljust(column)}  {' '.join(visible(item.command).split())}"


def _wrapped(text: str, first: str = "", rest: str | None = None) -> list[str]:
    rest = " " * len(first) if rest is None else rest
    return textwrap.wrap(
        visible(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
