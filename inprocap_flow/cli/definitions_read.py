"""``read``: a procedure, or one step, stage, approval or deadline of it, in plain sentences with file and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted, file_desk, procedure_file, today
from inprocap_flow.cli.overlaid import overlays_declaring, overlays_meant
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.short_places import ShortPlaces
from inprocap_flow.cli.tongues import refuse_language
from inprocap_flow.errors import NotFound, Place

if TYPE_CHECKING:
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.service.reading.book import Book
    from inprocap_flow.service.reading.mentioning import Mention
    from inprocap_flow.service.reading.sentences import Group, Section, Sentence
    from inprocap_flow.service.reading.swaps import Swap


@click.command()
@click.argument("procedure")
@click.argument("name", required=False)
@click.option("--where", "word", metavar="WORD", help="Where do I change it? Every place that says WORD.")
@click.option("--contents", is_flag=True, help="Only the table of contents.")
@click.option("--overlay", "overlays", multiple=True, metavar="FILE|NAME", help="With this overlay; more than once.")
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
    language: str | None,
) -> None:
    """Read a procedure, or one NAME of it, in plain sentences, each with file and line.

    With --organisation, or --overlay, it is read as it is with the overlays in force today; what they wrote begins
    with a plus sign. Titles that somebody has translated are read in --language; what nobody has stays as it is.

    PROCEDURE is a name (pcp) or a file. NAME is anything that it declares: a step, a stage, a milestone, an approval,
    a deadline, a field, a document, a role, a rule, a limit, a watch, a derogation or a kind of track (supplier); a
    step of a track is written supplier.submit. Everything is generated from the definition itself.

    \b
    inprocap-flow read pcp send_call            who, what, which signatures
    inprocap-flow read pcp --where standstill   where to change it
    """  # noqa: D301 - the mark is for click
    from inprocap_flow.service.reading.book import open_book
    from inprocap_flow.service.reading.finding import read_one
    from inprocap_flow.service.reading.mentioning import mentions
    from inprocap_flow.service.reading.whole import whole

    if name and word:
        raise click.UsageError("Give a NAME to read, or --where WORD, not both.")
    desk = file_desk(session)
    path, day = procedure_file(desk, procedure), today(session)
    book = open_book(
        path,
        desk.definitions,
        overlays=overlays_meant(session, desk, path, overlays, day),
        hook_lookup=desk.hooks.lookup,
        day=day,
        language=language or session.settings.language,
    )
    if language is not None:
        refuse_language(book, language)
    if word is not None:
        found = mentions(book, word)
        plain = [{"file": m.place.file, "line": m.place.line, "section": m.section, "text": m.text} for m in found]
        session.answer({"procedure": book.definition.name, "word": word, "places": plain}, _index(word, found))
        return
    try:
        sections = read_one(book, name) if name else (whole(book),)
    except NotFound as unknown:
        raise _elsewhere(desk, path, name or "", unknown) from None
    document = {
        "procedure": book.definition.name,
        "version": book.definition.full_version,
        "day": book.day,
        "overlays": {name: file for file, name in book.overlay_files.items()},
    }
    margin = _margin(book, path, desk, name, sections)
    lines = _contents(sections[0]) if contents and not name else _pages(sections, margin, with_contents=not name)
    plain = [one.to_plain() for one in sections]
    session.answer(
        document | {"sections": plain}, (*_legend(book, margin, sections), *_shared(name or "", sections), *lines)
    )


# ----------------------------------------------------------------------------------------------- text of a reading


def _elsewhere(desk: Desk, path: Path, name: str, unknown: NotFound) -> NotFound:
    """Return the error with the overlay that has the name, if one for the procedure has."""
    have = overlays_declaring(desk, path.stem, name)
    if not have:
        return unknown
    mend = f"it stands in the overlay {have[0]}: inprocap-flow read {path.stem} {name} --overlay {have[0]}"
    return NotFound(str(unknown.args[0]), mend=mend)


def _margin(book: Book, path: Path, desk: Desk, name: str | None, sections: tuple[Section, ...]) -> _Margin:
    """Return what tells a sentence of an overlay from one of the procedure: its file, and what is said without.

    What is only called otherwise is no change of each sentence that names it.
    """
    files = {place.file for section in sections for place in _places(section)}
    short = ShortPlaces({*files, *book.overlay_files}, desk.definitions)
    if not book.overlay_files:
        return _Margin(short)
    from inprocap_flow.service.reading.book import open_book
    from inprocap_flow.service.reading.swaps import as_now, swaps_between
    from inprocap_flow.service.reading.whole import whole

    without = open_book(path, desk.definitions, hook_lookup=desk.hooks.lookup, day=book.day, language=book.language)
    swaps = swaps_between(without, book)
    there = (whole(without), *(_read_there(without, name) if name else ()))
    said = (one.text for top in there for section in top.walk() for one in section.sentences())
    both = frozenset(text for one in said for text in (one, as_now((one, ()), swaps)[0][0]))
    return _Margin(short, frozenset(book.overlay_files), both, swaps)


def _read_there(book: Book, name: str) -> tuple[Section, ...]:
    """Return what *name* means without the overlays; nothing if it is one of theirs."""
    from inprocap_flow.service.reading.finding import read_one

    try:
        return read_one(book, name)
    except NotFound:
        return ()


def _legend(book: Book, margin: _Margin, sections: tuple[Section, ...]) -> Iterator[str]:
    """Say whose lines are marked, where overlays were applied, and what is called otherwise."""
    for one in book.definition.overlays:
        whose = f"the law of {one.national}" if one.national else "house rules"
        said = f"Lines with + are there because of {book.text(one.title)} ({whose}, overlay {one.name} {one.version});"
        yield from layout.wrapped(f"{said} the file at the right margin says where each stands.")
    if book.definition.overlays:
        yield from layout.wrapped("Lines without + are the procedure as everybody has it.")
    said = "\n".join(one.text for top in sections for part in top.walk() for one in part.sentences())
    for swap in margin.swaps:
        if swap.made_in(said.replace(swap.now, swap.was))[1]:
            yield from layout.wrapped(
                f'"{swap.now}" stands where others have "{swap.was}" ({margin(swap.place)}).', "+ "
            )
    if book.definition.overlays:
        yield ""


def _shared(name: str, sections: tuple[Section, ...]) -> Iterator[str]:
    """Yield what a name means, where several things share it: who looks for the last one must know that it comes."""
    from inprocap_flow.service.reading.speech import all_of

    if len(sections) > 1:
        yield from layout.wrapped(f"{name} is {all_of(_what(one) for one in sections)}.")
        yield ""


def _what(section: Section) -> str:
    steps = sum(below.kind == "step" for below in section.walk())
    article = "an" if section.kind[:1] in "aeiou" else "a"
    return f"{article} {section.kind}" + (f" ({counted(steps, 'step')})" if section.kind == "stage" else "")


def _pages(sections: Iterable[Section], margin: _Margin, *, with_contents: bool) -> Iterator[str]:
    for number, section in enumerate(sections):
        if number:
            yield ""
        yield from _section(section, margin, 0)
        if with_contents:
            yield from ("", *_contents(section))
            for below in section.sections:
                yield ""
                yield from _tree(below, margin, 1)
        else:
            yield from (line for below in section.sections for line in ("", *_tree(below, margin, 1)))


def _tree(section: Section, margin: _Margin, depth: int) -> Iterator[str]:
    yield from _section(section, margin, depth)
    for below in section.sections:
        yield ""
        yield from _tree(below, margin, depth + 1)


def _section(section: Section, margin: _Margin, depth: int) -> Iterator[str]:
    yield layout.heading(("=" if depth == 0 else "-") * layout.width())
    yield from _title(section, margin)
    named = f"{margin.mark(section.place)}{section.kind} {section.name}" if section.name else ""
    yield from _with_place(layout.wrapped(named), margin(section.place))
    for group in section.groups:
        yield from _group(group, margin)


def _title(section: Section, margin: _Margin) -> Iterator[str]:
    """Yield the title, with its place where an overlay gives it: the thing is declared where it always was."""
    lines = layout.wrapped(f"{margin.mark(section.title_place)}{section.title}")
    yield from (layout.heading(line) for line in lines)
    if section.title_place is not None:
        yield click.style(f"called so at {margin(section.title_place)}".rjust(layout.width()), dim=True)


def _group(group: Group, margin: _Margin) -> Iterator[str]:
    if group.label:
        yield click.style(f"  {group.label}", underline=True)
    for number, one in enumerate(group.sentences, 1):
        yield from _sentence(one, margin, 4, f"{number}. " if group.numbered else "- ")


def _sentence(
    one: Sentence, margin: _Margin, indent: int, mark: str = "- ", above: Place | None = None
) -> Iterator[str]:
    """Yield a sentence with its place, unless the line *above* it has the same, and what is below it."""
    changed = margin.mark(one.place, one.text)
    shown = f"  {changed}".ljust(indent) if changed else " " * indent
    lines = layout.wrapped(one.text, shown + mark)
    same = above is not None and margin(above) == margin(one.place)
    yield from _with_place(lines, "" if same else margin(one.place))
    last = one.place or above
    for below in one.below:
        yield from _sentence(below, margin, indent + 2, above=last)
        last = next((said.place for said in reversed(list(below.walk())) if said.place is not None), last)


def _with_place(lines: list[str], place: str) -> Iterator[str]:
    """Yield *lines* with the place at the right margin: on the last line if it fits, else on one of its own."""
    yield from lines[:-1]
    last = lines[-1] if lines else ""
    if not place:
        yield last
    elif len(last) + 2 + len(place) <= layout.width():
        yield last + click.style(place.rjust(layout.width() - len(last)), dim=True)
    else:
        yield last
        yield click.style(place.rjust(layout.width()), dim=True)


def _contents(section: Section) -> Iterator[str]:
    """Yield the table of contents of a whole procedure: stages in order with their steps."""
    yield layout.heading("Contents")
    for one in section.sections:
        yield from _contents_of(one, 2)
    yield "  Read one of them with: inprocap-flow read " + section.name + " NAME"


def _contents_of(section: Section, indent: int) -> Iterator[str]:
    if section.kind in ("fields", "documents", "roles", "limits", "blocks", "watches"):
        yield from layout.wrapped(f"{section.title}: {_number(section)}", " " * indent, " " * (indent + 2))
        return
    shown = f"{section.title} ({section.name})" if section.kind in ("step", "approval", "deadline") else section.title
    mark = {"step": "> ", "approval": "signed: ", "deadline": "clock: "}.get(section.kind, "")
    yield from layout.wrapped(f"{mark}{shown}", " " * indent, " " * (indent + 2))
    for below in section.sections:
        yield from _contents_of(below, indent + 2)


def _number(section: Section) -> str:
    if section.kind == "blocks":
        return counted(len(section.groups), "block")
    return str(sum(len(group.sentences) for group in section.groups))


# -------------------------------------------------------------------------------------------------------- places


@dataclass(frozen=True, slots=True)
class _Margin:
    """What stands beside a sentence: its place, and a mark where an overlay wrote or changed it.

    ``files`` are those of overlays, ``said`` is every sentence that is said without them; empty where none is applied.
    """

    short: ShortPlaces
    files: frozenset[str] = frozenset()
    said: frozenset[str] = frozenset()
    swaps: tuple[Swap, ...] = ()

    def mark(self, place: Place | None, text: str = "") -> str:
        """Return the mark of what an overlay wrote or changed, "" for anything else."""
        written = place is not None and place.file in self.files
        return "+ " if written or (text and self.said and text not in self.said) else ""

    def __call__(self, place: Place | None) -> str:
        return self.short(place)


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
