"""What an organisation uses: which procedures, from when to when, with which overlays a case opened on a day gets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from inprocap_flow.errors import InvalidInput, NotFound
from inprocap_flow.language.choices import uses
from inprocap_flow.language.model import Chosen, Organisation
from inprocap_flow.records import record
from inprocap_flow.service.choosing import full_version, overlays_for
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.port import Reading


@record
class Used:
    """A procedure that an organisation uses: on the day that was asked for (``today``), or on others.

    ``version`` is what a case would get that is opened on the day, "" if nothing is released; ``overlays`` are those in
    force then. ``lacking`` says why none could be opened although the procedure is in use, "" otherwise.
    """

    procedure: str
    valid_from: str | None
    valid_until: str | None
    today: bool
    version: str = ""
    overlays: tuple[str, ...] = ()
    lacking: str = ""


def used_as_released(desk: Desk, reading: Reading, organisation: Organisation, day: date) -> tuple[Used, ...]:
    """Return what *organisation*, which is released, uses; where it names no procedures, all that are released."""
    names = dict.fromkeys(entry.name for entry in reading.releases("procedure"))
    return tuple(_released(desk, reading, organisation, one, day) for one in _chosen(organisation, names))


def used_as_written(
    organisation: Organisation, names: Iterable[str], folders: tuple[Path, ...], day: date
) -> tuple[Used, ...]:
    """Return what *organisation* uses by its file; where it names no procedures, all of *names*, which lie in files."""
    return tuple(_written(organisation, one, folders, day) for one in _chosen(organisation, names))


def _chosen(organisation: Organisation, names: Iterable[str]) -> tuple[Chosen, ...]:
    return organisation.procedures or tuple(Chosen(name) for name in names)


def _on(organisation: Organisation, one: Chosen, day: date) -> bool:
    """Return whether this choice is the one that holds on *day*: a procedure may be chosen for several times."""
    within = (one.valid_from or "") <= day.isoformat() <= (one.valid_until or "9999-12-31")
    return within and uses(organisation, one.name, day)


def _released(desk: Desk, reading: Reading, organisation: Organisation, one: Chosen, day: date) -> Used:
    if not _on(organisation, one, day):
        return Used(one.name, one.valid_from, one.valid_until, today=False)
    try:
        base = reading.in_force("procedure", one.name, day).version
        overlays = overlays_for(reading, organisation, one.name, day, desk.definitions)
    except NotFound as wrong:
        return Used(one.name, one.valid_from, one.valid_until, today=True, lacking=str(wrong.args[0]))
    version = full_version(base, overlays)
    lacking = "" if not overlays or _is_applied(reading, one.name, version) else f"{version} is not released"
    names = tuple(overlay.name for overlay in overlays)
    return Used(one.name, one.valid_from, one.valid_until, today=True, version=version, overlays=names, lacking=lacking)


def _is_applied(reading: Reading, procedure: str, version: str) -> bool:
    try:
        reading.released("applied", procedure, version)
    except NotFound:
        return False
    return True


def _written(organisation: Organisation, one: Chosen, folders: tuple[Path, ...], day: date) -> Used:
    from inprocap_flow.language.overlays.chosen import overlay_files

    if not _on(organisation, one, day):
        return Used(one.name, one.valid_from, one.valid_until, today=False)
    try:
        names = tuple(path.stem for path in overlay_files(one.name, organisation, day, folders))
    except InvalidInput as wrong:
        return Used(one.name, one.valid_from, one.valid_until, today=True, lacking=wrong.problems[0].fact)
    return Used(one.name, one.valid_from, one.valid_until, today=True, overlays=names)
