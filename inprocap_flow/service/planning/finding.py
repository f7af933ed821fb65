"""What is planned: a procedure read from its file, with the overlays of a day, and bound to an organisation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.errors import NotFound
from inprocap_flow.language.files import folders_for
from inprocap_flow.language.load import load_organisation, load_rulebook
from inprocap_flow.language.overlays import load_applied
from inprocap_flow.language.overlays.chosen import overlay_files
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.finding_files import beside


def binding_of_file(desk: Desk, path: Path, organisation: str | None, day: date) -> Binding:
    """Return the procedure of *path* as an organisation would run a case opened on its local *day*, overlays included.

    Without *organisation* it is the only one there is. Raises InvalidInput for a file that is not sound, NotFound
    without an organisation.
    """
    name = organisation or _only_organisation(desk)
    file = _house_file(desk, path, name)
    house, _ = load_organisation(file, desk.definitions)
    search = tuple(dict.fromkeys((*folders_for(path, desk.definitions), *folders_for(file, desk.definitions))))
    overlays = overlay_files(path.stem, house, day, search)
    machine = compile_definition(load_applied(path, overlays, search, hook_lookup=desk.hooks.lookup))
    asked = machine.definition.rulebook
    book = asked and house.rulebooks.get(asked, asked)
    rulebook = load_rulebook(beside(desk, path, "rulebooks", book)) if book and book != "none" else None
    hooks = desk.hooks if machine.definition.hooks else None
    return Binding(machine, house, rulebook, hooks)


def _house_file(desk: Desk, path: Path, name: str) -> Path:
    direct = Path(name)
    if direct.suffix in (".yaml", ".yml"):
        if direct.is_file():
            return direct
        raise NotFound(f"there is no file {name}", mend="give the file of an organisation, or its name")
    found = beside(desk, path, "organisations", name)
    if not found.is_file():
        raise NotFound(
            f"there is no organisation {name}", mend=f"choose of: {', '.join(_organisations(desk)) or 'none'}"
        )
    return found


def _only_organisation(desk: Desk) -> str:
    known = _organisations(desk)
    if len(known) == 1:
        return known[0]
    mend = f"choose one with --organisation: {', '.join(known)}" if known else "write the file of your organisation"
    raise NotFound("a plan needs an organisation, for its working days and meetings", mend=mend)


def _organisations(desk: Desk) -> list[str]:
    return sorted({path.stem for folder in desk.definitions for path in (folder / "organisations").glob("*.yaml")
                   if "." not in path.stem})  # fmt: skip
