"""The overlays of an organisation with the procedures that they are for: whether they can be applied together at all.

By itself each overlay may be sound, and two of them not: both insert before one milestone, both lengthen one deadline.
Only the organisation that has both brings them together, so it is looked at where that is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from inprocap_flow.calendar.zones import zone_data_version
from inprocap_flow.errors import InvalidInput, Problem
from inprocap_flow.language.choices import changes_from, uses
from inprocap_flow.language.files import Library, folders_for, still_so
from inprocap_flow.language.load import load_organisation
from inprocap_flow.language.noted import noted_while
from inprocap_flow.language.overlays.applied import resolve_applied
from inprocap_flow.language.overlays.chosen import overlays_for
from inprocap_flow.language.resolve.desk import HookInfo, HookLookup, no_hooks
from inprocap_flow.language.tracing import absolute, tracing


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
    """Return the errors that keep *one* from being applied; what the checks say of the result is not asked.

    That nothing kept it is noted with the files that were looked for and read, and holds while they are the same.
    """
    folders = folders_for(one.procedure, search)
    about = [[*map(absolute, paths)] for paths in ((one.procedure, *one.overlays), folders)]
    found = noted_while(
        "together",
        lambda: [*about, version("holidays"), zone_data_version()],
        still_so,
        lambda: _conflicts(one, folders, hook_lookup),
    )
    return found or []


def _conflicts(one: Together, folders: Sequence[Path], hook_lookup: HookLookup) -> tuple[list[Problem], object]:
    """Return the errors, and on what it hangs that there are none; None if there are, or if a hook has a say."""
    hooks: list[str] = []

    def look_up(name: str) -> HookInfo | None:
        hooks.append(name)
        return hook_lookup(name)

    with tracing() as trace:
        try:
            _, library, problems = resolve_applied(one.procedure, one.overlays, folders, look_up)
            found: Sequence[Problem] = library.show(problems)
        except InvalidInput as invalid:
            found = invalid.problems
    errors = [problem for problem in found if problem.severity == "error"]
    return errors, None if errors or hooks else trace.to_plain()
