"""A procedure read aloud, as pages of a terminal: headings, sentences with their places, what overlays wrote marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted
from inprocap_flow.cli.short_places import ShortPlaces
from inprocap_flow.errors import Place

if TYPE_CHECKING:
    from inprocap_flow.service.reading.book import Book
    from inprocap_flow.service.reading.sentences import Group, Section, Sentence
    from inprocap_flow.service.reading.swaps import Swap


@dataclass(frozen=True, slots=True)
class Margin:
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


def legend(book: Book, margin: Margin, sections: tuple[Section, ...]) -> Iterator[str]:
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


def shared(name: str, sections: tuple[Section, ...]) -> Iterator[str]:
    """Yield what a name means, where several things share it: who looks for the last one must know that it comes."""
    from inprocap_flow.service.reading.phrasing import all_of

    if len(sections) > 1:
        yield from layout.wrapped(f"{name} is {all_of(_what(one) for one in sections)}.")
        yield ""


def _what(section: Section) -> str:
    steps = sum(below.kind == "step" for below in section.walk())
    article = "an" if section.kind[:1] in "aeiou" else "a"
    return f"{article} {section.kind}" + (f" ({counted(steps, 'step')})" if section.kind == "stage" else "")


def pages(sections: Iterable[Section], margin: Margin, *, with_contents: bool) -> Iterator[str]:
    """Yield the pages of *sections*, each *with_contents* before its parts if asked."""
    for number, section in enumerate(sections):
        if number:
            yield ""
        yield from _section(section, margin, 0)
        if with_contents:
            yield from ("", *table_of(section))
            for below in section.sections:
                yield ""
                yield from _tree(below, margin, 1)
        else:
            yield from (line for below in section.sections for line in ("", *_tree(below, margin, 1)))


def _tree(section: Section, margin: Margin, depth: int) -> Iterator[str]:
    yield from _section(section, margin, depth)
    for below in section.sections:
        yield ""
        yield from _tree(below, margin, depth + 1)


def _section(section: Section, margin: Margin, depth: int) -> Iterator[str]:
    yield layout.heading(("=" if depth == 0 else "-") * layout.width())
    yield from _title(section, margin)
    named = f"{margin.mark(section.place)}{section.kind} {section.name}" if section.name else ""
    yield from _with_place(layout.wrapped(named), margin(section.place))
    for group in section.groups:
        yield from _group(group, margin)


def _title(section: Section, margin: Margin) -> Iterator[str]:
    """Yield the title, with its place where an overlay gives it: the thing is declared where it always was."""
    lines = layout.wrapped(f"{margin.mark(section.title_place)}{section.title}")
    yield from (layout.heading(line) for line in lines)
    if section.title_place is not None:
        yield click.style(f"called so at {margin(section.title_place)}".rjust(layout.width()), dim=True)


def _group(group: Group, margin: Margin) -> Iterator[str]:
    if group.label:
        yield click.style(f"  {group.label}", underline=True)
    for number, one in enumerate(group.sentences, 1):
        yield from _sentence(one, margin, 4, f"{number}. " if group.numbered else "- ")


def _sentence(
    one: Sentence, margin: Margin, indent: int, mark: str = "- ", above: Place | None = None
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


def table_of(section: Section) -> Iterator[str]:
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
