"""What the commands about definitions share: the folders searched, hooks, the files meant, and today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from inprocap_flow.cli.session import Session
from inprocap_flow.clock import FixedClock, SystemClock
from inprocap_flow.errors import NotFound
from inprocap_flow.service.desk import Desk


def file_desk(session: Session) -> Desk:
    """Return a desk for work on files: it reads definitions and hooks, and its database is memory, never a file."""
    from inprocap_flow.store.hot import open_store

    now = session.options.get("now")
    return Desk(open_store("sqlite://"), FixedClock(now) if now else SystemClock(), settings=session.settings)


def today(session: Session) -> date:
    """Return the local day: that of ``--now`` in its own zone, else of this machine."""
    now = session.options.get("now")
    moment = now or SystemClock().now().astimezone()
    assert hasattr(moment, "date")
    day: date = moment.date()
    return day


def definition_files(desk: Desk, paths: Sequence[str]) -> list[Path]:
    """Return the files that *paths* mean: files, every YAML file of folders; without any, those of the own folder.

    Where no folder of one's own is set, the shipped definitions are meant. Raises NotFound.
    """
    named = [Path(path) for path in paths] or [desk.definitions[0]]
    files: dict[Path, None] = {}
    for path in named:
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
