"""The part of ``procedures`` about one organisation: what it uses, from when to when, with which overlays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import file_desk, today
from inprocap_flow.cli.overlaid import no_organisation, organisation_file
from inprocap_flow.cli.session import Session
from inprocap_flow.errors import NotFound
from inprocap_flow.service.using import Used, used_as_released, used_as_written


def used(session: Session, in_files: Iterable[str]) -> dict[str, Any] | None:
    """Return what the organisation that is named or set uses, as JSON data; None where none is.

    It is read as released; where it is not, from its file, with the procedures *in_files*. Raises NotFound for one that
    is named and neither, with the name that is near it.
    """
    asked = session.options.get("organisation")
    name = str(asked or session.settings.organisation or "")
    if not name:
        return None
    day = today(session)
    try:
        session.known_organisation(name)
    except NotFound as wrong:
        desk = file_desk(session)
        if (path := organisation_file(desk, name)) is not None:
            from inprocap_flow.language.load import load_organisation

            whose, _ = load_organisation(path, desk.definitions)
            found = used_as_written(whose, in_files, tuple(desk.definitions), day)
            return _plain(whose.name, day.isoformat(), found, released=False, names=bool(whose.procedures))
        if asked:
            raise no_organisation(desk, name, _released_names(session)) from wrong
        return None
    desk = session.reading_desk
    with desk.store.reading() as reading:
        whose = desk.organisation(reading, name)
        found = used_as_released(desk, reading, whose, day)
    return _plain(name, day.isoformat(), found, released=True, names=bool(whose.procedures))


def _released_names(session: Session) -> frozenset[str]:
    """Return the organisations that are released; none where there is no database yet."""
    try:
        desk = session.reading_desk
    except NotFound:
        return frozenset()
    with desk.store.reading() as reading:
        return frozenset(entry.name for entry in reading.releases("organisation"))


def _plain(name: str, day: str, found: Iterable[Used], *, released: bool, names: bool) -> dict[str, Any]:
    return {
        "organisation": name,
        "released": released,
        "day": day,
        "names_procedures": names,
        "procedures": [
            {
                "name": one.procedure,
                "valid_from": one.valid_from,
                "valid_until": one.valid_until,
                "in_use": one.today,
                "version": one.version or None,
                "overlays": list(one.overlays),
                "lacking": one.lacking or None,
            }
            for one in found
        ],
    }


def used_lines(plain: dict[str, Any]) -> Iterator[str]:
    """Yield what an organisation uses, as people read it."""
    name = plain["organisation"]
    yield layout.heading(f"Used by {name}, for cases opened on {plain['day']}")
    if not plain["released"]:
        yield from layout.wrapped(f"As its file says: {name} is not released.", "  ")
    if not plain["names_procedures"]:
        every = "every procedure that is released" if plain["released"] else "every procedure"
        yield from layout.wrapped(f"It names no procedures, and so may use {every}.", "  ")
    for one in plain["procedures"]:
        if one["in_use"]:
            yield from _one(one)
    later = [one for one in plain["procedures"] if not one["in_use"]]
    if later:
        yield "  Not on that day:"
    for one in later:
        yield from layout.wrapped(f"{one['name']}{_days(one)}", "    ", "      ")


def _one(one: dict[str, Any]) -> Iterator[str]:
    # A version names its overlays itself; of a file, only their names are known.
    version = f" {one['version']}" if one["version"] else ""
    overlays = f" with {' and '.join(one['overlays'])}" if one["overlays"] and not version else ""
    yield from layout.wrapped(f"{one['name']}{version}{overlays}{_days(one)}", "  ", "    ")
    if one["lacking"]:
        yield from layout.wrapped(f"none can be opened: {one['lacking']}", "    ")


def _days(one: dict[str, Any]) -> str:
    first = f"from {one['valid_from']}" if one["valid_from"] else ""
    last = f"until {one['valid_until']}" if one["valid_until"] else ""
    return f", {' '.join(part for part in (first, last) if part)}" if first or last else ""
