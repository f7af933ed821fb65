"""A released version to read from, and to compare with: all that it says, without a line of any file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from inprocap_flow.errors import NotFound, Place
from inprocap_flow.language.files import Library
from inprocap_flow.language.load import notice_titles
from inprocap_flow.language.model import Definition, Rulebook
from inprocap_flow.language.nodes import MapNode
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.migrating import PROCEDURES, released_version
from inprocap_flow.service.reading.book import Book
from inprocap_flow.store.port import Reading


def released_book(
    desk: Desk, name: str, version: str, day: date, *, language: str = "en", beside: Book | None = None
) -> Book:
    """Return a released version of the procedure *name*; *version* is written with its overlays, if it has any.

    It knows no places, and not what blocks were given, for neither is released. Values of law are those of the local
    *day* in the rulebook of *beside*, with which it is compared; else, or if that has another, in the one released
    last. Raises NotFound with the versions that are released.
    """
    with desk.store.reading() as reading:
        definition = _definition(desk, reading, name, version)
        without = _without_overlays(desk, reading, definition)
        rulebook = _rulebook(desk, reading, definition.rulebook, beside)
    titles = beside.codes if beside is not None else notice_titles(Library(desk.definitions))
    nowhere = MapNode([], Place(""))
    return Book(definition, nowhere, Library(()), (), rulebook, None, day, language, titles, without)


def without_notes(book: Book) -> Book:
    """Return *book* without notes on what its blocks are given: beside a released version they would all seem new."""
    return replace(book, included=())


def _definition(desk: Desk, reading: Reading, name: str, version: str) -> Definition:
    content_hash = released_version(reading, name, version)
    if content_hash is not None:
        return desk.machine(reading, content_hash).definition
    known = [one.version for kind in PROCEDURES for one in reading.releases(kind) if one.name == name]
    if known:
        raise NotFound(f"version {version} of {name} is not released", mend=f"released: {', '.join(known)}")
    raise NotFound(f"no version of {name} is released", mend="see inprocap-flow procedures for what is")


def _without_overlays(desk: Desk, reading: Reading, definition: Definition) -> Definition | None:
    """Return what the overlays of a version were laid over; None if it has none, or if that is not released."""
    base = released_version(reading, definition.name, definition.version) if definition.overlays else None
    return desk.machine(reading, base).definition if base is not None else None


def _rulebook(desk: Desk, reading: Reading, name: str | None, beside: Book | None) -> Rulebook | None:
    if beside is not None and beside.definition.rulebook == name:
        return beside.rulebook
    try:
        return desk.rulebook(reading, name) if name else None
    except NotFound:  # released with a rulebook that every organisation has exchanged for its own
        return None
