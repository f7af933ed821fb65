"""A letter as HTML for mail programs: tables and inline styles, which is what they understand; nothing is fetched.

Every text is escaped here and nowhere else. Nothing is said by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from inprocap_flow.delivery.parcels import Item, Letter
from inprocap_flow.errors import visible

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_PAGE = f"margin:0;padding:24px 12px;background:#f4f5f7;color:#1c1f24;{_FONT};font-size:16px;line-height:1.5"
_SHEET = "max-width:600px;margin:0 auto;background:#ffffff;border:1px solid #d5d9e0;border-radius:6px"
_LABEL = "padding:3px 16px 3px 0;color:#505761;font-size:14px;vertical-align:top;white-space:nowrap"
_VALUE = "padding:3px 0;font-size:14px;vertical-align:top"
_COMMAND = (
    "font-family:Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:13px;background:#eef0f4;"
    "padding:2px 6px;border-radius:3px;word-break:break-word"
)
_LATE = "margin:0 0 8px;padding:6px 10px;border-left:4px solid #8a3b00;background:#fff4e8;font-size:14px"


def hypertext(letter: Letter) -> str:
    """Return *letter* as one HTML page."""
    body = "".join(_body(letter))
    return (
        f'<!doctype html>\n<html lang="{escape(letter.language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{_text(letter.subject)}</title></head>\n<body style="{_PAGE}">\n{body}</body></html>\n'
    )


def _body(letter: Letter) -> Iterator[str]:
    yield f'<div style="{_SHEET}">\n'
    if letter.digest:
        yield f'<p style="margin:0;padding:16px 24px 0;color:#505761">{_text(letter.digest)}</p>\n'
    for number, item in enumerate(letter.items):
        line = "border-top:1px solid #d5d9e0;" if number else ""
        yield f'<div style="{line}padding:20px 24px">\n{"".join(_item(item))}</div>\n'
    yield "</div>\n"
    closing = "<br>".join(map(_text, letter.closing))
    yield f'<p style="max-width:600px;margin:16px auto 0;color:#505761;font-size:13px">{closing}</p>\n'


def _item(item: Item) -> Iterator[str]:
    if item.late:
        yield f'<p style="{_LATE}"><strong>!</strong> {_text(item.late)}</p>\n'
    yield f'<h1 style="margin:0 0 12px;font-size:19px;line-height:1.35">{_text(item.what)}</h1>\n'
    yield '<table role="presentation" cellspacing="0" cellpadding="0" border="0">\n'
    for label, text in item.facts:
        yield _row(_text(label), _text(text))
    if item.command:
        yield _row(_text(item.to_do), f'<code style="{_COMMAND}">{_text(item.command)}</code>')
    yield "</table>\n"


def _row(label: str, value: str) -> str:
    return f'<tr><td style="{_LABEL}">{label}</td><td style="{_VALUE}">{value}</td></tr>\n'


def _text(text: str) -> str:
    return escape(" ".join(visible(text).split()))
