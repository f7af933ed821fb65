"""HTML from text, safely: everything is escaped here and nowhere else, so nothing that people typed becomes markup."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Sequence


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def esc(text: object) -> Markup:
    """Return *text* escaped; Markup as it is. Characters that steer (controls, directions) become visible."""
    if isinstance(text, Markup):
        return text
    cleaned = "".join(
        c
        if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")
        else "\N{REPLACEMENT CHARACTER}"
        for c in str(text)
    )
    return Markup(html.escape(cleaned, quote=True))


def tag(name: str, *content: object, **attributes: object) -> Markup:
    """Return an element; ``class_`` and ``for_`` lose their underscore, None and False leave an attribute out."""
    said = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{esc(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Markup(f"<{name}{said}>" if name in _VOID else f"<{name}{said}>{join(content)}</{name}>")


_VOID = ("br", "img", "meta")


def join(parts: Iterable[object], between: str = "") -> Markup:
    """Return parts one after another."""
    return Markup(between.join(esc(part) for part in parts))


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]], *, shown: bool = False) -> Markup:
    """Return a table. The first cell of a row is its heading; each cell knows its column's, for narrow screens."""
    body = []
    for row in rows:
        first, *rest = row
        cells = [tag("th", first, scope="row", data_label=heads[0])]
        cells += [tag("td", cell, data_label=head) for head, cell in zip(heads[1:], rest, strict=True)]
        body.append(tag("tr", *cells))
    head = tag("tr", *(tag("th", text, scope="col") for text in heads))
    said = tag("caption", caption, class_=None if shown else "said")  # a heading above may say it already
    return tag("table", said, tag("thead", head), tag("tbody", *body), class_="wide")


def listing(items: Iterable[object], name: str = "ul", **attributes: object) -> Markup:
    """Return a list, or nothing if there are no items."""
    made = [tag("li", item) for item in items]
    return tag(name, *made, **attributes) if made else Markup("")


def facts(rows: Iterable[tuple[str, object]]) -> Markup:
    """Return names and what belongs to them; rows without content are left out."""
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", what)) for name, what in rows if what))
