"""Which release a new case gets: the procedure in force on the day, with the overlays that its organisation has then.

The release of an effective procedure is found by its version, which names the procedure's and those of its overlays.
A running case stays on the release that it was opened with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from inprocap_flow.engine.case.records import Request
from inprocap_flow.errors import InvalidInput, NotFound
from inprocap_flow.language.choices import overlays_on, uses
from inprocap_flow.language.model import Organisation
from inprocap_flow.records import record
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.port import Reading
from inprocap_flow.store.records import Released

APPLIED = "applied"  # the kind under which an effective procedure is released
OVERLAY = "overlay"


@record
class InForce:
    """An overlay as it is released: its version, whether it is national, and the versions it was written for.

    ``organisation`` is whose own it is; None for a national one.
    """

    name: str
    version: str
    national: bool
    written_for: Mapping[str, tuple[str, ...]]
    organisation: str | None = None

    def is_of_others(self, organisation: str) -> bool:
        """Return whether it holds the house rules of another organisation than *organisation*."""
        return self.organisation not in (None, organisation)


def release_for(
    desk: Desk, reading: Reading, procedure: str, organisation: str, day: date, version: str | None = None
) -> Released:
    """Return the release that a case of *procedure* gets which *organisation* opens on its local *day*.

    *version* is one of the procedure itself; None: the one in force on that day. Where overlays are in force, it is
    the effective procedure; where the organisation does not use the procedure at all, it is the procedure, and opening
    is refused by the engine.

    Raises NotFound: nothing of that name is in force, or the effective procedure is not released, or needs an overlay
    of another organisation; the mend says how.
    """
    whose = desk.organisation(reading, organisation)
    kind = "procedure"
    base = _asked_for(reading, procedure, version, day) if version else reading.in_force(kind, procedure, day)
    applied = overlays_for(reading, whose, procedure, day, desk.definitions) if uses(whose, procedure, day) else ()
    if not applied:
        return base
    full = full_version(base.version, applied)
    try:
        return reading.released(APPLIED, procedure, full)
    except NotFound:
        raise _lacking(procedure, base.version, full, applied, organisation) from None


def _asked_for(reading: Reading, procedure: str, version: str, day: date) -> Released:
    """Return the release of *version*, in force on *day* or before. Raises NotFound for one that is only coming."""
    found = reading.released("procedure", procedure, version)
    for entry in reading.releases("procedure"):
        if (entry.name, entry.version) == (procedure, version) and entry.valid_from > day.isoformat():
            fact = f"version {version} of {procedure} is for cases opened from {entry.valid_from} on, not on {day}"
            raise NotFound(fact, mend="wait for that day, or leave the version out to get the one in force")
    return found


def day_of(desk: Desk, reading: Reading, organisation: str, request: Request, now: datetime) -> date:
    """Return the local day on which *request* opens a case: when it is said to have happened, else now."""
    moment = request.happened.last if request.happened is not None else now
    return moment.astimezone(ZoneInfo(desk.organisation(reading, organisation).zone)).date()


def overlays_for(
    reading: Reading, organisation: Organisation, procedure: str, day: date, folders: Sequence[Path] = ()
) -> tuple[InForce, ...]:
    """Return the overlays that the organisation has for *procedure* on *day*, the national one first.

    One that is not released is passed over where its file in *folders* says that it is for other procedures. Raises
    NotFound for any other that is not released, and for one that holds the house rules of another organisation: there
    is nothing of that name for this one.
    """
    found = []
    for name in overlays_on(organisation, day):
        try:
            one = overlay_in_force(reading, name, day, organisation.name)
        except NotFound:
            if may_be_for(procedure, name, folders):
                raise
            continue
        if procedure not in one.written_for:
            continue
        if one.is_of_others(organisation.name):
            raise NotFound(of_others(one, organisation.name), mend=leave_out(one, organisation.name))
        found.append(one)
    return in_order(found)


def may_be_for(procedure: str, overlay: str, folders: Sequence[Path]) -> bool:
    """Return whether an overlay that is not released may be for *procedure*: what its file says, yes without one."""
    from inprocap_flow.language.files import Library
    from inprocap_flow.language.overlays import load_overlay

    path = Library(tuple(folders)).find(OVERLAY, overlay)
    try:
        return path is None or procedure in load_overlay(path, folders).written_for
    except InvalidInput:
        return True


def overlay_in_force(reading: Reading, name: str, day: date, organisation: str) -> InForce:
    """Return the overlay *name* as it is in force on *day*. Raises NotFound."""
    try:
        return as_released(reading.in_force(OVERLAY, name, day).content)
    except NotFound:
        fact = f"{organisation} has the overlay {name} on {day}, and it is not released for that day"
        raise NotFound(fact, mend=f"release it: inprocap-flow release {name}") from None


def of_others(overlay: InForce, organisation: str) -> str:
    """Return the fact that *organisation* has taken the house rules of another one."""
    return f"the overlay {overlay.name} is one of {overlay.organisation}, and {organisation} has it"


def leave_out(overlay: InForce, organisation: str) -> str:
    """Return how that is mended."""
    return f"take {overlay.name} out of the file of {organisation}; copy what is wanted into an overlay of its own"


def as_released(content: Mapping[str, Any]) -> InForce:
    """Return what the content of a released overlay says it is."""
    written_for = {
        name: (versions,) if isinstance(versions, str) else tuple(versions)
        for name, versions in content.get("for", {}).items()
    }
    whose = content.get("organisation")
    return InForce(
        str(content["overlay"]), str(content["version"]), "national" in content, written_for, whose and str(whose)
    )


def in_order(overlays: Iterable[InForce]) -> tuple[InForce, ...]:
    """Return overlays in the order in which they are applied: national, then own."""
    return tuple(sorted(overlays, key=lambda one: not one.national))


def full_version(version: str, overlays: Iterable[InForce]) -> str:
    """Return the version of an effective procedure: ``2026.1 + cern 2026.1``."""
    return " + ".join([version, *(f"{one.name} {one.version}" for one in overlays)])


def _lacking(procedure: str, version: str, full: str, applied: Iterable[InForce], organisation: str) -> NotFound:
    names = " ".join(one.name for one in applied)
    for one in applied:
        if version not in one.written_for[procedure]:
            read = ", ".join(one.written_for[procedure])
            fact = f"the overlay {one.name} {one.version} was written for {procedure} {read}, not for {version}"
            mend = f"read what changed, add {version} under its `for:`, then: inprocap-flow release {one.name}"
            return NotFound(fact, mend=mend)
    fact = f"{organisation} needs {procedure} {full}, and that is not released"
    return NotFound(fact, mend=f"inprocap-flow release {procedure} {names}")
