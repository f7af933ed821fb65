"""Effective procedures: what an organisation's overlays make of the released procedures, released beside them.

Whenever a procedure, an overlay or an organisation is released, the effective procedures that are lacking are made from
the files, checked, and released under the kind ``applied``. The version of one names what it is made of, so what is
there need not be made again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from inprocap_flow.errors import InvalidInput, Problem
from inprocap_flow.language.canonical import digest
from inprocap_flow.language.choices import overlays_on, uses
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.inspect import inspect
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Chosen, Organisation
from inprocap_flow.language.overlays import load_overlay
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.table import Machine
from inprocap_flow.service.choosing import (
    APPLIED,
    OVERLAY,
    InForce,
    as_released,
    full_version,
    in_order,
    leave_out,
    may_be_for,
    of_others,
)
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.holding import scene_of
from inprocap_flow.service.judging import USUAL, Judged, Terms, all_may_be_overruled, judge

if TYPE_CHECKING:
    from inprocap_flow.store.port import Reading


@dataclass(frozen=True, slots=True)
class Effective:
    """A procedure with the overlays of an organisation, in the order of applying."""

    procedure: str
    overlays: tuple[InForce, ...]
    organisation: str

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from others; an organisation may need the same at several times."""
        return (self.organisation, self.procedure, *(one.name for one in self.overlays))


@dataclass(frozen=True, slots=True)
class Lacking:
    """An effective procedure that could not be made, and why. Cases of it cannot be opened until it is there."""

    procedure: str
    organisation: str
    fact: str
    mend: str


@dataclass(slots=True)
class Shelf:
    """What is released, with what is about to be: the ground on which effective procedures are made."""

    procedures: dict[str, dict[str, str]] = field(default_factory=dict)  # name -> version -> hash
    overlays: dict[str, dict[str, str]] = field(default_factory=dict)
    newest: dict[str, InForce] = field(default_factory=dict)  # of each overlay
    organisations: dict[str, Organisation] = field(default_factory=dict)
    applied: set[tuple[str, str]] = field(default_factory=set)  # (procedure, full version)


@dataclass(frozen=True, slots=True)
class Made:
    """The effective procedures that were lacking, by procedure and full version, and those that could not be made."""

    machines: Mapping[tuple[str, str], Machine]
    lacking: tuple[Lacking, ...]
    judged: Mapping[tuple[str, str], Judged] = field(default_factory=dict)


def shelf(desk: Desk, reading: Reading) -> Shelf:
    """Return what is released now."""
    found = Shelf()
    for entry in reading.releases("procedure"):
        found.procedures.setdefault(entry.name, {})[entry.version] = entry.content_hash
    for entry in reading.releases(OVERLAY):
        found.overlays.setdefault(entry.name, {})[entry.version] = entry.content_hash
    for name in found.overlays:
        found.newest[name] = as_released(reading.released(OVERLAY, name).content)
    for entry in reading.releases("organisation"):
        found.organisations[entry.name] = desk.organisation(reading, entry.name)
    found.applied = {(entry.name, entry.version) for entry in reading.releases(APPLIED)}
    return found


def make(desk: Desk, ground: Shelf, near: Path, concerned: Iterable[str], terms: Terms | None = None) -> Made:
    """Return the effective procedures that are lacking on *ground*, made from the files.

    *near* is a file that is being released: procedures and overlays beside it are found first. *concerned* are names of
    procedures, overlays or organisations: only what one of them has a part in is looked at. What is made is explored as
    *terms* say; None: not at all.

    Raises InvalidInput with every problem of effective procedures that are not sound, but for those that *terms*
    overrule.
    """
    wanted, machines, lacking = set(concerned), {}, []
    maker = _Maker(desk, ground, near, terms or USUAL)
    for one in {one.key: one for one in _wanted(ground)}.values():
        if not wanted & {one.procedure, one.organisation, *(overlay.name for overlay in one.overlays)}:
            continue
        made = maker.made(one)
        if isinstance(made, Lacking):
            lacking.append(made)
        elif made is not None:
            machines[one.procedure, made.definition.full_version] = made
    if maker.problems:
        raise InvalidInput(maker.problems)
    if terms is None:
        return Made(machines, tuple(lacking))
    asked = [(one.definition, maker.found[place]) for place, one in machines.items()]
    said = judge(desk.settings, asked, terms, scene_of(folders_for(near, desk.definitions), desk.hooks))
    return Made(machines, tuple(lacking), dict(zip(machines, said, strict=True)))


def lacking(desk: Desk, near: Path, concerned: Iterable[str]) -> tuple[Lacking, ...]:
    """Return the effective procedures that organisations need and that cannot be made from the files as they are.

    An overlay that is not released is among the reasons, unless its file says that it is for other procedures.

    Raises InvalidInput with every problem of effective procedures that are not sound.
    """
    with desk.store.reading() as reading:
        ground = shelf(desk, reading)
    names = set(concerned)
    folders = folders_for(near, desk.definitions)
    waiting = (one for one in _unreleased(desk, ground, folders) if names & {one.procedure, one.organisation})
    return (*waiting, *make(desk, ground, near, names).lacking)


