"""What ``release`` is asked for: which files a name means, and whether such a file is released by itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inprocap_flow.cli.definitions import is_file
from inprocap_flow.errors import InvalidInput, NotFound, Place, Problem

if TYPE_CHECKING:
    from inprocap_flow.service.desk import Desk

RELEASABLE = ("", "rulebooks", "overlays", "organisations")
"""The folders in which a name is looked for, in this order."""

RELEASED_WITH = {
    "block": "a block is released inside the procedures that include it",
    "calendar": "a calendar is released with the organisation that names it",
    "codelist": "a code list is released inside the procedures whose notices use it",
    "tests": "scenarios are run, not released (inprocap-flow test)",
    "history": "a history is replayed, not released (inprocap-flow replay)",
    "migration": "a plan is carried out, not released (inprocap-flow migrate)",
}


def files_to_release(desk: Desk, name: str, inside: tuple[str, ...]) -> list[Path]:
    """Return what *name* means; a rulebook, an overlay and an organisation of one name belong together.

    Raises NotFound.
    """
    found = _file(desk, name, inside)
    after = inside[inside.index(found.parent.name) + 1 :] if found.parent.name in inside else ()
    if is_file(Path(name)):
        return [found]
    return [found, *(one for kind in after if (one := _beside(desk, kind, name)) is not None)]


def _beside(desk: Desk, kind: str, name: str) -> Path | None:
    files = (folder / kind / f"{name}.yaml" for folder in desk.definitions)
    return next((path for path in files if path.is_file()), None)


def _file(desk: Desk, name: str, inside: tuple[str, ...]) -> Path:
    """Return the file that *name* means: a path, else a name in the folders, procedures first. Raises NotFound."""
    path = Path(name)
    if is_file(path):
        return path
    if path.suffix in (".yaml", ".yml"):
        raise NotFound(f"there is no file {name}", mend="give the path of a definition, or its name")
    there = [folder / kind for kind in inside for folder in desk.definitions]
    plain = not set(name) & set("/\\\0")
    found = next((one / f"{name}.yaml" for one in there if plain and (one / f"{name}.yaml").is_file()), None)
    if found is None:
        known = sorted({one.stem for folder in there for one in folder.glob("*.yaml") if "." not in one.stem})
        raise NotFound(f"there is nothing called {name} to release", mend=f"give a path, or one of: {', '.join(known)}")
    return found


def kind_to_release(path: Path) -> str:
    """Return the kind of a file that can be released by itself. Raises InvalidInput."""
    kind, place = _kind(path)
    if kind in ("procedure", "rulebook", "overlay", "organisation"):
        return kind
    fact = f"This is a {kind}, and {RELEASED_WITH.get(kind, 'that is not released by itself')}."
    raise InvalidInput(
        [Problem(place, "not-released-alone", fact, "Name a procedure, rulebook, overlay or organisation.")]
    )


def _kind(path: Path) -> tuple[str, Place]:
    """Return the first key of a file and where it stands. Raises InvalidInput."""
    from inprocap_flow.language.files import Library
    from inprocap_flow.language.load import kind_of, unknown_kind

    root = Library(()).read(path)
    kind = kind_of(root)
    if kind is None:
        raise InvalidInput([unknown_kind(root)])
    return kind, root.place
