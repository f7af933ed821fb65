"""Which overlays a command about files means: those that are named, or those of an organisation on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import is_file
from inprocap_flow.cli.session import Session
from inprocap_flow.errors import InvalidInput, NotFound
from inprocap_flow.service.desk import Desk

if TYPE_CHECKING:
    from inprocap_flow.language.model import Organisation

DECLARING = ("limits", "rules", "roles", "fields", "documents", "approvals", "deadlines", "watches", "derogations",
             "stages", "steps", "tracks")  # fmt: skip
"""Sections of an overlay whose keys are names."""


def overlays_meant(session: Session, desk: Desk, path: Path, named: Sequence[str], day: date) -> tuple[Path, ...]:
    """Return the files of the overlays that apply to the procedure of *path*, in whatever order.

    They are those *named* (paths or names); else those that the organisation of ``--organisation``, or as set, has for
    the procedure on *day*, the local day on which a case would be opened; of what comes only later a note is made.
    Raises NotFound, InvalidInput.
    """
    if named:
        return tuple(overlay_file(desk, one) for one in named)
    asked = session.options.get("organisation")
    whose = organisation_file(desk, str(asked or session.settings.organisation or ""))
    if whose is None:
        if asked:
            raise no_organisation(desk, str(asked))
        return ()
    from inprocap_flow.language.files import folders_for
    from inprocap_flow.language.load import load_organisation
    from inprocap_flow.language.overlays.chosen import overlay_files

    organisation, _ = load_organisation(whose, desk.definitions)
    folders = dict.fromkeys((*folders_for(path, desk.definitions), *folders_for(whose, desk.definitions)))
    found = overlay_files(path.stem, organisation, day, tuple(folders))
    if (coming := _coming(path.stem, organisation, day, tuple(folders), found)) is not None:
        for line in layout.wrapped(coming):
            session.note(line)
    return found


def _coming(
    procedure: str, organisation: Organisation, day: date, folders: tuple[Path, ...], found: tuple[Path, ...]
) -> str | None:
    """Return that an overlay applies only from a later day on: whoever has just written it would miss it."""
    from inprocap_flow.language.choices import changes_from
    from inprocap_flow.language.overlays.chosen import overlay_files

    for later in changes_from(organisation, day)[1:]:
        with suppress(InvalidInput):  # the day has not come: what is wrong then is told by `check`
            more = [one.stem for one in overlay_files(procedure, organisation, later, folders) if one not in found]
            if more:
                names, apply = " and ".join(more), "apply" if len(more) > 1 else "applies"
                return f"(From {later} on {names} {apply}, too: --on {later} shows it.)"
    return None


def organisation_file(desk: Desk, name: str) -> Path | None:
    """Return the file of an organisation: a path, or a name looked up in the folders; None if there is none."""
    if name and is_file(Path(name)):
        return Path(name)
    found = (folder / "organisations" / f"{name}.yaml" for folder in desk.definitions)
    return next((one for one in found if name and one.is_file()), None)


def no_organisation(desk: Desk, name: str, released: Iterable[str] = ()) -> NotFound:
    """Return the error that no file of an organisation has that name, nor one *released*, with the name near it."""
    from inprocap_flow.service.typing_in import nearest

    files = (one for folder in desk.definitions for one in (folder / "organisations").glob("*.yaml"))
    known = sorted({one.stem for one in files if "." not in one.stem} | set(released))
    mend = nearest(name, known) if known else "give the path of its file"
    return NotFound(f"there is no organisation {name}, neither released nor in a file", mend=mend)


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


def overlays_declaring(desk: Desk, procedure: str, name: str) -> tuple[str, ...]:
    """Return the overlays written for *procedure* that declare *name*; sound or not."""
    from inprocap_flow.language.files import Library
    from inprocap_flow.language.marks import MapNode, key_places

    found: dict[str, None] = {}
    for path in (one for folder in desk.definitions for one in sorted((folder / "overlays").glob("*.yaml"))):
        try:
            root = Library(()).read(path)
        except InvalidInput:
            continue
        meant = root.get("for")
        declared = {key[-1] for key in key_places(root) if len(key) > 1 and key[-2] in DECLARING}
        if isinstance(meant, MapNode) and procedure in meant and name in declared:
            found[path.stem] = None
    return tuple(found)
