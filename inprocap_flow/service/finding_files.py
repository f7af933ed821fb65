"""Where a definition finds the files of other kinds that it names."""

from __future__ import annotations

from pathlib import Path

from inprocap_flow.language.files import folders_for
from inprocap_flow.service.desk import Desk


def beside(desk: Desk, path: Path, folder: str, name: str) -> Path:
    """Return the file of another kind that *path* names, looked up in the order in which reading looks it up."""
    places = folders_for(path, desk.definitions)
    found = (place / folder / f"{name}.yaml" for place in places)
    return next((file for file in found if file.is_file()), places[-1] / folder / f"{name}.yaml")
