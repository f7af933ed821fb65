"""Which version a running case would be on if files were released as they are now: with its organisation's overlays.

A file is a procedure or an overlay. What it means for a case depends on whose case it is, so versions are asked for one
by one; each is made once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from inprocap_flow.errors import NotFound
from inprocap_flow.language.choices import overlays_on
from inprocap_flow.language.documents import kind_of
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.model import Chosen, Organisation
from inprocap_flow.language.overlays import Overlay, load_applied, load_overlay
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.table import Machine
from inprocap_flow.service.choosing import OVERLAY
from inprocap_flow.service.desk import Desk


class Meant:
    """The versions that the file *path*, a procedure or an overlay, comes to. Machines are known to the desk.

    Raises InvalidInput for a file that is not sound, NotFound for what it needs and is not there.
    """

    def __init__(self, desk: Desk, path: Path) -> None:
        self.desk, self.path = desk, path
        self.library = Library(folders_for(path, desk.definitions))
        self.overlay: Overlay | None = None
        if kind_of(self.library.read(path)) == OVERLAY:
            self.overlay = load_overlay(path, desk.definitions)
        self._made: dict[tuple[Path, ...], Machine] = {}

    @property
    def procedures(self) -> tuple[str, ...]:
        """The procedures that the file is about."""
        return tuple(self.overlay.written_for) if self.overlay else (self.path.stem,)

    def of(self, procedure: str, organisation: Organisation) -> Machine | None:
        """Return the version of *procedure* for cases of *organisation*; None if the file means nothing to them."""
        overlays = tuple(self._overlays(procedure, organisation))
        if self.overlay is not None and self.path not in overlays:
            return None
        return self.made(self._procedure(procedure), overlays)

    def alone(self) -> Machine:
        """Return the procedure of the file as it is written. The file must be one."""
        return self.made(self.path, ())

    def made(self, procedure: Path, overlays: Sequence[Path]) -> Machine:
        """Return *procedure* with *overlays* compiled."""
        if (procedure, *overlays) not in self._made:
            search, hooks = self.library.search, self.desk.hooks.lookup
            machine = compile_definition(load_applied(procedure, overlays, search, hook_lookup=hooks))
            self.desk.know(machine)
            self._made[procedure, *overlays] = machine
        return self._made[procedure, *overlays]

    def _procedure(self, name: str) -> Path:
        found = self.library.find("procedure", name) if self.overlay else self.path
        if found is None:
            raise NotFound(f"there is no file of the procedure {name}", mend="keep it in a folder of definitions")
        return found

    def _overlays(self, procedure: str, organisation: Organisation) -> Iterator[Path]:
        today = self.desk.clock.now().astimezone(ZoneInfo(organisation.zone)).date()
        for name in overlays_on(organisation, self._day(organisation, today)):
            own = self.overlay is not None and name == self.overlay.name
            path = self.path if own else self.library.find(OVERLAY, name)
            if path is None:
                fact = f"{organisation.name} has the overlay {name}, and there is no file of it"
                raise NotFound(fact, mend=f"keep overlays/{name}.yaml in a folder of definitions")
            if procedure in load_overlay(path, self.desk.definitions).written_for:
                yield path

    def _day(self, organisation: Organisation, today: date) -> date:
        """Return the day whose overlays count: today, or the first on which the overlay of the file will be had."""
        if self.overlay is None or self.overlay.name in overlays_on(organisation, today):
            return today
        coming = [_first(one) for one in organisation.overlays if one.name == self.overlay.name]
        return min((day for day in coming if day > today), default=today)


def _first(chosen: Chosen) -> date:
    return date.fromisoformat(chosen.valid_from) if chosen.valid_from else date.min


def of_version(desk: Desk, near: Path, name: str, version: str) -> Machine | None:
    """Return the version of a procedure made from files, ``2026.1 + house 2026.1`` with these overlays.

    None if a file is not there or is another version. Files beside *near* are found first. Raises InvalidInput.
    """
    library = Library(folders_for(near, desk.definitions))
    procedure = library.find("procedure", name)
    parts = version.split(" + ")
    overlays = [library.find(OVERLAY, one.partition(" ")[0]) for one in parts[1:]]
    if procedure is None or None in overlays:
        return None
    files = tuple(path for path in overlays if path is not None)
    if [_whole(load_overlay(path, library.search)) for path in files] != parts[1:]:
        return None
    definition = load_applied(procedure, files, library.search, hook_lookup=desk.hooks.lookup)
    if definition.full_version != version:
        return None
    machine = compile_definition(definition)
    desk.know(machine)
    return machine


def _whole(overlay: Overlay) -> str:
    return f"{overlay.name} {overlay.version}"
