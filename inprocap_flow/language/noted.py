"""What was worked out before, perhaps by another process: found again by what it hangs on, as plain data.

`remembered` holds things while a process runs; notes outlive it. Nothing rests on them: without notes, or where one
cannot be read, the work is done. Whoever has a folder for them brings them along (`noting`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")
Plain = Any


class Notes(Protocol):
    """Where notes are found and kept, by a key that says all on which they hang. Neither method raises."""

    def find(self, key: str) -> Plain: ...
    def keep(self, key: str, plain: Plain) -> None: ...


_NOTES: ContextVar[Notes | None] = ContextVar("notes", default=None)


@contextmanager
def noting(notes: Notes) -> Iterator[None]:
    """Let what is worked out meanwhile be looked for in *notes* first, and be kept there."""
    before = _NOTES.set(notes)
    try:
        yield
    finally:
        _NOTES.reset(before)


def noted(
    kind: str,
    hangs_on: Callable[[], Plain],
    work: Callable[[], Result],
    to_plain: Callable[[Result], Plain],
    from_plain: Callable[[Plain], Result],
) -> Result:
    """Return what *work* gives, from a note if there is one.

    *hangs_on* gives, as JSON data, all on which the result hangs besides the program itself; it is asked only where
    there are notes. *to_plain* gives None for a result that is not to be kept. *from_plain* may raise KeyError,
    TypeError or ValueError for what it cannot read: then the work is done.
    """
    notes = _NOTES.get()
    if notes is None:
        return work()
    key = _key(kind, hangs_on())
    plain = notes.find(key)
    if plain is not None:
        try:
            return from_plain(plain)
        except (KeyError, TypeError, ValueError):
            pass
    result = work()
    plain = to_plain(result)
    if plain is not None:
        notes.keep(key, plain)
    return result


def noted_while(
    kind: str, about: Callable[[], Plain], holds: Callable[[Plain], bool], work: Callable[[], tuple[Result, Plain]]
) -> Result | None:
    """Return what *work* gives; None if a note about the same *holds*: that nothing was found then.

    *work* gives the note beside its result, as JSON data; None where nothing is to be noted.
    """
    notes = _NOTES.get()
    if notes is None:
        return work()[0]
    key = _key(kind, about())
    plain = notes.find(key)
    if plain is not None and holds(plain):
        return None
    result, plain = work()
    if plain is not None:
        notes.keep(key, plain)
    return result


def _key(kind: str, hangs_on: Plain) -> str:
    from inprocap_flow.language.canonical import digest

    return f"{kind} {digest(hangs_on)}"
