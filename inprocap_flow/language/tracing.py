"""What was looked for and read in folders of definitions while something was worked out, to see if it still holds.

Nobody has to list beforehand on which files an answer hangs: whoever finds and reads them notes it here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from pathlib import Path
from typing import Any

Plain = Any


class Trace:
    """What was found under each name in some folders, and what each file that was read said."""

    def __init__(self) -> None:
        self.found: dict[tuple[tuple[str, ...], str, str], list[str]] = {}
        self.read: dict[str, str] = {}

    def to_plain(self) -> Plain:
        """Return it as JSON data: ``found`` by folders, and ``read`` with a hash of each file."""
        by_folders: dict[tuple[str, ...], list[Plain]] = {}
        for (folders, kind, name), paths in self.found.items():
            by_folders.setdefault(folders, []).append([kind, name, paths])
        return {"found": [[list(folders), asked] for folders, asked in by_folders.items()], "read": self.read}


_TRACE: ContextVar[Trace | None] = ContextVar("trace", default=None)


@contextmanager
def tracing() -> Iterator[Trace]:
    """Give what is looked for and read meanwhile."""
    before, trace = _TRACE.get(), Trace()
    token = _TRACE.set(trace)
    try:
        yield trace
    finally:
        _TRACE.reset(token)
        if before is not None:
            before.found.update(trace.found)
            before.read.update(trace.read)


def note_found(folders: Sequence[Path], kind: str, name: str, paths: Sequence[Path]) -> None:
    """Note which files of *kind* were found under *name*: none, one, or a series."""
    trace = _TRACE.get()
    if trace is not None:
        trace.found[tuple(map(absolute, folders)), kind, name] = [*map(absolute, paths)]


def note_read(path: Path, data: bytes) -> None:
    """Note that *path* was read, and what it said; nothing for a file that cannot be read."""
    trace = _TRACE.get()
    if trace is not None:
        trace.read[absolute(path)] = hash_of(data)


def hash_of(data: bytes) -> str:
    """Return a hash of what a file says."""
    return sha256(data).hexdigest()


def absolute(path: Path) -> str:
    """Return *path* whatever folder one works in."""
    return str(path.absolute())
