"""Finding and reading definition files: the folders searched, and the lines that problems are shown with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.language.explained import explanation
from inprocap_flow.language.marks import MapNode, Source, decode, read
from inprocap_flow.language.tracing import absolute, hash_of, note_found, note_read

FOLDERS = {
    "procedure": ("",),
    "block": ("blocks",),
    "rulebook": ("rulebooks",),
    "organisation": ("organisations",),
    "calendar": ("calendars",),
    "codelist": ("codelists",),
    "overlay": ("overlays",),
    "migration": ("migrations",),
}
"""Where each kind lies inside a folder of definitions."""
SERIES = "series"


@dataclass(slots=True)
class Library:
    """Folders of definitions, searched in order, and every file read from them."""

    search: tuple[Path, ...]
    sources: dict[str, Source] = field(default_factory=dict)

    def read(self, path: Path) -> MapNode:
        """Return the document of *path* as nodes. Raises InvalidInput, whatever is wrong with the file."""
        shown = shown_path(path)
        try:
            data = path.read_bytes()
        except (OSError, ValueError) as wrong:
            note_read(path, b"")
            fact = "is a folder" if path.is_dir() else _why(wrong)
            raise InvalidInput(
                [
                    Problem(
                        Place(shown), "cannot-read", f"The file cannot be read: {fact}.", "Check name and permissions."
                    )
                ]
            ) from None
        note_read(path, data)
        self.sources[shown] = _decoded(data, shown)
        return _read(data, shown)

    def find(self, kind: str, name: str) -> Path | None:
        """Return the file of *kind* called *name* in the first folder that has one."""
        paths = (folder / inside / f"{name}.yaml" for folder in self.search for inside in FOLDERS[kind])
        found = next((path for path in paths if path.is_file()), None) if _is_plain(name) else None
        note_found(self.search, kind, name, [] if found is None else [found])
        return found

    def series(self, name: str) -> list[Path]:
        """Return the calendar file *name*, or all files of the series ``<name>-...``, in order of their names."""
        exact = self.find("calendar", name)
        if exact is not None or not _is_plain(name):
            return [exact] if exact is not None else []
        series = (sorted((folder / "calendars").glob(f"{name}-*.yaml")) for folder in self.search)
        found = [path for path in next(filter(None, series), []) if not path.name.endswith(".test.yaml")]
        note_found(self.search, SERIES, name, found)
        return found

    def known(self, kind: str) -> list[str]:
        """Return the names of all files of *kind*, for suggestions."""
        folders = [folder / inside for folder in self.search for inside in FOLDERS[kind]]
        found = {path.stem for folder in folders if folder.is_dir() for path in folder.glob("*.yaml")}
        return sorted(name for name in found if not name.endswith(".test"))

    def find_tests(self, name: str, beside: Path) -> Path | None:
        """Return the test file *name*, without ``.test.yaml``: beside another one, else in the first folder with it."""
        paths = (folder / f"{name}.test.yaml" for folder in self._folders_of_tests(beside))
        return next((path for path in paths if _is_plain(name) and path.is_file()), None)

    def known_tests(self, beside: Path) -> list[str]:
        """Return the names of all test files that `find_tests` finds, for suggestions."""
        folders = [folder for folder in self._folders_of_tests(beside) if folder.is_dir()]
        return sorted({path.name.removesuffix(".test.yaml") for one in folders for path in one.glob("*.test.yaml")})

    def _folders_of_tests(self, beside: Path) -> list[Path]:
        kinds = (*FOLDERS["procedure"], *FOLDERS["overlay"])
        return [beside, *(folder / inside for folder in self.search for inside in kinds)]

    def show(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return *problems* with their source lines, without doubles, sorted by place."""
        shown: dict[tuple[object, ...], Problem] = {}
        for problem in problems:
            source = self.sources.get(problem.place.file)
            if source is not None and not problem.source_line:
                problem = replace(problem, source_line=source.line(problem.place.line))  # noqa: PLW2901
            if problem.severity == "advice":
                problem = replace(problem, explained=explanation(problem, self.sources))  # noqa: PLW2901
            shown.setdefault(problem.sort_key, problem)
        return sorted(shown.values(), key=lambda problem: problem.sort_key)


def still_so(trace: object) -> bool:
    """Tell whether everything is found and says what it did when *trace* (as plain data) was written.

    Anything that is no such data counts as not.
    """
    try:
        found, read_then = trace["found"], trace["read"]  # type: ignore[index]
        libraries = [(Library(tuple(map(Path, folders))), asked) for folders, asked in found]
        names = ((library, kind, name, paths) for library, asked in libraries for kind, name, paths in asked)
        return all(_found_now(library, kind, name) == paths for library, kind, name, paths in names) and all(
            _says(Path(path)) == then for path, then in read_then.items()
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


def _found_now(library: Library, kind: str, name: str) -> list[str]:
    if kind == SERIES:
        return [*map(absolute, library.series(name))]
    path = library.find(kind, name)
    return [] if path is None else [absolute(path)]


def _says(path: Path) -> str:
    try:
        return hash_of(path.read_bytes())
    except (OSError, ValueError):
        return hash_of(b"")


FILES = 256
"""So many files are kept as they were read, by what they say: nodes are never changed once they are read."""


@lru_cache(FILES)
def _decoded(data: bytes, shown: str) -> Source:
    return decode(data, shown)


@lru_cache(FILES)
def _read(data: bytes, shown: str) -> MapNode:
    return read(data, shown)


def folders_for(path: Path, search: Sequence[Path | str]) -> tuple[Path, ...]:
    """Return the folders to search for what *path* names: the one that it lies in, then those given.

    A copy thus uses the blocks and rulebooks copied with it, and a change in them is never passed over in silence. A
    file of a folder given (a shipped one) finds first what an earlier folder (one's own) puts in its place.
    """
    own = path.parent
    own = own.parent if own.name in {folder for folders in FOLDERS.values() for folder in folders if folder} else own
    given = tuple(Path(folder) for folder in search)
    return given if any(_same(own, folder) for folder in given) else (own, *given)


def _same(one: Path, other: Path) -> bool:
    return one.absolute() == other.absolute()


def shown_path(path: Path) -> str:
    """Return *path* as people see it: relative to the folder they work in, if it lies there."""
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return str(path)


def _is_plain(name: str) -> bool:
    """Tell whether *name* can be the name of a file here; never a way out of the folder."""
    return bool(name) and not set(name) & set('/\\:\0*?"<>|') and not name.startswith(".")


def _why(wrong: Exception) -> str:
    if isinstance(wrong, FileNotFoundError):
        return "there is none of this name"
    if isinstance(wrong, PermissionError):
        return "it may not be opened"
    return (
        "its name is not possible" if isinstance(wrong, ValueError) else (getattr(wrong, "strerror", "") or "it fails")
    )
