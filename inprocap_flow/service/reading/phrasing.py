"""Words put together: lists, articles, sentences."""

from __future__ import annotations

from collections.abc import Iterable


def any_of(words: Iterable[str]) -> str:
    """Return ``a, b or c``."""
    return _joined(words, "or")


def all_of(words: Iterable[str]) -> str:
    """Return ``a, b and c``."""
    return _joined(words, "and")


def _joined(words: Iterable[str], last: str) -> str:
    known = list(dict.fromkeys(words))
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} {last} {known[-1]}" if known else ""


def a_(noun: str) -> str:
    """Return a noun with its article: ``a supplier file``, ``an offer file``."""
    return f"{'an' if noun[:1].casefold() in 'aeio' else 'a'} {noun}"


def sentence(text: str) -> str:
    """Return *text* with a capital letter and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
