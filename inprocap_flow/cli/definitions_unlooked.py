"""The procedures that organisations among the files use: what ``check`` has not looked at, and ``check --all`` does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from inprocap_flow.cli import layout
from inprocap_flow.errors import InvalidInput

if TYPE_CHECKING:
    from inprocap_flow.language.model import Organisation
    from inprocap_flow.service.desk import Desk


@dataclass(frozen=True, slots=True)
class House:
    """An organisation, its file, and the procedures that it uses and that were not among the files checked for it."""

    name: str
    path: Path
    procedures: tuple[str, ...]


def unlooked(desk: Desk, files: Sequence[Path], organisation: Path | None, day: date) -> list[House]:
    """Return each organisation among *files* that names procedures which were not checked for it.

    Looked at are those among *files*, for *organisation* (its file). What ended before *day* no longer counts. An
    organisation that names no procedure uses every one, and promises none: it is left out, like one that is not sound.
    """
    found = []
    there = {path.stem for path in files}
    for path in files:
        who = _organisation(desk, path)
        if who is None:
            continue
        looked = there if organisation is not None and organisation.resolve() == path.resolve() else set()
        used = (one.name for one in who.procedures if (one.valid_until or "9999-12-31") >= day.isoformat())
        names = tuple(name for name in dict.fromkeys(used) if name not in looked)
        if names:
            found.append(House(who.name, path, names))
    return found


def _organisation(desk: Desk, path: Path) -> Organisation | None:
    """Return the organisation that *path* holds; None if it holds another thing, or is not sound."""
    from inprocap_flow.language.documents import kind_of
    from inprocap_flow.language.files import Library, folders_for
    from inprocap_flow.language.load import load_organisation

    try:
        if kind_of(Library(folders_for(path, desk.definitions)).read(path)) != "organisation":
            return None
        return load_organisation(path, desk.definitions)[0]
    except InvalidInput:
        return None


def procedure_files(desk: Desk, house: House) -> list[Path]:
    """Return the files of the procedures that *house* uses; one that is nowhere is left out.

    What lies beside the organisation's file comes first, then the folders of definitions.
    """
    from inprocap_flow.language.files import Library, folders_for

    library = Library(folders_for(house.path, desk.definitions))
    return [path for name in house.procedures if (path := library.find("procedure", name)) is not None]


def lines(found: Sequence[House]) -> Iterator[str]:
    """Yield what was not looked at, with the command that does."""
    if not found:
        return
    names = [one.name for one in found]
    whose = f"{', '.join(names[:-1])} and {names[-1]} use, each" if names[1:] else f"{names[0]} uses,"
    which = f" ({', '.join(found[0].procedures)})" if len(found) == 1 else ""
    yield from layout.wrapped(f"Not looked at: the procedures that {whose} with its people{which}. For that:")
    yield "  inprocap-flow check --all"
