"""Places as short as they can be said: a file by its bare name, by its path in the definitions if that is shared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from inprocap_flow.errors import Place


class ShortPlaces:
    """Says places of *files*; *folders* are those of definitions, in which a bare name may stand several times."""

    def __init__(self, files: Iterable[str], folders: Sequence[Path]) -> None:
        known = {path.absolute(): folder for folder in folders for path in folder.rglob("*.yaml")}
        self._names: dict[str, str] = {}
        meant = {file: Path(file).absolute() for file in files if file}
        bare = Counter(path.name for path in {*known, *meant.values()})
        for file, path in meant.items():
            longer = path.relative_to(known[path].absolute()).as_posix() if path in known else file
            self._names[file] = path.name if bare[path.name] < 2 else longer
        # One's own folder and the shipped one may both have overlays/house.yaml: then only the whole path tells.
        taken = Counter(self._names.values())
        self._names |= {file: file for file, name in self._names.items() if taken[name] > 1}

    def __call__(self, place: Place | None) -> str:
        """Return a place with its line; nothing for no place."""
        if place is None:
            return ""
        name = self._names.get(place.file, place.file)
        return f"{name}:{place.line}" if place.line else name
