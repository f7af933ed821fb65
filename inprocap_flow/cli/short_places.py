"""Places as short as they can be said: a file by its bare name, by its path in the definitions if that is shared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from inprocap_flow.errors import Place


class ShortPlaces:
    """Says places of *files*; *folders* are those of definitions, in which a bare name may stand several times."""

    def __init__(self, files: Iterable[str], folders: Sequence[Path]) -> None:
        inside = {path.absolute(): path.relative_to(folder) for folder in folders for path in folder.rglob("*.yaml")}
        meant = {file: inside.get(Path(file).absolute(), Path(file)) for file in files if file}
        # What stands in one's own folder under the path of a shipped file is there in its place: that is one file.
        bare = Counter(path.name for path in {*inside.values(), *meant.values()})
        self._names = {file: path.name if bare[path.name] < 2 else path.as_posix() for file, path in meant.items()}
        taken = Counter(self._names.values())
        self._names |= {file: file for file, name in self._names.items() if taken[name] > 1}

    def __call__(self, place: Place | None) -> str:
        """Return a place with its line; nothing for no place."""
        if place is None:
            return ""
        name = self._names.get(place.file, place.file)
        return f"{name}:{place.line}" if place.line else name
