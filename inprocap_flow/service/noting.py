"""Notes of what a check of one file worked out, kept for the next check of that file.

One file for each, written anew when something was worked out that was not in it; what was not asked for then is left
out, so it does not grow. Damaged, missing or unwritable, it costs time and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from inprocap_flow.language.canonical import digest
from inprocap_flow.language.noted import noting
from inprocap_flow.service.kept import Kept, hash_of

Plain = Any


class Book:
    """The notes of one file, as `language.noted.Notes` says."""

    def __init__(self, known: dict[str, Plain]) -> None:
        self.known = known
        self.used: dict[str, Plain] = {}
        self.grew = False

    def find(self, key: str) -> Plain:
        plain = self.known.get(key)
        if plain is not None:
            self.used[key] = plain
        return plain

    def keep(self, key: str, plain: Plain) -> None:
        self.used[key] = plain
        self.grew = True


@contextmanager
def noting_for(kept: Kept, *about: object) -> Iterator[None]:
    """Let what is worked out meanwhile be noted for the next time somebody looks at the same, and this program does."""
    if kept.folder is None:
        yield
        return
    key = digest([*map(str, about), working()])
    book = Book(_read(kept, key))
    with noting(book):
        yield
    if book.grew:
        kept.write(key, json.dumps(book.used, ensure_ascii=False).encode())


def _read(kept: Kept, key: str) -> dict[str, Plain]:
    data = kept.read(key)
    try:
        known = {} if data is None else json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}


@cache
def working() -> str:
    """Return a hash of all that works out what is noted: reading, judging, counting days."""
    here = Path(__file__).resolve().parents[1]
    files = [file for name in ("language", "calendar") for file in (here / name).rglob("*.py")]
    return hash_of([*files, here / "records.py", here / "errors.py"])
