"""``law --own``: lengths that stand in definitions themselves, with what they rest on and whether anybody agreed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted, file_desk
from inprocap_flow.cli.short_places import ShortPlaces
from inprocap_flow.errors import NotFound

if TYPE_CHECKING:
    from inprocap_flow.cli.session import Session
    from inprocap_flow.service.own_lengths import LeftOut, Owned


def list_own(session: Session, name: str | None, day: date, *, stale: bool) -> None:
    """List the lengths of the procedure, overlay or block *name*, or of all. Raises NotFound for another name."""
    from inprocap_flow.service.own_lengths import by_source, left_out, lengths_of

    desk = file_desk(session)
    found = lengths_of(desk.definitions, name)
    if found is None:
        raise NotFound(f"there is no procedure, overlay or block {name}", mend="leave the name out to see all")
    months = session.settings.law_stale_after_months
    shown = tuple(one for one in found if not stale or one.wants_somebody(day, months))
    language = session.settings.language
    short = ShortPlaces({one.place.file for one in shown}, desk.definitions)
    left = left_out(desk.definitions, name)
    document = {
        "on": day,
        "own": [to_plain(one, day, months, language) for one in shown],
        "left_out": [{"overlay": one.overlay, "procedure": one.procedure, "version": one.version} for one in left],
    }
    session.answer(document, [*_lines(by_source(shown), found, name, short), *_left_lines(left)])


def _left_lines(left: Sequence[LeftOut]) -> Iterator[str]:
    """Yield which overlays were left out, with whose copy of which procedure."""
    for procedure, version in dict.fromkeys((one.procedure, one.version) for one in left):
        names = [one.overlay for one in left if one.procedure == procedure]
        which = f"overlay{'s' if names[1:] else ''} {', '.join(names)}"
        text = f"Left out: with your {procedure} {version} the {which}, which {'were' if names[1:] else 'was'} written"
        yield from layout.wrapped(f"{text} for other versions of it.", "", "  ")


def to_plain(one: Owned, day: date, months: int, language: str) -> dict[str, Any]:
    """Return a length as JSON data; *months* after which what was confirmed is stale on *day*."""
    from inprocap_flow.language.model import said
    from inprocap_flow.service.own_lengths import value_in_words

    footing = one.footing
    return {
        "kind": one.length.kind,
        "length": one.length.key,
        "title": said(one.title, language),
        "use": one.use,
        "value": one.in_words,
        "periods": [value_in_words(code) for code in one.length.periods],
        "basis": footing.basis if footing and footing.kind != "estimate" else None,
        "source": footing.source if footing else None,
        "mark": footing.mark if footing else None,
        "confirmed_on": footing.confirmed_on if footing else None,
        "confirmed_by": footing.confirmed_by if footing else None,
        "confirmed": bool(footing and footing.confirmed),
        "stale": one.is_stale(day, months),
        "file": one.place.file,
        "line": one.place.line,
        "source_file": one.rests_at.file if one.rests_at else None,
        "source_line": one.rests_at.line if one.rests_at else None,
        "procedures": list(one.procedures),
    }


def _lines(
    listed: Sequence[Sequence[Owned]], found: Sequence[Owned], name: str | None, short: ShortPlaces
) -> Iterator[str]:
    yield layout.heading(f"Lengths that no rulebook gives{f': {name}' if name else ''}")
    yield from grouped(listed, short)
    estimates = sum(one.length.kind == "estimate" for one in found)
    open_ = sum(not (one.footing and one.footing.confirmed) for one in found)
    yield ""
    yield f"{counted(len(found), 'length')}, {counted(estimates, 'estimate')} among them: {open_} not confirmed."


def grouped(listed: Sequence[Sequence[Owned]], short: ShortPlaces) -> Iterator[str]:
    """Yield lengths by what they rest on, each with its place."""
    from inprocap_flow.service.own_lengths import kind_in_words

    for those in listed:
        footing = those[0].footing
        kind = kind_in_words(those[0].length.kind, footing.basis if footing else "convention")
        source = f"; {footing.source}" if footing else ""
        yield ""
        yield from layout.wrapped(f"{kind}{source}", "  ")
        yield from layout.wrapped(those[0].evidence, "  ")
        for one in those:
            yield from _one(one, short(one.place))


def _one(one: Owned, place: str) -> Iterator[str]:
    head = f"    {one.length.key}  {one.in_words}"
    if len(head) + len(place) + 2 <= layout.width():
        yield head + place.rjust(layout.width() - len(head))
        return
    yield f"    {one.length.key}"
    tail = f"      {one.in_words}"
    yield tail + place.rjust(layout.width() - len(tail))
