"""``read``: a procedure, or one step, stage, approval or deadline of it, in plain sentences with file and line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted, day_meant, file_desk, procedure_file
from inprocap_flow.cli.definitions_read_pages import Margin, legend, pages, shared, table_of
from inprocap_flow.cli.overlaid import overlays_declaring, overlays_meant
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.short_places import ShortPlaces
from inprocap_flow.cli.tongues import language_meant, refuse_language
from inprocap_flow.errors import NotFound, Place

if TYPE_CHECKING:
    from datetime import date

    from inprocap_flow.service.desk import Desk
    from inprocap_flow.service.reading.book import Book
    from inprocap_flow.service.reading.mentioning import Mention
    from inprocap_flow.service.reading.sentences import Section


@click.command()
@click.argument("procedure")
@click.argument("name", required=False)
@click.option("--where", "word", metavar="WORD", help="Where do I change it? Every place that says WORD.")
@click.option("--contents", is_flag=True, help="Only the table of contents.")
@click.option("--overlay", "overlays", multiple=True, metavar="FILE|NAME", help="With this overlay; more than once.")
@click.option("--on", "on", metavar="DAY", help="As it is on this day, such as 2027-01-01; without it today.")
@click.option("--language", metavar="CODE", help="Titles in this language, such as de; without it in yours.")
@pass_session
def read(
    session: Session,
    *,
    procedure: str,
    name: str | None,
    word: str | None,
    contents: bool,
    overlays: tuple[str, ...],
    on: str | None,
    language: str | None,
) -> None:
    """Read a procedure, or one NAME of it, in plain sentences, each with file and line.

    With --organisation, or --overlay, it is read as it is with the overlays in force today (or --on a day); what they
    wrote begins with a plus sign. Titles that somebody has translated are read in --language; what nobody has stays as
    it is.

    PROCEDURE is a name (pcp) or a file. NAME is anything that it declares: a step, a stage, a milestone, an approval,
    a deadline, a field, a document, a role, a rule, a limit, a watch, a derogation or a kind of track (supplier); a
    step of a track is written supplier.submit. Everything is generated from the definition itself.

    \b
    inprocap-flow read pcp send_call            who, what, which signatures
    inprocap-flow read pcp --where standstill   where to change it
    """  # noqa: D301 - the mark is for click
    if name and word:
        raise click.UsageError("Give a NAME to read, or --where WORD, not both.")
    desk = file_desk(session)
    path = procedure_file(desk, procedure)
    book = _opened(session, desk, path, overlays, day_meant(session, on), language)
    if word is not None:
        _tell_where(session, book, word)
        return
    sections = _sections(desk, path, book, name)
    margin = _margin(book, path, desk, name, sections)
    lines = table_of(sections[0]) if contents and not name else pages(sections, margin, with_contents=not name)
    document = {
        "procedure": book.definition.name,
        "version": book.definition.full_version,
        "day": book.day,
        "overlays": {name: file for file, name in book.overlay_files.items()},
        "sections": [one.to_plain() for one in sections],
    }
    session.answer(document, (*legend(book, margin, sections), *shared(name or "", sections), *lines))


def _opened(
    session: Session, desk: Desk, path: Path, overlays: tuple[str, ...], day: date, language: str | None
) -> Book:
    """Return the procedure as it is read on *day*. Raises a usage error for a language in which nothing of it is."""
    from inprocap_flow.service.reading.book import open_book

    book = open_book(
        path,
        desk.definitions,
        overlays=overlays_meant(session, desk, path, overlays, day),
        hook_lookup=desk.hooks.lookup,
        day=day,
        language=language_meant(session, language),
    )
    if language is not None:
        refuse_language(book, language)
    return book


def _tell_where(session: Session, book: Book, word: str) -> None:
    """Say every place that has *word*."""
    from inprocap_flow.service.reading.mentioning import mentions

    found = mentions(book, word)
    plain = [{"file": m.place.file, "line": m.place.line, "section": m.section, "text": m.text} for m in found]
    session.answer({"procedure": book.definition.name, "word": word, "places": plain}, _index(word, found))


def _sections(desk: Desk, path: Path, book: Book, name: str | None) -> tuple[Section, ...]:
    """Return what is read: all, or what *name* means. Raises NotFound, with the overlay that has the name."""
    from inprocap_flow.service.reading.finding import read_one
    from inprocap_flow.service.reading.whole import whole

    try:
        return read_one(book, name) if name else (whole(book),)
    except NotFound as unknown:
        raise _elsewhere(desk, path, name or "", unknown) from None


def _elsewhere(desk: Desk, path: Path, name: str, unknown: NotFound) -> NotFound:
    """Return the error with the overlay that has the name, if one for the procedure has."""
    have = overlays_declaring(desk, path.stem, name)
    if not have:
        return unknown
    mend = f"it stands in the overlay {have[0]}: inprocap-flow read {path.stem} {name} --overlay {have[0]}"
    return NotFound(str(unknown.args[0]), mend=mend)


def _margin(book: Book, path: Path, desk: Desk, name: str | None, sections: tuple[Section, ...]) -> Margin:
    """Return what tells a sentence of an overlay from one of the procedure: its file, and what is said without.

    What is only called otherwise is no change of each sentence that names it.
    """
    files = {place.file for section in sections for place in _places(section)}
    short = ShortPlaces({*files, *book.overlay_files}, desk.definitions)
    if not book.overlay_files:
        return Margin(short)
    from inprocap_flow.service.reading.book import open_book
    from inprocap_flow.service.reading.swaps import as_now, swaps_between
    from inprocap_flow.service.reading.whole import whole

    without = open_book(path, desk.definitions, hook_lookup=desk.hooks.lookup, day=book.day, language=book.language)
    swaps = swaps_between(without, book)
    there = (whole(without), *(_read_there(without, name) if name else ()))
    said = (one.text for top in there for section in top.walk() for one in section.sentences())
    both = frozenset(text for one in said for text in (one, as_now((one, ()), swaps)[0][0]))
    return Margin(short, frozenset(book.overlay_files), both, swaps)


def _read_there(book: Book, name: str) -> tuple[Section, ...]:
    """Return what *name* means without the overlays; nothing if it is one of theirs."""
    from inprocap_flow.service.reading.finding import read_one

    try:
        return read_one(book, name)
    except NotFound:
        return ()


def _places(section: Section) -> Iterator[Place]:
    for one in section.walk():
        yield from (place for place in (one.place, one.title_place) if place is not None)
        yield from (sentence.place for sentence in one.sentences() if sentence.place is not None)


def _index(word: str, found: tuple[Mention, ...]) -> Iterator[str]:
    """Yield the places that say a word, file by file, each with one sentence."""
    places = {(one.place.file, one.place.line) for one in found}
    yield f'{counted(len(places), "place")} {"says" if len(places) == 1 else "say"} "{word}".'
    file = ""
    for one in found:
        if one.place.file != file:
            file = one.place.file
            yield ""
            yield layout.heading(file)
        text = one.text if one.section in one.text else f"{one.section}: {one.text}"
        yield from layout.wrapped(text, f"{one.place.line:>5}  ", " " * 7)
