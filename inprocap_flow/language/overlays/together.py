"""The overlays of an organisation with the procedures that they are for: whether they can be applied together at all.

By itself each overlay may be sound, and two of them not: both insert before one milestone, both lengthen one deadline.
Only the organisation that has both brings them together, so it is looked at where that is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from inprocap_flow.errors import InvalidInput, Problem
from inprocap_flow.language.choices import changes_from, uses
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.load import load_organisation
from inprocap_flow.language.overlays.applied import resolve_applied
from inprocap_flow.language.overlays.chosen import overlays_for
from inprocap_flow.language.resolve.desk import HookLookup, no_hooks


@dataclass(frozen=True, slots=True)
class Together:
    """A procedure with the overlays that an organisation has for it, and the first day from which on it has these."""

    procedure: Path
    overlays: tuple[Path, ...]
    day: date


def together(path: Path, search: Sequence[Path | str] = (), day: date | None = None) -> tuple[Together, ...]:
    """Return each procedure that an overlay of the organisation of *path* is for, with all of them, once each.

    That is on *day* (local, of opening; None: from ever) and on each later day on which its choices change. What it
    does not use, and a procedure of which there is no file, is left out. Raises InvalidInput for an organisation or an
    overlay that is not sound, or not there.
    """
    who = load_organisation(path, search)[0]
    library = Library(folders_for(path, search))
    found: dict[tuple[Path, tuple[Path, ...]], Together] = {}
    for on in changes_from(who, day or date.min):
        for name, overlays in overlays_for(who, on, library.search).items():
            file = library.find("procedure", name) if uses(who, name, on) else None
            if file is not None:
                found.setdefault((file, overlays), Together(file, overlays, on))
    return tuple(found.values())


def conflicts(one: Together, search: Sequence[Path | str] = (), hook_lookup: HookLookup = no_hooks) -> list[Problem]:
    """Return the errors that keep *one* from being applied; what the checks say of the result is not asked."""
    try:
        _, library, problems = resolve_applied(one.procedure, one.overlays, search, hook_lookup)
        found: Sequence[Problem] = library.show(problems)
    except InvalidInput as invalid:
        found = invalid.problems
    return [problem for problem in found if problem.severity == "error"]
