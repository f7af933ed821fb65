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
    """An organisation, its file, and the procedures that it uses and that were not among the files checked for it.

    ``names_none``: it may use every procedure, and only those that its overlays are for are in ``procedures``.
    """

    name: str
    path: Path
    procedures: tuple[str, ...]
    names_none: bool = False


def unlooked(desk: Desk, files: Sequence[Path], organisation: Path | None, day: date) -> list[House]:
    """Return each organisation among *files* with procedures of its own that were not checked for it.

    Looked at are those among *files*, for *organisation* (its file). What ended before *day* no longer counts. Of one
    that names no procedure it is those that its overlays are for. One that is not sound is left out.
    """
    found = []
    there = {path.stem for path in files}
    for path in files:
        who = _organisation(desk, path)
        if who is None:
            continue
        looked = there if organisation is not None and organisation.resolve() == path.resolve() else set()
        names = tuple(name for name in _used(desk, path, who, day) if name not in looked)
        if names or not who.procedures:
            found.append(House(who.name, path, names, names_none=not who.procedures))
    return found


def _used(desk: Desk, path: Path, who: Organisation, day: date) -> list[str]:
    """Return the procedures that *who* names, or else those that its overlays are for; from *day* on, each once."""
    from inprocap_flow.language.overlays.together import together

    if who.procedures:
        return list(dict.fromkeys(one.name for one in who.procedures if (one.valid_until or "9999") >= day.isoformat()))
    try:
        return list(dict.fromkeys(one.procedure.stem for one in together(path, desk.definitions, day)))
    except InvalidInput:  # told already: an overlay is not sound, or not there
        return []


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
    found = [one for one in found if one.procedures]
    if not found:
        return
    whose = f"{_and(found)} use, each" if found[1:] else f"{found[0].name} uses,"
    which = f" ({', '.join(found[0].procedures)})" if len(found) == 1 else ""
    yield from layout.wrapped(f"Not looked at: the procedures that {whose} with its people{which}. For that:")
    yield "  inprocap-flow check --all"


def others(found: Sequence[House]) -> Iterator[str]:
    """Yield that of those who name no procedure only some were looked at, or none, with the command for one more."""
    free = [one for one in found if one.names_none]
    if not free:
        return
    many = bool(free[1:])
    may = f"{_and(free)} name{'' if many else 's'} no procedures and may use every one"
    rest = "the others were not" if any(one.procedures for one in free) else "none was"
    yield from layout.wrapped(f"{may}; {rest} looked at for {'them' if many else 'it'}. For one:")
    yield f"  inprocap-flow check PROCEDURE --organisation {'NAME' if many else free[0].name}"


def _and(found: Sequence[House]) -> str:
    names = [one.name for one in found]
    return f"{', '.join(names[:-1])} and {names[-1]}" if names[1:] else names[0]
