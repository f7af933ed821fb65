"""``diff --since``: the two sides of a comparison with a released version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inprocap_flow.cli.definitions import is_file, procedure_file
from inprocap_flow.cli.overlaid import overlay_file

if TYPE_CHECKING:
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.service.reading.book import Book

Opened = Callable[[Path, tuple[Path, ...]], "Book"]
"""Opens a procedure of a file with the overlays of others."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about: the procedure *base* since one released version, *to* another or (None) as its file is."""

    base: str
    overlays: tuple[str, ...]
    since: str
    to: str | None
    day: date
    language: str


def asked(
    base: str, others: tuple[str, ...], since: str | None, to: str | None, day: date, language: str
) -> Asked | None:
    """Return what the options ask for; None without any. Raises a usage error for those that do not go together."""
    if to is not None and since is None:
        raise click.UsageError("--to names the later of two released versions: name the earlier one with --since.")
    if to is not None and others:
        raise click.UsageError("With --since and --to two released versions are compared: name no file beside them.")
    return Asked(base, others, since, to, day, language) if since is not None else None


def sides(desk: Desk, asked: Asked, opened: Opened) -> tuple[Book, Book]:
    """Return the released version and what it is compared with. Raises NotFound, InvalidInput."""
    from inprocap_flow.service.reading.released import released_book, without_notes

    name, language = _name(asked.base), asked.language
    if asked.to is not None:
        older, newer = (
            released_book(desk, name, version, asked.day, language=language)
            for version in (asked.since, asked.to)
        )  # fmt: skip
        return older, newer
    path = procedure_file(desk, asked.base)
    released_book(desk, name, asked.since, asked.day)  # no such version: said before anything that is wrong in files
    after = opened(path, tuple(overlay_file(desk, one) for one in asked.overlays or _overlays(asked.since)))
    return released_book(desk, name, asked.since, asked.day, language=language, beside=after), without_notes(after)


def _name(base: str) -> str:
    """Return the name of a procedure, also of one that has no file any more."""
    return Path(base).stem if is_file(Path(base)) or base.endswith((".yaml", ".yml")) else base


def _overlays(version: str) -> Sequence[str]:
    """Return the overlays of a version that is written with them: ``2026.1 + house 2026.1``."""
    return [one.partition(" ")[0] for one in version.split(" + ")[1:]]
