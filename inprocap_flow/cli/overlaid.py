"""Which overlays a command about files means: those that are named, or those of an organisation on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from inprocap_flow.cli.definitions import is_file
from inprocap_flow.cli.session import Session
from inprocap_flow.errors import NotFound
from inprocap_flow.service.desk import Desk


def overlays_meant(session: Session, desk: Desk, path: Path, named: Sequence[str], day: date) -> tuple[Path, ...]:
    """Return the files of the overlays that apply to the procedure of *path*, in whatever order.

    They are those *named* (paths or names); else those that the organisation of ``--organisation``, or as set, has for
    the procedure on *day*, the local day on which a case would be opened. Raises NotFound, InvalidInput.
    """
    if named:
        return tuple(overlay_file(desk, one) for one in named)
    asked = session.options.get("organisation")
    whose = organisation_file(desk, str(asked or session.settings.organisation or ""))
    if whose is None:
        if asked:
            raise NotFound(f"there is no organisation {asked} among the definitions", mend="give the path of its file")
        return ()
    from inprocap_flow.language.files import folders_for
    from inprocap_flow.language.load import load_organisation
    from inprocap_flow.language.overlays.chosen import overlay_files

    organisation, _ = load_organisation(whose, desk.definitions)
    folders = dict.fromkeys((*folders_for(path, desk.definitions), *folders_for(whose, desk.definitions)))
    return overlay_files(path.stem, organisation, day, tuple(folders))


def organisation_file(desk: Desk, name: str) -> Path | None:
    """Return the file of an organisation: a path, or a name looked up in the folders; None if there is none."""
    if name and is_file(Path(name)):
        return Path(name)
    found = (folder / "organisations" / f"{name}.yaml" for folder in desk.definitions)
    return next((one for one in found if name and one.is_file()), None)


def overlay_file(desk: Desk, name: str) -> Path:
    """Return the file of an overlay: a path, or a name looked up in the folders. Raises NotFound."""
    if is_file(Path(name)):
        return Path(name)
    folders = [folder / "overlays" for folder in desk.definitions]
    found = next((folder / f"{name}.yaml" for folder in folders if (folder / f"{name}.yaml").is_file()), None)
    if found is None:
        stems = {one.stem for folder in folders for one in folder.glob("*.yaml")}
        known = sorted(one for one in stems if not one.endswith(".test"))
        choose = (
            f"choose of: {', '.join(known)}" if known else "write one under overlays/ in your folder of definitions"
        )
        raise NotFound(f"there is no overlay {name}", mend=choose)
    return found
