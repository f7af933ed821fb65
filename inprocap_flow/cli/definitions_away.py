"""What if somebody is away: ``check --away`` and ``check --who-is-needed``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import layout
from inprocap_flow.errors import NotFound

if TYPE_CHECKING:
    from inprocap_flow.language.model import Absence, Organisation
    from inprocap_flow.language.people.needed import Stopped
    from inprocap_flow.service.desk import Desk

FORM = r"([^:]+)(?::(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d))?"


def absences(organisation: Path | None, texts: Sequence[str], search: Sequence[Path]) -> list[tuple[str, Absence]]:
    """Return who is away when, of texts such as ``lena:2026-08-03..2026-08-21``; without days for ever.

    Raises click's BadParameter for another form, and NotFound for somebody whom the organisation does not know.
    """
    if not texts:
        return []
    people = whose(organisation, search).people
    found = [_absence(text) for text in texts]
    unknown = next((who for who, _ in found if who not in people), None)
    if unknown is not None:
        raise NotFound(f"there is nobody called {unknown} in the organisation", mend=f"known: {', '.join(people)}")
    return found


def _absence(text: str) -> tuple[str, Absence]:
    from inprocap_flow.language.model import Absence
    from inprocap_flow.language.people.staff import ALWAYS

    match = re.fullmatch(FORM, text.strip())
    try:
        if match is None:
            raise ValueError
        who, first, last = match.groups()
        if first is None:
            return who, ALWAYS
        if date.fromisoformat(last) < date.fromisoformat(first):
            raise ValueError
    except ValueError:
        wrong = f"{text!r} is not PERSON or PERSON:FROM..UNTIL, such as lena:2026-08-03..2026-08-21"
        raise click.BadParameter(wrong, param_hint="--away") from None
    return who, Absence(first, last)


def whose(organisation: Path | None, search: Sequence[Path]) -> Organisation:
    """Return the organisation whose people are asked about. Raises NotFound without one."""
    from inprocap_flow.language.load import load_organisation

    if organisation is None:
        raise NotFound("no organisation is named", mend="add --organisation NAME, or set one")
    return load_organisation(organisation, search)[0]


def needed(desk: Desk, files: Sequence[Path], organisation: Path | None, day: date) -> dict[str, list[Stopped]]:
    """Return for each procedure among *files* whose absence alone would stop something. Raises NotFound, InvalidInput.

    Each is looked at with the overlays that the organisation has on *day*. For an overlay among *files* it is every
    procedure that it was written for; one of the organisation that it does not have on *day* stands for its other own.
    Overlays of others are passed over.
    """
    from inprocap_flow.language.guards.abstraction import Known
    from inprocap_flow.language.overlays import load_applied
    from inprocap_flow.language.people.needed import who_is_needed

    who = whose(organisation, desk.definitions)
    found: dict[str, list[Stopped]] = {}
    for file in files:
        for path, overlays in _meant(desk, file, organisation, day, who.name):
            definition = load_applied(path, overlays, desk.definitions, hook_lookup=desk.hooks.lookup)
            found[definition.name] = who_is_needed(Known(definition, definition.limits), who)
    return found


def _meant(
    desk: Desk, file: Path, organisation: Path | None, day: date, who: str
) -> Iterator[tuple[Path, tuple[Path, ...]]]:
    """Yield each procedure that *file* means, with the overlays that it is looked at with."""
    from inprocap_flow.language.files import Library, folders_for
    from inprocap_flow.language.inspect import overlays_of
    from inprocap_flow.language.load import kind_of
    from inprocap_flow.language.overlays import load_overlay

    library = Library(folders_for(file, desk.definitions))
    kind = kind_of(library.read(file))
    if kind == "procedure":
        yield file, overlays_of(file, desk.definitions, organisation=organisation, day=day)
    if kind != "overlay":
        return
    overlay = load_overlay(file, library.search)
    for path in filter(None, (library.find("procedure", name) for name in overlay.written_for)):
        chosen = overlays_of(path, desk.definitions, organisation=organisation, day=day)
        if file.stem in {one.stem for one in chosen}:
            yield path, chosen
        elif overlay.organisation == who:
            beside = (one for one in chosen if load_overlay(one, library.search).national)
            yield path, (*beside, file)


def plain(found: dict[str, list[Stopped]]) -> dict[str, Any]:
    """Return the answer as plain data."""
    return {
        "procedures": {
            name: [
                {
                    "person": one.person,
                    "approvals": [{"approval": approval, "needed_by": use} for approval, use in one.approvals],
                    "steps": list(one.steps),
                }
                for one in people
            ]
            for name, people in found.items()
        }
    }


def lines(found: dict[str, list[Stopped]]) -> Iterator[str]:
    """Yield the answer as people read it."""
    if not found:
        yield "Nothing looked at: there is no procedure among these files, and no overlay of the organisation."
    for name, people in found.items():
        yield f"{name}:"
        if not people:
            yield "  nobody: whoever is away, somebody else can do it."
        for one in people:
            yield f"  {one.person}"
            approvals = list(dict.fromkeys(approval for approval, _ in one.approvals))
            for words, names in (("nobody else signs", approvals), ("nobody else carries out", list(one.steps))):
                if names:
                    yield from layout.wrapped(f"{words}: {', '.join(names)}", "    ", "      ")
