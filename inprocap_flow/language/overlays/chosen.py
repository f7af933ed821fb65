"""The files of the overlays that an organisation has for a procedure on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.language.choices import overlays_on
from inprocap_flow.language.files import Library
from inprocap_flow.language.model import Organisation
from inprocap_flow.language.overlays.document import load_overlay


def overlay_files(procedure: str, organisation: Organisation, day: date, folders: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files of the overlays in force on *day* (local, of opening) that are for *procedure*, as chosen.

    They are looked up in *folders*, first come first. Raises InvalidInput for one that is not there or not sound.
    """
    return overlays_for(organisation, day, folders).get(procedure, ())


def overlays_for(organisation: Organisation, day: date, folders: Sequence[Path]) -> dict[str, tuple[Path, ...]]:
    """Return the same for each procedure that any of the overlays of *day* is for. Raises InvalidInput likewise."""
    library = Library(tuple(folders))
    found: dict[str, tuple[Path, ...]] = {}
    for name in overlays_on(organisation, day):
        path = library.find("overlay", name)
        if path is None:
            fact = f"{organisation.name} has the overlay `{name}` on {day}, and there is no such file."
            mend = f"Add overlays/{name}.yaml, or take it out of the organisation's file."
            raise InvalidInput([Problem(Place(f"overlays/{name}.yaml"), "unknown-overlay", fact, mend)])
        for procedure in load_overlay(path, folders).written_for:
            found[procedure] = (*found.get(procedure, ()), path)
    return found
