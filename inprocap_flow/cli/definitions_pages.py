"""The page about a code as the terminal shows it: paragraphs in its width, examples as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inprocap_flow.cli import layout

_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
_KEPT = ("#", "|")


def page_lines(page: str) -> Iterator[str]:
    """Yield the lines of *page* (Markdown): paragraphs and lists wrapped, code, tables and headings untouched."""
    paragraph: list[str] = []
    inside = False
    for line in page.splitlines():
        fence = line.startswith("```")
        if inside or fence or not line or line.startswith((*_KEPT, "- ")):
            yield from _wrapped(paragraph)
            paragraph = []
        inside = inside != fence
        if inside or fence or not line or line.startswith(_KEPT):
            yield line
        else:
            paragraph.append(line.strip())
    yield from _wrapped(paragraph)


def _wrapped(paragraph: list[str]) -> Iterator[str]:
    if paragraph:
        text = _LINK.sub(r"\1", " ".join(paragraph))
        yield from layout.wrapped(text, "", "  " if text.startswith("- ") else "")
