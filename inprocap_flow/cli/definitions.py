"""What the commands about definitions share: the folders searched, hooks, the files meant, and today."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from inprocap_flow.cli.session import Session
from inprocap_flow.clock import FixedClock, SystemClock
from inprocap_flow.errors import NotAllowed, NotFound
from inprocap_flow.service.desk import Desk

Item = TypeVar("Item")
_MANY = 4  # files; fewer are done before anybody looks


def file_desk(session: Session) -> Desk:
    """Return a desk for work on files: it reads definitions and hooks, and its database is memory, never a file."""
    from inprocap_flow.store.opening import open_store

    now = session.options.get("now")
    return Desk(open_store("sqlite://"), FixedClock(now) if now else SystemClock(), settings=session.settings)


def today(session: Session) -> date:
    """Return the local day: that of ``--now`` in its own zone, else of this machine."""
    now = session.options.get("now")
    moment = now or SystemClock().now().astimezone()
    assert hasattr(moment, "date")
    day: date = moment.date()
    return day


def day_meant(session: Session, on: str | None) -> date:
    """Return the day that is asked about, today without one. Raises a usage error for what is no day."""
    if on is None:
        return today(session)
    import click

    try:
        return date.fromisoformat(on)
    except ValueError:
        raise click.UsageError(f"{on!r} is no day; write one such as 2027-01-01.") from None


def name_the_folder(folder: Path) -> str:
    """Return what makes the program find one's own folder of definitions: a line in a file that nothing else makes."""
    return f'write this line into the file inprocap-flow.toml here, made by hand:  definitions = "{shown(folder)}"'


def procedure_file(desk: Desk, name: str) -> Path:
    """Return the file of a procedure: a path, or a name looked up in the folders. Raises NotFound."""
    is_file(Path(name))
    return desk.find_definition(name)


def is_file(path: Path) -> bool:
    """Return whether *path* is a file. Raises NotFound for what cannot be the name of anything."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long, or with a character that no name has
        short = str(path)[:40]
        raise NotFound(f"{short!r}... is no name of a file", mend="give a path or a name of a definition") from None


def definition_files(desk: Desk, paths: Sequence[str]) -> list[Path]:
    """Return the files that *paths* mean: files, every YAML file of folders; without any, those of the own folder.

    Where no folder of one's own is set, the shipped definitions are meant. Raises NotFound.
    """
    named = [Path(path) for path in paths] or [desk.definitions[0]]
    files: dict[Path, None] = {}
    for path in named:
        is_file(path)
        if path.is_dir():
            files.update(dict.fromkeys(sorted(path.rglob("*.yaml"))))
        elif path.exists() or path.suffix in (".yaml", ".yml"):
            files[path] = None
        else:
            files.update(dict.fromkeys(named_files(desk, str(path))))
    return list(files)


def named_files(desk: Desk, name: str) -> list[Path]:
    """Return every file called *name* in the folders of definitions, the first folder that has one first.

    Raises NotFound with the names that there are.
    """
    if not set(name) & set("/\\\0"):
        for folder in desk.definitions:
            found = [path for path in sorted(folder.rglob("*.yaml")) if path.stem == name]
            if found:
                return found
    known = sorted({path.stem for folder in desk.definitions for path in folder.rglob("*.yaml")} - {""})
    raise NotFound(f"there is no file or definition {name}", mend=f"give a path, or one of: {', '.join(known)}")


def shown(path: Path) -> str:
    """Return a path as people see it: relative to the folder they work in, if it lies there."""
    from inprocap_flow.language.files import shown_path

    return shown_path(path)


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: ``1 file``, ``2 files``."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def stepping(items: Sequence[Item], label: str) -> Iterator[Item]:
    """Yield *items* with a bar on a terminal's standard error, where there are several; nothing in a pipe."""
    import click

    if len(items) < _MANY or not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, label=label, file=sys.stderr) as bar:
        yield from bar


def written(path: Path, text: str) -> None:
    """Write a file whole or not at all: beside it first, then in its place. Raises NotAllowed."""
    import tempfile

    try:
        mode = path.stat().st_mode if path.exists() else None
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, prefix=f".{path.name}.", delete=False, encoding="utf-8", newline="\n"
        ) as file:
            file.write(text)
        temporary = Path(file.name)
        temporary.chmod(mode & 0o777 if mode else 0o644)
        temporary.replace(path)
    except OSError as wrong:
        raise NotAllowed(f"{shown(path)} cannot be written: {wrong.strerror}", mend="check folder and rights") from None
