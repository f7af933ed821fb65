"""Where a definition finds the files of other kinds that it names."""

from __future__ import annotations

from os.path import relpath
from pathlib import Path

from inprocap_flow.language.files import folders_for
from inprocap_flow.service.desk import Desk


def beside(desk: Desk, path: Path, folder: str, name: str) -> Path:
    """Return the file of another kind that *path* names, looked up in the order in which reading looks it up."""
    places = folders_for(path, desk.definitions)
    found = (place / folder / f"{name}.yaml" for place in places)
    return next((file for file in found if file.is_file()), places[-1] / folder / f"{name}.yaml")


def house_of(desk: Desk, path: Path, said: str) -> Path:
    """Return the file of the organisation that *path* (a test file) names, or gives the path of."""
    return path.parent / said if said.endswith(".yaml") else beside(desk, path, "organisations", said)


def said_of(desk: Desk, path: Path, house: Path) -> str:
    """Return how *path* says the organisation in the file *house*: by its name if that finds it, else by its path."""
    if beside(desk, path, "organisations", house.stem).resolve() == house.resolve():
        return house.stem
    try:
        return Path(relpath(house.resolve(), path.resolve().parent)).as_posix()
    except ValueError:  # on another drive
        return house.resolve().as_posix()
