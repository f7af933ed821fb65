"""What ``check`` has not looked at: the procedures that an organisation among the files uses, for that organisation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from inprocap_flow.cli import layout
from inprocap_flow.errors import InvalidInput

if TYPE_CHECKING:
    from inprocap_flow.service.desk import Desk

_FEW = 2


def unlooked(desk: Desk, files: Sequence[Path], organisation: Path | None, day: date) -> dict[str, list[str]]:
    """Return for each organisation among *files* the procedures that it names and that were not checked for it.

    Looked at are those among *files*, for *organisation* (its file). What ended before *day* no longer counts. An
    organisation that names no procedure uses every one, and promises none: it is left out, like one that is not sound.
    """
    from inprocap_flow.language.files import Library, folders_for
    from inprocap_flow.language.load import kind_of, load_organisation

    found: dict[str, list[str]] = {}
    there = {path.stem for path in files}
    for path in files:
        try:
            if kind_of(Library(folders_for(path, desk.definitions)).read(path)) != "organisation":
                continue
            who, _ = load_organisation(path, desk.definitions)
        except InvalidInput:
            continue
        looked = there if organisation is not None and organisation.resolve() == path.resolve() else set()
        used = (one.name for one in who.procedures if (one.valid_until or "9999-12-31") >= day.isoformat())
        names = [name for name in dict.fromkeys(used) if name not in looked]
        if names:
            found[who.name] = names
    return found


def lines(found: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield what was not looked at, with the command that does; of many organisations in one sentence."""
    if len(found) > _FEW:
        whose = ", ".join(found)
        yield from layout.wrapped(f"Not looked at: the procedures that {whose} use, each with its people. For one:")
        yield "  inprocap-flow check PROCEDURE --organisation NAME"
        return
    for who, names in found.items():
        yield f"Not looked at: the procedures that {who} uses, with its people. For that:"
        yield from layout.wrapped(f"inprocap-flow check {' '.join(names)} --organisation {who}", "  ", "    ")
