"""``diff``: what overlays change in a procedure, or what differs between two procedures, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted, day_meant, file_desk, is_file, procedure_file
from inprocap_flow.cli.definitions_since import asked, sides
from inprocap_flow.cli.overlaid import overlay_file, overlays_meant
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.short_places import ShortPlaces
from inprocap_flow.cli.tongues import language_meant, refuse_language
from inprocap_flow.errors import NotFound

if TYPE_CHECKING:
    from datetime import date

    from inprocap_flow.errors import Place
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.service.reading.book import Book
    from inprocap_flow.service.reading.differing import Change, Difference
    from inprocap_flow.service.reading.sentences import Sentence

LISTS = ("limits", "fields", "documents", "roles", "watches", "own_lengths")
HEADS = {"new": "New", "gone": "Gone", "changed": "Changed"}


@click.command("diff")
@click.argument("base")
@click.argument("others", nargs=-1, metavar="[OVERLAY]...|OTHER")
@click.option("--since", metavar="VERSION", help="What BASE says otherwise than this released version of it.")
@click.option("--to", metavar="VERSION", help="With --since: compare with this released version, not with the file.")
@click.option("--on", "on", metavar="DAY", help="As it is on this day, such as 2027-01-01; without it today.")
@click.option("--language", metavar="CODE", help="Titles in this language, such as de; without it in yours.")
@pass_session
def diff(
    session: Session,
    base: str,
    others: tuple[str, ...],
    *,
    since: str | None,
    to: str | None,
    on: str | None,
    language: str | None,
) -> None:
    """Say in plain words what OVERLAYs change in the procedure BASE, or how another procedure differs from it.

    Each is a file or a name; a procedure named by its file is read with the blocks beside it. Without any, the overlays
    are meant that the organisation (--organisation) has today, or --on a day.
    What is new or otherwise is said with its ground, its evidence and its place. With --since the procedure is
    compared with a version of it that is released: what was changed since? A released version has no places.

    \b
    inprocap-flow diff pcp overlays/my-house.yaml      an overlay
    inprocap-flow diff old/open.yaml open              another version
    inprocap-flow diff open --since 2026.1             what was changed since
    inprocap-flow diff open --since 2026.1 --to 2027.1
    """  # noqa: D301 - the mark is for click
    from inprocap_flow.service.reading.book import open_book
    from inprocap_flow.service.reading.differing import differences

    day, tongue = day_meant(session, on), language_meant(session, language)
    wanted = asked(base, others, since, to, day, tongue)
    desk = file_desk(session) if wanted is None else session.reading_desk

    def opened(file: Path, applied: tuple[Path, ...], named: str = base) -> Book:
        folders = _folders(desk, file, named)
        return open_book(file, folders, overlays=applied, hook_lookup=desk.hooks.lookup, day=day, language=tongue)

    if wanted is not None:
        before, after = sides(desk, wanted, opened)
    else:
        path = procedure_file(desk, base)
        other, overlays = _other(session, desk, path, others, day)
        before, after = opened(path, ()), opened(other, overlays, base if other == path else others[0])
    if language is not None:
        refuse_language(after, language)
    found = differences(before, after)
    document = {
        "base": _side(before),
        "other": _side(after),
        "day": day,
        "differences": [one.to_plain() for one in found],
    }
    short = ShortPlaces((place.file for one in found for place in _places(one)), desk.definitions)
    session.answer(document, _lines(before, after, found, short))


def _side(book: Book) -> dict[str, Any]:
    return {
        "procedure": book.definition.name, "version": book.definition.full_version, "released": book.is_released
    }  # fmt: skip


def _folders(desk: Desk, file: Path, named: str) -> tuple[Path, ...]:
    """Return where the blocks of *file* are looked for: if it is named by its path, beside it first.

    Two files are compared as each was written. A shipped one, which elsewhere is read with what one's own folder puts
    in the place of its blocks, would otherwise seem to have what was changed in a copy.
    """
    return tuple(dict.fromkeys((file.parent, *desk.definitions))) if is_file(Path(named)) else desk.definitions


def _other(
    session: Session, desk: Desk, path: Path, others: tuple[str, ...], day: date
) -> tuple[Path, tuple[Path, ...]]:
    """Return what BASE is compared with: itself with overlays, or another procedure. Raises NotFound."""
    if not others:
        overlays = overlays_meant(session, desk, path, (), day)
        if not overlays:
            raise NotFound("nothing to compare with", mend="name an overlay or another procedure, or an --organisation")
        return path, overlays
    if len(others) == 1 and (other := _procedure(desk, others[0])) is not None:
        return other, ()
    return path, tuple(overlay_file(desk, one) for one in others)


def _procedure(desk: Desk, name: str) -> Path | None:
    """Return the file of a procedure; None for an overlay or what is no procedure."""
    from inprocap_flow.language.files import Library
    from inprocap_flow.language.load import kind_of

    try:
        path = procedure_file(desk, name)
    except NotFound:
        return None
    return path if kind_of(Library(()).read(path)) == "procedure" else None


def _lines(before: Book, after: Book, found: tuple[Difference, ...], short: ShortPlaces) -> Iterator[str]:
    new = after.definition
    is_now = " as its file is now" if before.is_released and not after.is_released else ""
    yield from layout.wrapped(f"{_called(before)}, and {_called(after)}{is_now}:", "", "  ")
    for overlay in new.overlays:
        whose = f"law of {overlay.national}" if overlay.national else "house rules"
        text = f"{overlay.name} {overlay.version}: {after.text(overlay.title)} ({whose})"
        yield from layout.wrapped(text, "  ", "    ")
    yield _counts(found)
    if is_now and found and new.full_version == before.definition.full_version:
        text = f"{new.full_version} is released: give the file another `version` to release it."
        yield from layout.wrapped(text)
    for one in found:
        yield ""
        head = f"{HEADS[one.what]} {_kind(one)}: {one.title}{f' ({one.name})' if one.name else ''}"
        yield from (layout.heading(line) for line in layout.wrapped(head, "", "  "))
        yield from _at(one.place, short) if one.what != "changed" else ()
        for change in one.changes:
            yield from _change(one, change, short)


def _called(book: Book) -> str:
    one = book.definition
    return f"{one.name}{', released' if book.is_released else ''} {one.full_version}"


def _counts(found: tuple[Difference, ...]) -> str:
    numbers = {what: sum(one.what == what for one in found) for what in HEADS}
    said = [f"{number} {what}" for what, number in numbers.items() if number]
    return f"{counted(len(found), 'difference')}: {', '.join(said)}." if found else "Nothing differs."


def _kind(one: Difference) -> str:
    return "part" if one.kind == "stages" else "list" if one.kind in LISTS else one.kind


def _places(one: Difference) -> Iterator[Place]:
    if one.place is not None:
        yield one.place
    for change in one.changes:
        for sentence in (*change.was, *change.now):
            yield from (said.place for said in sentence.walk() if said.place is not None)


def _change(one: Difference, change: Change, short: ShortPlaces) -> Iterator[str]:
    if change.label:
        yield click.style(f"  {change.label}", underline=True)
    yield from _otherwise(change.was, change.now, short, 4, pairs=_kind(one) != "list")


def _otherwise(
    was: tuple[Sentence, ...], now: tuple[Sentence, ...], short: ShortPlaces, indent: int, *, pairs: bool = True
) -> Iterator[str]:
    """Yield what was said and what is; a sentence that stays once, above what differs below it."""
    gone: list[Sentence] = []
    come = list(now)
    for old in was:
        new = next((one for one in come if one.text == old.text), None)
        if new is None:
            gone.append(old)
            continue
        come.remove(new)
        yield from _sentence(replace(new, below=()), short, indent, "as before: ")
        yield from _otherwise(old.below, new.below, short, indent + 2)
    paired = pairs and _are_paired(gone, come)
    for sentence in gone:
        text = f"{'was' if paired else 'no longer'}: {sentence.text}"
        yield from layout.wrapped(text, " " * indent, " " * (indent + 2))
    for number, sentence in enumerate(come):
        yield from _sentence(sentence, short, indent, "is: " if paired and number < len(gone) else "")


def _are_paired(gone: list[Sentence], come: list[Sentence]) -> bool:
    """Return whether each sentence that is gone has one in its place; more may be said after those."""
    was, now = ([" ".join(one.text.split()[:2]) for one in said] for said in (gone, come))
    return len(was) == len(now) or was == now[: len(was)]


def _sentence(sentence: Sentence, short: ShortPlaces, indent: int, lead: str = "", above: str = "") -> Iterator[str]:
    lines = layout.wrapped(f"{lead}{sentence.text}", " " * indent + ("" if lead else "- "), " " * (indent + 2))
    place = short(sentence.place)
    yield from lines[:-1]
    if place and place != above:
        yield from _beside(lines[-1], place)
    else:
        yield lines[-1]
    for below in sentence.below:
        yield from _sentence(below, short, indent + 2, above=place)


def _beside(line: str, place: str) -> Iterator[str]:
    room = layout.width() - len(line)
    if len(place) + 2 <= room:
        yield line + click.style(place.rjust(room), dim=True)
    else:
        yield line
        yield click.style(place.rjust(layout.width()), dim=True)


def _at(place: Place | None, short: ShortPlaces) -> Iterator[str]:
    if place is not None:
        yield click.style(short(place).rjust(layout.width()), dim=True)