def _unreleased(desk: Desk, ground: Shelf, folders: Sequence[Path]) -> Iterator[Lacking]:
    """Yield what waits today for overlays that nobody has released."""
    for whose in ground.organisations.values():
        day = desk.clock.now().astimezone(ZoneInfo(whose.zone)).date()
        names = [name for name in overlays_on(whose, day) if name not in ground.newest]
        for procedure in (one for one in ground.procedures if names and uses(whose, one, day)):
            for name in (name for name in names if may_be_for(procedure, name, folders)):
                mend = f"inprocap-flow release {name}"
                yield Lacking(procedure, whose.name, f"its overlay {name} is not released", mend)


def _wanted(ground: Shelf) -> Iterator[Effective]:
    """Yield what any organisation needs, now or later: for each procedure every choice of overlays that it has."""
    for organisation in ground.organisations.values():
        for day in _days(organisation):
            names = [name for name in overlays_on(organisation, day) if name in ground.newest]
            for procedure in ground.procedures:
                fitting = [ground.newest[name] for name in names if procedure in ground.newest[name].written_for]
                if fitting and uses(organisation, procedure, day):
                    yield Effective(procedure, in_order(fitting), organisation.name)


def _days(organisation: Organisation) -> tuple[date, ...]:
    """Return one day for each stretch of time in which what the organisation has chosen does not change."""
    chosen: tuple[Chosen, ...] = (*organisation.overlays, *organisation.procedures)
    firsts = {date.fromisoformat(one.valid_from) for one in chosen if one.valid_from}
    firsts |= {date.fromisoformat(one.valid_until) + timedelta(1) for one in chosen if one.valid_until}
    return (min(firsts, default=date(2000, 1, 1)) - timedelta(1), *sorted(firsts))


class _Maker:
    """Makes effective procedures from files, and only from files that are what is released."""

    def __init__(self, desk: Desk, ground: Shelf, near: Path, terms: Terms) -> None:
        self.desk, self.ground, self.terms = desk, ground, terms
        self.found: dict[tuple[str, str], tuple[Problem, ...]] = {}  # what is overruled, of what was made
        self.library = Library(folders_for(near, desk.definitions))
        self.problems: list[Problem] = []
        self._bases: dict[str, tuple[Path, str] | None] = {}

    def made(self, one: Effective) -> Machine | Lacking | None:
        """Return the machine, None if it is released already, or why it cannot be made."""
        for overlay in one.overlays:
            if overlay.is_of_others(one.organisation):
                return self._lacking(one, of_others(overlay, one.organisation), leave_out(overlay, one.organisation))
        base = self._base(one.procedure)
        if base is None:
            fact = f"the file of {one.procedure} is not what was released, or is not there"
            return self._lacking(one, fact, f"release {one.procedure} as its file is now")
        path, version = base
        if (one.procedure, full_version(version, one.overlays)) in self.ground.applied:
            return None
        for overlay in one.overlays:
            if version not in overlay.written_for[one.procedure]:
                read = ", ".join(overlay.written_for[one.procedure])
                fact = f"the overlay {overlay.name} {overlay.version} was written for {one.procedure} {read}"
                return self._lacking(one, f"{fact}, not for {version}", f"read what changed, and add {version} to it")
        files = [self._overlay(overlay) for overlay in one.overlays]
        lost = [o.name for o, file in zip(one.overlays, files, strict=True) if file is None]
        if lost:
            fact = f"the file of the overlay {', '.join(lost)} is not what was released, or is not there"
            return self._lacking(one, fact, f"release {' '.join(lost)} as it is now")
        return self._applied(path, [file for file in files if file is not None])

    def _applied(self, path: Path, files: list[Path]) -> Machine | None:
        inspected = inspect(path, self.library.search, overlays=files, hook_lookup=self.desk.hooks.lookup)
        if inspected.definition is None or not all_may_be_overruled(inspected.errors, self.terms):
            self.problems += [one for one in inspected.errors if one not in self.problems]
            return None
        machine = compile_definition(inspected.definition)
        self.found[machine.definition.name, machine.definition.full_version] = inspected.errors
        return machine

    def _base(self, name: str) -> tuple[Path, str] | None:
        """Return file and version of a procedure, if the file is what was released under that version."""
        if name not in self._bases:
            self._bases[name] = self._found_base(name)
        return self._bases[name]

    def _found_base(self, name: str) -> tuple[Path, str] | None:
        path = self.library.find("procedure", name)
        if path is None:
            return None
        try:
            definition = load_procedure(path, self.library.search, hook_lookup=self.desk.hooks.lookup)
        except InvalidInput:
            return None
        released = self.ground.procedures.get(name, {}).get(definition.version)
        same = released is not None and compile_definition(definition).content_hash == released
        return (path, definition.version) if same else None

    def _overlay(self, overlay: InForce) -> Path | None:
        path = self.library.find(OVERLAY, overlay.name)
        if path is None:
            return None
        content = load_overlay(path, self.library.search).content
        return path if digest(content) == self.ground.overlays[overlay.name].get(overlay.version) else None

    def _lacking(self, one: Effective, fact: str, mend: str) -> Lacking:
        return Lacking(one.procedure, one.organisation, fact, mend)
