"""Copying a shipped procedure, with all that it is made of, into one's own folder, to change it there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from inprocap_flow import bundled
from inprocap_flow.errors import InvalidInput, NotAllowed, NotFound, Place, Problem
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.reading.book import open_book

KEPT = ("blocks", "rulebooks")  # what a procedure is made of; code lists and calendars stay where they are
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was copied: the procedure's new name, its version, its own file, and every file in order of writing."""

    name: str
    version: str
    file: Path
    files: tuple[Path, ...]


def adopt(desk: Desk, name: str, folder: Path, *, under: str | None = None, day: date) -> Adopted:
    """Copy the shipped procedure *name*, its scenarios, blocks and rulebook into *folder*; *under* is a new name.

    All or nothing: where one of the files is there already, none is written. Under its own name the copy takes the
    place of the shipped one for everybody who names the folder in the settings; under another, both can be used.
    Raises NotFound, NotAllowed (a file is there), InvalidInput (a name that cannot be one).
    """
    shipped = bundled.root("definitions")
    path = shipped / f"{name}.yaml"
    if _NAME.fullmatch(name) is None or not path.is_file():
        known = sorted(one.stem for one in shipped.glob("*.yaml") if "." not in one.stem)
        raise NotFound(f"no procedure {name} is shipped", mend=f"choose of: {', '.join(known)}")
    if under is not None and _NAME.fullmatch(under) is None:
        fact = f"{under!r} cannot name a procedure"
        raise InvalidInput([Problem(Place("--under"), "bad-name", fact, "write small letters, digits and hyphens")])
    book = open_book(path, (shipped,), hook_lookup=desk.hooks.lookup, day=day)
    read = (Path(file).resolve() for file in book.library.sources)
    parts = sorted(file for file in read if file.parent in [(shipped / one).resolve() for one in KEPT])
    texts = {folder / f"{under or name}.yaml": _renamed(path, "procedure", name, under)}
    tests = shipped / f"{name}.test.yaml"
    if tests.is_file():
        texts[folder / f"{under or name}.test.yaml"] = _renamed(tests, "tests", name, under)
    texts |= {folder / part.parent.name / part.name: part.read_text(encoding="utf-8") for part in parts}
    _write(texts)
    return Adopted(under or name, book.definition.version, next(iter(texts)), tuple(texts))


def _renamed(path: Path, key: str, name: str, under: str | None) -> str:
    text = path.read_text(encoding="utf-8")
    return text if under is None else re.sub(rf"(?m)^{key}: {re.escape(name)}$", f"{key}: {under}", text, count=1)


def _write(texts: dict[Path, str]) -> None:
    there = [path for path in texts if path.exists()]
    if there:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise NotAllowed(f"{there[0]} is there already{more}", mend="name another folder with --to, or move it away")
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as wrong:
        raise NotAllowed(f"the copy cannot be written: {wrong.strerror}", mend="check folder and rights") from wrong
