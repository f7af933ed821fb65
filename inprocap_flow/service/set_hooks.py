"""Hook files in a set of definitions: they travel as text with their hash, and nothing of them is ever run here.

A released version names the hash of every hook file that it needs. Export looks them up in the folders that the
operator allows; import compares hashes, and writes a file only into such a folder, and only if it was asked to. Whoever
asks should have read it: the next command of the installation loads what lies there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from inprocap_flow.errors import InvalidInput, NotAllowed
from inprocap_flow.plugins.hygiene import problems_in
from inprocap_flow.plugins.loading import allowed_folders, hook_files
from inprocap_flow.records import record
from inprocap_flow.service.desk import Desk

HOOKS = "hooks"  # where they stand in a set
_FILE = re.compile(r"[a-z][a-z0-9_]{0,80}\.py")


@record
class Needed:
    """A hook that a version in a set is bound to, and the SHA-256 of its file."""

    name: str
    sha256: str


def files_here(desk: Desk) -> dict[str, Path]:
    """Return the hook files of the folders that the operator allows, by the SHA-256 of what they hold."""
    folders = (folder for folder in allowed_folders(desk.settings.hook_folders) if folder.is_dir())
    files = (file for folder in folders for file in hook_files(folder))
    return {hashlib.sha256(file.read_bytes()).hexdigest(): file for file in files}


def needed_by(releases: Iterable[Mapping[str, Any]]) -> tuple[Needed, ...]:
    """Return the hooks that versions are bound to, each once, by name."""
    found: dict[tuple[str, str], None] = {}
    for one in releases:
        content = one.get("content")
        definition = content.get("definition") if isinstance(content, Mapping) else None
        plain = definition.get(HOOKS) if isinstance(definition, Mapping) else None
        pairs = plain.items() if isinstance(plain, Mapping) else plain or ()
        for name, sha256 in pairs:
            found[str(name), str(sha256)] = None
    return tuple(Needed(*pair) for pair in sorted(found))


def texts_of(desk: Desk, releases: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Return file name and text of every hook file that *releases* need and that is here, by its SHA-256."""
    here = files_here(desk)
    wanted = {one.sha256 for one in needed_by(releases)}
    return {
        sha256: {"file": here[sha256].name, "source": here[sha256].read_bytes().decode("utf-8")}
        for sha256 in sorted(wanted & set(here))
    }


def wrong_with(plain: Any) -> Iterator[str]:
    """Yield what is wrong with the hook files of a set as facts: no text, another hash, a name of something else."""
    if not isinstance(plain, dict):
        yield "Hooks are a map."
        return
    for sha256, one in plain.items():
        if not isinstance(one, dict) or not isinstance(one.get("source"), str) or not isinstance(one.get("file"), str):
            yield "An entry is no hook file."
        elif _FILE.fullmatch(one["file"]) is None:
            yield f"{one['file'][:80]!r} is no name of a hook file."
        elif _hash(one["source"]) != sha256:
            yield f"The hook file {one['file']} is not what its hash says: it was changed."


def _hash(text: str) -> str | None:
    try:
        return hashlib.sha256(text.encode("utf-8")).hexdigest()
    except UnicodeEncodeError:
        return None


def to_write(desk: Desk, plain: Mapping[str, Any], folder: Path | None) -> dict[Path, str]:
    """Return the hook files that a set brings into *folder*, with their texts; nothing where all are here already.

    Raises NotAllowed where one is lacking and no folder was named, the folder is not one that the operator allows, the
    set does not hold it, or another file of its name lies there; InvalidInput for what no hook file may do.
    """
    here, texts = files_here(desk), plain.get(HOOKS, {})
    lacking = [one for one in needed_by(plain["releases"]) if one.sha256 not in here]
    if not lacking:
        return {}
    names = ", ".join(f"{one.name} ({one.sha256[:12]})" for one in lacking)
    if lost := [one.name for one in lacking if one.sha256 not in texts]:
        mend = "nothing was taken; put the files into a folder of hook_folders first"
        raise NotAllowed(f"the set needs hooks that are neither in it nor here: {', '.join(lost)}", mend=mend)
    if folder is None:
        mend = "nothing was taken; read their files in the set, then name a folder of hook_folders with --hooks"
        raise NotAllowed(f"the set needs hooks that are not here: {names}", mend=mend)
    if folder.resolve() not in {one.resolve() for one in desk.settings.hook_folders}:
        mend = "nothing was taken; name one of the setting hook_folders, or let whoever runs the system add it"
        raise NotAllowed(f"hooks in {folder} are not allowed", mend=mend)
    files = {folder / texts[one.sha256]["file"]: str(texts[one.sha256]["source"]) for one in lacking}
    _must_be_clean(files)
    if there := [path.name for path in files if path.exists()]:
        mend = "nothing was taken; move them away, or take the set into another folder"
        raise NotAllowed(f"{folder} holds other files of these names: {', '.join(there)}", mend=mend)
    return files


def _must_be_clean(files: Mapping[Path, str]) -> None:
    problems = [problem for path, text in files.items() for problem in problems_in(text.encode(), str(path))]
    if problems:
        raise InvalidInput(problems)
