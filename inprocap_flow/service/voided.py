"""Why signatures are void, in words. Light: it is imported by whoever says what a command did."""

from __future__ import annotations

from collections.abc import Iterable

_MIGRATION = "migrate"  # what `engine.acts.migrating` writes in the place of a name


def because_of(names: Iterable[str]) -> str:
    """Return the fields, papers and watches because of which signatures are void; or that the case went over."""
    return ", ".join("the move to another version" if name == _MIGRATION else name for name in names)
