"""``law --own --organisation``: all numbers that a house writes, or those of a procedure there, and whose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted, file_desk
from inprocap_flow.cli.definitions_law_own import grouped, to_plain
from inprocap_flow.cli.overlaid import organisation_file
from inprocap_flow.cli.short_places import ShortPlaces
from inprocap_flow.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path

    from inprocap_flow.cli.session import Session
    from inprocap_flow.language.model import Organisation
    from inprocap_flow.service.law import InForce
    from inprocap_flow.service.own_lengths import Owned

Part = tuple[str, list["Owned"], list["InForce"]]


def list_house(session: Session, name: str | None, day: date, *, stale: bool) -> None:
    """List what the overlays of the organisation write; with *name*, what cases of that procedure have there.

    Raises NotFound for an organisation or a procedure that is not there.
    """
    from inprocap_flow.service.own_lengths import by_source

    desk, months, language = file_desk(session), session.settings.law_stale_after_months, session.settings.language
    parts = _parts(session, desk.definitions, name, day)
    if stale:
        parts = [
            (whose, [one for one in own if one.wants_somebody(day, months)],
             [one for one in limits if one.stale or not one.confirmed])
            for whose, own, limits in parts
        ]  # fmt: skip
    files = {one.place.file for _, own, _ in parts for one in own}
    files |= {one.place.file for _, _, limits in parts for one in limits}
    short = ShortPlaces(files, desk.definitions)
    document = {
        "on": day,
        "own": [to_plain(one, day, months, language) | {"whose": whose} for whose, own, _ in parts for one in own],
        "limits": [_limit(one, whose, language) for whose, _, limits in parts for one in limits],
    }

    def lines() -> Iterator[str]:
        from inprocap_flow.cli.definitions_law import limit_lines

        for whose, own, limits in parts:
            if own or limits:
                yield layout.heading(f"Written by {whose}")
                for one in limits:
                    yield from limit_lines(one, language, short)
                yield from grouped(by_source(own), short)
                yield ""
        bare = sum(one.footing is None for _, own, _ in parts for one in own)
        count = sum(len(own) + len(limits) for _, own, limits in parts)
        yield f"{counted(count, 'number')}: {bare} without a source."

    session.answer(document, list(lines()))


def _limit(one: InForce, whose: str, language: str) -> dict[str, Any]:
    from inprocap_flow.cli.definitions_law import limit_to_plain

    return limit_to_plain(one, language) | {"whose": whose}


def _parts(session: Session, folders: Sequence[Path], name: str | None, day: date) -> list[Part]:
    from inprocap_flow.language.files import Library, shown_path
    from inprocap_flow.language.load import load_organisation
    from inprocap_flow.service.holders import OVERLAY, holders_for
    from inprocap_flow.service.law import limits_on
    from inprocap_flow.service.own_lengths import effective_lengths, lengths_in

    asked = str(session.options.get("organisation"))
    file = organisation_file(file_desk(session), asked)
    if file is None:
        raise NotFound(f"there is no organisation {asked} among the definitions", mend="give the path of its file")
    house = load_organisation(file, folders)[0]
    base = Library(tuple(folders)).find("procedure", name) if name else None
    if name and base is None:
        raise NotFound(f"there is no procedure {name}", mend="leave the name out for all numbers of the house")
    holders = [one for one in holders_for(house, day, folders) if name is None or name in one.read_by]
    months = session.settings.law_stale_after_months
    overlays = list(_overlays(house, day, folders, name))
    if name is None:
        overlays = [one for one in overlays if one[1] == house.name]
    paths = {shown_path(path): f"the overlay {path.stem}" for path, _ in overlays}
    if base is None:
        own = [one for path, _ in overlays for one in lengths_in(folders, path.stem) if one.place.file in paths]
        holders = [one for one in holders if one.kind == OVERLAY and f"the overlay {one.name}" in paths.values()]
    else:
        own = list(effective_lengths(folders, base, [path for path, _ in overlays]))
    found: dict[str, Part] = {}
    for holder in holders:
        whose = f"the {holder.kind} {holder.name}"
        limits = [one for one in limits_on(holder, day, stale_after_months=months)
                  if one.limit.name not in holder.added]  # fmt: skip
        found[whose] = (whose, [], limits)
    for one in own:
        whose = paths.get(one.place.file, f"the procedure {name} and its blocks")
        found.setdefault(whose, (whose, [], []))[1].append(one)
    return list(found.values())


def _overlays(house: Organisation, day: date, folders: Sequence[Path], name: str | None) -> Iterator[tuple[Path, str]]:
    """Yield the files of the overlays that *house* has on *day* (for *name*, or any), each with whose own it is."""
    from inprocap_flow.language.choices import overlays_on
    from inprocap_flow.language.files import Library
    from inprocap_flow.language.overlays import load_overlay

    for one in overlays_on(house, day):
        path = Library(tuple(folders)).find("overlay", one)
        if path is not None:
            overlay = load_overlay(path, folders)
            if name is None or name in overlay.written_for:
                yield path, overlay.organisation or ""
